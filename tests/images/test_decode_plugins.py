"""HEIC, AVIF, JPEG XL and camera raw: read at their depth, and when damaged refused like any other."""

import io
import subprocess
import sys
from pathlib import Path

import handmade
import imagecodecs
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image
from pillow_jxl import Encoder

from stylestudio.errors import PictureError
from stylestudio.images import decode
from stylestudio.images.formats import is_readable_name
from stylestudio.images.resize import to_8bit

WIDTH, HEIGHT = 64, 40
RAMP = np.linspace(0, 65535, WIDTH)[None, :, None] * np.linspace(0.4, 1, 3) * np.ones((HEIGHT, 1, 1))
DEEP = RAMP.astype(np.uint16)
PLAIN = (DEEP >> 8).astype(np.uint8)


def heic(deep: bool) -> bytes:
    stream, array = io.BytesIO(), DEEP if deep else PLAIN
    pillow_heif.encode(
        "RGB;16" if deep else "RGB",
        (WIDTH, HEIGHT),
        array.tobytes(),
        stream,
        quality=-1,
        chroma=444,
        matrix_coefficients=0,
    )
    return stream.getvalue()


def avif(deep: bool) -> bytes:
    if deep:
        return bytes(imagecodecs.avif_encode(DEEP >> 6, level=100, bitspersample=10))
    return bytes(imagecodecs.avif_encode(PLAIN, level=100))


def jxl(deep: bool) -> bytes:
    return bytes(imagecodecs.jpegxl_encode(DEEP if deep else PLAIN, lossless=True))


def dng() -> bytes:
    """A field of grey seen through a Bayer filter, with what LibRaw needs to know of the camera."""
    mosaic = np.full((HEIGHT * 2, WIDTH * 2), 9000, np.uint16)
    matrix = [1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1]
    tags = [
        (271, 2, 0, "Maker", True),
        (272, 2, 0, "Camera", True),
        (33421, 3, 2, (2, 2), True),
        (33422, 1, 4, bytes((0, 1, 1, 2)), True),
        (50706, 1, 4, bytes((1, 4, 0, 0)), True),
        (50708, 2, 0, "Maker Camera", True),
        (50721, 10, 9, matrix, True),
        (50728, 5, 3, [1, 1] * 3, True),
        (50778, 3, 1, 21, True),
    ]
    stream = io.BytesIO()
    tifffile.imwrite(stream, mosaic, photometric=32803, extratags=tags, metadata=None)  # type: ignore[arg-type]
    return stream.getvalue()


KINDS = {"heic": heic, "avif": avif, "jxl": jxl}


@pytest.mark.parametrize("kind", KINDS)
def test_8_bits_come_through_and_more_stay_more(kind: str) -> None:
    plain, deep = (decode.from_bytes(KINDS[kind](one)) for one in (False, True))
    assert (plain.deep, deep.deep) == (False, True)
    np.testing.assert_allclose(plain.stored.astype(int), PLAIN, atol=1)
    assert len(np.unique(deep.stored[0, :, 2])) > 60
    assert deep.size == (WIDTH, HEIGHT)


def test_10_bits_of_an_avif_are_exact() -> None:
    picture = decode.from_bytes(avif(True))
    np.testing.assert_allclose(picture.pixels, (DEEP >> 6) / 1023, atol=1.5 / 1023)


def test_a_jpeg_inside_a_jpeg_xl_is_read_as_that_jpeg() -> None:
    stream = io.BytesIO()
    Image.fromarray(PLAIN).save(stream, "JPEG", quality=95)
    options = {"decoding_speed": 0, "effort": 3, "use_container": True, "use_original_profile": False, "num_threads": 1}
    encoder = Encoder(mode="RGB", lossless=True, quality=100, **options)  # type: ignore[call-arg]
    data = encoder(stream.getvalue(), WIDTH, HEIGHT, jpeg_encode=True)
    np.testing.assert_array_equal(decode.from_bytes(data).stored, decode.from_bytes(stream.getvalue()).stored)


def test_a_raw_file_is_developed_upright_at_16_bits(tmp_path: Path) -> None:
    path = tmp_path / "field.dng"
    path.write_bytes(dng())
    picture = decode.read(path)
    assert picture.size == (WIDTH * 2, HEIGHT * 2)
    middle = to_8bit(picture.stored)[20:-20, 20:-20].reshape(-1, 3).astype(int)
    assert np.ptp(middle) <= 12
    assert middle.min() > 30


def test_a_raw_file_of_an_unknown_kind_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "field.nef"
    path.write_bytes(handmade.tiff(4, 4, bytes(16)))
    with pytest.raises(PictureError) as caught:
        decode.read(path)
    assert "raw" in caught.value.message or "damaged" in caught.value.message


DAMAGED = {**{kind: make(False) for kind, make in KINDS.items()}, "dng": dng()}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_one_is_refused_wherever_it_ends(kind: str, tmp_path: Path) -> None:
    whole, path = DAMAGED[kind], tmp_path / f"it.{kind}"
    for part in (0.99, 0.9, 0.6, 0.3, 0.1):
        path.write_bytes(whole[: int(len(whole) * part)])
        with pytest.raises(PictureError):
            decode.read(path)


def test_their_names_are_those_of_pictures(tmp_path: Path) -> None:
    for suffix in ("heic", "HEIF", "avif", "jxl", "dng", "CR3", "nef", "arw"):
        assert is_readable_name(tmp_path / f"it.{suffix}")


def test_a_missing_plug_in_is_not_called_a_damaged_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    with pytest.raises(PictureError, match="part of the program that is missing"):
        decode.from_bytes(heic(False))


def test_plug_ins_are_loaded_only_when_their_kind_is_met() -> None:
    code = (
        "import sys; from stylestudio.images import decode;"
        "print([name for name in ('pillow_heif', 'pillow_jxl', 'rawpy', 'tifffile') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
