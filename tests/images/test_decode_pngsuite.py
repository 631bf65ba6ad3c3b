"""Willem van Schaik's suite: every kind of PNG, and what is broken on purpose.

The expected levels leave gamma out; nearly all of the suite's files say gAMA 1.0, so they are compared without that
chunk, and once more with it, by the formula.
"""

import zipfile
from pathlib import Path

import handmade
import numpy as np
import pytest

from stylestudio.errors import PictureError
from stylestudio.images import decode
from stylestudio.images.resize import to_8bit

SUITE = Path(__file__).parent.parent / "data" / "pngsuite"
with zipfile.ZipFile(SUITE / "pictures.zip") as archive:
    FILES = {Path(name).stem: archive.read(name) for name in archive.namelist()}
with np.load(SUITE / "expected.npz") as file:
    EXPECTED = {name: file[name].astype(np.float64).reshape(-1, 4) for name in file}
SOUND = [name for name in FILES if not name.startswith("x")]
BROKEN = [name for name in FILES if name.startswith("x")]
SRGB_GAMMA = 45455


def gamma_of(data: bytes) -> int | None:
    place = data.find(b"gAMA")
    return int.from_bytes(data[place + 4 : place + 8]) if place >= 0 else None


def without_gamma(data: bytes) -> bytes:
    for kind, length in ((b"gAMA", 16), (b"cHRM", 44)):
        place = data.find(kind)
        data = data if place < 0 else data[: place - 4] + data[place - 4 + length :]
    return data


def levels(picture: decode.Picture) -> np.ndarray:
    alpha = 255 if picture.alpha is None else to_8bit(picture.alpha)
    shape = picture.stored.shape[:2]
    return np.dstack((to_8bit(picture.stored), np.broadcast_to(alpha, shape))).reshape(-1, 4)


def is_deep(name: str) -> bool:
    return name.endswith("16")


def expected(name: str) -> np.ndarray:
    found = EXPECTED.get(f"{name}_to8", EXPECTED[name])
    return found / 257 if found.max() > 255 else found


def test_the_suite_is_all_there() -> None:
    assert (len(SOUND), len(BROKEN)) == (161, 14)


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_file_has_the_expected_levels(name: str) -> None:
    found = levels(decode.from_bytes(without_gamma(FILES[name])))
    np.testing.assert_allclose(found, expected(name), atol=1 if is_deep(name) else 0)


@pytest.mark.parametrize("name", [name for name in SOUND if gamma_of(FILES[name]) and b"cHRM" not in FILES[name]])
def test_its_gamma_is_applied(name: str) -> None:
    gamma = gamma_of(FILES[name])
    assert gamma
    light = handmade.srgb_levels_of_light((expected(name)[:, :3] / 255) ** (100_000 / gamma))
    colours = expected(name)[:, :3] if abs(gamma - SRGB_GAMMA) < 500 else light
    found = levels(decode.from_bytes(FILES[name]))
    # From 16 bits the light is finer than from the levels expected.
    np.testing.assert_allclose(found[:, :3], colours, atol=13 if is_deep(name) else 1.01)


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused(name: str) -> None:
    with pytest.raises(PictureError, match="damaged"):
        decode.from_bytes(FILES[name])


def test_one_that_ends_in_the_middle_of_its_rows_is_refused_though_its_checksums_are_right() -> None:
    rows = [bytes(range(90))] * 15
    with pytest.raises(PictureError, match="damaged"):
        decode.from_bytes(handmade.png(30, 30, 8, 2, rows))
    assert decode.from_bytes(handmade.png(30, 30, 8, 2, rows * 2)).size == (30, 30)


@pytest.mark.parametrize("kind", [b"tEXt", b"tIME", b"bKGD", b"iCCP", b"sRGB"])
def test_a_wrong_checksum_where_no_pixels_are_is_no_reason_to_refuse(kind: bytes) -> None:
    chunk = bytearray(handmade.png_chunk(kind, b"\0" * 7))
    chunk[-1] ^= 1
    picture = decode.from_bytes(handmade.png(2, 1, 8, 2, [bytes(range(6))], bytes(chunk)))
    np.testing.assert_array_equal(picture.stored.ravel(), range(6))


def test_data_after_the_end_and_no_end_at_all_are_taken() -> None:
    whole = handmade.png(2, 1, 8, 2, [bytes(range(6))])
    for data in (whole + b"more", whole[:-12], whole[:-5]):
        np.testing.assert_array_equal(decode.from_bytes(data).stored.ravel(), range(6))


def test_an_early_end_is_seen_in_a_stream_too(tmp_path: Path) -> None:
    (tmp_path / "half.png").write_bytes(FILES["basn2c08"][:120])
    with pytest.raises(PictureError, match=r"half\.png is damaged"):
        decode.read(tmp_path / "half.png")
