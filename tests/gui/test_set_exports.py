"""A set exported through the queue: asked for once, made beside the window, kept until it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPushButton
from whole_window import FakeRenderer, Studio

from stylestudio.gui.sets.export_all import ExportAllDialog, LeaveQuestion, OverwriteQuestion
from stylestudio.gui.sets.queue_runner import QueueRunner
from stylestudio.images.decode import from_pixels
from stylestudio.images.output import ExportOptions
from stylestudio.progress import finish
from stylestudio.studio import batch
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe_record import recipe_from
from stylestudio.studio.session import with_second, with_style


@pytest.fixture(autouse=True)
def own_queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@dataclass
class Work:
    """A window with a set of three photos and a style, and where they lie."""

    studio: Studio
    photos: list[Path]
    painting: Path
    folder: Path

    @property
    def runner(self) -> QueueRunner:
        return self.studio.window.sets.exports.runner

    @property
    def states(self) -> list[str]:
        return [one.state for one in self.runner.queue.exports]

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())

    def ask(self) -> None:
        """Export all, as PNG into the folder."""
        self.studio.choose("export_all")
        dialog = self.studio.dialog(ExportAllDialog)
        dialog.take_folder(self.folder)
        dialog.accept()

    def hold(self) -> None:
        """Have the engine stop before it is done."""
        self.studio.renderer.go.clear()

    def let_go(self) -> None:
        self.studio.renderer.go.set()

    def wait_over(self) -> None:
        self.studio.wait(lambda: bool(self.runner.queue.exports) and not self.runner.queue.waiting_count)


@pytest.fixture
def work(studio: Studio, painting: Path, tmp_path: Path) -> Work:
    photos = [tmp_path / f"{name}.png" for name in "abc"]
    for number, path in enumerate(photos):
        Image.linear_gradient("L").resize((40 + number, 20)).convert("RGB").save(path)
    folder = tmp_path / "out"
    folder.mkdir()
    studio.drop(studio.window, *photos)
    studio.wait(lambda: studio.session.photos is not None)
    studio.drop(studio.window, painting)
    studio.wait_real()
    return Work(studio, photos, painting, folder)


def press(dialog: QDialog, words: str) -> None:
    buttons = {one.text().replace("&", ""): one for one in dialog.findChildren(QPushButton)}
    QTest.mouseClick(buttons[words], Qt.MouseButton.LeftButton)


def test_export_all_makes_what_batch_makes_and_says_so(work: Work, tmp_path: Path) -> None:
    work.ask()
    work.wait_over()
    assert work.states == ["done"] * 3
    work.studio.wait(lambda: "3 exported" in work.studio.window.space.notice.text)
    by_batch = tmp_path / "batch"
    batch.make_folder(by_batch)
    jobs = batch.make_jobs(work.photos, [work.painting], by_batch, None, ".png")
    renderer, settings = FakeRenderer(drafts=False), work.studio.session.settings
    renderer.go.set()
    renderer.refined.set()
    finish(batch.run(jobs, settings, Mix(), renderer, export=ExportOptions()))  # pyright: ignore[reportArgumentType]
    assert work.names() == sorted(path.name for path in by_batch.iterdir()) and len(work.names()) == 3
    assert all((work.folder / name).read_bytes() == (by_batch / name).read_bytes() for name in work.names())


def test_a_set_in_two_styles_is_exported_in_both(work: Work, tmp_path: Path) -> None:
    mosaic = tmp_path / "mosaic.png"
    Image.new("RGB", (60, 40), (200, 30, 60)).save(mosaic)
    work.studio.window.loader.open_files([mosaic], "second")
    work.studio.wait(lambda: work.studio.session.second is not None)
    work.studio.wait_real()
    work.ask()
    work.wait_over()
    assert work.states == ["done"] * 3
    assert work.names() == [f"{name} in the style of painting + mosaic.png" for name in "abc"]
    recipe = recipe_from(work.folder / work.names()[1])
    assert recipe.second and recipe.second.name == "mosaic" and recipe.balance == 0.5


def test_what_is_there_is_kept_or_replaced_as_the_artist_says(work: Work) -> None:
    work.ask()
    work.wait_over()
    before = {name: (work.folder / name).read_bytes() for name in work.names()}
    work.studio.window.side.mix.sliders[0].setValue(10)
    work.ask()
    press(work.studio.dialog(OverwriteQuestion), "Keep them")
    work.studio.wait(lambda: work.states == ["skipped"] * 3)
    assert {name: (work.folder / name).read_bytes() for name in work.names()} == before
    work.ask()
    press(work.studio.dialog(OverwriteQuestion), "Replace them")
    work.studio.wait(lambda: work.states == ["done"] * 3)
    assert all((work.folder / name).read_bytes() != before[name] for name in work.names())


def test_settings_are_those_of_the_moment_and_a_failure_stops_only_its_own(work: Work) -> None:
    work.hold()
    work.ask()
    work.studio.wait(lambda: work.runner.running == 0)
    work.studio.window.side.mix.sliders[0].setValue(0)  # only the photo: not what was queued
    work.photos[1].unlink()
    work.let_go()
    work.wait_over()
    assert work.states == ["done", "failed", "done"]
    assert (work.folder / work.names()[0]).read_bytes() != work.photos[0].read_bytes()
    with Image.open(work.folder / work.names()[0]) as made, Image.open(work.photos[0]) as photo:
        assert made.convert("RGB").tobytes() != photo.convert("RGB").tobytes()
    Image.linear_gradient("L").resize((41, 20)).convert("RGB").save(work.photos[1])
    work.studio.press_notice("Try again")
    work.studio.wait(lambda: work.states == ["done"] * 3)


def test_the_window_shows_the_queue_pauses_it_cancels_and_brings_forward(work: Work) -> None:
    work.hold()
    work.ask()
    work.studio.wait(lambda: work.runner.running == 0)
    work.studio.choose("queue")
    queue = work.studio.window.sets.exports.queue_window
    assert queue.isVisible() and queue.model.rowCount() == 3
    work.studio.wait(lambda: "%" in queue.model.index(0, 3).data())
    assert "Exporting 1 of 3" in work.studio.window.sets.exports.button.text()
    press(queue, "Pause")
    work.studio.wait(lambda: not work.studio.runs.has_side_work)
    assert work.runner.running is None and work.names() == [] and "Paused" in queue.words.text()
    queue.table.selectRow(1)
    press(queue, "Cancel these")
    assert work.states == ["waiting", "cancelled", "waiting"]
    queue.table.clearSelection()
    press(queue, "Go on")
    work.let_go()
    work.wait_over()
    assert work.states == ["done", "cancelled", "done"] and len(work.names()) == 2
    press(queue, "Clear what is over")
    assert queue.model.rowCount() == 0
    queue.close()


def test_exports_give_way_to_the_picture_that_is_looked_at(work: Work) -> None:
    work.hold()
    work.ask()
    work.studio.wait(lambda: work.runner.running == 0)
    work.studio.choose("next_photo")
    work.studio.wait(lambda: work.studio.runs.busy and work.runner.running is None)
    assert work.states == ["waiting"] * 3
    work.let_go()
    work.studio.wait_real()
    work.wait_over()
    assert work.states == ["done"] * 3


def test_only_whoever_began_it_ends_what_is_made_beside_the_picture(work: Work) -> None:
    work.hold()
    work.ask()
    work.studio.wait(lambda: work.runner.running == 0)
    work.studio.runs.stop_side_work(object())
    assert work.runner.running == 0
    work.let_go()
    work.wait_over()
    assert work.states == ["done"] * 3


def test_closing_asks_and_the_next_start_goes_on(work: Work, new_studio: Callable[[], Studio]) -> None:
    work.hold()
    work.ask()
    work.studio.wait(lambda: work.runner.running == 0)
    work.studio.choose("quit")
    press(work.studio.dialog(LeaveQuestion), "Stay")
    assert work.studio.window.isVisible()
    work.studio.choose("queue")
    work.studio.choose("quit")
    press(work.studio.dialog(LeaveQuestion), "Close, go on next time")
    work.studio.wait(lambda: not work.studio.window.isVisible())
    assert not work.studio.window.sets.exports.queue_window.isVisible()
    assert work.names() == [] and work.studio.window.sets.close()
    later = new_studio()
    later.window.sets.begin()
    later.wait(lambda: len(work.names()) == 3 and not later.window.sets.exports.runner.queue.waiting_count)
    assert "queued before" in later.window.space.notice.text or "exported" in later.window.space.notice.text


def test_without_a_style_a_set_says_what_is_missing(studio: Studio, work: Work) -> None:
    studio.choose("undo")
    studio.choose("export_all")
    assert "The set has no style yet" in studio.error()


@pytest.mark.parametrize(("kind", "name"), [("style", "painting"), ("second", "pasted")])
def test_the_style_that_came_without_a_file_is_named(work: Work, kind: str, name: str) -> None:
    studio = work.studio
    style = studio.session.style
    assert style is not None
    pasted = from_pixels(1 - style.pixels, name)
    studio.document.apply("Style", with_style if kind == "style" else with_second, pasted)
    studio.choose("export_all")
    assert f"The style {name} came without a file." in studio.error()
