import sys
import threading
import weakref
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QDir, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QDialogButtonBox, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from stylestudio.errors import PictureError, StudioError
from stylestudio.gui.messages import (
    ErrorDialog,
    UnexpectedError,
    as_studio_error,
    error_details,
    install_excepthook,
    show_error,
)
from stylestudio.images.decode import read

# What the offscreen platform says of every dialog that has a parent.
pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

ERROR = PictureError("<b>photo.png</b> could not be read.", hint="Save it again as PNG or JPEG.")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


@pytest.fixture
def hooked(window: QWidget, monkeypatch: pytest.MonkeyPatch) -> QWidget:
    """A window above which exceptions are shown."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    install_excepthook(window)
    return window


def dialogs(window: QWidget) -> list[ErrorDialog]:
    return [dialog for dialog in window.findChildren(ErrorDialog) if dialog.isVisible()]


def texts(dialog: ErrorDialog) -> list[str]:
    return [label.text() for label in dialog.findChildren(QLabel)]


def button(dialog: ErrorDialog, role: QDialogButtonBox.ButtonRole) -> QAbstractButton:
    box = dialog.findChild(QDialogButtonBox)
    assert isinstance(box, QDialogButtonBox)
    return next(each for each in box.buttons() if box.buttonRole(each) == role)


def fail() -> None:
    raise ValueError("seven is odd")


def test_an_error_is_shown_as_its_sentence_and_its_hint_word_for_word(window: QWidget) -> None:
    dialog = show_error(window, ERROR)
    assert texts(dialog) == [ERROR.message, ERROR.hint]
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in dialog.findChildren(QLabel))


def test_an_error_leaves_the_window_usable(window: QWidget, qtbot: QtBot) -> None:
    pressed = []
    push = QPushButton("Go on", window)
    push.clicked.connect(lambda: pressed.append(True))
    push.show()
    assert not show_error(window, ERROR).isModal()
    qtbot.mouseClick(push, Qt.MouseButton.LeftButton)
    assert pressed == [True]


def test_the_details_can_be_copied_and_the_error_stays(window: QWidget, qtbot: QtBot) -> None:
    dialog = show_error(window, as_studio_error(ValueError("seven is odd")))
    qtbot.mouseClick(button(dialog, QDialogButtonBox.ButtonRole.ActionRole), Qt.MouseButton.LeftButton)
    copied = QGuiApplication.clipboard().text()
    assert "Something went wrong." in copied
    assert "ValueError: seven is odd" in copied
    assert "Style Studio 0." in copied
    assert dialog.isVisible()


@pytest.mark.parametrize("way", ["button", "escape"])
def test_an_error_is_closed_by_its_button_or_by_escape(window: QWidget, qtbot: QtBot, way: str) -> None:
    dialog = show_error(window, ERROR)
    if way == "button":
        qtbot.mouseClick(button(dialog, QDialogButtonBox.ButtonRole.RejectRole), Qt.MouseButton.LeftButton)
    else:
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.findChildren(ErrorDialog) == [])


def test_the_same_error_is_shown_once_at_a_time(window: QWidget) -> None:
    first = show_error(window, ERROR)
    assert show_error(window, PictureError(ERROR.message, hint=ERROR.hint)) is first
    assert show_error(window, StudioError("Another.", hint="Help.")) is not first
    first.close()
    assert show_error(window, ERROR) is not first


def test_an_unexpected_error_becomes_words_with_the_traceback_as_details() -> None:
    with pytest.raises(ValueError, match="odd") as caught:
        fail()
    told = as_studio_error(caught.value)
    assert isinstance(told, UnexpectedError)
    assert "in fail" in told.details
    assert "odd" not in str(told)


def test_an_error_in_the_artists_words_stays_itself_with_its_cause_in_the_details() -> None:
    error = PictureError(ERROR.message, hint=ERROR.hint)
    error.__cause__ = ValueError("seven is odd")
    assert as_studio_error(error) is error
    assert "seven is odd" in error_details(error)


@pytest.mark.parametrize(
    "error",
    [
        MemoryError("Unable to allocate 3.1 GiB for an array"),
        RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes."),
        RuntimeError("can't start new thread"),
        OSError(12, "Cannot allocate memory"),
    ],
)
def test_too_little_memory_is_called_that_with_what_helps(error: Exception) -> None:
    told = as_studio_error(error)
    assert "not enough memory" in told.message and "smaller size" in told.hint


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("No such file: '/media/Anna Blum/Kunde/bild 1.png'", "No such file: '…bild 1.png'"),
        ("Check its folder, /home/anna b/Bilder von mir/Neu.", "Check its folder, …"),
        ("It lies in /home/anna b.", "It lies in ~."),
        ("~/Kunde/x.png and C:\\Users\\anna\\x.png", "…x.png"),
        ("The folder '/home/anna b/Kunde Blum' is gone", "The folder '…' is gone"),
        ("file:///home/x/y.png", "…y.png"),
        ("https://example.org/a/b, 3/4, 1 / 2 and a/b", "https://example.org/a/b, 3/4, 1 / 2 and a/b"),
    ],
)
def test_the_details_name_no_folder(words: str, left: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QDir, "homePath", lambda: "/home/anna b")
    assert error_details(PictureError(words, hint="")).startswith(left)


def test_the_details_say_where_in_the_program_it_happened() -> None:
    try:
        read(Path("/home/anna/Kunde Blum/gone.png"))
    except PictureError as error:
        details = error_details(error)
        assert 'File "stylestudio/images/decode.py", line' in details and "gone.png" in details
        assert "anna" not in details and "Kunde" not in details


def test_an_explained_error_keeps_no_picture_alive() -> None:
    class Pixels(np.ndarray):
        pass

    kept: list[weakref.ref[Pixels]] = []

    def work(wrapped: bool) -> None:
        pixels = np.zeros((4, 4)).view(Pixels)
        kept.append(weakref.ref(pixels))
        try:
            fail()
        except ValueError as cause:
            if wrapped:
                raise PictureError("It could not be read.", hint="Help.") from cause
            raise

    told = []
    for wrapped in (False, True):
        try:
            work(wrapped)
        except Exception as error:
            told.append(as_studio_error(error))
    assert len(told) == 2
    assert [reference() for reference in kept] == [None, None]


def test_an_exception_in_the_event_loop_is_shown_and_the_program_goes_on(hooked: QWidget, qtbot: QtBot) -> None:
    gone_on = []
    QTimer.singleShot(0, fail)
    QTimer.singleShot(20, lambda: gone_on.append(True))
    qtbot.waitUntil(lambda: bool(gone_on))
    (dialog,) = dialogs(hooked)
    assert texts(dialog)[0] == "Something went wrong."
    assert "seven is odd" in error_details(dialog.error)


def test_an_error_in_the_artists_words_that_nobody_caught_is_shown_as_it_is(hooked: QWidget, qtbot: QtBot) -> None:
    def refuse() -> None:
        raise ERROR

    QTimer.singleShot(0, refuse)
    qtbot.waitUntil(lambda: len(dialogs(hooked)) == 1)
    assert texts(dialogs(hooked)[0]) == [ERROR.message, ERROR.hint]


def test_an_exception_on_another_thread_is_shown_by_the_windows_own(hooked: QWidget, qtbot: QtBot) -> None:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert dialogs(hooked) == []
    qtbot.waitUntil(lambda: len(dialogs(hooked)) == 1)


def test_an_interrupt_is_left_to_the_hook_before(window: QWidget, monkeypatch: pytest.MonkeyPatch) -> None:
    passed = []
    monkeypatch.setattr(sys, "excepthook", lambda *details: passed.append(details[0]))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    install_excepthook(window)
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert passed == [KeyboardInterrupt]
    assert dialogs(window) == []


def test_the_hooks_go_with_the_window(qtbot: QtBot) -> None:
    before = sys.excepthook, threading.excepthook
    window = QWidget()
    install_excepthook(window)
    assert (sys.excepthook, threading.excepthook) != before
    window.deleteLater()
    qtbot.waitUntil(lambda: (sys.excepthook, threading.excepthook) == before)
