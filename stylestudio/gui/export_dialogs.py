"""What an export asks: the name, then what its format knows and nothing else; and whether to wait for it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from stylestudio.gui.widgets.boxes import name_control
from stylestudio.gui.words import tr
from stylestudio.images.decode import Picture
from stylestudio.images.formats import Format, format_of, writable_formats
from stylestudio.images.output import ExportOptions

WIDTH = 380


class SaveDialog(QFileDialog):
    """Asks for a name; the format is the name's ending or, if it has none that is known, the kind that is chosen."""

    def __init__(self, window: QWidget, title: str, suffix: str, folder: Path) -> None:
        super().__init__(window, title, str(folder))  # else Qt asks for the folder that it was in last
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        picture = self.tr("{label} picture ({pattern})")
        self._suffixes = {
            picture.format(label=one.label, pattern=" ".join(f"*{name}" for name in one.suffixes)): usual
            for usual, one in writable_formats().items()
        }
        self.setNameFilters(list(self._suffixes))
        self.filterSelected.connect(self._show_kind)
        chosen = next(text for text, usual in self._suffixes.items() if usual == suffix)
        self.selectNameFilter(chosen)
        self.setDefaultSuffix(suffix)

    def with_ending(self, path: Path) -> Path:
        """`path`, with the ending of the chosen kind if its own is none of a format that is written."""
        if format_of(path):
            return path
        return path.with_name(path.name + self._suffixes.get(self.selectedNameFilter(), next(iter(writable_formats()))))

    def _show_kind(self, chosen: str) -> None:
        """Give the name that is proposed the ending of this kind."""
        suffix = self._suffixes[chosen]
        self.setDefaultSuffix(suffix)
        for name in self.selectedFiles()[:1]:
            if format_of(Path(name)):
                self.selectFile(Path(name).with_suffix(suffix).name)


class QualityControl(QWidget):
    """A slider and a box, 1 to 100, that move together."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.slider, self.box = QSlider(Qt.Orientation.Horizontal, self), QSpinBox(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        for widget, stretch in ((self.slider, 1), (self.box, 0)):
            widget.setRange(1, 100)
            name_control(widget, self.tr("Quality"))
            row.addWidget(widget, stretch)
        self.slider.valueChanged.connect(self.box.setValue)
        self.box.valueChanged.connect(self.slider.setValue)
        self.setFocusProxy(self.slider)


class OptionControls(QWidget):
    """What can be set of `options` in a format; with `has_profile` also in whose colours."""

    def __init__(self, one: Format, options: ExportOptions, has_profile: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._format, self._options, self._has_profile = one, options, has_profile
        self._values: dict[str, Callable[[], object]] = {}
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._add_controls()
        self._add_note()

    def options(self) -> ExportOptions:
        """Those that were given, with what is set here."""
        values = {name: value() for name, value in self._values.items()}
        return replace(self._options, **values)  # pyright: ignore[reportArgumentType]

    def _add_controls(self) -> None:
        adders = {
            "lossless": self._add_lossless,
            "quality": self._add_quality,
            "bits": self._add_bits,
            "profile": self._add_profile,
            "metadata": self._add_metadata,
            "recipe": self._add_recipe,
        }
        for name, add in adders.items():
            if name in self._format.knows:
                add()

    def _add_lossless(self) -> None:
        self.lossless = self._add_box("lossless", self.tr("Lossless: every pixel as it is, in a larger file"))

    def _add_quality(self) -> None:
        self.quality = QualityControl(self)
        self.quality.box.setValue(self._options.quality)
        self._form.addRow(self.tr("Quality"), self.quality)
        self._values["quality"] = self.quality.box.value
        if "lossless" in self._format.knows:
            self.lossless.toggled.connect(self.quality.setDisabled)
            self.quality.setDisabled(self.lossless.isChecked())

    def _add_bits(self) -> None:
        choices = {self.tr("8 bits a channel"): 8, self.tr("16 bits a channel, to go on working"): 16}
        self.bits = self._add_choices("bits", self.tr("Depth"), choices)

    def _add_profile(self) -> None:
        if self._has_profile:  # else its own colours are sRGB
            choices = {self.tr("sRGB, right everywhere"): "srgb", self.tr("The photo's own profile"): "photo"}
            self.profile = self._add_choices("profile", self.tr("Colours"), choices)

    def _add_metadata(self) -> None:
        text = self.tr("Keep author, copyright, camera, place and resolution")
        self.metadata = self._add_box("metadata", text)
        self.metadata.setToolTip(self.tr("What the photo's file says in EXIF, XMP and IPTC"))

    def _add_recipe(self) -> None:
        self.recipe = self._add_box("recipe", self.tr("Keep how it was made, to go on from this file"))
        self.recipe.setToolTip(self.tr("Settings, shares and mask, and the names of both pictures"))

    def _add_box(self, name: str, text: str) -> QCheckBox:
        box = QCheckBox(text, self)
        box.setChecked(getattr(self._options, name))
        self._form.addRow(box)
        self._values[name] = box.isChecked
        return box

    def _add_choices(self, name: str, label: str, choices: Mapping[str, object]) -> QComboBox:
        box = QComboBox(self)
        for text, value in choices.items():
            box.addItem(text, value)
        box.setCurrentIndex(box.findData(getattr(self._options, name)))
        name_control(box, label)
        self._form.addRow(label, box)
        self._values[name] = box.currentData
        return box

    def _add_note(self) -> None:
        if not self._format.note:
            return
        note = QLabel(tr(self._format.note), self)
        note.setWordWrap(True)
        note.setForegroundRole(note.palette().ColorRole.PlaceholderText)
        self._form.addRow(note)


class ExportDialog(QDialog):
    """Asks how to write `content`'s target in a format, beginning with `options`."""

    chosen = Signal(object)
    """The `ExportOptions` to write with."""

    def __init__(self, window: QWidget, one: Format, content: Picture, options: ExportOptions) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Export as {format}").format(format=one.label))
        self.controls = OptionControls(one, options, content.icc_profile is not None, self)
        layout = QVBoxLayout(self)
        layout.addWidget(self.controls)
        layout.addWidget(export_buttons(self))
        self.setFixedWidth(WIDTH)
        self.accepted.connect(lambda: self.chosen.emit(self.controls.options()))
        self.finished.connect(self.deleteLater)


def export_buttons(dialog: QDialog) -> QDialogButtonBox:
    """Export, which Return presses, and Cancel."""
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, dialog)
    export = buttons.addButton(dialog.tr("Export"), QDialogButtonBox.ButtonRole.AcceptRole)
    export.setDefault(True)
    export.setFocus()
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons


class ExportWaitQuestion(QMessageBox):
    """Stays with the window unless the artist decides to `leave` it."""

    def __init__(self, window: QWidget, leave: Callable[[], object]) -> None:
        super().__init__(window)
        self.setIcon(QMessageBox.Icon.Question)
        self.setWindowTitle(QCoreApplication.applicationName())
        self.setText(self.tr("An export waits for the finished picture."))
        self.setInformativeText(self.tr("If you close the window now, nothing is written."))
        wait = self.addButton(self.tr("&Wait for it"), QMessageBox.ButtonRole.RejectRole)
        close = self.addButton(self.tr("&Close without it"), QMessageBox.ButtonRole.DestructiveRole)
        self.setDefaultButton(wait)
        self.setEscapeButton(wait)
        close.clicked.connect(leave)
        self.finished.connect(self.deleteLater)
