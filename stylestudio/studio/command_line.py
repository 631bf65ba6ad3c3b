"""A target as the command that makes it without a window, to the pixel."""

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

from stylestudio.images.export import check_format, drop_unsupported_options
from stylestudio.images.output import USUAL, ExportOptions
from stylestudio.studio.look_files import LookFiles
from stylestudio.studio.recipe import DEFAULT_SHARES
from stylestudio.studio.recipe_record import Recipe
from stylestudio.studio.settings import DEFAULTS, SETTINGS, Settings


def needs_file(recipe: Recipe) -> bool:
    """Whether options alone cannot say it: strokes and crops are told by a recipe in a file."""
    plain = Recipe(recipe.content, recipe.style, recipe.settings, recipe.shares, recipe.axes)
    return (recipe.mask, recipe.preparation) != (plain.mask, plain.preparation)


def render_command(
    content: Path,
    style: Path,
    output: Path,
    recipe: Recipe,
    export: ExportOptions,
    recipe_file: Path | None = None,
    second: Path | None = None,
) -> str:
    """`stylestudio render …`, quoted for this system's shell; a recipe that `needs_file` is in `recipe_file`."""
    told = [*_recipe(recipe, recipe_file, second), *_export(output, export)]
    return _quoted(["stylestudio", "render", str(content), str(style), "-o", str(output), *told])


def batch_command(
    files: LookFiles,
    style: Path,
    output: Path,
    recipe: Recipe,
    export: ExportOptions,
    recipe_file: Path | None = None,
    second: Path | None = None,
) -> str:
    """`stylestudio batch --same-look …`, as `render_command`: the targets of all photos of a look, beside `output`."""
    pictures = ["--content", *map(str, files.paths), "--style", str(style)]
    where = ["-o", str(output.parent), "--format", output.suffix.removeprefix("."), "--same-look"]
    told = [*_recipe(recipe, recipe_file, second), *_export(output, export)]
    return _quoted(["stylestudio", "batch", *pictures, *where, *told])


def _quoted(words: list[str]) -> str:
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)


def _recipe(recipe: Recipe, recipe_file: Path | None, second: Path | None) -> Iterator[str]:
    yield from ["--recipe", str(recipe_file)] if recipe_file else [*_settings(recipe.settings), *_mix(recipe)]
    if second:
        yield from ("--second-style", str(second), "--balance", repr(recipe.balance))


def _settings(settings: Settings) -> Iterator[str]:
    for name, setting in SETTINGS.items():
        value = getattr(settings, name)
        if value != getattr(DEFAULTS, name):
            word = setting.word(value)
            yield from (f"--{name.replace('_', '-')}", word if setting.parse(word) == value else repr(value))


def _mix(recipe: Recipe) -> Iterator[str]:
    shares = recipe.shares if len(set(recipe.shares)) > 1 else recipe.shares[:1]
    if recipe.shares != DEFAULT_SHARES:
        yield f"--share={','.join(repr(float(share)) for share in shares)}"  # one below 0 looks like an option
    if recipe.axes != "rgb":
        yield from ("--axes", recipe.axes)


def _export(output: Path, export: ExportOptions) -> Iterator[str]:
    """Those that the format heeds and that are not as usual."""
    one = check_format(output)
    options = drop_unsupported_options(one, export)
    lossy = "quality" in one.knows and not ("lossless" in one.knows and options.lossless)
    if lossy and ("lossless" in one.knows or options.quality != USUAL.quality):
        yield from ("--quality", str(options.quality))
    for name in ("bits", "profile"):
        if name in one.knows and getattr(options, name) != getattr(USUAL, name):
            yield from (f"--{name}", str(getattr(options, name)))
    if "metadata" in one.knows and not options.metadata:
        yield "--strip-metadata"
    if "recipe" in one.knows and not options.recipe:
        yield "--no-recipe"
