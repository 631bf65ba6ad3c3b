from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray, QMetaType, QMimeData, QUrl
from PySide6.QtGui import QImage

from stylestudio.gui.canvas.frames import ArrayImage
from stylestudio.gui.drops import peek_drag, read_drop


def urls(*addresses: str) -> QMimeData:
    mime = QMimeData()
    mime.setUrls([QUrl(address) for address in addresses])
    return mime


def test_files_come_in_their_order_and_what_cannot_be_a_picture_beside_them() -> None:
    came = read_drop(urls("file:///a/b.png", "file:///a/notes.txt", "file:///a/C%20d.JPG", "file:///a/scan"))
    assert came.files == [Path("/a/b.png"), Path("/a/C d.JPG"), Path("/a/scan")]
    assert came.refused == [Path("/a/notes.txt")] and came.is_usable


def test_a_browsers_file_address_with_a_host_is_a_file() -> None:
    assert read_drop(urls("file://localhost/a/b.webp")).files == [Path("/a/b.webp")]


def test_a_file_address_that_comes_as_text_is_a_file() -> None:
    mime = QMimeData()
    mime.setText("file:///a/b.tif\n")
    assert read_drop(mime).files == [Path("/a/b.tif")]


def test_a_path_that_comes_as_text_is_a_file_and_a_sentence_is_none(tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setText(f"'{tmp_path / 'my wave.png'}'\n")
    assert read_drop(mime).files == [tmp_path / "my wave.png"]
    mime.setText("/me waves")
    assert "text" in (read_drop(mime).reason or "")


def test_spellings_of_one_address_are_one_file() -> None:
    assert read_drop(urls("file:/a/b%20c.png", "file:///a/b c.png#top", "file://localhost/a/b c.png")).files == [
        Path("/a/b c.png")
    ]


def test_pixels_beside_a_file_come_along_in_case_that_it_cannot_be_read() -> None:
    mime = urls("file:///folder/gone.png")
    mime.setData("image/png", b"\x89PNG...")
    came = read_drop(mime)
    assert (came.files, came.image) == ([Path("/folder/gone.png")], b"\x89PNG...")
    assert peek_drag(mime).image is None


def test_pixels_are_taken_where_the_file_beside_them_is_no_picture() -> None:
    mime = urls("file:///folder/show.php")
    mime.setData("image/png", b"\x89PNG...")
    came = read_drop(mime)
    assert came.is_usable and came.files == [] and came.image == b"\x89PNG..."


def test_a_file_on_another_computer_is_refused_with_what_to_do() -> None:
    assert "another computer" in (read_drop(urls("file://elsewhere.example/a/b.png")).reason or "")


def test_the_bytes_of_a_picture_are_preferred_to_its_address() -> None:
    mime = urls("https://example.org/wave.png")
    mime.setData("image/png", b"\x89PNG...")
    assert read_drop(mime).image == b"\x89PNG..."


def test_an_image_comes_as_an_image() -> None:
    mime = QMimeData()
    mime.setImageData(QImage(ArrayImage(np.full((2, 3, 3), 9, np.uint8))))
    image = read_drop(mime).image
    assert isinstance(image, QImage) and (image.width(), image.height()) == (3, 2)


class Sent(QMimeData):
    """Picture data that another program has yet to send, and remembers what was asked for."""

    def __init__(self, *formats: str) -> None:
        super().__init__()
        self.offers, self.asked = list(formats), []

    def formats(self) -> list[str]:
        return self.offers

    def hasFormat(self, mimetype: str) -> bool:
        return mimetype in self.offers

    def retrieveData(self, mimetype: str, preferredType: QMetaType | QMetaType.Type) -> object:
        self.asked.append(mimetype)
        return QByteArray(b"\x89PNG...")


@pytest.mark.parametrize("formats", [["image/png"], ["application/x-qt-image", "image/webp"]])
def test_the_pixels_of_what_only_hovers_are_not_fetched(formats: list[str]) -> None:
    mime = Sent(*formats)
    assert peek_drag(mime).is_usable and peek_drag(mime).pictures == 1
    assert mime.asked == []
    assert read_drop(mime).image == b"\x89PNG..."
    assert mime.asked == formats[-1:]


def test_picture_data_that_never_comes_has_a_reason() -> None:
    mime = QMimeData()
    mime.setData("image/png", b"")
    assert peek_drag(mime).is_usable
    assert "not a picture" in (read_drop(mime).reason or "")


@pytest.mark.parametrize(
    ("mime", "said"),
    [
        (urls("https://example.org/wave.png"), "Save the picture first"),
        (urls("file:///a/film.mp4"), "MP4 files cannot be read"),
        (QMimeData(), "not a picture"),
    ],
)
def test_what_cannot_be_taken_has_a_reason(mime: QMimeData, said: str) -> None:
    came = read_drop(mime)
    assert not came.is_usable and came.reason and said in came.reason
    assert came.files == [] and came.image is None


def test_text_has_a_reason_of_its_own_and_a_folder_may_hold_many_pictures(tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setText("a poem")
    assert "text" in (read_drop(mime).reason or "")
    came = read_drop(urls(QUrl.fromLocalFile(str(tmp_path)).toString()))
    assert (came.files, came.folders, came.refused) == ([], [tmp_path], []) and came.is_usable and came.pictures > 2
