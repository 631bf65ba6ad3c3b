"""One look for a set, through the window: what is shown is what is exported, kept, told and copied."""

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from kept_window import KeptStudio
from PIL import Image
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot
from test_recipes import choose_file, run_command
from test_runs import OTHER, STYLE, Bench
from whole_window import FakeRenderer, Studio

from stylestudio.gui.sets.export_all import ExportAllDialog
from stylestudio.images.decode import Picture, read
from stylestudio.images.output import USUAL
from stylestudio.progress import Work, finish
from stylestudio.studio import batch
from stylestudio.studio.looks import Look
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe_record import recipe_from, recipe_of
from stylestudio.studio.render import Renderer
from stylestudio.studio.session import with_second, with_style
from stylestudio.studio.set_edits import with_same_look, with_set
from stylestudio.studio.settings import Settings


@pytest.fixture(autouse=True)
def own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{name}.png" for name in "abc"]
    for number, path in enumerate(paths):
        Image.linear_gradient("L").resize((40 + number, 20)).convert("RGB").save(path)
    return paths


def open_set(studio: Studio, photos: list[Path], painting: Path) -> None:
    """Drop the photos and the style, and choose Same look."""
    studio.drop(studio.window, *photos)
    studio.wait(lambda: studio.session.photos is not None)
    studio.drop(studio.window, painting)
    studio.wait_real()
    studio.choose("same_look")
    studio.wait_real()


def share_of_negative(studio: Studio) -> float:
    """What the shown overfit picture is of the photo's negative: half of it for a look of one photo, and so on."""
    overfit = studio.runs.overfit
    assert overfit and studio.runs.is_settled
    return float(overfit.pixels.sum() / (1 - overfit.content.pixels).sum())


def by_batch(photos: list[Path], painting: Path, folder: Path, settings: Settings) -> dict[str, bytes]:
    """The files of `batch --same-look`, by their names."""
    batch.make_folder(folder)
    renderer = FakeRenderer(drafts=False)
    renderer.go.set()
    renderer.refined.set()
    jobs = batch.make_jobs(photos, [painting], folder, None)
    finish(batch.run(jobs, settings, Mix(), renderer, same_look=True))  # pyright: ignore[reportArgumentType]
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_shown_with_the_same_look_is_what_export_all_and_batch_make(
    studio: Studio, photos: list[Path], painting: Path, tmp_path: Path
) -> None:
    assert not studio.window.menu["same_look"].isEnabled()
    open_set(studio, photos, painting)
    [button] = [one for one in studio.window.sets.photos.strip.findChildren(QToolButton) if "look" in one.text()]
    assert button.isChecked() and button.isVisible() and "one palette" in button.toolTip()
    assert QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name) == "Same look"
    assert share_of_negative(studio) == pytest.approx(1 / 4) and studio.document.undo_label == "Same look"
    studio.choose("next_photo")
    studio.wait(lambda: studio.session.content is not None and studio.session.content.name == "b")
    studio.wait_real()
    assert share_of_negative(studio) == pytest.approx(1 / 4)
    wanted = by_batch(photos, painting, tmp_path / "batch", studio.session.settings)
    shown = tmp_path / "shown.png"
    studio.window.exporter.save(shown, lambda: studio.session.mix, True, USUAL)
    studio.wait(lambda: studio.window.exporter.last == shown)
    assert np.array_equal(read(shown).stored, read(tmp_path / "batch" / "b in the style of painting.png").stored)
    assert recipe_from(shown).look == recipe_of(studio.session).look
    studio.renderer.go.clear()
    studio.choose("export_all")
    dialog = studio.dialog(ExportAllDialog)
    (tmp_path / "out").mkdir()
    dialog.take_folder(tmp_path / "out")
    dialog.accept()
    runner = studio.window.sets.exports.runner
    studio.wait(lambda: runner.running == 0)
    studio.choose("undo")  # through the set
    studio.choose("undo")  # the look: the queue's exports keep theirs
    studio.renderer.go.set()
    studio.wait_real()
    assert share_of_negative(studio) == 1 and not button.isChecked()
    studio.wait(lambda: bool(runner.queue.exports) and not runner.queue.waiting_count)
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == wanted


def test_both_styles_have_the_look_which_is_measured_on_files_that_the_window_never_asks_for(
    qtbot: QtBot, photos: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, readers = Bench(qtbot), set[int]()
    monkeypatch.setattr(
        "stylestudio.studio.looks.read", lambda path: (readers.add(threading.get_ident()), read(path))[1]
    )
    photos[2].unlink()
    bench.document.apply("Set", with_set, photos, 0, read(photos[0]))
    bench.document.apply("Style", with_style, STYLE)
    bench.document.apply("Second", with_second, OTHER)
    bench.document.apply("Same look", with_same_look, True)
    bench.finish()
    first, second = bench.renderer.looks
    assert first and second and first.key == second.key and len(first.photos) == 2
    assert bench.runs.is_settled and bench.runs.overfit and bench.runs.overfit.second
    assert readers and threading.get_ident() not in readers
    fractions = [fraction for _, fraction, _ in bench.progress]
    assert fractions == sorted(fractions) and bench.progress[0][0] == "Looking at the set"
    bench.document.apply("Each by itself", with_same_look, False)
    bench.document.undo()
    assert not bench.runs.busy and bench.runs.is_settled and len(bench.renderer.looks) == 2
    assert bench.tasks.close()


def test_the_next_start_has_the_switch_and_the_picture_without_a_run(
    qtbot: QtBot, new_studio: object, photos: list[Path], painting: Path, tmp_path: Path
) -> None:
    first = KeptStudio(qtbot, tmp_path / "memory.ini", tmp_path / "work")
    open_set(first, photos, painting)
    first.wait_kept()
    before = first.target()
    first.die()
    second = KeptStudio(qtbot, tmp_path / "memory.ini", tmp_path / "work")
    second.renderer.go.clear()
    second.restorer.start()
    second.wait(lambda: second.session.content is not None and second.runs.is_settled)
    assert not second.renderer.threads and second.window.menu["same_look"].isChecked()
    assert np.array_equal(second.target(), before)
    second.die()


def test_a_target_of_a_set_says_so_to_who_has_it_alone(
    studio: Studio, new_studio: Callable[[], Studio], photos: list[Path], painting: Path, tmp_path: Path
) -> None:
    open_set(studio, photos, painting)
    target = tmp_path / "target.png"
    studio.window.exporter.save(target, lambda: studio.session.mix, True, USUAL)
    studio.wait(lambda: studio.window.exporter.last == target)
    wanted = recipe_of(studio.session)
    other = new_studio()
    other.open_pair(photos[0], painting)
    other.choose("bring_back")
    choose_file(other, target)
    other.wait(lambda: "with the look of 3 photos" in other.window.space.notice.text)
    assert other.session.look is None and share_of_negative(other) == 1
    studio.choose("same_look")
    studio.choose("bring_back")  # here the set is there
    choose_file(studio, target)
    studio.wait(lambda: recipe_of(studio.session) == wanted)
    assert "with the look of" not in studio.window.space.notice.text


def test_copied_as_a_command_it_is_one_for_the_whole_set_that_makes_the_same(
    studio: Studio, photos: list[Path], painting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overfit(self: object, content: Picture, style: Picture, settings: Settings, look: Look) -> Work[np.ndarray]:
        return (yield from studio.renderer.overfit(content, style, settings, look))

    monkeypatch.setattr(Renderer, "overfit", overfit)
    studio.memory.set_folder("export", tmp_path / "out")
    open_set(studio, photos, painting)
    wanted = by_batch(photos, painting, tmp_path / "batch", studio.session.settings)
    studio.choose("copy_command")
    assert "the whole set" in studio.window.status.message.text()
    folder = run_command(studio)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == wanted
    monkeypatch.setattr("stylestudio.gui.recipes.MOST_LETTERS", 50)
    QGuiApplication.clipboard().clear()
    studio.choose("copy_command")
    assert "too large" in studio.error() and not QGuiApplication.clipboard().text()
