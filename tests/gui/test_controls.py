import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QSpinBox
from pytestqt.qtbot import QtBot

from stylestudio.gui.widgets.boxes import FocusFilter

Key, Modifier = Qt.Key, Qt.KeyboardModifier


class Greedy(QLineEdit):
    """Takes every key for itself, as lines of text under X11 take Ctrl with many letters."""

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)


def is_taken(qtbot: QtBot, key: Qt.Key, modifier: Qt.KeyboardModifier) -> bool:
    """Whether a number box takes this key before the window's commands can."""
    box = QSpinBox()
    qtbot.addWidget(box)
    box.setLineEdit(Greedy())
    FocusFilter(box)
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, modifier)
    QApplication.sendEvent(box.lineEdit(), event)
    return event.isAccepted()


@pytest.mark.parametrize("key", [Key.Key_E, Key.Key_D, Key.Key_L, Key.Key_Z, Key.Key_Y])
@pytest.mark.parametrize("more", [Modifier.NoModifier, Modifier.ShiftModifier])
def test_commands_keys_are_the_windows(qtbot: QtBot, key: Qt.Key, more: Qt.KeyboardModifier) -> None:
    assert not is_taken(qtbot, key, Modifier.ControlModifier | more)


@pytest.mark.parametrize("key", [Key.Key_A, Key.Key_C, Key.Key_V, Key.Key_X])
def test_editing_stays_with_the_number(qtbot: QtBot, key: Qt.Key) -> None:
    assert is_taken(qtbot, key, Modifier.ControlModifier)


@pytest.mark.parametrize("key", [Key.Key_1, Key.Key_E, Key.Key_Backspace])
def test_what_is_typed_stays_with_the_number(qtbot: QtBot, key: Qt.Key) -> None:
    assert is_taken(qtbot, key, Modifier.NoModifier)
