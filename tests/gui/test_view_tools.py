from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QKeySequenceEdit, QPushButton, QToolButton, QWidget
from whole_window import Studio

from stylestudio.gui.canvas.view import SURROUNDS
from stylestudio.gui.command_search import CommandFinder, ShortcutDialog
from stylestudio.gui.widgets.view_bar import ZoomBox


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def placed(widget: QWidget) -> QRect:
    """Where the widget is in its window."""
    return QRect(widget.mapTo(widget.window(), QPoint(0, 0)), widget.size())


def type_in(box: ZoomBox, text: str) -> None:
    line = box.lineEdit()
    assert line is not None
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)


def test_before_there_is_a_picture_a_pair_is_one_click_away(studio: Studio) -> None:
    welcome = studio.window.space.welcome
    assert welcome.isVisible() and welcome.size() == studio.window.target.size()
    click(welcome.findChildren(QToolButton)[0])
    studio.wait(lambda: studio.session.content is not None and studio.session.style is not None)
    assert not welcome.isVisible()


def test_a_pane_that_is_clicked_shows_its_picture_large_beside_the_target_until_it_is_clicked_again(
    studio: Studio, photo: Path, painting: Path
) -> None:
    studio.open_pair(photo, painting)
    space = studio.window.space
    for pane in (space.content_pane, space.style_pane):
        click(pane.canvas)
        QApplication.processEvents()
        assert [other.large.isVisible() for other in space.pictures] == [other is pane for other in space.pictures]
        assert placed(pane.large).right() < placed(space.target).left()
        assert abs(pane.large.width() - space.target.width()) <= 2
    click(space.style_pane.canvas)
    assert not any(pane.large.isVisible() for pane in space.pictures)


def test_the_zoom_box_shows_and_takes_figures(studio: Studio, photo: Path, painting: Path) -> None:
    studio.open_pair(photo, painting)
    box, target = studio.window.space.bar.zoom, studio.window.target
    assert box.currentText() == f"{100 * target.zoom:.0f} %"
    type_in(box, "200")
    assert target.zoom == 2 and box.currentText() == "200 %"
    type_in(box, "enormous")
    assert target.zoom == 2 and box.currentText() == "200 %"
    box.setCurrentIndex(0)
    box.activated.emit(0)
    assert studio.window.space.shared_view.is_fit


def test_a_command_is_found_by_some_of_its_letters(studio: Studio) -> None:
    studio.choose("find")
    finder = studio.dialog(CommandFinder)
    finder.line.setText("spl ph")
    assert finder.list.model().rowCount() == 1
    finder.line.returnPressed.emit()
    assert studio.window.target.is_split


def test_a_command_whose_word_begins_with_the_letters_comes_first_and_keys_are_no_letters(studio: Studio) -> None:
    studio.choose("find")
    finder = studio.dialog(CommandFinder)
    found = finder.list.model()

    def names() -> list[str]:
        return [found.index(row, 0).data().split("    ")[0] for row in range(found.rowCount())]

    menu_order = names()
    finder.line.setText("sna")
    assert names()[0] == "Keep a snapshot" and "Open a second style" not in names()
    assert names()[1:] == [name for name in menu_order if name in names()[1:]]
    finder.line.setText("")
    assert names() == menu_order
    finder.line.setText("napsh")
    assert names() == ["Keep a snapshot"]


def test_keys_can_be_changed_but_not_to_those_of_another_command(new_studio: Callable[[], Studio]) -> None:
    studio = new_studio()
    studio.choose("keys")
    keys = studio.dialog(ShortcutDialog)
    edits = {edit.accessibleName(): edit for edit in keys.findChildren(QKeySequenceEdit)}
    split = next(edit for name, edit in edits.items() if "Split" in name)
    for sequence in ("Ctrl+E", "Ctrl+Alt+5"):
        split.setKeySequence(QKeySequence(sequence))
        split.editingFinished.emit()
    assert "Export" in keys.note.text()
    keys.close()
    studio.window.close()
    assert new_studio().window.menu["split"].shortcut().toString() == "Ctrl+Alt+5"


def test_the_surround_can_be_chosen_and_is_remembered(new_studio: Callable[[], Studio]) -> None:
    studio = new_studio()
    studio.choose("surround_light")
    assert studio.window.space.shared_view.surround == SURROUNDS["light"]
    studio.window.close()
    assert new_studio().window.space.style_view.surround == SURROUNDS["light"]


def test_an_export_is_told_over_the_target_with_a_way_to_the_file(
    studio: Studio, photo: Path, painting: Path, tmp_path: Path
) -> None:
    studio.open_pair(photo, painting)
    notice = studio.window.space.notice
    studio.window.exporter.exported.emit(tmp_path / "target.png")
    assert notice.text == "Saved target.png"
    assert [button.text() for button in notice.findChildren(QPushButton)] == ["Show in folder"]
