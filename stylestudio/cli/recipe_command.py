"""`stylestudio recipe`: how a picture was made, in words or as JSON."""

import argparse

import msgspec

from stylestudio.cli.console import print_result
from stylestudio.cli.options import nonempty_path
from stylestudio.images.mask import Mask
from stylestudio.images.prepared import AS_IT_IS, Preparation
from stylestudio.studio.recipe_record import PictureReference, Recipe, recipe_from, to_json, weight_hashes
from stylestudio.studio.settings import SETTINGS

AXES = {"rgb": ("red", "green", "blue"), "ycc": ("lightness", "blue – yellow", "red – green")}
HASH = 12
"""Digits of a hash that tell a picture from others."""


def add_recipe_command(add) -> None:
    parser = add("recipe", help="how a picture was made")
    parser.add_argument(
        "file", type=nonempty_path, metavar="FILE", help="a picture that was exported, or a recipe as JSON"
    )
    parser.add_argument("--json", action="store_true", help="the whole of it as JSON, for render --recipe")
    parser.set_defaults(run=show)


def show(options: argparse.Namespace) -> int:
    """On stdout. Raises `SettingError`."""
    recipe = recipe_from(options.file)
    print_result(msgspec.json.format(to_json(recipe)).decode() if options.json else "\n".join(describe_recipe(recipe)))
    return 0


def describe_recipe(recipe: Recipe) -> list[str]:
    """A line for each thing that decides the target."""
    facts = {
        "Photo": _picture(recipe.content),
        "Prepared": prepared_in_words(recipe.preparation),
        "Style": _picture(recipe.style),
        "Second style": _picture(recipe.second),
        "Balance": f"{recipe.balance:.4g}" if recipe.second else "",
        "Look": _look(recipe),
        **{
            setting.label: _setting(recipe, name)
            for name, setting in SETTINGS.items()
            if recipe.settings.has_effect(name)
        },
        "Style share": shares_in_words(recipe),
        "Mask": mask_in_words(recipe.mask),
        "Made by": _program(recipe),
    }
    width = max(map(len, facts))
    return [f"{name:{width}}  {fact}" for name, fact in facts.items() if fact]


def shares_in_words(recipe: Recipe) -> str:
    """One number where all are equal: then it does not matter what they are of."""
    if len(set(recipe.shares)) == 1:
        return f"{recipe.shares[0]:.4g}"
    return ", ".join(f"{name} {share:.4g}" for name, share in zip(AXES[recipe.axes], recipe.shares, strict=True))


def mask_in_words(mask: Mask) -> str:
    parts = [f"{len(mask.strokes)} stroke{'s' if len(mask.strokes) > 1 else ''}"] if mask.strokes else []
    parts += ["a gradient"] if mask.gradient else []
    parts += ["by the photo's tones"] if mask.lightness else []
    parts += ["inverted"] if mask.inverted and parts else []
    return ", ".join(parts)


def prepared_in_words(how: Preparation) -> str:
    if how == AS_IT_IS:
        return ""
    width, height = how.crop[2] - how.crop[0], how.crop[3] - how.crop[1]
    parts = {
        f"turned by {how.turns * 90}°": how.turns,
        f"straightened by {how.angle:.4g}°": how.angle,
        f"cropped to {width:.0%} of its width and {height:.0%} of its height": how.crop != AS_IT_IS.crop,
        f"exposure {how.exposure:+.4g}": how.exposure,
        f"contrast {how.contrast:+.4g}": how.contrast,
    }
    return ", ".join(words for words, done in parts.items() if done)


def _picture(picture: PictureReference | None) -> str:
    return f"{picture.name} ({picture.sha256[:HASH]})" if picture else ""


def _look(recipe: Recipe) -> str:
    return f"of a set of {recipe.look.photos} photos ({recipe.look.sha256[:HASH]})" if recipe.look else ""


def _setting(recipe: Recipe, name: str) -> str:
    setting, value = SETTINGS[name], getattr(recipe.settings, name)
    return next((choice.label for choice in setting.choices() if choice.value == value), setting.word(value))


def _program(recipe: Recipe) -> str:
    if not recipe.program:
        return ""
    other = recipe.weights and recipe.weights != weight_hashes()
    return f"Style Studio {recipe.program}{', with other network weights than these' if other else ''}"
