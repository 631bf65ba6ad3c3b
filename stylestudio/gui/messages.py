"""The one door for errors to the artist: a sentence, a hint, and details to copy; the program goes on."""

import platform
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QCoreApplication, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from stylestudio import __version__
from stylestudio.errors import StudioError, lacks_memory
from stylestudio.gui.places import without_folders

TEXT_WIDTH = 380
"""In device-independent pixels."""


class UnexpectedError(StudioError):
    """A fault of the program's own; `details` is the traceback as text."""

    def __init__(self, details: str) -> None:
        super().__init__(
            QCoreApplication.translate("Unexpected", "Something went wrong."),
            hint=QCoreApplication.translate(
                "Unexpected", "Try once more, and start Style Studio anew if it happens again."
            ),
        )
        self.details = details


def as_studio_error(error: BaseException) -> StudioError:
    """The error in the artist's words; it holds no traceback, whose frames would keep whole pictures alive."""
    if not isinstance(error, StudioError):
        if lacks_memory(error):
            return memory_error()
        return UnexpectedError("".join(traceback.format_exception(error)))
    link: BaseException | None = error
    while link is not None:
        link.__traceback__ = None
        link = link.__cause__ or link.__context__
    return error


def memory_error() -> StudioError:
    """For wherever memory runs out and nothing more is known."""
    return StudioError(
        QCoreApplication.translate("Unexpected", "There is not enough memory for this."),
        hint=QCoreApplication.translate("Unexpected", "Close other programs, or choose a smaller size."),
    )


def error_details(error: StudioError) -> str:
    """What helps to find the reason: the words, the versions and the traceback; no folder of the artist's."""
    trace = error.details if isinstance(error, UnexpectedError) else "".join(traceback.format_exception(error))
    versions = f"Style Studio {__version__}, Python {platform.python_version()}, {platform.platform()}"
    return f"{without_folders(str(error))}\n{versions}\n\n{without_folders(trace)}"


class ErrorDialog(QDialog):
    """Shows one error and keeps no other window from being used."""

    def __init__(self, parent: QWidget, error: StudioError) -> None:
        super().__init__(parent)
        self.error = error
        self.setWindowTitle(self.tr("Style Studio"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        layout = QVBoxLayout(self)
        layout.addWidget(self._text(error.message, bold=True))
        layout.addWidget(self._text(error.hint))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(self.tr("&Copy details"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.close)
        layout.addWidget(buttons)

    def _text(self, text: str, bold: bool = False) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)  # names of files are part of it
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setWordWrap(True)
        label.setMinimumWidth(TEXT_WIDTH)
        font = label.font()
        font.setBold(bold)
        label.setFont(font)
        return label

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(error_details(self.error))


def show_error(parent: QWidget, error: StudioError) -> ErrorDialog:
    """Show the error above `parent` and return at once; while the same words are shown already, only those."""
    for dialog in parent.findChildren(ErrorDialog):
        if dialog.isVisible() and str(dialog.error) == str(error):
            return dialog
    dialog = ErrorDialog(parent, error)
    dialog.show()
    return dialog


class ErrorHook(QObject):
    """Takes the place of Python's own hooks for exceptions that nobody caught, until the window is gone."""

    _caught = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._before = sys.excepthook, threading.excepthook
        # A bound method is a new object each time: these are kept to be found again.
        self._hooks = self._from_anywhere, self._from_thread
        self._caught.connect(self._show)
        window.destroyed.connect(self._hooks_restored())
        sys.excepthook, threading.excepthook = self._hooks

    def _hooks_restored(self) -> Callable[[], None]:
        hooks, before = self._hooks, self._before

        def restore() -> None:
            if sys.excepthook is hooks[0]:
                sys.excepthook = before[0]
            if threading.excepthook is hooks[1]:
                threading.excepthook = before[1]

        return restore

    def _from_anywhere(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, Exception):
            self._caught.emit(as_studio_error(error))
        else:
            self._before[0](kind, error, trace)

    def _from_thread(self, fault: threading.ExceptHookArgs) -> None:
        if isinstance(fault.exc_value, Exception):
            self._caught.emit(as_studio_error(fault.exc_value))
        else:
            self._before[1](fault)

    @Slot(object)
    def _show(self, error: StudioError) -> None:
        show_error(self._window, error)


def install_excepthook(window: QWidget) -> ErrorHook:
    """From now on every exception that nobody caught is shown above `window`, whatever thread it comes from."""
    return ErrorHook(window)
