"""Boxes that a number is typed into: for a window where one scrolls over them and keys mean the session."""

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QValidator
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QToolButton,
    QWidget,
)

from stylestudio.images.blend import LEAST_SHARE, MOST_SHARE

POINTS = ",."
"""Either is taken for the decimal point, whichever the language writes: keypads and habits differ from it."""


def commit_typed() -> None:
    """Let a number count that is still being typed: to be called before a command that leaves the focus where it is.

    Only the box that has the focus can hold one.
    """
    box = QApplication.focusWidget()
    if isinstance(box, QAbstractSpinBox):
        box.interpretText()


def name_control(control: QWidget, name: str) -> None:
    """Give a control its name for who does not see it, and so to what Qt has put into it: its line, its list."""
    control.setAccessibleName(name)
    if isinstance(control, QComboBox):
        control.view().setAccessibleName(name)
    for line in (control, *control.findChildren(QLineEdit)):
        line.setAccessibleName(name)
        for button in line.findChildren(QToolButton) if isinstance(line, QLineEdit) else ():
            button.setAccessibleName(QCoreApplication.translate("boxes", "Clear"))


class TypedNumber(QDoubleSpinBox):
    """A number with its unit. What is typed counts from Return on, when the focus goes, or by `commit_typed`."""

    def __init__(self, least: float, most: float, unit: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setRange(least, most)
        self.setSuffix(f" {unit}" if unit else "")
        self.setKeyboardTracking(False)
        FocusFilter(self)

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.lineEdit().setAccessibleName(name)

    def show_value(self, value: float) -> None:
        """Show it without any signal. What is being typed stays, unless the value has become another meanwhile."""
        if round(value, self.decimals()) != self.value():
            with QSignalBlocker(self):
                self.setValue(value)

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return super().validate(self._with_own_point(text), position)

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(self._with_own_point(text))

    def _with_own_point(self, text: str) -> str:
        return text.translate(str.maketrans(dict.fromkeys(POINTS, self.locale().decimalPoint())))


class ShareBox(TypedNumber):
    """Percents from `least` to `most`, in tenths, which are written only where there are any."""

    def __init__(self, parent: QWidget, least: float = 100 * LEAST_SHARE, most: float = 100 * MOST_SHARE) -> None:
        super().__init__(least, most, "%", parent)
        self.setDecimals(1)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.NoButtons)

    def textFromValue(self, value: float) -> str:
        return self.locale().toString(value, "f", 0 if value == round(value) else 1)

    def sizeHint(self) -> QSize:
        return super().sizeHint() + QSize(self.fontMetrics().horizontalAdvance(self.locale().decimalPoint()), 0)


EDITING = (
    QKeySequence.StandardKey.Copy,
    QKeySequence.StandardKey.Cut,
    QKeySequence.StandardKey.Paste,
    QKeySequence.StandardKey.SelectAll,
)
"""All that a number needs. Under X11 a line of text would also take Ctrl+E, Ctrl+D and the like, as Emacs does."""


class FocusFilter(QObject):
    """For `widget`: the wheel acts only with the focus, and Ctrl with a letter is the window's, but for `EDITING`."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        widget.installEventFilter(self)
        if isinstance(widget, QAbstractSpinBox):
            for line in widget.findChildren(QLineEdit):
                line.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._is_taken_away(event):
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _is_taken_away(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel:
            return not self._widget.hasFocus()
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            return is_command_key(event) and not any(event.matches(key) for key in EDITING)
        return False


def is_command_key(event: QKeyEvent) -> bool:
    """Whether it is Ctrl, or the Mac's Command, with a letter."""
    control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
    return bool(control) and Qt.Key.Key_A <= event.key() <= Qt.Key.Key_Z
