from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from stylestudio.images.export import write
from stylestudio.images.formats import writable_formats
from stylestudio.images.provenance import is_result, origin_of

PIXELS = np.full((4, 6, 3), 0.5, np.float32)


@pytest.mark.parametrize("suffix", writable_formats())
def test_a_result_is_known_by_its_file_whatever_its_name(tmp_path: Path, suffix: str) -> None:
    write(tmp_path / f"a{suffix}", PIXELS, origin="of these two")
    moved = (tmp_path / f"a{suffix}").rename(tmp_path / "b.gif")
    assert is_result(moved)
    assert origin_of(moved) == "of these two"


def test_a_result_of_unknown_origin_is_a_result(tmp_path: Path) -> None:
    write(tmp_path / "a.png", PIXELS)
    assert is_result(tmp_path / "a.png")
    assert origin_of(tmp_path / "a.png") == ""


@pytest.mark.parametrize("software", ["", "Another Program 3", "Not Style Studio"])
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_pictures_of_other_programs_are_none(tmp_path: Path, software: str, suffix: str) -> None:
    exif = Image.Exif()
    exif[305] = software
    Image.new("RGB", (4, 4)).save(tmp_path / f"a{suffix}", exif=exif)
    assert not is_result(tmp_path / f"a{suffix}")


def test_only_the_beginning_of_a_large_png_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.new("RGB", (400, 400)).save(tmp_path / "a.png")
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda self: pytest.fail("decoded"))
    assert not is_result(tmp_path / "a.png")


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"text", b"PK\3\4", b"\xff\xd8\xff\xe1\x00\x08Exif\0\0"])
def test_what_is_no_picture_is_no_result(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.png").write_bytes(data)
    assert not is_result(tmp_path / "a.png")
    assert not is_result(tmp_path / "missing.png")
    assert not is_result(tmp_path)
