"""The command line's options: what is given in words, and the settings that commands have in common."""

import argparse
from pathlib import Path
from typing import NoReturn

from stylestudio.errors import SettingError
from stylestudio.studio.presets import preset, presets
from stylestudio.studio.recipe import DEFAULT_SHARES, Shares, parse_shares
from stylestudio.studio.settings import DEFAULTS, SETTINGS, SMALLEST_SIZE, Settings


class Parser(argparse.ArgumentParser):
    """Says what is wrong as every other error is said."""

    def error(self, message: str) -> NoReturn:
        raise SettingError(f"{message[:1].upper()}{message[1:]}.", hint=f"Run {self.prog} --help to see what there is.")


def named(text: str) -> Path:
    """The path as given; nothing at all, which a shell makes of an unset variable, would be the current folder.

    Raises `SettingError` for that.
    """
    if not text:
        raise SettingError("The name of a file is empty.", hint="Give the file's name.")
    return Path(text)


def sizes(text: str) -> list[int]:
    """Long sides in pixels. Raises `SettingError`."""
    parts = (SETTINGS["size"].parse(part) for part in text.split(","))
    found = [side for side in parts if side is not None and side >= SMALLEST_SIZE]
    if len(found) != text.count(",") + 1:
        raise SettingError(
            f"{text} is no list of sizes to time.", hint=f"Give pixels, {SMALLEST_SIZE} or more, such as 512,1024."
        )
    return found


def repeat(text: str | None) -> int | None:
    """How many times to time each stage, None where nothing was said. Raises `SettingError`."""
    if text is None:
        return None
    if not (text.isdecimal() and int(text) > 0):
        raise SettingError(f"{text or 'Nothing'} is no number of times.", hint="Give a whole number, 1 or more.")
    return int(text)


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """The options that make up a recipe."""
    share = parser.add_mutually_exclusive_group()
    share.add_argument("--share", metavar="S|R,G,B", help="style share, 0 (photo) to 1 (style); 0.7 if not given")
    share.add_argument("--preset", metavar="NAME", help=f"style shares by name: {', '.join(presets())}")
    add_settings(parser)


def add_settings(parser: argparse.ArgumentParser, **usual: object) -> None:
    """The options that an overfit picture depends on; `usual` are other defaults, by name."""
    for name, setting in SETTINGS.items():
        word = setting.word(usual.get(name, getattr(DEFAULTS, name)))
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            default=word,
            metavar=setting.metavar,
            help=f"{setting.help}; {word} if not given",
        )
    parser.add_argument("--quiet", action="store_true", help="no progress")


def settings_of(options: argparse.Namespace) -> Settings:
    """Raises `SettingError`."""
    return Settings(**{name: setting.parse(getattr(options, name)) for name, setting in SETTINGS.items()})


def shares_of_options(options: argparse.Namespace) -> Shares:
    """Raises `SettingError`."""
    if options.preset is not None:
        return preset(options.preset).shares
    return DEFAULT_SHARES if options.share is None else parse_shares(options.share)
