from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QToolButton
from pytestqt.qtbot import QtBot

from stylestudio.gui.canvas.frames import pixels_of
from stylestudio.gui.canvas.picture_canvas import View
from stylestudio.gui.drops import DropContents
from stylestudio.gui.panes.picture_pane import PicturePane, Role
from stylestudio.gui.widgets.empty_state import EmptyState
from stylestudio.images.decode import from_pixels
from stylestudio.studio.samples import samples

COPY, LEFT, PLAIN = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def files(*paths: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(path) for path in paths])
    return mime


def address() -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl("https://example.org/wave.png")])
    return mime


def hover(pane: PicturePane, mime: QMimeData) -> bool:
    QApplication.sendEvent(pane, QDragEnterEvent(QPoint(20, 20), COPY, mime, LEFT, PLAIN))
    move = QDragMoveEvent(QPoint(21, 20), COPY, mime, LEFT, PLAIN)
    QApplication.sendEvent(pane, move)
    return move.isAccepted()


def drop(pane: PicturePane, mime: QMimeData) -> bool:
    event = QDropEvent(QPointF(21, 20), COPY, mime, LEFT, PLAIN)
    QApplication.sendEvent(pane, event)
    return event.isAccepted()


def make(qtbot: QtBot, role: Role = "photo", accepts_drops: bool = True) -> PicturePane:
    pane = PicturePane(role, View(), accepts_drops)
    qtbot.addWidget(pane)
    pane.resize(280, 220)
    pane.show()
    return pane


@pytest.fixture
def pane(qtbot: QtBot) -> PicturePane:
    return make(qtbot)


def texts(pane: PicturePane) -> list[str]:
    return [label.text() for label in pane.findChildren(QLabel) if label.isVisible()]


def button(pane: PicturePane, name: str) -> QPushButton:
    return next(found for found in pane.findChildren(QPushButton) if found.text() == name)


def test_an_empty_pane_says_what_to_drop_and_opens_by_button(pane: PicturePane, qtbot: QtBot) -> None:
    assert pane.is_empty and "Drop a photo here" in texts(pane)
    with qtbot.waitSignal(pane.open_requested):
        QTest.mouseClick(button(pane, "Open…"), LEFT)


@pytest.mark.parametrize(("role", "kind"), [("photo", "content"), ("style", "style")])
def test_each_sample_of_its_kind_is_one_click_away(qtbot: QtBot, role: Role, kind: str) -> None:
    pane = make(qtbot, role)
    entries = button(pane, "Samples").menu().actions()
    assert [entry.text().lower() for entry in entries] == [path.stem for path in samples(kind)]
    with qtbot.waitSignal(pane.sample_chosen) as chosen:
        entries[1].trigger()
    assert chosen.args == [samples(kind)[1]]


def test_a_dropped_file_is_told_and_the_light_goes_on_and_off(pane: PicturePane, qtbot: QtBot) -> None:
    before = pixels_of(pane.grab().toImage())
    assert hover(pane, files("/a/b.png", "/a/c.jpg")) and pane.highlight
    assert (pixels_of(pane.grab().toImage()) != before).any()
    with qtbot.waitSignal(pane.came) as told:
        assert drop(pane, files("/a/b.png", "/a/c.jpg"))
    assert told.args == [DropContents([Path("/a/b.png"), Path("/a/c.jpg")])] and not pane.highlight


def test_the_light_goes_off_when_the_drag_leaves(pane: PicturePane) -> None:
    hover(pane, files("/a/b.png"))
    QApplication.sendEvent(pane, QDragLeaveEvent())
    assert not pane.highlight


def test_dropped_picture_data_is_told(pane: PicturePane, qtbot: QtBot) -> None:
    mime = QMimeData()
    mime.setData("image/png", b"\x89PNG...")
    assert hover(pane, mime)
    with qtbot.waitSignal(pane.came) as told:
        drop(pane, mime)
    assert told.args == [DropContents(image=b"\x89PNG...")]


def test_what_cannot_be_taken_is_refused_with_the_reason_in_the_pane(pane: PicturePane, qtbot: QtBot) -> None:
    assert not hover(pane, address()) and not pane.highlight
    assert "Save the picture first" in pane.reason
    with qtbot.assertNotEmitted(pane.came):
        assert not drop(pane, address())
    assert "Save the picture first" in pane.reason


def test_the_reason_can_still_be_read_after_letting_go_and_then_goes(qtbot: QtBot) -> None:
    pane = PicturePane("photo", View(), reason_ms=1)
    qtbot.addWidget(pane)
    hover(pane, address())
    QApplication.sendEvent(pane, QDragLeaveEvent())
    assert pane.reason
    qtbot.waitUntil(lambda: not pane.reason)


def test_a_drag_that_can_be_taken_takes_an_older_reason_away(pane: PicturePane) -> None:
    pane.show_refusal("This is text.")
    assert pane.reason == "This is text."
    hover(pane, files("/a/b.png"))
    assert not pane.reason


def test_the_reason_lies_wholly_inside_the_pane(pane: PicturePane) -> None:
    pane.resize(pane.minimumSizeHint())
    hover(pane, address())
    note = next(label for label in pane.findChildren(QLabel) if label.text() == pane.reason)
    assert pane.rect().contains(note.geometry()) and note.height() >= note.heightForWidth(note.width())


def test_a_picture_is_shown_with_its_name_and_size(pane: PicturePane) -> None:
    pane.set_picture(from_pixels(np.zeros((30, 40, 3), np.float32), "castle"))
    assert not pane.is_empty and {"Photo", "castle", "40 × 30"} <= set(texts(pane))
    pane.set_picture(None)
    assert pane.is_empty


def test_a_filled_pane_still_offers_open_and_samples(pane: PicturePane, qtbot: QtBot) -> None:
    header = pane.findChild(QToolButton)
    assert header and not header.isVisible()
    pane.set_picture(from_pixels(np.zeros((30, 40, 3), np.float32), "castle"))
    assert header.isVisible()
    with qtbot.waitSignal(pane.open_requested):
        header.menu().actions()[0].trigger()
    with qtbot.waitSignal(pane.sample_chosen):
        header.menu().actions()[-1].trigger()


def test_nothing_jumps_when_a_picture_comes(pane: PicturePane) -> None:
    empty = pane.geometry(), pane.findChildren(EmptyState)[0].geometry()
    pane.set_picture(from_pixels(np.zeros((30, 40, 3), np.float32), "a very long name " * 9))
    QApplication.processEvents()
    assert (pane.geometry(), pane.canvas.geometry()) == empty


def test_the_overfit_pane_takes_no_drop_and_offers_nothing_to_open(qtbot: QtBot) -> None:
    pane = make(qtbot, "overfit", accepts_drops=False)
    assert not pane.acceptDrops() and not pane.findChildren(QPushButton)
    pane.set_pixels(np.zeros((15, 20, 3), np.float32), "Draft", (40, 30))
    assert {"Overfit", "Draft", "40 × 30"} <= set(texts(pane))
    assert all(not found.isVisible() for found in pane.findChildren(QToolButton))


def test_everything_has_a_name_for_a_screen_reader(pane: PicturePane) -> None:
    assert pane.accessibleName() == pane.canvas.accessibleName() == "Photo"
    assert all("photo" in found.accessibleName() for found in pane.findChildren(QPushButton))
