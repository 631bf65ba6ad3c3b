"""Makes the guide's pictures again: `.venv/bin/python packaging/guide.py [NAME...] [--size N] [--folder DIR]`.

Each shows one tool at work on the samples, in the real window with the real engine, on an X server of its own. Needs
what the real-window tests need. Without names, all of them; `--help` lists the names.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from desktop import ROOT, x_server
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from stylestudio.gui.canvas.frames import pixels_of
from stylestudio.gui.loading import SECOND
from stylestudio.gui.prepare_dialog import PrepareDialog
from stylestudio.gui.program import Program
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares
from stylestudio.studio.session import with_mix, with_second

FOLDER = Path(__file__).parent / "pictures"
SCREEN = "1280x800"
PAIRS = (("koala", "wave"), ("bridge", "rocket"), ("castle", "village"))
"""The last one is what is worked on; the others are in the history, made at `SMALL` pixels."""
SMALL = 256
MOST_BYTES = 90_000
QUALITIES = range(90, 30, -5)
MAKING, TRYING = 900.0, 600.0
"""Seconds that a picture may take, and that trying styles does at most: those that are there by then are shown."""
Modifier, Button = Qt.KeyboardModifier, Qt.MouseButton


class Artist:
    """Works in the window, and takes pictures of the screen."""

    def __init__(self, program: Program) -> None:
        self.program, self.window = program, program.window

    def do(self, name: str) -> None:
        """What the menu entry of this name does."""
        self.window.menu[name].trigger()
        self.wait(0.2)

    def wait(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            QApplication.processEvents()
            time.sleep(0.01)

    def wait_until(self, condition: Callable[[], object], seconds: float) -> None:
        """Raises `TimeoutError`."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("what was waited for did not come")
            self.wait(0.05)

    def open(self, content: str, style: str) -> None:
        """Have this pair, and its finished picture."""
        samples = ROOT / "resources" / "samples"
        self.window.open_files([samples / "contents" / f"{content}.jpg", samples / "styles" / f"{style}.jpg"])
        session = self.program.document
        self.wait_until(lambda: session.session.style and session.session.style.name == style, 30)
        self.wait_until(lambda: self.program.runs.is_settled and not self.program.runs.busy, MAKING)
        self.wait_until(lambda: self.window.target.is_ready and self.window.target.has_target, 30)
        self.wait(1.5)

    def mix(self, shares: Shares, axes: str = "rgb") -> None:
        mix = Mix(shares, "ycc" if axes == "ycc" else "rgb")
        self.program.document.apply("", with_mix, mix)
        self.wait(0.5)

    def point(self, widget: QWidget, place: QPoint) -> None:
        """Move the mouse there."""
        QCursor.setPos(widget.mapToGlobal(place))
        self.wait(0.4)

    def on_picture(self, x: float, y: float) -> QPoint:
        """A place of the target, in its long side."""
        return self.window.target.widget_point((x, y)).toPoint()

    def draw(self, *places: tuple[float, float]) -> None:
        """Drag over the target."""
        target, points = self.window.target, [self.on_picture(*place) for place in places]
        QTest.mousePress(target, Button.LeftButton, Modifier.NoModifier, points[0])
        for start, end in zip(points, points[1:], strict=False):
            for step in range(1, 9):
                between = QPointF(start) + (QPointF(end) - QPointF(start)) * step / 8
                QTest.mouseMove(target, between.toPoint())
                self.wait(0.02)
        QTest.mouseRelease(target, Button.LeftButton, Modifier.NoModifier, points[-1])
        self.wait(0.3)

    def begin_anew(self) -> None:
        """As the window is after a start: no tool, default shares."""
        for name in ("brush", "dropper", "strip", "split", "target_alone", "mask_show", "shelf"):
            if self.window.menu[name].isChecked():
                self.do(name)
        self.window.space.notice.show_text("")
        self.program.document.apply("", with_second, None)
        self.program.document.apply("", with_mix, Mix())
        self.point(self.window, QPoint(4, 4))
        self.window.target.fit()
        self.wait(0.3)

    def picture(self, dialog: QWidget | None) -> Image.Image:
        """The dialog, or the screen as it is: with what floats over the window."""
        self.wait(0.6)
        shown = dialog.grab() if dialog else QGuiApplication.primaryScreen().grabWindow(0)
        return Image.fromarray(pixels_of(shown.toImage())[..., :3])


def axes(artist: Artist) -> None:
    artist.do("keep_colours")
    artist.do("split")


def beyond(artist: Artist) -> None:
    artist.mix(Shares(1.3, 1.15, 0.85))


def strip(artist: Artist) -> None:
    artist.do("strip")
    artist.point(artist.window.target, artist.on_picture(0.62, 0.2))


def presets(artist: Artist) -> None:
    tile = artist.window.side.mix.gallery.tiles["autumn"]
    artist.point(tile, tile.rect().center())


def hold(artist: Artist) -> None:
    artist.mix(Shares(0.9, 0.9, 0.9))
    artist.do("dropper")
    wall = artist.on_picture(0.31, 0.34)
    artist.point(artist.window.target, wall)
    QTest.mouseClick(artist.window.target, Button.LeftButton, Modifier.NoModifier, wall)
    artist.wait(0.5)
    artist.point(artist.window.target, wall + QPoint(1, 0))


def brush(artist: Artist) -> None:
    artist.mix(Shares(0.9, 0.9, 0.9))
    artist.do("brush")
    artist.do("brush_swap")
    artist.draw((0.26, 0.30), (0.40, 0.26), (0.50, 0.36), (0.30, 0.40))
    artist.do("brush_swap")
    artist.draw((0.65, 0.08), (0.92, 0.10))
    artist.do("mask_show")
    artist.point(artist.window.target, artist.on_picture(0.92, 0.10))


def gradient(artist: Artist) -> None:
    artist.mix(Shares(0.9, 0.9, 0.9))
    artist.do("brush")
    artist.do("brush_swap")
    artist.window.space.brush_bar.gradient.click()
    artist.draw((0.5, 0.62), (0.5, 0.15))
    artist.do("brush_swap")
    artist.window.space.brush_bar.gradient.click()
    artist.window.space.brush_bar.gradient.click()


def two_styles(artist: Artist) -> None:
    artist.mix(Shares(0.9, 0.9, 0.9))
    artist.window.loader.open_files([ROOT / "resources" / "samples" / "styles" / "wave.jpg"], SECOND)
    runs, document = artist.program.runs, artist.program.document
    artist.wait_until(lambda: document.session.second is not None and runs.is_settled and not runs.busy, MAKING)
    slider = artist.window.side.mix.balance.slider
    slider.setValue(60)
    artist.point(slider, slider.rect().center())


def snapshots(artist: Artist) -> None:
    for shares, kind in (
        (Shares(0.9, 0.9, 0.9), "rgb"),
        (Shares(1.0, 0.2, 0.3), "ycc"),
        (Shares(0.3, 0.6, 1.0), "rgb"),
    ):
        artist.mix(shares, kind)
        artist.do("snapshot")
    row = artist.window.space.strip.row
    for number, modifier in ((0, Modifier.NoModifier), (1, Modifier.ControlModifier)):
        place = row.visualItemRect(row.item(number)).center()
        QTest.mouseClick(row.viewport(), Button.LeftButton, modifier, place)
        artist.wait(1.0)


def prepare(artist: Artist) -> QWidget:
    artist.do("prepare")
    dialog = artist.window.findChildren(PrepareDialog)[-1]
    dialog.resize(1000, 625)
    dialog.angle.box.setValue(2.5)
    dialog.exposure.box.setValue(0.4)
    artist.wait(1.0)
    return dialog


def shelf(artist: Artist) -> None:
    artist.do("shelf")
    artist.wait(4.0)


def history(artist: Artist) -> None:
    artist.do("history")
    artist.wait(4.0)


def tried(artist: Artist) -> None:
    artist.do("try_styles")
    artist.wait(2.0)
    trials, end = artist.window.shelving.shelf.trials, time.monotonic() + TRYING
    while trials.button.isVisible() and time.monotonic() < end:
        artist.wait(0.5)


def alone(artist: Artist) -> None:
    artist.do("target_alone")
    artist.point(artist.window, QPoint(900, 760))


SCENES: dict[str, Callable[[Artist], QWidget | None]] = {
    "axes": axes,
    "beyond": beyond,
    "strip": strip,
    "presets": presets,
    "hold": hold,
    "brush": brush,
    "gradient": gradient,
    "snapshots": snapshots,
    "two-styles": two_styles,
    "prepare": prepare,
    "shelf": shelf,
    "history": history,
    "try": tried,
    "full-screen": alone,
}


def save(image: Image.Image, path: Path) -> None:
    """As WebP, at the best quality that is small enough."""
    for quality in QUALITIES:
        image.save(path, quality=quality, method=6)
        if path.stat().st_size <= MOST_BYTES:
            return


def take(names: list[str], size: int, folder: Path) -> None:
    """Open the samples, and for every scene the window as it is at a start."""
    program = Program(["guide"])
    program.signals.close()  # no event loop runs that would hear them: Ctrl-C is to end this at once
    artist, window = Artist(program), program.window
    try:
        window.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        window.show()
        window.setGeometry(QGuiApplication.primaryScreen().geometry())
        program.engine.start()
        artist.do("theme_dark")
        for pair in PAIRS if "history" in names else PAIRS[-1:]:
            window.edits.set_settings({"size": size if pair is PAIRS[-1] else SMALL, "refine": 0}, None)
            artist.open(*pair)
        for name in names:
            artist.begin_anew()
            dialog = SCENES[name](artist)
            save(artist.picture(dialog), folder / f"guide-{name}.webp")
            if dialog:
                dialog.close()
    finally:
        window.close_without_asking()
        program.close()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Make the guide's pictures again.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SCENES)}; all if not given")
    parser.add_argument("--size", type=int, default=1024, help="long side at which pictures are made")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(SCENES):
        parser.error(f"there is no picture {', '.join(sorted(unknown))}")
    options.folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, x_server(SCREEN, Path(name) / "xvfb.log") as display:
        os.environ |= {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        os.environ |= {"XDG_CONFIG_HOME": str(Path(name, "config")), "XDG_DATA_HOME": str(Path(name, "data"))}
        take(options.names or list(SCENES), options.size, options.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
