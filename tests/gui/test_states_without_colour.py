"""Every state of the window is told apart without colour: by shape or words, and in what a screen reader says.

Each is painted twice, with and without it, as someone sees it who sees no colour: by luminance alone. Enough of it
must differ as strongly as the Web Content Accessibility Guidelines ask (1.4.11: three to one).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAccessible, QImage
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from stylestudio.errors import PictureError
from stylestudio.gui.canvas.frames import ArrayImage, pixels_of
from stylestudio.gui.canvas.screen_mask import ScreenMask
from stylestudio.gui.canvas.view import View
from stylestudio.gui.icons import icon
from stylestudio.gui.panes.picture_pane import PicturePane
from stylestudio.gui.sets.film_strip import FilmStrip
from stylestudio.gui.sets.queue_words import state_in_words
from stylestudio.gui.shelf.tile_view import TileView
from stylestudio.gui.shelf.tiles import Tile
from stylestudio.gui.theme import palette
from stylestudio.gui.widgets.channel import ChannelRow
from stylestudio.gui.widgets.controls import Toggle
from stylestudio.gui.widgets.focus_ring import FocusRing
from stylestudio.gui.widgets.gallery import PresetTile
from stylestudio.gui.widgets.notice import Notice
from stylestudio.gui.widgets.snapshot_strip import SnapshotList
from stylestudio.images.mask import ByLightness, Mask
from stylestudio.images.mask_plane import Box
from stylestudio.studio.export_queue import Export, State
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import shares_of
from stylestudio.studio.recipe_record import Recipe
from stylestudio.studio.settings import DEFAULTS
from stylestudio.studio.snapshots import Snapshot

CONTRAST, ENOUGH = 3.0, 10
"""The ratio, and how many pixels must reach it."""
MASK_CONTRAST = 2.5
"""Of the two colours of a mask, which the picture shines through."""
GREYS = (20, 118, 240)
"""Of pictures that the states are painted over: nearly black, as light as the accent, nearly white."""


@pytest.fixture(params=["dark", "light"], autouse=True)
def theme(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[None]:
    before, style = qapp.palette(), qapp.style().objectName()
    qapp.setStyle("Fusion")
    qapp.setPalette(palette(request.param == "dark"))
    yield
    qapp.setStyle(style)
    qapp.setPalette(before)


@pytest.fixture
def show(qtbot: QtBot) -> Callable[..., QWidget]:
    kept: list[QWidget] = []

    def shown(widget: QWidget, width: int = 120, height: int = 80) -> QWidget:
        kept.append(widget)
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        widget.show()
        return widget

    return shown


def luminance(widget: QWidget) -> np.ndarray:
    """(H, W): what is seen of it without colour, 0..1."""
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
    return luminance_of(pixels_of(widget.grab().toImage())[..., :3] / 255)


def luminance_of(value: np.ndarray) -> np.ndarray:
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])


def contrast(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return (np.maximum(one, other) + 0.05) / (np.minimum(one, other) + 0.05)


def assert_differ(*seen: np.ndarray) -> None:
    """Each from each."""
    for one, other in combinations(seen, 2):
        assert (contrast(one, other) >= CONTRAST).sum() >= ENOUGH


def flat(grey: int) -> QImage:
    return ArrayImage(np.full((48, 64, 3), grey, np.uint8))


def states_of(widget: QWidget) -> QAccessible.State:
    return QAccessible.queryAccessibleInterface(widget).state()


@pytest.mark.parametrize("raised", [False, True])
@pytest.mark.parametrize("sign", ["", "brush"])
def test_a_button_that_is_checked(show: Callable[..., QWidget], raised: bool, sign: str) -> None:
    button = Toggle()
    button.setText("S")
    if sign:
        button.setIcon(icon(sign))
    button.setCheckable(True)
    button.setAutoRaise(not raised)
    show(button, 26, 22)
    off = luminance(button)
    button.setChecked(True)
    assert_differ(off, luminance(button))
    assert states_of(button).checked


@pytest.mark.parametrize("grey", GREYS)
def test_the_preset_that_is_active(show: Callable[..., QWidget], grey: int) -> None:
    tile = PresetTile("Half", show(QWidget()))
    tile.show_picture(flat(grey))
    tile.resize(60, 60)
    off = luminance(tile)[:40]  # its picture alone: the words are bold besides
    tile.is_active = True
    assert_differ(off, luminance(tile)[:40])
    assert tile.accessibleDescription()


class Styles(TileView):
    """Has the focus when it is told so: which window is active is nothing that a test can rely on."""

    is_focused = False

    def hasFocus(self) -> bool:
        return self.is_focused


@pytest.mark.parametrize("grey", GREYS)
def test_a_style_that_is_in_use_has_the_focus_a_star_or_was_exported(show: Callable[..., QWidget], grey: int) -> None:
    view = Styles("Styles", fills=True)
    show(view, 160, 160)
    plain, key = Tile("key", "wave"), Qt.ItemDataRole.AccessibleTextRole

    def seen(tile: Tile, in_use: bool = False, focus: bool = False) -> np.ndarray:
        view.tiles.set_tiles([tile])
        view.tiles.set_images({"key": flat(grey)})
        view.mark_in_use(*(["key"] if in_use else []))
        view.setCurrentIndex(view.tiles.index(0))
        view.is_focused = focus
        return luminance(view.viewport())

    star, mark = replace(plain, star=True), replace(plain, mark=True)
    assert_differ(seen(plain), seen(plain, in_use=True), seen(plain, focus=True), seen(star), seen(mark))
    assert_differ(seen(plain, in_use=True), seen(plain, in_use=True, focus=True))
    view.mark_in_use("key")
    view.tiles.set_tiles([star])
    assert view.tiles.index(0).data(key) == "wave, with a star, in use"


@pytest.mark.parametrize("grey", GREYS)
def test_a_photo_of_a_set_that_is_shown_has_a_mix_of_its_own_or_a_fault(
    show: Callable[..., QWidget], grey: int
) -> None:
    strip = FilmStrip()
    show(strip, 420, 110)
    plain, other = Tile("key", "castle"), Tile("other", "bridge")

    def seen(tile: Tile, shown: int = 1) -> np.ndarray:
        strip.show_photos([tile, other], shown)
        strip.row.tiles.set_images({"key": flat(grey), "other": flat(grey)})
        return luminance(strip.row.viewport())

    own, fault = replace(plain, mark=True), replace(plain, pending=True)
    assert_differ(seen(plain), seen(plain, shown=0), seen(own), seen(fault))


def test_a_snapshot_that_is_chosen(show: Callable[..., QWidget]) -> None:
    row = SnapshotList(show(QWidget(), 200, 100))
    snapshot = Snapshot("First", Mix())
    row.show_snapshots([snapshot])
    row.show_picture(snapshot, flat(GREYS[1]))
    row.resize(200, 100)
    off = luminance(row.viewport())
    row.choose([snapshot])
    assert_differ(off, luminance(row.viewport()))


def test_a_channel_alone_or_muted(show: Callable[..., QWidget]) -> None:
    row = ChannelRow(show(QWidget(), 240, 60))
    row.show_name("Red", "#c8443c")
    row.resize(240, 60)
    seen = []
    for solo, muted, passing in ((False, False, True), (True, False, True), (False, True, False)):
        row.show_solo_mute(solo, muted, passing)
        seen.append(luminance(row))
    assert_differ(*seen)


def test_a_pane_that_is_lit_or_seen_large_or_tells_of_an_error(show: Callable[..., QWidget]) -> None:
    pane = PicturePane("photo", View())
    show(pane, 170, 200)
    seen = [luminance(pane)]
    pane.highlight = True
    seen.append(luminance(pane))
    pane.highlight = False
    pane.is_large = True
    seen.append(luminance(pane))
    pane.is_large = False
    pane.show_failure(PictureError("castle.jpg could not be read.", hint="Save it again."))
    seen.append(luminance(pane))
    assert_differ(seen[0], seen[1])
    assert_differ(seen[0], seen[2], seen[3])
    assert "could not be read" in pane.reason


def test_a_notice_that_stays_until_it_is_answered(show: Callable[..., QWidget]) -> None:
    place = show(QWidget(), 400, 100)
    notice = Notice(place)
    seen = []
    for stays in (False, True):
        notice.show_text("Not exported", stays=stays)
        notice.resize(200, 40)
        seen.append(luminance(notice))
    assert_differ(*seen)


def test_the_control_that_has_the_focus(show: Callable[..., QWidget]) -> None:
    place = show(QWidget(), 200, 80)
    button = QPushButton("Export", place)
    button.setGeometry(40, 20, 100, 30)
    button.show()
    off = luminance(place)
    ring = FocusRing(button)
    ring.show()
    assert_differ(off, luminance(place))


def test_every_state_of_an_export_has_words_of_its_own() -> None:
    files = Path("castle.jpg"), Path("wave.jpg"), Path("castle.png")
    one = Export(1, *files, Recipe(None, None, DEFAULTS, shares_of((0.7,))))
    others: tuple[State, ...] = ("waiting", "done", "skipped", "cancelled", "failed")
    words = [state_in_words(replace(one, state=state, reason="No room."), False, 0.0) for state in others]
    words.append(state_in_words(one, True, 0.5))
    assert len(set(words)) == len(words) and all(words)


@pytest.mark.parametrize("grey", GREYS)
def test_more_and_less_of_a_mask_that_is_shown(show: Callable[..., QWidget], grey: int) -> None:
    picture, mask = np.full((20, 20, 3), grey, np.uint8), ScreenMask()
    seen = [luminance_of(picture / 255)]
    for value in (1.0, -1.0):
        mask.set_view((20, 20), Box(0, 0, 1, 1), picture)
        mask.update_mask(Mask(lightness=ByLightness(value, value, value)))
        tint = mask.overlay() / 255
        seen.append(luminance_of(tint[..., :3] + picture / 255 * (1 - tint[..., 3:])))
    assert contrast(seen[1], seen[2]).min() >= MASK_CONTRAST
