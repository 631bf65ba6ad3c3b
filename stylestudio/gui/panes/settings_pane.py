"""The settings of a run."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFormLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from stylestudio.gui.widgets.controls import FidelityControl, Manners
from stylestudio.studio.recipe import (
    FINEST_LAYERS,
    METHODS,
    PATCH_SIZES,
    REFINING,
    TEXTURE_SCALES,
    Settings,
    has_strength,
)

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
    """Shows `Settings`; what the artist changes comes out as signals, nothing is changed here."""

    edited = Signal(dict, object)
    """Fields that changed, and a token that is the same for all changes of one step, or None."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.size_choice, self.scale_box = Choice(self), ScaleBox(self)  # in the order of the Tab key
        self.fidelity, self.layer_choice = FidelityControl(self), Choice(self)
        self.patch_choice, self.method_choice, self.refine_choice = Choice(self), Choice(self), Choice(self)
        self._note = QLabel(self)
        self._fill()
        self._name()
        self._connect()
        self._lay_out()

    def show_settings(self, settings: Settings) -> None:
        """Show them without any signal, also a size and steps of refining that the lists lack."""
        if self.size_choice.findData(settings.size) < 0:
            self.size_choice.addItem(self.tr("{side} px").format(side=settings.size), settings.size)
        if self.refine_choice.findData(settings.refine) < 0:
            self.refine_choice.addItem(self.tr("{steps} steps").format(steps=settings.refine), settings.refine)
        chosen = (
            (self.size_choice, settings.size),
            (self.patch_choice, settings.patch_size),
            (self.method_choice, settings.method),
            (self.layer_choice, settings.finest_layer),
            (self.refine_choice, settings.refine),
        )
        for choice, value in chosen:
            choice.setCurrentIndex(choice.findData(value))
        self.scale_box.blockSignals(True)
        self.scale_box.setValue(settings.texture_scale)
        self.scale_box.blockSignals(False)
        self.fidelity.show_fidelity(settings.fidelity)
        self._enable_strength(has_strength(settings))

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
        lists = (
            (self.method_choice, METHODS, (self.tr("Coarse to fine"), self.tr("Single"))),
            (self.layer_choice, FINEST_LAYERS, (self.tr("Coarse"), self.tr("Middle"), self.tr("Fine"))),
            (self.refine_choice, REFINING, (self.tr("Off"), self.tr("Light"), self.tr("Medium"), self.tr("Strong"))),
        )
        for choice, values, labels in lists:
            for value, label in zip(values, labels, strict=True):
                choice.addItem(label, value)

    def _enable_strength(self, on: bool) -> None:
        tips = (
            (
                self.fidelity,
                self.tr("How far the photo's forms hold against the style's. Double click: 50 %."),
            ),
            (
                self.layer_choice,
                self.tr("How fine the pieces of the style go: coarse is softer, fine has every stroke."),
            ),
        )
        without = self.tr("Only the method Coarse to fine knows this.")
        for widget, tip in tips:
            widget.setEnabled(on)
            widget.setToolTip(tip if on else without)

    def _name(self) -> None:
        self.fidelity.setAccessibleName(self.tr("Fidelity"))
        self.layer_choice.setAccessibleName(self.tr("Finest layer"))
        self._enable_strength(True)
        words = (
            (
                self.size_choice,
                self.tr("Size"),
                self.tr(
                    "How large the photo's long side is worked on. "
                    "A photo less than one and a half times as large is worked on at its own size."
                ),
            ),
            (self.scale_box, self.tr("Texture scale"), self.tr("Enlarges the style's strokes against the photo.")),
            (self.patch_choice, self.tr("Patch size"), self.tr("How large the pieces taken from the style are.")),
            (self.method_choice, self.tr("Method"), self.tr("Coarse to fine keeps brush strokes; single is smoother.")),
            (
                self.refine_choice,
                self.tr("Refine"),
                self.tr("Brings the finished picture closer to the style, step by step. Cancel keeps the last step."),
            ),
        )
        for widget, name, tip in words:
            widget.setAccessibleName(name)
            widget.setToolTip(tip)

    def _connect(self) -> None:
        # `activated` comes from the artist alone.
        fields = (
            ("size", self.size_choice),
            ("patch_size", self.patch_choice),
            ("method", self.method_choice),
            ("finest_layer", self.layer_choice),
            ("refine", self.refine_choice),
        )
        for field, choice in fields:
            choice.activated.connect(lambda index, f=field, c=choice: self.edited.emit({f: c.itemData(index)}, None))
        self.scale_box.valueChanged.connect(lambda value: self.edited.emit({"texture_scale": value}, None))
        self.fidelity.edited.connect(lambda value, step: self.edited.emit({"fidelity": value}, step))

    def _lay_out(self) -> None:
        heading = QLabel(self.tr("Overfit picture"), self)
        font = heading.font()
        font.setBold(True)
        heading.setFont(font)
        form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        widgets = (
            self.size_choice,
            self.scale_box,
            self.fidelity,
            self.layer_choice,
            self.patch_choice,
            self.method_choice,
            self.refine_choice,
        )
        for widget in widgets:
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
        layout.addStretch(1)
