"""What drops and dialogs bring, on its way into the session."""

import io
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QMimeData, QUrl
from whole_window import Studio

from stylestudio.gui.drops import read_drop


def png(colour: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (9, 8), colour).save(stream, "PNG")
    return stream.getvalue()


def browsers(path: Path, data: bytes) -> QMimeData:
    """A drag of a picture on a page: a file that may be gone at any moment, and the pixels."""
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path))])
    mime.setData("image/png", data)
    return mime


@pytest.mark.parametrize("left", [None, b"", b"\x89PNG\r\n\x1a\nhalf"], ids=["gone", "empty", "damaged"])
def test_the_pixels_of_a_drop_are_taken_where_its_file_cannot_be_read(
    studio: Studio, tmp_path: Path, left: bytes | None
) -> None:
    path = tmp_path / "wave.png"
    if left is not None:
        path.write_bytes(left)
    studio.window.loader.open_dropped(read_drop(browsers(path, png("red"))))
    studio.wait(lambda: studio.session.content is not None)
    content = studio.session.content
    assert content and content.name == "wave" and content.stored[0, 0].tolist() == [255, 0, 0]
    assert studio.memory.recent("content") == []


def test_the_file_of_a_drop_is_preferred_to_its_pixels(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "wave.png"
    path.write_bytes(png("blue"))
    studio.window.loader.open_dropped(read_drop(browsers(path, png("red"))))
    studio.wait(lambda: studio.session.content is not None)
    assert studio.session.content and studio.session.content.stored[0, 0].tolist() == [0, 0, 255]
    assert studio.memory.recent("content") == [path]


def test_where_neither_can_be_read_the_file_is_named(studio: Studio, tmp_path: Path) -> None:
    studio.window.loader.open_dropped(read_drop(browsers(tmp_path / "wave.png", b"no picture")))
    assert "wave.png does not exist" in studio.error()
    assert studio.session.content is None and studio.window.loader.pending_count == 0


def test_a_picture_that_is_opened_again_and_again_is_held_once(studio: Studio, tmp_path: Path) -> None:
    paths = [tmp_path / "red.png", tmp_path / "blue.png"]
    seen = []
    for path in paths:
        path.write_bytes(png(path.stem))
    for path in paths * 2:
        studio.window.loader.open_files([path], "content")
        studio.wait(lambda path=path: studio.session.content is not None and studio.session.content.name == path.stem)
        seen.append(studio.session.content)
    assert seen[0] is seen[2] and seen[1] is seen[3] and seen[0] is not seen[1]
