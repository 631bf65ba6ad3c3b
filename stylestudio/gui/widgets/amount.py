"""A number on both sides of nothing: its name, a slider with nothing in the middle, and a box to type it into."""

from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QAbstractSpinBox, QGridLayout, QLabel, QSlider, QWidget

from stylestudio.gui.widgets.boxes import FocusFilter, TypedNumber

HANDLE, GROOVE = 14.0, 4.0


class CentredSlider(QSlider):
    """Goes where it is clicked or dragged, its colour from the middle to the handle; a double click brings it back."""

    def __init__(self, steps: int, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(-steps, steps)
        self.setPageStep(max(1, steps // 10))
        FocusFilter(self)

    def mousePressEvent(self, ev: QMouseEvent) -> None:
        if ev.button() != Qt.MouseButton.LeftButton:
            ev.ignore()
            return
        self.setSliderDown(True)
        self.setValue(self._value_at(ev.position().x()))

    def mouseMoveEvent(self, ev: QMouseEvent) -> None:
        if self.isSliderDown():
            self.setValue(self._value_at(ev.position().x()))

    def mouseReleaseEvent(self, ev: QMouseEvent) -> None:
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.setValue(0)

    def paintEvent(self, ev: QPaintEvent) -> None:
        palette, y = self.palette(), self.height() / 2
        middle, handle = self._x_of(0), self._x_of(self.value())
        accent = palette.color(QPalette.ColorRole.Highlight)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for start, end, colour in (
                (HANDLE / 2, self.width() - HANDLE / 2, palette.color(QPalette.ColorRole.Mid)),
                (middle, handle, accent),
            ):
                painter.setPen(QPen(colour, GROOVE, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                painter.drawLine(QPointF(start, y), QPointF(end, y))
            painter.setPen(QPen(palette.color(QPalette.ColorRole.WindowText), 1))
            painter.drawLine(QPointF(middle, y - 6), QPointF(middle, y + 6))
            edge = accent if self.hasFocus() else palette.color(QPalette.ColorRole.Shadow)
            painter.setPen(QPen(edge, 1 + self.hasFocus()))
            over = QPalette.ColorRole.Light if self.underMouse() else QPalette.ColorRole.Button
            painter.setBrush(palette.color(over))
            painter.drawEllipse(QPointF(handle, y), HANDLE / 2 - 1, HANDLE / 2 - 1)

    def _x_of(self, value: int) -> float:
        share = (value - self.minimum()) / (self.maximum() - self.minimum())
        return HANDLE / 2 + share * (self.width() - HANDLE)

    def _value_at(self, x: float) -> int:
        share = (x - HANDLE / 2) / max(1.0, self.width() - HANDLE)
        return round(self.minimum() + min(max(share, 0.0), 1.0) * (self.maximum() - self.minimum()))


class SignedSlider(QWidget):
    """From -`most` to `most`, in steps."""

    edited = Signal(float)

    def __init__(self, name: str, most: float, step: float, unit: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._step = step
        self.slider = CentredSlider(round(most / step), self)
        self.box = TypedNumber(-most, most, unit, self)
        self.box.setDecimals(0 if step >= 1 else len(f"{step:g}".partition(".")[2]))
        self.box.setSingleStep(step)
        self.box.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.box.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)
        self.slider.setAccessibleName(name)
        self.box.setAccessibleName(self.tr("{name} in {unit}").format(name=name, unit=unit))
        self.slider.setToolTip(self.tr("{name}. Double click: 0").format(name=name))
        label = QLabel(name, self)
        label.setBuddy(self.slider)
        self.slider.valueChanged.connect(lambda value: self._edit(value * step))
        self.box.valueChanged.connect(self._edit)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        grid.addWidget(label, 0, 0)
        grid.addWidget(self.box, 0, 1)
        grid.addWidget(self.slider, 1, 0, 1, 2)

    @property
    def value(self) -> float:
        return self.box.value()

    def show_value(self, value: float) -> None:
        """Show it without any signal."""
        self.box.show_value(value)
        with QSignalBlocker(self.slider):
            self.slider.setValue(round(value / self._step))
        self.slider.update()

    def _edit(self, value: float) -> None:
        self.show_value(value)
        self.edited.emit(self.box.value())
