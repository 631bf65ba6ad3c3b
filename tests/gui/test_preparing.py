"""The photo prepared in the whole window, with the mouse."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QToolButton
from whole_window import Studio

from stylestudio.gui.prepare_dialog import PrepareDialog
from stylestudio.images.mask import Mask, Point, Stroke
from stylestudio.images.prepared import AS_IT_IS, Preparation, prepare_photo
from stylestudio.studio.session import with_mask

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

LEFT, NO = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def open_studio(studio: Studio, photo: Path, painting: Path) -> Studio:
    studio.open_pair(photo, painting)
    return studio


def ask(studio: Studio) -> PrepareDialog:
    studio.choose("prepare")
    dialog = studio.dialog(PrepareDialog)
    QTest.qWaitForWindowExposed(dialog)
    return dialog


def press(dialog: PrepareDialog, which: QDialogButtonBox.StandardButton) -> None:
    QTest.mouseClick(dialog.findChildren(QDialogButtonBox)[0].button(which), LEFT)


def drag(dialog: PrepareDialog, start: QPointF, way: QPoint) -> None:
    place = start.toPoint()
    QTest.mousePress(dialog.view, LEFT, NO, place)
    QTest.mouseMove(dialog.view, place + way / 2)
    QTest.mouseMove(dialog.view, place + way)
    QTest.mouseRelease(dialog.view, LEFT, NO, place + way)


def apply(studio: Studio, dialog: PrepareDialog) -> None:
    press(dialog, QDialogButtonBox.StandardButton.Apply)
    studio.wait(lambda: studio.session.preparation != AS_IT_IS)


def test_a_corner_dragged_and_applied_crops_the_photo_as_one_step(open_studio: Studio) -> None:
    before = open_studio.session.content
    dialog = ask(open_studio)
    rect = dialog.view.picture_rect()
    drag(dialog, rect.bottomRight(), QPoint(-round(rect.width() / 2), -round(rect.height() / 4)))
    apply(open_studio, dialog)
    content = open_studio.session.content
    assert content is not None and before is not None
    assert content.size == pytest.approx((200, 225), abs=2)
    np.testing.assert_array_equal(content.stored, before.stored[: content.size[1], : content.size[0]])
    assert open_studio.document.undo_label == "Prepare the photo"
    open_studio.choose("undo")
    assert open_studio.session.content is before


def test_cancel_and_reset_change_nothing(open_studio: Studio) -> None:
    label = open_studio.document.undo_label
    dialog = ask(open_studio)
    drag(dialog, dialog.view.picture_rect().topLeft(), QPoint(40, 30))
    assert dialog.preparation != AS_IT_IS
    press(dialog, QDialogButtonBox.StandardButton.Reset)
    assert dialog.preparation == AS_IT_IS
    dialog.exposure.slider.setValue(4)
    press(dialog, QDialogButtonBox.StandardButton.Cancel)
    assert open_studio.session.preparation == AS_IT_IS
    assert open_studio.document.undo_label == label


def test_it_begins_with_what_was_done_and_from_the_original(open_studio: Studio) -> None:
    dialog = ask(open_studio)
    dialog.exposure.slider.setValue(20)
    apply(open_studio, dialog)
    original = open_studio.session.original
    again = ask(open_studio)
    assert again.preparation == Preparation(exposure=1.0) == open_studio.session.preparation
    assert again.exposure.value == 1.0
    press(again, QDialogButtonBox.StandardButton.Reset)
    press(again, QDialogButtonBox.StandardButton.Apply)
    open_studio.wait(lambda: open_studio.session.preparation == AS_IT_IS)
    assert open_studio.session.content is original


def test_a_turn_keeps_what_was_left_of_the_photo(open_studio: Studio) -> None:
    dialog = ask(open_studio)
    left, right = dialog.findChildren(QToolButton)[-2:]
    dialog.view.show_crop((0.0, 0.0, 0.5, 0.25))
    QTest.mouseClick(right, LEFT)
    assert dialog.preparation == Preparation(turns=1, crop=(0.75, 0.0, 1.0, 0.5))
    QTest.mouseClick(left, LEFT)
    assert dialog.preparation == Preparation(crop=(0.0, 0.0, 0.5, 0.25))


@pytest.mark.parametrize(("index", "ratio"), [(1, 4 / 3), (2, 1.0), (3, 5 / 4), (5, 16 / 9)])
def test_a_shape_holds_while_it_is_dragged_also_upright(open_studio: Studio, index: int, ratio: float) -> None:
    dialog = ask(open_studio)
    dialog.ratio.setCurrentIndex(index)
    dialog.ratio.activated.emit(index)
    for wanted in (ratio, 1 / ratio):
        drag(dialog, dialog.view.crop_rect().bottomRight(), QPoint(-50, -20))
        rect = dialog.view.crop_rect()
        assert rect.width() / rect.height() == pytest.approx(wanted, rel=0.02)
        QTest.mouseClick(dialog.upright, LEFT)


def test_a_click_beside_the_crop_changes_nothing_and_a_drag_draws_another(open_studio: Studio) -> None:
    dialog = ask(open_studio)
    dialog.view.show_crop((0.5, 0.5, 0.9, 0.9))
    rect = dialog.view.picture_rect()
    place = rect.topLeft() + QPointF(rect.width() * 0.3, rect.height() * 0.3)
    QTest.mouseClick(dialog.view, LEFT, NO, place.toPoint())
    assert dialog.view.crop == (0.5, 0.5, 0.9, 0.9)
    drag(dialog, place, QPoint(-round(rect.width() * 0.2), -round(rect.height() * 0.1)))
    assert dialog.view.crop == pytest.approx((0.1, 0.2, 0.3, 0.3), abs=0.01)


def test_the_crop_is_moved_by_keys(open_studio: Studio) -> None:
    dialog = ask(open_studio)
    dialog.view.show_crop((0.2, 0.2, 0.6, 0.6))
    QTest.keyClick(dialog.view, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(dialog.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert dialog.view.crop == pytest.approx((0.25, 0.2, 0.65, 0.605))


def test_what_is_shown_is_what_is_made(open_studio: Studio) -> None:
    dialog = ask(open_studio)
    dialog.angle.slider.setValue(100)
    dialog.contrast.slider.setValue(40)
    shown, content = dialog.view.image, open_studio.session.content
    assert content is not None
    made = prepare_photo(content, dialog.preparation)
    assert (shown.width(), shown.height()) == made.size
    apply(open_studio, dialog)
    assert open_studio.session.preparation == Preparation(angle=10.0, contrast=0.4)


def test_that_a_painted_mask_goes_is_said_before(open_studio: Studio) -> None:
    mask = Mask((Stroke((Point(0.2, 0.2, 1.0),), 0.2, 0.5, 1.0),))
    open_studio.document.apply("Paint", with_mask, mask)
    dialog = ask(open_studio)
    dialog.exposure.slider.setValue(10)
    assert not dialog.note
    drag(dialog, dialog.view.picture_rect().topLeft(), QPoint(40, 30))
    assert "painted" in dialog.note
