"""The command line's options: what is given in words, and the settings that commands have in common."""

import argparse
from pathlib import Path
from typing import NoReturn

from stylestudio.errors import SettingError
from stylestudio.studio.presets import preset, presets
from stylestudio.studio.recipe import (
    DEFAULT_SHARES,
    LAYER_WORDS,
    METHODS,
    MOST_REFINING,
    SMALLEST_SIZE,
    Settings,
    Shares,
    parse_shares,
)


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


def size(text: str) -> int | None:
    """The long side in pixels, None for "full". Raises `SettingError`."""
    if text == "full":
        return None
    try:
        return int(text)
    except ValueError:
        raise SettingError(f"{text or 'Nothing'} is not a size.", hint="Give pixels, such as 1024, or full.") from None


def number(text: str) -> float:
    """Raises `SettingError`."""
    try:
        return float(text)
    except ValueError:
        raise SettingError(f"{text or 'Nothing'} is not a number.", hint="Give one such as 1.5.") from None


def steps(text: str) -> int:
    """How many steps of refining. Raises `SettingError`."""
    try:
        return int(text)
    except ValueError:
        given = text or "Nothing"
        hint = f"Give a whole number, 0 for none, {MOST_REFINING} at most."
        raise SettingError(f"{given} is no number of steps.", hint=hint) from None


def sizes(text: str) -> list[int]:
    """Long sides in pixels. Raises `SettingError`."""
    found = [side for part in text.split(",") if (side := size(part)) is not None and side >= SMALLEST_SIZE]
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


def add_settings(parser: argparse.ArgumentParser, size: str = "1024") -> None:
    """The options that an overfit picture depends on."""
    parser.add_argument("--size", default=size, metavar="N|full", help=f"long side to work at; {size} if not given")
    parser.add_argument("--method", default=METHODS[0], metavar="|".join(METHODS), help="how pieces are matched")
    parser.add_argument("--texture-scale", default="1", metavar="X", help="enlarge the style's texture X times")
    parser.add_argument("--patch-size", default="3", metavar="1|3|5|7", help="size of the pieces that are matched")
    parser.add_argument(
        "--fidelity", default="0.5", metavar="X", help="how far the photo's forms hold, 0 to 1; 0.5 if not given"
    )
    layers = "|".join(LAYER_WORDS)
    parser.add_argument(
        "--finest-layer", default="fine", metavar=layers, help="how fine the pieces go; fine if not given"
    )
    usual = str(Settings().refine)
    parser.add_argument(
        "--refine", default=usual, metavar="N", help=f"steps of refining afterwards; {usual} if not given, 0 for none"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress")


def settings_of(options: argparse.Namespace) -> Settings:
    """Raises `SettingError`."""
    if not options.patch_size.isdecimal():
        given = options.patch_size or "of nothing"
        raise SettingError(f"There is no patch size {given}.", hint="Give 1, 3, 5 or 7.")
    return Settings(
        size(options.size),
        number(options.texture_scale),
        int(options.patch_size),
        options.method,
        number(options.fidelity),
        LAYER_WORDS.get(options.finest_layer) or options.finest_layer,
        steps(options.refine),
    )


def shares_of_options(options: argparse.Namespace) -> Shares:
    """Raises `SettingError`."""
    if options.preset is not None:
        return preset(options.preset).shares
    return DEFAULT_SHARES if options.share is None else parse_shares(options.share)
