"""An artist who does anything at any moment, drawn from a seed, with the hands of `whole_window.Studio`."""

import io
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QPushButton,
    QSlider,
    QWidget,
)
from whole_window import Studio

Action = Callable[[], object]
KEYS = [
    getattr(Qt.Key, f"Key_{name}") for name in ("Left", "Right", "Up", "Home", "End", "Tab", "Space", "O", "Plus", "0")
]
TYPED = ("", "7", "12,5", "0.5", "100", "33", "-4", "abc", "1e9", "2.")
LEFT = Qt.MouseButton.LeftButton
BESIDES = {"quit", "show_in_folder", "open_content", "open_style", "export", "save_overfit"}
"""Commands that have an action of their own here, or would end it all."""


def pictures(folder: Path, draw: random.Random) -> list[Path]:
    """Pictures of all kinds, and what is none."""
    modes = ("RGB", "RGBA", "L", "P", "CMYK", "I;16")
    found = []
    for number in range(12):
        mode, size = modes[number % len(modes)], (draw.randint(1, 400), draw.randint(1, 300))
        path = folder / f"{number} é.{'tif' if mode in ('CMYK', 'I;16') else 'png'}"
        Image.effect_noise(size, 80).convert("L").convert(mode).save(path)
        found.append(path)
    (folder / "damaged.png").write_bytes(found[0].read_bytes()[:-40])
    (folder / "notes.txt").write_text("words")
    (folder / "a folder").mkdir()
    return [*found, folder / "damaged.png", folder / "notes.txt", folder / "a folder", folder / "gone.png"]


class RandomArtist:
    """Draws from `seed` what to do next; `did` lists it, to be read where something fails."""

    def __init__(self, studio: Studio, folder: Path, seed: int) -> None:
        self.studio, self.window, self.folder = studio, studio.window, folder
        self.draw = random.Random(seed)
        self.pictures = pictures(folder, self.draw)
        self.did: list[str] = []
        self._actions: dict[str, Action] = {
            "drop": self.drop,
            "paste": self.paste,
            "command": self.command,
            "press a key": self.key,
            "slide": self.slide,
            "type": self.type,
            "choose": self.choose,
            "click a button": self.button,
            "turn the wheel": self.wheel,
            "drag": self.drag,
            "export": self.export,
            "open": self.open,
            "open recent": self.recent,
            "resize": self.resize,
            "hold the engine": self.engine,
            "answer": self.answer,
            "wait": self.wait,
        }

    def act(self) -> None:
        """Do one thing, and let the window come to terms with it."""
        name = self.draw.choice(list(self._actions))
        self.did.append(name)
        self._actions[name]()
        self.studio.qtbot.wait(self.draw.choice((0, 0, 1, 5)))

    def come_to_an_end(self) -> None:
        """Close what is open, and wait for what is under way."""
        self.studio.renderer.go.set()
        self.studio.renderer.refined.set()
        self.studio.wait(lambda: not self.studio.runs.busy and not self.window.loader.pending_count)
        self.answer()
        QGuiApplication.clipboard().clear()  # it would outlive Python, which has made what is on it

    def any(self, kind: type[QWidget]) -> QWidget:
        """A widget of this kind that can be reached."""
        found = [one for one in self.window.findChildren(kind) if one.isVisible() and one.isEnabled()]
        return self.draw.choice(found or [self.window])

    def place_in(self, widget: QWidget) -> QPoint:
        return QPoint(self.draw.randrange(max(1, widget.width())), self.draw.randrange(max(1, widget.height())))

    def some(self) -> Sequence[Path]:
        return self.draw.sample(self.pictures, self.draw.choice((1, 1, 2, 3)))

    def drop(self) -> None:
        panes = self.window.space.panes
        self.studio.drop(self.draw.choice([self.window, *panes.values()]), *self.some())

    def paste(self) -> None:
        mime = QMimeData()
        if self.draw.random() < 0.5:
            mime.setUrls([QUrl.fromLocalFile(str(path)) for path in self.some()])
        if self.draw.random() < 0.5:
            stream = io.BytesIO()
            Image.effect_noise((60, 40), 50).save(stream, "PNG")
            mime.setData("image/png", stream.getvalue())
        elif self.draw.random() < 0.5:
            mime.setImageData(QImage(30, 20, QImage.Format.Format_RGB32))
        QGuiApplication.clipboard().setMimeData(mime)
        self.studio.choose("paste")

    def command(self) -> None:
        self.studio.choose(self.draw.choice(sorted(self.window.menu.by_name.keys() - BESIDES)))

    def key(self) -> None:
        widget, key = QApplication.focusWidget() or self.window, self.draw.choice(KEYS)
        modifier = self.draw.choice([Qt.KeyboardModifier.NoModifier] * 3 + [Qt.KeyboardModifier.ShiftModifier])
        if self.draw.random() < 0.8:
            QTest.keyClick(widget, key, modifier)
        else:  # pressed, and let go elsewhere
            QApplication.sendEvent(widget, QKeyEvent(QEvent.Type.KeyPress, key, modifier))

    def slide(self) -> None:
        slider = self.any(QSlider)
        QTest.mousePress(slider, LEFT, pos=self.place_in(slider))
        for _ in range(3):
            QTest.mouseMove(slider, self.place_in(slider))
        QTest.mouseRelease(slider, LEFT, pos=self.place_in(slider))

    def type(self) -> None:
        box = self.any(QDoubleSpinBox)
        box.setFocus()
        if isinstance(box, QDoubleSpinBox):
            box.selectAll()
            QTest.keyClicks(box.lineEdit(), self.draw.choice(TYPED))
            if self.draw.random() < 0.5:
                QTest.keyClick(box, Qt.Key.Key_Return)

    def choose(self) -> None:
        choices = self.any(QComboBox)
        if isinstance(choices, QComboBox):
            index = self.draw.randrange(choices.count())
            choices.setCurrentIndex(index)
            choices.activated.emit(index)

    def button(self) -> None:
        button = self.any(QPushButton)
        if isinstance(button, QPushButton) and button.menu() is None and button is not self.window.side.export:
            QTest.mouseClick(button, LEFT)

    def wheel(self) -> None:
        widget = self.draw.choice([self.window.target, self.any(QSlider), self.any(QDoubleSpinBox)])
        place = QPointF(self.place_in(widget))
        turned = QPoint(0, 120 * self.draw.choice((-3, -1, 1, 3)))
        no, phase = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier), Qt.ScrollPhase.NoScrollPhase
        QApplication.sendEvent(
            widget, QWheelEvent(place, widget.mapToGlobal(place), QPoint(), turned, *no, phase, False)
        )

    def drag(self) -> None:
        canvas = self.draw.choice(
            [self.window.target, self.window.space.style_pane.canvas, self.window.side.drag_handle]
        )
        if canvas is self.window.side.drag_handle:  # a drag of its own would wait for a real pointer
            QTest.mouseClick(canvas, LEFT)
            return
        QTest.mousePress(canvas, LEFT, pos=self.place_in(canvas))
        QTest.mouseMove(canvas, self.place_in(canvas))
        QTest.mouseRelease(canvas, LEFT, pos=self.place_in(canvas))
        if self.draw.random() < 0.3:
            QTest.mouseDClick(canvas, LEFT, pos=self.place_in(canvas))

    def export(self) -> None:
        name = self.draw.choice(("export", "save_overfit"))
        self._with_dialog(name, self.folder / self.draw.choice(("out.png", "gone/out.png", "other.png")))

    def open(self) -> None:
        self._with_dialog(self.draw.choice(("open_content", "open_style")), self.draw.choice(self.pictures[:12]))

    def _with_dialog(self, command: str, path: Path) -> None:
        self.studio.choose(command)
        QApplication.processEvents()
        for dialog in self.window.findChildren(QFileDialog):
            if dialog.isVisible() and self.draw.random() < 0.7 and not path.exists():
                dialog.findChildren(QLineEdit)[0].setText(str(path))
                dialog.accept()
            elif dialog.isVisible() and command.startswith("open"):
                dialog.fileSelected.emit(str(path))
                dialog.reject()
            else:
                dialog.reject()

    def recent(self) -> None:
        menu = self.window.menu.submenus[self.draw.choice(("recent", "samples"))]
        menu.aboutToShow.emit()
        actions = [action for action in menu.actions() if action.isEnabled() and not action.isSeparator()]
        if actions and menu is self.window.menu.submenus["recent"]:  # a sample is large
            self.draw.choice(actions).trigger()

    def resize(self) -> None:
        self.window.resize(self.draw.randint(700, 1400), self.draw.randint(500, 900))

    def engine(self) -> None:
        """It hangs for a while, or goes on."""
        for event in (self.studio.renderer.go, self.studio.renderer.refined):
            (event.set if self.draw.random() < 0.7 else event.clear)()

    def answer(self) -> None:
        """Close whatever has come up."""
        while popup := QApplication.activePopupWidget():
            popup.close()
        for dialog in self.window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.reject()

    def wait(self) -> None:
        self.studio.qtbot.wait(30)
