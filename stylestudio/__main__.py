"""Where the program starts: a command goes to the command line, everything else to the window."""

import os
import sys

from stylestudio.cli import console


def main() -> int:
    """Run Style Studio with the process' arguments and give the exit status."""
    arguments = sys.argv[1:]
    # NumPy reads it when it is loaded. Collecting huge pages for a photo took longer than copying the photo.
    os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")
    with console.at_once():
        from stylestudio import app
    if not arguments:  # the window, which is to be there soon
        return app.main(arguments)
    with console.at_once():
        from stylestudio.cli import parser
    if arguments[0] in parser.COMMANDS or arguments[0].startswith("-"):
        return parser.main(arguments)
    return app.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
