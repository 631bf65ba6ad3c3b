"""Builds the objects once and shows the window; without a display it does the same job headless."""

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn

from stylestudio.cli.console import exit_status
from stylestudio.errors import SettingError
from stylestudio.gui.display import check_display, has_display
from stylestudio.gui.start import build_program
from stylestudio.unfinished import remove_unfinished


def resolve_pair(arguments: Sequence[str]) -> tuple[Path, Path]:
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


def run_window_or_render(arguments: Sequence[str]) -> int:
    """Raises `StudioError`."""
    if has_display():
        check_display()
        run_window([Path(argument) for argument in arguments])
    from stylestudio.cli import commands

    return commands.render_without_window(*resolve_pair(arguments))


def run_window(files: Sequence[Path]) -> NoReturn:
    """Show the window with these files dropped on it, until it is closed; then end the process."""
    if sys.platform == "win32":
        import torch  # noqa: F401  # after Qt it does not load there

    program = build_program(sys.argv[:1])
    code = program.run(files)
    program.close()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        with suppress(OSError):
            stream.flush()
    remove_unfinished()  # what was not to be waited for any longer
    # The interpreter takes seconds to take the engine apart, and cannot while a step of it is still under way.
    os._exit(code)


def main(arguments: Sequence[str]) -> int:
    """Start Style Studio with these pictures or folders. Returns the exit status."""
    return exit_status(lambda: run_window_or_render(arguments))
