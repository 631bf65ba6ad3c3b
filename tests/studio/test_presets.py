import tomllib
from pathlib import Path

import numpy as np
import pytest

from stylestudio.errors import OutputError, SettingError
from stylestudio.images.decode import from_pixels
from stylestudio.paths import resource
from stylestudio.studio.mix import KEEP_COLOURS, Mix
from stylestudio.studio.presets import (
    MOST_LABEL,
    delete_preset,
    export_preset,
    faults,
    get_preset,
    import_preset,
    presets,
    save_preset,
    season_mixes,
)
from stylestudio.studio.recipe import Shares

BUILT_IN = list(presets())
SEASONS = ["spring", "summer", "autumn", "winter"]
MINE = Mix(Shares(-0.2, 0.5, 1.25), "ycc")


def test_the_presets_come_in_the_order_that_their_files_give() -> None:
    files = {path.stem: tomllib.loads(path.read_text("utf-8")) for path in resource("presets").iterdir()}
    assert sorted(files, key=lambda name: files[name]["order"]) == BUILT_IN
    assert BUILT_IN[0] == "whisper"


def test_every_file_is_a_preset_with_a_label_for_the_artist() -> None:
    assert {path.stem for path in resource("presets").iterdir()} == presets().keys()
    assert [found.label.casefold().replace(" ", "-") for found in presets().values()] == list(presets())


@pytest.mark.parametrize(("name", "share"), [("whisper", 0.25), ("half", 0.5), ("full", 1.0)])
def test_a_plain_preset_has_one_share_for_all_channels(name: str, share: float) -> None:
    grey = from_pixels(np.full((4, 4, 3), 0.5), "grey")
    assert get_preset(name).mix(grey, grey.pixels) == Mix(Shares(share, share, share))


def test_a_season_goes_by_the_pictures() -> None:
    rng = np.random.default_rng(1)
    content, overfit = (from_pixels(part, "noise") for part in rng.random((2, 40, 50, 3), np.float32))
    assert [name for name, one in presets().items() if one.grade] == SEASONS
    mixes = {name: get_preset(name).mix(content, overfit.pixels) for name in SEASONS}
    assert mixes == season_mixes(content, overfit.pixels)
    assert len(set(mixes.values())) == 4


def test_an_unknown_preset_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(SettingError) as caught:
        get_preset("monsoon")
    assert "monsoon" in caught.value.message
    assert "winter" in caught.value.hint


def test_what_is_kept_comes_back_after_the_programs_own_by_its_label(tmp_path: Path) -> None:
    folder = tmp_path / "not there yet"
    save_preset(folder, "Zinc  white", Mix())
    kept = save_preset(folder, "Évening “glow”", MINE)
    assert list(presets(folder)) == [*BUILT_IN, "zinc-white", kept.name]
    found = get_preset(kept.name, folder)
    assert found == kept
    assert (found.label, found.own, found.mix(*nothing())) == ("Évening “glow”", True, MINE)
    assert [path.name for path in folder.iterdir() if path.suffix != ".toml"] == []


def test_no_preset_takes_the_place_of_another(tmp_path: Path) -> None:
    made = [save_preset(tmp_path, label, Mix()) for label in ("Dusk", "dusk", "Dusk!", "Winter", "winter")]
    assert len({one.name for one in made}) == len({one.label.casefold() for one in made}) == 5
    assert len(presets(tmp_path)) == len(BUILT_IN) + 5
    assert presets(tmp_path)["winter"] == presets()["winter"]


def test_only_ones_own_can_be_deleted(tmp_path: Path) -> None:
    kept = save_preset(tmp_path, "Dusk", MINE)
    delete_preset(tmp_path, kept)
    delete_preset(tmp_path, kept)
    assert list(presets(tmp_path)) == BUILT_IN
    with pytest.raises(SettingError, match="belongs to the program"):
        delete_preset(tmp_path, get_preset("winter"))


def test_a_preset_can_be_given_away(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere" / "present.toml"
    export_preset(file, save_preset(tmp_path, "Dusk", MINE), MINE)
    assert import_preset(file, tmp_path / "other").mix(*nothing()) == MINE
    export_preset(file, get_preset("winter"), KEEP_COLOURS)
    found = import_preset(file, tmp_path / "other")
    assert (found.label, found.mix(*nothing())) == ("Winter 2", KEEP_COLOURS)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "label",
        'label = "A"',
        'label = "A"\nshares = [2, 0, 0]',
        'label = "A"\nshares = [nan]',
        'label = "A"\nshares = [true, 0, 0]',
        'label = "A"\nshares = ["0", 0, 0]',
        'label = "A"\nshares = [0, 0]',
        'label = "A"\nshares = 0.5',
        'label = "A"\nshares = [0.5]\naxes = "lab"',
        'label = "A"\nshares = [0.5]\naxes = ["rgb"]',
        'label = ""\nshares = [0.5]',
        'label = "\\u0007"\nshares = [0.5]',
        "label = 5\nshares = [0.5]",
        'label = "A"\nshares = [0.5]\nmore = ' + "[" * 5000,
        'label = "A"\nshares = [0.5]\n#' + "x" * 70_000,
    ],
)
def test_a_file_that_is_no_preset_is_left_out_and_told(tmp_path: Path, text: str) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "bad.toml").write_text(text, encoding="utf-8")
    assert list(presets(own)) == BUILT_IN
    assert ["bad.toml" in error.message for error in faults(own)] == [True]
    with pytest.raises(SettingError, match=r"bad\.toml"):
        import_preset(own / "bad.toml", tmp_path)


def test_a_foreign_preset_has_no_season_and_a_label_that_fits(tmp_path: Path) -> None:
    file = tmp_path / "given.toml"
    label = "x" * 500
    file.write_text(f'label = "{label}"\nshares = [0.5]\n[season]\nlighter = 9', encoding="utf-8")
    found = import_preset(file, tmp_path / "own")
    assert found.grade is None
    assert len(found.label) == MOST_LABEL


def test_a_preset_needs_a_name_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="needs a name"):
        save_preset(tmp_path, " \n", Mix())
    (tmp_path / "file").touch()
    with pytest.raises(OutputError):
        save_preset(tmp_path / "file", "Dusk", Mix())
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def nothing():
    grey = from_pixels(np.full((2, 2, 3), 0.5), "grey")
    return grey, grey.pixels
