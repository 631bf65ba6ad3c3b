"""Crop, turn and tone the photo before the run: everything is seen at once, on a smaller copy of it."""

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.icons import icon
from stylestudio.gui.widgets.amount import SignedSlider
from stylestudio.gui.widgets.boxes import name_control
from stylestudio.gui.widgets.controls import Toggle
from stylestudio.gui.widgets.crop_view import CropView
from stylestudio.images.crop import WHOLE, fit_to_aspect, normalised_aspect_ratio, turn_crop
from stylestudio.images.decode import Picture
from stylestudio.images.prepared import (
    AS_IT_IS,
    MOST_ANGLE,
    MOST_EXPOSURE,
    Preparation,
    prepare_photo,
    size_after_turning,
)
from stylestudio.images.resize import to_8bit

COLUMN: Final = 264
SIZE: Final = QSize(1000, 680)
THIRDS, FINE = 3, 8
RATIOS: Final = ((1, 1), (5, 4), (3, 2), (16, 9))
"""Width to height, offered beside the photo's own and any."""


class PrepareDialog(QDialog):
    """Shows `photo`, a small copy of one of `size` (width, height); `chosen` carries a `Preparation`."""

    chosen = Signal(object)

    def __init__(
        self, parent: QWidget, photo: Picture, size: tuple[int, int], how: Preparation, has_mask: bool
    ) -> None:
        super().__init__(parent)
        self._photo, self._full, self._begun, self._has_mask = photo, size, how, has_mask
        self._how = how
        self.setWindowTitle(self.tr("Prepare the photo"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(SIZE.boundedTo(parent.size() * 0.95))
        self.view = CropView(self)
        self.ratio, self.upright = QComboBox(self), Toggle(self)
        self.angle = SignedSlider(self.tr("Straighten"), MOST_ANGLE, 0.1, "°", self)
        self.exposure = SignedSlider(self.tr("Exposure"), MOST_EXPOSURE, 0.05, "EV", self)
        self.contrast = SignedSlider(self.tr("Contrast"), 100, 1, "%", self)
        self._size, self._note = QLabel(self), QLabel(self)
        self._lay_out()
        self._join()
        self._show()
        self.view.setFocus()

    @property
    def preparation(self) -> Preparation:
        """What is shown."""
        return replace(self._how, crop=self.view.crop)

    @property
    def note(self) -> str:
        """What the artist should know before it is applied."""
        return self._note.text()

    def accept(self) -> None:
        if self.preparation != self._begun:
            self.chosen.emit(self.preparation)
        super().accept()

    def reset(self) -> None:
        """Show the photo as it is; nothing is done before it is applied."""
        self.ratio.setCurrentIndex(0)
        self._begin(AS_IT_IS)

    def _join(self) -> None:
        self.ratio.activated.connect(self._take_ratio)
        self.upright.clicked.connect(self._take_ratio)
        self.view.crop_changed.connect(self._describe)
        self.angle.edited.connect(lambda value: self._become(angle=value))
        self.angle.slider.sliderPressed.connect(lambda: self.view.show_lines(FINE))
        self.angle.slider.sliderReleased.connect(lambda: self.view.show_lines(THIRDS))
        self.exposure.edited.connect(lambda value: self._become(exposure=value))
        self.contrast.edited.connect(lambda value: self._become(contrast=value / 100))

    def _become(self, **changes: object) -> None:
        self._how = replace(self._how, **changes)
        self._show_photo()

    def _begin(self, how: Preparation) -> None:
        self._how = how
        self._show()

    def _show(self) -> None:
        """All that it says, in every control."""
        for control, value in (
            (self.angle, self._how.angle),
            (self.exposure, self._how.exposure),
            (self.contrast, 100 * self._how.contrast),
        ):
            control.show_value(value)
        self.view.show_crop(self._how.crop)
        self._show_photo()

    def _show_photo(self) -> None:
        pixels = prepare_photo(self._photo, replace(self._how, crop=WHOLE)).stored
        self.view.show_image(ArrayImage(to_8bit(pixels)))
        self.view.shape = self._shape()
        self._describe()

    def _turn(self, clockwise: bool) -> None:
        """By a quarter; what was left of the photo stays, and so does the shape, turned."""
        self._how = replace(self._how, turns=(self._how.turns + (1 if clockwise else 3)) % 4)
        self.view.show_crop(turn_crop(self.view.crop, clockwise))
        self.upright.setChecked(not self.upright.isChecked())
        self._show_photo()

    def _take_ratio(self) -> None:
        self.view.shape = self._shape()
        crop = self.view.crop
        if self.view.shape is not None:
            left, top, right, bottom = crop
            long = max(right - left, bottom - top)
            middle = (left + right) / 2, (top + bottom) / 2
            half = [min(long / 2, at, 1 - at) for at in middle]
            crop = middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1]
        self.view.show_crop(fit_to_aspect(crop, self.view.shape))
        self._describe()

    def _shape(self) -> float | None:
        ratio, part = self.ratio.currentData(), self._part()
        if ratio is None:
            return None
        if ratio == 0:  # its own, which turns with it
            return (
                1.0
                if self.upright.isChecked() == (part[1] > part[0])
                else normalised_aspect_ratio(part[1] / part[0], part)
            )
        return normalised_aspect_ratio(1 / ratio if self.upright.isChecked() else ratio, part)

    def _part(self) -> tuple[int, int]:
        """Width and height of what is left of the full photo before it is cropped."""
        return size_after_turning(self._full, self._how)

    def _describe(self) -> None:
        (width, height), (left, top, right, bottom) = self._part(), self.view.crop
        pixels = max(1, round((right - left) * width)), max(1, round((bottom - top) * height))
        self._size.setText(self.tr("{width} × {height} pixels are left").format(width=pixels[0], height=pixels[1]))
        moves = self._has_mask and self.preparation.shape != self._begun.shape
        self._note.setText(self.tr("What was painted over the target goes: it lies on other places.") if moves else "")

    def _lay_out(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(10)
        for widget in (self._heading(self.tr("Crop")), self._shapes(), self._turns(), self.angle):
            column.addWidget(widget)
        column.addSpacing(8)
        for widget in (self._heading(self.tr("Light")), self.exposure, self.contrast):
            column.addWidget(widget)
        column.addStretch()
        for label in (self._note, self._size):
            label.setWordWrap(True)
            column.addWidget(label)
        column.addWidget(self._buttons())
        side = QWidget(self)
        side.setFixedWidth(COLUMN)
        side.setLayout(column)
        column.setContentsMargins(12, 12, 12, 12)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.view, 1)
        layout.addWidget(side)

    def _heading(self, text: str) -> QLabel:
        label = QLabel(text, self)
        font = label.font()
        font.setBold(True)
        label.setFont(font)
        return label

    def _shapes(self) -> QWidget:
        self.ratio.addItem(self.tr("Free"), None)
        self.ratio.addItem(self.tr("Original"), 0)
        for width, height in RATIOS:
            self.ratio.addItem(f"{width} : {height}", width / height)
        name_control(self.ratio, self.tr("Shape of the crop"))
        self.upright.setText(self.tr("Upright"))
        self.upright.setCheckable(True)
        self.upright.setChecked(self._full[1] > self._full[0])
        self.upright.setToolTip(self.tr("Higher than wide"))
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        form = QFormLayout()
        form.addRow(self.tr("Shape"), self.ratio)
        row.addLayout(form, 1)
        row.addWidget(self.upright)
        return box

    def _turns(self) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        for words, name, key, clockwise in (
            (self.tr("Turn left"), "turn_left", "Ctrl+[", False),
            (self.tr("Turn right"), "turn_right", "Ctrl+]", True),
        ):
            button = QToolButton(box)
            button.setIcon(icon(name))
            button.setText(words)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.setShortcut(QKeySequence(key))
            button.setToolTip(f"{words} ({key})")
            button.clicked.connect(lambda _=False, clockwise=clockwise: self._turn(clockwise))
            row.addWidget(button, 1)
        return box

    def _buttons(self) -> QWidget:
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Apply
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.Reset,
            self,
        )
        apply = buttons.button(QDialogButtonBox.StandardButton.Apply)
        apply.clicked.connect(self.accept)
        apply.setDefault(True)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Reset).clicked.connect(self.reset)
        for button in buttons.findChildren(QPushButton):
            button.setIcon(QIcon())
            button.setMinimumWidth(74)
        return buttons
