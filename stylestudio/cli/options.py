"""The command line's options: what is given in words, and the settings that commands have in common."""

import argparse
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NoReturn, get_args

from stylestudio.cli.console import print_remark, print_result
from stylestudio.errors import SettingError
from stylestudio.images.blend import Axes
from stylestudio.paths import data_folder
from stylestudio.studio.mix import Mix, MixMaker
from stylestudio.studio.presets import get_preset, presets
from stylestudio.studio.recipe import parse_balance, parse_shares
from stylestudio.studio.recipe_record import Recipe, recipe_from
from stylestudio.studio.settings import DEFAULTS, SETTINGS, SMALLEST_SIZE, Settings
from stylestudio.studio.two_styles import SecondFile, second_file


class Parser(argparse.ArgumentParser):
    """Says what is wrong as every other error is said."""

    def error(self, message: str) -> NoReturn:
        raise SettingError(f"{message[:1].upper()}{message[1:]}.", hint=f"Run {self.prog} --help to see what there is.")

    def print_help(self, file: object = None) -> None:
        """On stdout, as all that was asked for."""
        print_result(self.format_help().rstrip())


def nonempty_path(text: str) -> Path:
    """The path as given; nothing at all, which a shell makes of an unset variable, would be the current folder.

    Raises `SettingError` for that.
    """
    if not text:
        raise SettingError("The name of a file is empty.", hint="Give the file's name.")
    return Path(text)


def parse_sizes(text: str) -> list[int]:
    """Long sides in pixels. Raises `SettingError`."""
    parts = (SETTINGS["size"].parse(part) for part in text.split(","))
    found = [side for side in parts if side is not None and side >= SMALLEST_SIZE]
    if len(found) != text.count(",") + 1:
        raise SettingError(
            f"{text} is no list of sizes to time.", hint=f"Give pixels, {SMALLEST_SIZE} or more, such as 512,1024."
        )
    return found


def parse_repeat(text: str | None) -> int | None:
    """How many times to time each stage, None where nothing was said. Raises `SettingError`."""
    if text is None:
        return None
    if not (text.isdecimal() and int(text) > 0):
        raise SettingError(f"{text or 'Nothing'} is no number of times.", hint="Give a whole number, 1 or more.")
    return int(text)


def own_presets_folder() -> Path:
    """The folder of the presets that the artist has made in the window."""
    return data_folder() / "presets"


def join_negative_shares(arguments: Sequence[str]) -> list[str]:
    """Shares that begin with a minus as one word with their option; argparse would take them for an option."""
    found: list[str] = []
    for argument in arguments:
        if found and found[-1] == "--share" and re.fullmatch(r"-[\d.,-]+", argument):
            found[-1] += f"={argument}"
        else:
            found.append(argument)
    return found


def add_recipe(parser: argparse.ArgumentParser) -> None:
    """The options that make up a recipe, and the one that takes them from a recipe."""
    parser.add_argument(
        "--recipe",
        dest="recipe_file",
        type=nonempty_path,
        metavar="FILE",
        help="settings and mix as in this picture that was exported before, or in this JSON file; what is given beside "
        "it wins; its mask and crop are for its own photo alone",
    )
    share = parser.add_mutually_exclusive_group()
    share.add_argument(
        "--share",
        metavar="S|R,G,B",
        help="style share, 0 (photo) to 1 (style), -0.25 to 1.5 at most; 0.7 if not given",
    )
    share.add_argument("--preset", metavar="NAME", help=f"style shares by name: {', '.join(presets())}, or your own")
    parser.add_argument(
        "--axes",
        choices=get_args(Axes),
        help="what three shares are of: rgb (red, green, blue) or ycc (lightness, two colours); rgb if not given",
    )
    parser.add_argument(
        "--second-style", type=nonempty_path, metavar="FILE", help="another style, whose overfit picture is mixed in"
    )
    parser.add_argument(
        "--balance", metavar="T", help="of two styles: 0 (the first alone) to 1 (the second alone); 0.5 if not given"
    )
    add_settings(parser)


def second_of_options(options: argparse.Namespace, recipe: Recipe | None = None) -> SecondFile | None:
    """The second style given, with its balance. Raises `SettingError`."""
    balance = None if options.balance is None else parse_balance(options.balance)
    return second_file(options.second_style, balance, recipe)


def add_settings(parser: argparse.ArgumentParser, **usual: object) -> None:
    """The options that an overfit picture depends on; `usual` are other defaults, by name."""
    parser.set_defaults(usual=replace(DEFAULTS, **usual))  # pyright: ignore[reportArgumentType]
    for name, setting in SETTINGS.items():
        word = setting.word(usual.get(name, getattr(DEFAULTS, name)))
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            metavar=setting.metavar,
            help=f"{setting.help}; {word} if not given",
        )
    parser.add_argument("--quiet", action="store_true", help="no progress")


def recipe_of_options(options: argparse.Namespace) -> Recipe | None:
    """The recipe to begin with; what it cannot bring about is said. Raises `SettingError`."""
    recipe = None if options.recipe_file is None else recipe_from(options.recipe_file)
    if recipe and recipe.look and not getattr(options, "same_look", False):
        print_remark(
            f"The recipe is of a picture with the look of a set of {recipe.look.photos} photos: only batch --same-look "
            "with all of them makes it again."
        )
    return recipe


def settings_of(options: argparse.Namespace, recipe: Recipe | None = None) -> Settings:
    """Those given, others as in the recipe or as usual. Raises `SettingError`."""
    given = {name: text for name in SETTINGS if (text := getattr(options, name)) is not None}
    values = {name: SETTINGS[name].parse(text) for name, text in given.items()}
    return replace(recipe.settings if recipe else options.usual, **values)


def mix_maker_from_options(options: argparse.Namespace, recipe: Recipe | None = None) -> MixMaker:
    """The same of shares and axes; without a mask. Raises `SettingError`."""
    if options.preset is not None:
        if options.axes is not None:
            raise SettingError("--axes does not go with --preset.", hint="A preset says itself what its shares are of.")
        return get_preset(options.preset, own_presets_folder())
    usual = Mix(recipe.shares, recipe.axes) if recipe else Mix()
    return Mix(usual.shares if options.share is None else parse_shares(options.share), options.axes or usual.axes)
