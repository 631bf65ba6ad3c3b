"""Named mixes: those that come with the program, in resources/presets, and the artist's own, one TOML file each."""

import json
import tomllib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from stylestudio.errors import OutputError, SettingError, StudioError
from stylestudio.images.atomic import open_replacing
from stylestudio.images.blend import Axes
from stylestudio.images.decode import Picture
from stylestudio.paths import resource
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares, shares_of
from stylestudio.studio.seasons import Grade, solve_mixes

MOST_BYTES: Final = 1 << 16
MOST_LABEL: Final = 60
ENDING: Final = ".toml"


@dataclass(frozen=True)
class Preset:
    """`name` is what the command line takes, `label` what the artist reads; `own` are those they made.

    A season has a `grade`: its shares are found for the pictures at hand, and `shares` only stand in for them before.
    """

    name: str
    label: str
    shares: Shares
    axes: Axes = "rgb"
    grade: Grade | None = None
    own: bool = False

    def mix(self, content: Picture, overfit: NDArray[np.float32]) -> Mix:
        """How it mixes this content and its overfit picture (H, W, 3), sRGB 0..1; a season takes some milliseconds."""
        if self.grade is None:
            return Mix(self.shares, self.axes)
        return season_mixes(content, overfit)[self.name]


class _Written(msgspec.Struct):
    """What stands in a preset's file, one share or three."""

    label: str
    shares: tuple[float, ...]
    axes: Axes = "rgb"


def presets(own: Path | None = None) -> dict[str, Preset]:
    """All presets by name, in the order that their files give; then the artist's own in this folder, by label.

    A file of their own that is no preset is left out; `faults` tells why.
    """
    found: list[tuple[int, Preset]] = []
    for path in resource("presets").glob(f"*{ENDING}"):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        found.append((table["order"], _preset(path.stem, table, own=False)))
    return {preset.name: preset for _, preset in sorted(found, key=lambda one: one[0])} | _own(own)[0]


def get_preset(name: str, own: Path | None = None) -> Preset:
    """The preset of this name. Raises `SettingError` if there is none."""
    known = presets(own)
    if name not in known:
        raise SettingError(f"There is no preset {name}.", hint=f"Choose one of {', '.join(known)}.")
    return known[name]


def season_mixes(content: Picture, overfit: NDArray[np.float32]) -> dict[str, Mix]:
    """The mixes of all seasons for this content and its overfit picture, by name; about 10 ms once both are small."""
    grades = {name: found.grade for name, found in presets().items() if found.grade is not None}
    return solve_mixes(content.stored, overfit, grades)


def faults(own: Path) -> list[StudioError]:
    """Why files in the artist's folder are no presets, one for each."""
    return _own(own)[1]


def save_preset(own: Path, label: str, mix: Mix) -> Preset:
    """A new preset of the artist's own, under this label or, where that is taken, the label with a number.

    A mask is not part of it: it belongs to a picture. Raises `SettingError` for an empty label, `OutputError` where it
    cannot be written.
    """
    label, known = _checked_label(label), presets(own)
    labels = {found.label.casefold() for found in known.values()}
    number, candidate = 1, label
    while candidate.casefold() in labels or _name(candidate) in known or _file(own, _name(candidate)).exists():
        number += 1
        candidate = f"{label[: MOST_LABEL - 5]} {number}"
    kept = Preset(_name(candidate), candidate, mix.shares, mix.axes, own=True)
    _write(_file(own, kept.name), kept)
    return kept


def rename_preset(own: Path, preset: Preset, label: str) -> Preset:
    """The same preset of the artist's own under another label, see `save_preset`. Raises `SettingError` and
    `OutputError`.
    """
    check_own(preset)
    if _checked_label(label).casefold() == preset.label.casefold():
        renamed = replace(preset, label=_checked_label(label))
        _write(_file(own, preset.name), renamed)
        return renamed
    renamed = save_preset(own, label, Mix(preset.shares, preset.axes))
    delete_preset(own, preset)
    return renamed


def delete_preset(own: Path, preset: Preset) -> None:
    """Delete a preset of the artist's own. Raises `SettingError` for one that comes with the program."""
    check_own(preset)
    with suppress(FileNotFoundError):
        _file(own, preset.name).unlink()


def check_own(preset: Preset) -> None:
    """Raise `SettingError` for a preset that comes with the program."""
    if not preset.own:
        raise SettingError(f"The preset {preset.label} belongs to the program.", hint="Only your own can be changed.")


def export_preset(path: Path, preset: Preset, mix: Mix) -> None:
    """Write a preset as a file to give away; a season as the `mix` that it is on the pictures at hand.

    Raises `OutputError`.
    """
    _write(path, Preset(preset.name, preset.label, mix.shares, mix.axes))


def import_preset(path: Path, own: Path) -> Preset:
    """Keep the preset in this file as one of the artist's own. Raises `SettingError` for a file that is none."""
    found = _read(path)
    return save_preset(own, found.label, Mix(found.shares, found.axes))


def _name(label: str) -> str:
    """What a file can be called on every system, and a person can type: "Late autumn!" is "late-autumn"."""
    words = "".join(char if char.isalnum() else " " for char in label.casefold()).split()
    return "-".join(words) or "preset"


def _file(own: Path, name: str) -> Path:
    return own / f"{name}{ENDING}"


def _own(folder: Path | None) -> tuple[dict[str, Preset], list[StudioError]]:
    found: list[Preset] = []
    wrong: list[StudioError] = []
    for path in sorted(folder.glob(f"*{ENDING}")) if folder else []:
        try:
            found.append(_read(path))
        except StudioError as error:
            wrong.append(error)
    return {one.name: one for one in sorted(found, key=lambda one: one.label.casefold())}, wrong


def _read(path: Path) -> Preset:
    """The preset in a file that may come from anywhere. Raises `SettingError`."""
    try:
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise ValueError("too long")
        return _preset(path.stem, tomllib.loads(data.decode()), own=True)
    except (OSError, ValueError, RecursionError, SettingError) as error:
        raise SettingError(f"{path.name} is no preset that can be read.", hint="Ask for the file again.") from error


def _preset(name: str, table: Mapping[str, object], own: bool) -> Preset:
    """Raises `ValueError` or `SettingError` for what makes no preset. A season is the program's own alone."""
    found = msgspec.convert(table, _Written)
    season = None if own else table.get("season")
    grade = None if season is None else msgspec.convert(season, Grade)
    return Preset(name, _checked_label(found.label), shares_of(found.shares), found.axes, grade, own)


def _checked_label(label: str) -> str:
    """Without what no one can read in it. Raises `SettingError` if nothing is left."""
    words = " ".join("".join(char if char.isprintable() else " " for char in label).split())[:MOST_LABEL].strip()
    if not words:
        raise SettingError("A preset needs a name.", hint="Give it one, such as Evening.")
    return words


def _write(path: Path, preset: Preset) -> None:
    """The whole file or nothing. Raises `OutputError`."""
    shares = ", ".join(f"{share:g}" for share in preset.shares)
    text = f'label = {json.dumps(preset.label, ensure_ascii=False)}\naxes = "{preset.axes}"\nshares = [{shares}]\n'
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_replacing(path) as stream:
            stream.write(text.encode())
    except OSError as error:
        raise OutputError(f"{path.name} could not be written.", hint="Choose another folder.") from error
