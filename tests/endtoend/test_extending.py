"""What CONTRIBUTING says is enough to add a preset, a matching method, an export format: done here by its words."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from artist import Outcome
from PIL import Image
from pytestqt.qtbot import QtBot

from stylestudio.engine.methods import METHODS, MatchingMethod, MemoryNeed
from stylestudio.gui.panes.settings_pane import SettingsPane
from stylestudio.images.decode import read
from stylestudio.images.formats import FORMATS, Format, join_labels, writable_formats
from stylestudio.studio import presets
from stylestudio.studio.settings import Settings

Command = Callable[..., Outcome]
RENDER = ("render", "photo.png", "style.png", "--size", "64", "--refine", "0", "--quiet")


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    need = MemoryNeed((32,), 480, 750e6, 150)
    monkeypatch.setitem(METHODS, "toy", MatchingMethod("Toy", "toy_method", ("relu4_1",), frozenset(), need))


def succeeded(outcome: Outcome) -> bool:
    return outcome.code == 0


def test_a_toml_file_is_a_preset(command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "dusk.toml").write_text('label = "Dusk"\norder = 99\nshares = [0.0, 0.0, 0.0]\n', encoding="utf-8")
    monkeypatch.setattr(presets, "resource", lambda name: folder)
    assert succeeded(command(*RENDER, "--preset", "dusk", "-o", "dusk.png"))
    assert np.array_equal(read(folder / "dusk.png").stored, read(folder / "photo.png").stored)


@pytest.mark.usefixtures("toy")
def test_a_record_and_a_file_are_a_matching_method(command: Command, folder: Path) -> None:
    assert succeeded(command(*RENDER, "--method", "toy", "--share", "1", "-o", "toy.png"))
    assert succeeded(command(*RENDER, "--method", "single", "--share", "1", "-o", "single.png"))
    toy, single = (read(folder / f"{name}.png") for name in ("toy", "single"))
    assert toy.size == single.size == read(folder / "photo.png").size
    assert not np.array_equal(toy.stored, single.stored)


@pytest.mark.usefixtures("toy")
def test_it_shows_up_in_the_window_and_knows_what_it_says(qtbot: QtBot) -> None:
    pane = SettingsPane()
    qtbot.addWidget(pane)
    pane.show_settings(Settings(method="toy"))
    method = pane.controls["method"]
    assert method.property("currentText") == "Toy"
    enabled = {name for name, control in pane.controls.items() if control.isEnabled()}
    of_other_methods = {"patch_size", "fidelity", "finest_layer"}
    assert {"size", "texture_scale", "method", "refine", "seed"} <= enabled <= pane.controls.keys() - of_other_methods


def test_a_record_is_an_export_format(command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bmp = Format("BMP", "BMP", (".bmp",), lambda output, stream: output.opaque.save(stream, "BMP"))
    monkeypatch.setattr("stylestudio.images.formats.FORMATS", [one for one in FORMATS if one.label != "BMP"] + [bmp])
    assert ".bmp" in writable_formats()
    assert succeeded(command(*RENDER, "-o", "out.bmp"))
    with Image.open(folder / "out.bmp") as found:
        assert found.format == "BMP"


def test_a_format_that_is_not_written_is_refused_before_any_work(command: Command) -> None:
    outcome = command(*RENDER, "-o", "out.gif")
    assert outcome.code == 2
    labels, endings = (
        join_labels([one.label for one in writable_formats().values()]),
        join_labels(list(writable_formats())),
    )
    assert f"out.gif is no {labels} name. Give a name that ends in {endings}." in outcome.err
    assert {"PNG", "JPEG", "WebP", "TIFF", "OpenRaster"} <= {one.label for one in writable_formats().values()}
