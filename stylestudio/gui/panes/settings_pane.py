"""The settings of a run: size, texture scale, patch size, method."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from stylestudio.gui.manners import Manners
from stylestudio.studio.recipe import METHODS, PATCH_SIZES, TEXTURE_SCALES, Settings

SIZES = (512, 1024, 2048, None)


class Choice(QComboBox):
    """A list to choose from."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        Manners(self)


class ScaleBox(QDoubleSpinBox):
    """The texture scale."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setRange(*TEXTURE_SCALES)
        self.setSingleStep(0.25)
        self.setSuffix(" ×")
        self.setKeyboardTracking(False)
        Manners(self)


class SettingsPane(QWidget):
    """Shows `Settings`; a change by the artist comes out as the fields that changed."""

    edited = Signal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.size_choice, self.scale_box = Choice(self), ScaleBox(self)  # in the order of the Tab key
        self.patch_choice, self.method_choice = Choice(self), Choice(self)
        self._note = QLabel(self)
        self._fill()
        self._name()
        self._connect()
        self._lay_out()

    def show_settings(self, settings: Settings) -> None:
        """Show them without any signal, also a size that the list lacks."""
        if self.size_choice.findData(settings.size) < 0:
            self.size_choice.addItem(self.tr("{side} px").format(side=settings.size), settings.size)
        chosen = (
            (self.size_choice, settings.size),
            (self.patch_choice, settings.patch_size),
            (self.method_choice, settings.method),
        )
        for choice, value in chosen:
            choice.setCurrentIndex(choice.findData(value))
        self.scale_box.blockSignals(True)
        self.scale_box.setValue(settings.texture_scale)
        self.scale_box.blockSignals(False)

    @property
    def note(self) -> str:
        """The remark that is shown."""
        return self._note.text()

    def show_note(self, text: str) -> None:
        """A remark on the settings beneath them; empty for none."""
        self._note.setText(text)

    def _fill(self) -> None:
        for size in SIZES:
            label = self.tr("Full size") if size is None else self.tr("{side} px").format(side=size)
            self.size_choice.addItem(label, size)
        for patch_size in PATCH_SIZES:
            self.patch_choice.addItem(f"{patch_size} × {patch_size}", patch_size)
        labels = (self.tr("Coarse to fine"), self.tr("Single"))
        for method, label in zip(METHODS, labels, strict=True):
            self.method_choice.addItem(label, method)

    def _name(self) -> None:
        words = (
            (self.size_choice, self.tr("Size"), self.tr("How large the photo's long side is worked on.")),
            (self.scale_box, self.tr("Texture scale"), self.tr("Enlarges the style's strokes against the photo.")),
            (self.patch_choice, self.tr("Patch size"), self.tr("How large the pieces taken from the style are.")),
            (self.method_choice, self.tr("Method"), self.tr("Coarse to fine keeps brush strokes; single is smoother.")),
        )
        for widget, name, tip in words:
            widget.setAccessibleName(name)
            widget.setToolTip(tip)

    def _connect(self) -> None:
        # `activated` comes from the artist alone.
        fields = (("size", self.size_choice), ("patch_size", self.patch_choice), ("method", self.method_choice))
        for field, choice in fields:
            choice.activated.connect(lambda index, f=field, c=choice: self.edited.emit({f: c.itemData(index)}))
        self.scale_box.valueChanged.connect(lambda value: self.edited.emit({"texture_scale": value}))

    def _lay_out(self) -> None:
        heading = QLabel(self.tr("Overfit picture"), self)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        for widget in (self.size_choice, self.scale_box, self.patch_choice, self.method_choice):
            form.addRow(widget.accessibleName(), widget)
        self._note.setWordWrap(True)
        # Room for the longest note, so that nothing moves when it comes.
        self._note.setFixedHeight(4 * self._note.fontMetrics().lineSpacing())
        self._note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._note.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(heading)
        layout.addLayout(form)
        layout.addWidget(self._note)
