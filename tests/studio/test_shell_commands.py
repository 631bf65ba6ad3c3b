"""The command that makes a target, as the command line's own parser understands it."""

import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from stylestudio.cli.export_options import parse_export_options
from stylestudio.cli.options import mix_maker_from_options, recipe_of_options, settings_of
from stylestudio.cli.parser import build_parser
from stylestudio.images.export import check_format, drop_unsupported_options
from stylestudio.images.mask import Gradient, Mask
from stylestudio.images.output import USUAL, ExportOptions
from stylestudio.images.prepared import Preparation
from stylestudio.studio.command_line import needs_file, render_command
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares
from stylestudio.studio.recipe_record import PictureReference, Recipe, save_recipe
from stylestudio.studio.settings import Settings

NAMED = PictureReference("photo", "a" * 64)
MIXES = [Mix(), Mix(Shares(-0.2, 1 / 3, 1.25), "ycc"), Mix(Shares(0.1, 0.1, 0.1)), Mix(Shares(0, 0, 0), "ycc")]
SETTINGS = [
    Settings(),
    Settings(size=None, texture_scale=1.75, fidelity=1 / 3, finest_layer="relu4_1", patch_size=5, refine=7),
    Settings(method="single", fidelity=0.0),
]
PATHS = Path('/in/it\'s a "photo" $HOME `x`; é.png'), Path("/in/-style\n.jpg")


def recipe(settings: Settings = SETTINGS[0], mix: Mix = MIXES[0], how: Preparation = Preparation()) -> Recipe:  # noqa: B008
    return Recipe(NAMED, NAMED, settings, mix.shares, mix.axes, mix.mask, how)


def understood(command: str):
    """The options, as a shell and the program take them."""
    program, *words = shlex.split(command)
    assert program == "stylestudio"
    return build_parser().parse_args(words)


@pytest.mark.parametrize("mix", MIXES)
@pytest.mark.parametrize("settings", SETTINGS)
def test_settings_and_mix_are_understood_to_the_last_digit(settings: Settings, mix: Mix) -> None:
    options = understood(render_command(*PATHS, Path("/out/a b.png"), recipe(settings, mix), USUAL))
    assert settings_of(options) == settings and mix_maker_from_options(options) == mix
    assert (options.content, options.style, options.output) == (*PATHS, Path("/out/a b.png"))


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif", ".ora"])
@pytest.mark.parametrize(
    "export",
    [
        USUAL,
        ExportOptions(quality=60, lossless=False, bits=16, profile="photo", metadata=False, recipe=False),
        ExportOptions(lossless=False),
        ExportOptions(quality=91, recipe=False),
    ],
)
def test_so_is_how_to_write(suffix: str, export: ExportOptions) -> None:
    output = Path(f"/out/a{suffix}")
    options, one = understood(render_command(*PATHS, output, recipe(), export)), check_format(output)
    found, wanted = (drop_unsupported_options(one, given) for given in (parse_export_options(options, [one]), export))
    if "lossless" in one.knows and wanted.lossless:
        found, wanted = replace(found, quality=1), replace(wanted, quality=1)  # does not count then
    if "lossless" not in one.knows:
        found = replace(found, lossless=wanted.lossless)
    assert found == wanted


def test_with_nothing_unusual_the_command_is_short() -> None:
    assert render_command(Path("a.png"), Path("b.png"), Path("c.png"), recipe(), USUAL) == (
        "stylestudio render a.png b.png -o c.png"
    )


def test_mask_and_crop_need_a_file(tmp_path: Path) -> None:
    masked = recipe(SETTINGS[1], replace(MIXES[1], mask=Mask(gradient=Gradient((0, 0), (1, 1)))))
    cropped = recipe(how=Preparation(crop=(0, 0, 0.5, 1)))
    assert not needs_file(recipe(SETTINGS[1], MIXES[1])) and needs_file(masked) and needs_file(cropped)
    path = save_recipe(masked, tmp_path / "a recipe.json")
    options = understood(render_command(*PATHS, Path("/out/a.png"), masked, USUAL, path))
    found = recipe_of_options(options)
    assert found == masked
    assert settings_of(options, found) == SETTINGS[1] and mix_maker_from_options(options, found) == MIXES[1]
