"""The window and its dialogs for who works by keys, or does not see them."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAccessible, QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QKeySequenceEdit,
    QLineEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot
from whole_window import Studio

from stylestudio.errors import StudioError
from stylestudio.gui.export_dialogs import ExportDialog, ExportWaitQuestion
from stylestudio.gui.forgetting import ForgetQuestion
from stylestudio.gui.lost_picture import LostPicture
from stylestudio.gui.messages import show_error
from stylestudio.gui.shelf.history import ClearQuestion
from stylestudio.gui.theme import DARK, LIGHT
from stylestudio.gui.widgets.focus_ring import FocusRing
from stylestudio.images.decode import from_pixels
from stylestudio.images.export import ExportOptions
from stylestudio.images.formats import FORMATS
from stylestudio.studio.autosave.keeping import RecalledPicture
from stylestudio.studio.recipe_record import PictureReference

CONTROLS = (
    *(QAbstractButton, QAbstractSlider, QAbstractSpinBox, QComboBox),
    *(QAbstractItemView, QLineEdit, QKeySequenceEdit, QTextEdit),
)
HIDDEN, HIDDEN_BUTTON = ("QScrollBar", "QHeaderView", "QTableCornerButton"), "qt_menubar_ext_button"
READ_DIALOGS = ("find", "keys", "about", "licences", "prepare", "keep_preset")


def controls_of(window: QWidget) -> list[QWidget]:
    """All that is worked with in it, also the lines and lists of boxes; not what Qt hides in its bars and tables."""
    lists = [box.view() for box in window.findChildren(QComboBox) if box.window() is window]
    wanted = [one for one in window.findChildren(QWidget) if isinstance(one, CONTROLS)]
    found = [one for one in wanted if one.window() is window or one in lists]
    return [
        one for one in found if not any(one.inherits(kind) for kind in HIDDEN) and one.objectName() != HIDDEN_BUTTON
    ]


def nameless(window: QWidget) -> list[str]:
    """Those of which a reader of the screen has nothing to say."""
    found = []
    for control in controls_of(window):
        said = QAccessible.queryAccessibleInterface(control)
        if not (said.text(QAccessible.Text.Name) if said else control.accessibleName()).strip():
            found.append(f"{type(control).__name__} in {type(control.parent()).__name__} in {type(window).__name__}")
    return found


def unreached(window: QWidget) -> list[str]:
    """Controls that can be used at this moment and that the Tab key does not come to."""
    chain: list[QWidget] = []
    one = window.nextInFocusChain()
    while one is not None and one is not window:
        chain.append(one)
        one = one.nextInFocusChain()
    usable = [control for control in controls_of(window) if control.isVisible() and control.isEnabled()]
    inner = [
        one for one in usable if isinstance(one.parent(), QAbstractSpinBox | QComboBox | QLineEdit | QKeySequenceEdit)
    ]
    return [
        f"{type(control).__name__} {control.accessibleName()}"
        for control in usable
        if control not in inner and not (control in chain and control.focusPolicy() & Qt.FocusPolicy.TabFocus)
    ]


@pytest.fixture
def dialogs(studio: Studio, photo: Path, painting: Path) -> Iterator[list[QDialog]]:
    """All dialogs of the window, with both pictures, but those for files, which are the system's or Qt's own."""
    studio.open_pair(photo, painting)
    window, picture = studio.window, from_pixels(np.zeros((4, 4, 3), np.float32), "photo")
    for name in READ_DIALOGS:
        window.menu[name].trigger()
    shown = [one for one in window.findChildren(QDialog) if not isinstance(one, QFileDialog)]
    assert len(shown) == len(READ_DIALOGS)
    made: list[QDialog] = [
        *(ExportDialog(window, one, picture, ExportOptions()) for one in FORMATS),
        show_error(window, StudioError("It could not be read.", hint="Try another.")),
        ExportWaitQuestion(window, lambda: None),
        ForgetQuestion(window, 1, lambda: None),
        LostPicture(window, RecalledPicture((PictureReference("photo", picture.sha256), None), picture)),
        ClearQuestion(window.shelving.shelf.history.view, window.shelving.library),
    ]
    for one in made:
        one.show()
    yield [*shown, *made]
    for one in (*shown, *made):
        one.close()


def test_everything_in_the_window_and_its_dialogs_has_a_name_and_is_reached_by_tab(
    studio: Studio, dialogs: list[QDialog]
) -> None:
    for name in ("history", "shelf", "brush", "snapshot"):
        studio.choose(name)
    windows = [studio.window, *dialogs]
    assert [words for window in windows for words in nameless(window)] == []
    assert [words for window in windows for words in unreached(window)] == []


def test_what_has_no_name_is_found(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    QLineEdit(window).setAccessibleName("Width")
    QComboBox(window)
    assert nameless(window) == ["QComboBox in QWidget in QWidget", "QListView in QFrame in QWidget"]


def test_a_ring_frames_what_keys_have_come_to_and_nothing_that_was_clicked(studio: Studio) -> None:
    side, window = studio.window.side, studio.window
    QTest.mouseClick(side.mix.link, Qt.MouseButton.LeftButton)
    side.mix.link.setFocus()
    assert not rings(window)
    QTest.keyClick(side.mix.link, Qt.Key.Key_Tab)
    (ring,) = rings(window)
    focused = QApplication.focusWidget()
    assert focused is not None and focused is not side.mix.link and ring.widget() is focused
    assert ring.geometry().contains(focused.geometry())
    QTest.mouseClick(side.mix.link, Qt.MouseButton.LeftButton)
    side.mix.link.setFocus()
    assert not rings(window)


def rings(window: QWidget) -> list[FocusRing]:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return window.findChildren(FocusRing)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_the_ring_stands_out_by_three_to_one(colours: dict[QPalette.ColorRole, str]) -> None:
    """What WCAG 2.2 asks of a focus indicator."""
    ring, ground = (luminance(colours[role]) for role in (QPalette.ColorRole.Link, QPalette.ColorRole.Window))
    assert (max(ring, ground) + 0.05) / (min(ring, ground) + 0.05) >= 3


def luminance(colour: str) -> float:
    """Relative, as WCAG has it."""
    shade = QColor(colour)
    channels = np.array([shade.redF(), shade.greenF(), shade.blueF()])
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
