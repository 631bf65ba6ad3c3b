"""Start Style Studio from a fresh clone: `python3 packaging/run.py [arguments of the program]`.

Makes `.venv` first where there is none, and installs again where pyproject.toml changed.
"""

from __future__ import annotations

import sys
from pathlib import Path

from environment import Environment, Trouble, say


def main(arguments: list[str]) -> int:
    environment = Environment(Path(__file__).resolve().parent.parent)
    try:
        environment.prepare()
        # -P: a file of the artist's folder, say a queue.py, must not be taken for a module of the program
        return environment.start("-P", "-m", "stylestudio", *arguments)
    except Trouble as trouble:
        say(str(trouble))
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
