"""Builds the objects once and shows the window; without a display it does the same job headless."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from stylestudio.cli.console import exit_status
from stylestudio.errors import SettingError
from stylestudio.gui.display import check_display, has_display


def pair_of(arguments: Sequence[str]) -> tuple[Path, Path]:
    """The content and the style given, or the sample pair. Raises `SettingError` for any other number of files."""
    if not arguments:
        from stylestudio.studio.samples import sample_pair

        return sample_pair()
    if len(arguments) != 2:
        raise SettingError(
            "Without a display, Style Studio needs a photo and a style.", hint="Give two pictures, or none."
        )
    content, style = map(Path, arguments)
    return content, style


def start(arguments: Sequence[str]) -> int:
    """Raises `StudioError`."""
    if has_display():
        check_display()
        with_window([Path(argument) for argument in arguments])
    from stylestudio.cli import commands
    from stylestudio.images.decode import read

    content, style = pair_of(arguments)
    return commands.without_window(read(content), read(style))


def with_window(files: Sequence[Path]) -> NoReturn:
    """Show the window with these files dropped on it, until it is closed; then end the process."""
    if sys.platform == "win32":
        import torch  # noqa: F401  # after Qt it does not load there

    from stylestudio.gui.program import Program

    program = Program(sys.argv[:1])
    code = program.run(files)
    program.close()
    sys.stdout.flush()
    sys.stderr.flush()
    # The interpreter takes seconds to take the engine apart, and cannot while a step of it is still under way.
    os._exit(code)


def main(arguments: Sequence[str]) -> int:
    """Start Style Studio with up to two pictures. Returns the exit status."""
    return exit_status(lambda: start(arguments))
