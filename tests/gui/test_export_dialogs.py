"""How to write, asked after the name: only what the chosen format knows, and remembered."""

from pathlib import Path

import imagecodecs
import pytest
from PIL import ExifTags, Image
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox
from whole_window import Studio

from stylestudio.gui.export_dialogs import ExportDialog, SaveDialog
from stylestudio.gui.preferences import Preferences
from stylestudio.images import formats
from stylestudio.images.formats import Format
from stylestudio.images.output import USUAL, ExportOptions


@pytest.fixture
def ready(studio: Studio, tmp_path: Path, painting: Path) -> Studio:
    """With a photo in Adobe RGB that names its camera, a painting, and the real overfit picture."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    profile = imagecodecs.cms_profile("adobergb")
    Image.linear_gradient("L").convert("RGB").save(tmp_path / "photo.jpg", exif=exif, icc_profile=profile)
    studio.open_pair(tmp_path / "photo.jpg", painting)
    return studio


def name_it(studio: Studio, path: Path) -> ExportDialog:
    """Export under this name; the dialog that comes next."""
    studio.choose("export")
    dialog = studio.dialog(SaveDialog)
    dialog.findChildren(QLineEdit)[0].setText(str(path))
    dialog.accept()
    found = studio.dialog(ExportDialog)
    assert isinstance(found, ExportDialog)
    return found


def asked(dialog: ExportDialog) -> list[str]:
    """What the dialog lets the artist set, in its words."""
    labels = [label.text() for label in dialog.findChildren(QLabel) if label.buddy()]
    return labels + [box.text().split(":")[0] for box in dialog.findChildren(QCheckBox)]


KEEP = "Keep author, copyright, camera, place and resolution"
MADE = "Keep how it was made, to go on from this file"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.png", ["Depth", "Colours", KEEP, MADE]),
        ("a.jpg", ["Quality", "Colours", KEEP, MADE]),
        ("a.webp", ["Quality", "Colours", "Lossless", KEEP, MADE]),
        ("a.tif", ["Depth", "Colours", KEEP, MADE]),
        ("a.ora", ["Depth", KEEP, MADE]),
    ],
)
def test_only_what_the_format_knows_is_asked(ready: Studio, tmp_path: Path, name: str, words: list[str]) -> None:
    dialog = name_it(ready, tmp_path / name)
    assert asked(dialog) == words
    dialog.reject()
    assert not (tmp_path / name).exists()


def test_without_a_profile_of_its_own_there_is_no_choice_of_colours(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    studio.open_pair(photo, painting)
    dialog = name_it(studio, tmp_path / "a.png")
    assert asked(dialog) == ["Depth", KEEP, MADE]
    dialog.reject()


def test_what_is_set_is_written_and_remembered_for_the_next_start(ready: Studio, new_studio, tmp_path: Path) -> None:
    dialog = name_it(ready, tmp_path / "a.tif")
    dialog.controls.bits.setCurrentIndex(1)
    dialog.controls.profile.setCurrentIndex(1)
    dialog.controls.metadata.setChecked(False)
    dialog.controls.recipe.setChecked(False)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    ready.wait((tmp_path / "a.tif").exists)
    assert imagecodecs.tiff_decode((tmp_path / "a.tif").read_bytes()).dtype == "uint16"
    with Image.open(tmp_path / "photo.jpg") as photo:
        profile = photo.info["icc_profile"]
    assert profile in (tmp_path / "a.tif").read_bytes()
    assert b"Camera" not in (tmp_path / "a.tif").read_bytes()
    wanted = ExportOptions(bits=16, profile="photo", metadata=False, recipe=False)
    assert ready.memory.export_options() == wanted
    assert ready.memory.export_suffix() == ".tif"
    again = new_studio()
    assert again.memory.export_options() == wanted


def test_the_quality_is_written_and_a_cancelled_dialog_remembers_nothing(ready: Studio, tmp_path: Path) -> None:
    dialog = name_it(ready, tmp_path / "a.jpg")
    dialog.controls.quality.slider.setValue(30)
    assert dialog.controls.quality.box.value() == 30
    dialog.reject()
    assert ready.memory.export_options() == USUAL
    for name, quality in (("low.jpg", 30), ("high.jpg", 95)):
        dialog = name_it(ready, tmp_path / name)
        dialog.controls.quality.box.setValue(quality)
        dialog.accept()
        ready.wait((tmp_path / name).exists)
    assert (tmp_path / "low.jpg").stat().st_size < (tmp_path / "high.jpg").stat().st_size


def test_lossless_puts_the_quality_aside(ready: Studio, tmp_path: Path) -> None:
    dialog = name_it(ready, tmp_path / "a.webp")
    assert dialog.controls.lossless.isChecked() and not dialog.controls.quality.isEnabled()
    dialog.controls.lossless.setChecked(False)
    assert dialog.controls.quality.isEnabled()
    dialog.reject()


def test_a_format_that_leaves_nothing_open_is_written_at_once(
    ready: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bmp = Format("BMP", "BMP", (".bmp",), lambda output, stream: output.opaque.save(stream, "BMP"))
    monkeypatch.setattr(formats, "FORMATS", [*formats.FORMATS[:4], bmp])
    ready.choose("export")
    dialog = ready.dialog(SaveDialog)
    dialog.findChildren(QLineEdit)[0].setText(str(tmp_path / "a.bmp"))
    dialog.accept()
    ready.wait((tmp_path / "a.bmp").exists)
    assert not ready.window.findChildren(ExportDialog)


def test_another_kind_gives_the_proposed_name_its_ending(ready: Studio, tmp_path: Path) -> None:
    ready.memory.set_folder("export", tmp_path)
    ready.choose("export")
    dialog = ready.dialog(SaveDialog)
    assert isinstance(dialog, SaveDialog)
    kinds = dialog.findChildren(QComboBox)[-1]
    kind = next(text for text in dialog.nameFilters() if "*.webp" in text)
    kinds.setCurrentText(kind)
    dialog.filterSelected.emit(kind)
    assert Path(dialog.selectedFiles()[0]).name == "photo in the style of painting.webp"
    dialog.accept()
    ready.dialog(ExportDialog).accept()
    ready.wait((tmp_path / "photo in the style of painting.webp").exists)
    ready.choose("export")
    again = ready.dialog(SaveDialog)
    assert isinstance(again, SaveDialog)
    assert Path(again.selectedFiles()[0]).suffix == ".webp"
    again.reject()


def test_what_the_format_cannot_hold_is_said_at_once_not_when_the_picture_is_finished(
    studio: Studio, tmp_path: Path, painting: Path
) -> None:
    Image.new("RGB", (16_400, 3)).save(tmp_path / "long.png")
    studio.renderer.go.clear()
    studio.drop(studio.window, tmp_path / "long.png", painting)
    studio.wait(lambda: studio.runs.busy)
    name_it(studio, tmp_path / "a.webp").accept()
    assert "at most 16,383 pixels a side" in studio.error()
    assert not studio.window.exporter.is_waiting
    studio.renderer.go.set()


def test_the_export_button_takes_return_and_every_control_has_a_name(ready: Studio, tmp_path: Path) -> None:
    dialog = name_it(ready, tmp_path / "a.webp")
    export = next(one for one in dialog.findChildren(QPushButton) if one.text() == "Export")
    assert export.isDefault() and export.hasFocus()
    for control in [*dialog.findChildren(QComboBox), *dialog.findChildren(QSpinBox)]:
        assert control.accessibleName()
    dialog.reject()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quality", "0"),
        ("bits", "12"),
        ("profile", "cmyk"),
        ("metadata", "perhaps"),
        ("recipe", "maybe"),
        ("lossless", ""),
    ],
)
def test_what_was_remembered_wrongly_counts_as_not_remembered(tmp_path: Path, name: str, value: str) -> None:
    store = QSettings(str(tmp_path / "memory.ini"), QSettings.Format.IniFormat)
    store.setValue(f"export/{name}", value)
    store.setValue("export/suffix", ".gif")
    assert Preferences(store).export_options() == USUAL
    assert Preferences(store).export_suffix() == ".png"
