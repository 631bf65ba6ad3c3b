"""Small pictures that were once read wrongly; what each is stands in its name."""

from pathlib import Path

import numpy as np
import pytest

from stylestudio.images import decode
from stylestudio.images.resize import to_8bit

CASES = Path(__file__).parent.parent / "data" / "cases"
with np.load(CASES / "expected.npz") as file:
    EXPECTED = {name: file[name].astype(np.int16) for name in file}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_picture_that_was_read_wrongly_is_read_right(name: str) -> None:
    picture = decode.read(CASES / name)
    np.testing.assert_allclose(to_8bit(picture.stored).astype(np.int16), EXPECTED[name], atol=1)
    assert picture.remark is None


def test_all_cases_have_an_answer() -> None:
    files = {path.name for path in CASES.iterdir()} - {"expected.npz", "IMG_1234_heic_inside.jpg"}
    assert files == EXPECTED.keys()


def test_a_picture_under_the_name_of_another_kind_is_read_by_its_content() -> None:
    picture = decode.read(CASES / "IMG_1234_heic_inside.jpg")
    levels = to_8bit(picture.stored).astype(np.int16)
    assert np.abs(levels - EXPECTED["plain.png"]).mean() < 4


def test_a_gradient_of_16_bits_in_a_wide_space_keeps_its_steps() -> None:
    picture = decode.read(CASES / "png_16bit_prophoto_gradient.png")
    assert picture.deep
    steps = np.diff(to_8bit(picture.stored).astype(np.int16), axis=1)
    assert steps.max() <= np.diff(EXPECTED["png_16bit_prophoto_gradient.png"], axis=1).max()
    assert steps.min() >= 0


def test_values_of_16_bits_are_kept_as_they_are() -> None:
    assert not decode.read(CASES / "plain.png").deep
    assert decode.read(CASES / "tiff_grey16_alpha.tif").deep


def test_the_resolution_is_kept() -> None:
    dpi = decode.read(CASES / "png_300dpi.png").metadata.dpi
    assert dpi == pytest.approx((300, 300), abs=0.01)
