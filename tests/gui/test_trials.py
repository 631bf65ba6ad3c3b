"""The photo in every style of the shelf, made beside the artist's own runs and never in their way."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import shelf_window as shelves
from handmade_pictures import make_folder
from whole_window import Studio

from stylestudio.gui.canvas.frames import pixels_of
from stylestudio.gui.shelf.trials import SIDE, TrialRenderer
from stylestudio.paths import data_folder
from stylestudio.studio.library import Library
from stylestudio.studio.session import with_settings, with_share

STYLES = {"picture0", "picture1", "picture2"}


@pytest.fixture(autouse=True)
def small_shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three styles in a watched folder."""
    shelves.data_of(tmp_path, monkeypatch)
    shelves.only_bundled(monkeypatch)
    with Library(data_folder()) as library:
        library.watch_folder(make_folder(tmp_path / "mine", 3))


@pytest.fixture
def trials(studio: Studio, photo: Path) -> TrialRenderer:
    """The sheet of a photo, opened by its command; nothing is made before `go`."""
    studio.renderer.go.clear()
    studio.drop(studio.window, photo)
    studio.wait(lambda: studio.session.content is not None)
    studio.choose("try_styles")
    studio.wait(lambda: len(shelves.tiles(studio.window.shelving.shelf.trials.view)) == 3)
    return studio.window.shelving.shelf.trials


def pending(trials: TrialRenderer) -> set[str]:
    return {tile.name for tile in shelves.tiles(trials.view) if tile.pending}


def levels(trials: TrialRenderer, name: str) -> np.ndarray:
    """The image of a tile as (H, W, 4)."""
    image = trials.view.tiles.image(next(tile.key for tile in shelves.tiles(trials.view) if tile.name == name))
    assert image is not None
    return pixels_of(image)


def test_the_sheet_fills_one_after_the_other_and_small(studio: Studio, trials: TrialRenderer) -> None:
    assert pending(trials) == STYLES
    assert trials.label.text() == "0 of 3"
    studio.renderer.go.set()
    studio.wait(lambda: not pending(trials))
    assert trials.label.text() == "" and not trials.button.isVisible()
    image = levels(trials, "picture1")
    assert max(image.shape[:2]) == int(SIDE * 1.5)
    assert not studio.runs.busy and studio.runs.overfit is None
    assert len(studio.renderer.threads) == 1


def test_the_sheet_follows_the_sliders(studio: Studio, trials: TrialRenderer) -> None:
    studio.renderer.go.set()
    studio.wait(lambda: not pending(trials))
    usual = levels(trials, "picture0")
    studio.document.apply("Share", with_share, 0, 0.0)
    studio.wait(lambda: not np.array_equal(levels(trials, "picture0"), usual))
    content = studio.session.content
    assert content is not None
    assert abs(float(levels(trials, "picture0")[..., :3].mean()) - float(content.stored.mean())) < 2


def test_a_run_comes_first_and_the_sheet_goes_on_after_it(
    studio: Studio, trials: TrialRenderer, painting: Path
) -> None:
    studio.wait(lambda: studio.runs.has_side_work)
    studio.drop(studio.window.space.style_pane, painting)
    studio.wait(lambda: studio.runs.busy and not studio.runs.has_side_work)
    assert len(pending(trials)) >= 3
    studio.renderer.go.set()
    studio.wait_real()
    studio.wait(lambda: "painting" in shelves.names(trials.view) and not pending(trials))


def test_a_click_makes_it_the_style_at_full_size_and_a_star_keeps_it(studio: Studio, trials: TrialRenderer) -> None:
    studio.renderer.go.set()
    studio.wait(lambda: not pending(trials))
    shelves.click_star(trials.view, "picture2")
    shelves.settle(studio)
    studio.wait(lambda: shelves.names(trials.view)[0] == "picture2")
    shelves.click(trials.view, "picture2")
    studio.wait_real()
    assert studio.session.style and studio.session.style.name == "picture2"
    assert trials.view.in_use == {studio.session.style.sha256}
    assert studio.runs.overfit is not None and studio.runs.overfit.pixels.shape == (300, 400, 3)
    shelves.panel(studio).star.click()
    studio.wait(lambda: shelves.names(trials.view) == ["picture2"])


def test_stop_stops_and_go_on_goes_on(studio: Studio, trials: TrialRenderer) -> None:
    studio.wait(lambda: studio.runs.has_side_work)
    trials.button.click()
    assert not studio.runs.has_side_work and trials.button.text() == "Go on"
    studio.renderer.go.set()
    studio.qtbot.wait(60)
    assert pending(trials) == STYLES
    trials.button.click()
    studio.wait(lambda: not pending(trials))


def test_nothing_is_made_while_another_page_is_open_or_the_panel_is_closed(
    studio: Studio, trials: TrialRenderer
) -> None:
    studio.wait(lambda: studio.runs.has_side_work)
    studio.choose("history")
    studio.wait(lambda: not studio.runs.has_side_work)
    studio.choose("try_styles")
    studio.wait(lambda: studio.runs.has_side_work)
    studio.choose("shelf")
    studio.wait(lambda: not studio.runs.has_side_work)
    assert not shelves.panel(studio).isVisible()


def test_other_settings_begin_the_sheet_anew_and_the_old_ones_are_there_at_once(
    studio: Studio, trials: TrialRenderer
) -> None:
    studio.renderer.go.set()
    studio.wait(lambda: not pending(trials))
    studio.renderer.go.clear()
    studio.document.apply("Fidelity", with_settings, fidelity=0.9)
    studio.wait(lambda: pending(trials) == STYLES)
    studio.choose("undo")
    studio.wait(lambda: not pending(trials))


def test_a_style_that_cannot_be_read_is_passed_over(
    new_studio: Callable[[], Studio], photo: Path, tmp_path: Path
) -> None:
    studio = new_studio()
    studio.choose("shelf")
    studio.wait(lambda: len(shelves.tiles(studio.window.shelving.shelf.styles.view)) == 3)
    (tmp_path / "mine" / "picture1.jpg").write_bytes(b"no picture any more")
    studio.drop(studio.window, photo)
    studio.choose("try_styles")
    trials = studio.window.shelving.shelf.trials
    studio.wait(lambda: pending(trials) == {"picture1"})
    [tile] = [tile for tile in shelves.tiles(trials.view) if tile.pending]
    assert "picture1.jpg" in tile.about


def test_without_a_photo_the_sheet_says_what_it_is_for(studio: Studio) -> None:
    studio.choose("try_styles")
    trials = studio.window.shelving.shelf.trials
    studio.wait(lambda: "Open a photo" in trials.view.empty_text)
    assert not studio.runs.has_side_work
