"""OpenRaster: the file as its specification wants it, and its layers, put together by a reference, are the target."""

import io
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from exported import ALPHA, PIXELS, RNG, photo
from numpy.typing import NDArray
from PIL import Image

from stylestudio.images import export
from stylestudio.images.blend import Shares, blend
from stylestudio.images.output import ExportOptions, Ingredients
from stylestudio.images.resize import to_8bit

OVERFIT = RNG.random((20, 30, 3), np.float32)
Rgba = tuple[NDArray[np.float64], NDArray[np.float64]]


def composed(path: Path) -> Rgba:
    """The stack put together with 64 bits, as the specification says: colours (H, W, 3), and alpha (H, W, 1)."""
    with zipfile.ZipFile(path) as archive:
        root = ET.fromstring(archive.read("stack.xml"))
        stack = root.find("stack")
        assert stack is not None
        return stacked(stack, archive)


def stacked(stack: ET.Element, archive: zipfile.ZipFile) -> Rgba:
    with Image.open(io.BytesIO(archive.read("mergedimage.png"))) as merged:
        shape = merged.height, merged.width
    below: Rgba = np.zeros((*shape, 3)), np.zeros((*shape, 1))
    for part in reversed(stack):
        if part.get("visibility") == "hidden":
            continue
        colour, alpha = stacked(part, archive) if part.tag == "stack" else layer(part, archive)
        below = over(part.get("composite-op", "svg:src-over"), (colour, alpha * float(part.get("opacity", "1"))), below)
    return below


def layer(part: ET.Element, archive: zipfile.ZipFile) -> Rgba:
    values = imagecodecs.png_decode(archive.read(part.get("src", "")))
    scaled = values / np.iinfo(values.dtype).max
    return scaled[..., :3], scaled[..., 3:] if values.shape[2] == 4 else np.ones((*values.shape[:2], 1))


def over(mode: str, above: Rgba, below: Rgba) -> Rgba:
    """W3C's compositing, section 9 and 10: colours are multiplied by their alpha meanwhile."""
    (cs, a), (cb, b) = above, below
    if mode == "svg:plus":
        alpha = np.minimum(a + b, 1)
        colour = np.minimum(cs * a + cb * b, 1)
    elif mode == "svg:src-atop":
        alpha, colour = b, cs * a * b + cb * b * (1 - a)
    else:
        mixed = {"svg:src-over": cs, "svg:multiply": (1 - b) * cs + b * cs * cb}[mode]
        alpha = a + b - a * b
        colour = mixed * a + cb * b * (1 - a)
    return np.divide(colour, alpha, out=np.zeros_like(colour), where=alpha > 0), alpha


def write(path: Path, shares: Shares, alpha: NDArray[np.float32] | None = None, bits: int = 8) -> NDArray[np.float32]:
    content = photo(alpha=alpha)
    target = blend(content.stored, OVERFIT, shares)
    options = ExportOptions(bits=bits)  # pyright: ignore[reportArgumentType]
    export.write(path, target, content.alpha, "", Ingredients(content, OVERFIT, shares), options)
    return target


EQUAL = [(0.7, 0.7, 0.7), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), (0.333, 0.333, 0.333)]
UNEQUAL = [(0.9, 0.5, 0.1), (0.0, 1.0, 0.5), (0.71, 0.7, 0.7)]


@pytest.mark.parametrize("alpha", [None, ALPHA])
@pytest.mark.parametrize(("shares", "levels"), [(one, 1) for one in EQUAL] + [(one, 2) for one in UNEQUAL])
def test_the_layers_give_the_target_to_a_level_or_two(
    tmp_path: Path, shares: Shares, levels: int, alpha: NDArray[np.float32] | None
) -> None:
    target = write(tmp_path / "a.ora", shares, alpha)
    colour, seen = composed(tmp_path / "a.ora")
    visible = np.ones((20, 30, 1), bool) if alpha is None else to_8bit(alpha)[..., None] > 0
    assert (np.abs(np.rint(colour * 255) - to_8bit(target)) * visible).max() <= levels
    wanted = np.ones((20, 30)) if alpha is None else to_8bit(alpha) / 255
    np.testing.assert_allclose(seen[..., 0], wanted, atol=1e-9)


@pytest.mark.parametrize("shares", [EQUAL[0], UNEQUAL[0]])
def test_with_16_bits_the_layers_give_the_target_a_hundred_times_as_nearly(tmp_path: Path, shares: Shares) -> None:
    target = write(tmp_path / "a.ora", shares, bits=16)
    colour, _ = composed(tmp_path / "a.ora")
    assert np.abs(colour - target).max() * 255 < 0.02


@pytest.mark.parametrize("shares", [None, (1.3, 0.5, 0.5), (-0.2, -0.2, -0.2)])
@pytest.mark.parametrize("alpha", [None, ALPHA])
def test_a_target_that_no_stacking_gives_lies_above_both_pictures(
    tmp_path: Path, shares: Shares | None, alpha: NDArray[np.float32] | None
) -> None:
    content = photo(alpha=alpha)
    export.write(tmp_path / "a.ora", PIXELS, content.alpha, "", Ingredients(content, OVERFIT, shares))
    colour, seen = composed(tmp_path / "a.ora")
    np.testing.assert_array_equal(np.rint(colour * 255) * (seen > 0), to_8bit(PIXELS) * (seen > 0))
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        names = [part.get("name") for part in ET.fromstring(archive.read("stack.xml")).iter("layer")]
    assert names == ["Target", "Overfit picture", "Photo"]


def test_pixels_without_a_photo_are_one_layer(tmp_path: Path) -> None:
    export.write(tmp_path / "a.ora", PIXELS, ALPHA)
    colour, seen = composed(tmp_path / "a.ora")
    np.testing.assert_array_equal(np.rint(colour * 255) * (seen > 0), to_8bit(PIXELS) * (seen > 0))


def test_the_archive_is_what_the_specification_wants(tmp_path: Path) -> None:
    target = write(tmp_path / "a.ora", EQUAL[0], ALPHA)
    assert (tmp_path / "a.ora").read_bytes()[30:54] == b"mimetypeimage/openraster"
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        assert archive.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert {"stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png"} <= set(archive.namelist())
        root = ET.fromstring(archive.read("stack.xml"))
        assert (root.tag, root.get("w"), root.get("h"), root.get("xres")) == ("image", "30", "20", "300")
        assert all(part.get("src") in archive.namelist() for part in root.iter("layer"))
        merged = imagecodecs.png_decode(archive.read("mergedimage.png"))
    np.testing.assert_array_equal(merged, np.dstack((to_8bit(target), to_8bit(ALPHA))))


@pytest.mark.parametrize(("size", "small"), [((900, 300), (256, 85)), ((20, 30), (20, 30))])
def test_the_thumbnail_is_at_most_256_pixels_a_side(
    tmp_path: Path, size: tuple[int, int], small: tuple[int, int]
) -> None:
    export.write(tmp_path / "a.ora", np.zeros((size[1], size[0], 3), np.float32), options=ExportOptions(bits=16))
    with (
        zipfile.ZipFile(tmp_path / "a.ora") as archive,
        Image.open(io.BytesIO(archive.read("Thumbnails/thumbnail.png"))) as image,
    ):
        assert image.size == small
        assert image.mode == "RGB"


def test_deep_layers_name_their_colours_because_krita_takes_them_for_linear_else(tmp_path: Path) -> None:
    write(tmp_path / "a.ora", EQUAL[0], bits=16)
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        for name in ("data/layer1.png", "data/layer2.png", "mergedimage.png"):
            assert b"iCCP" in archive.read(name)[:64]


def test_equal_ingredients_give_equal_bytes(tmp_path: Path) -> None:
    write(tmp_path / "a.ora", UNEQUAL[0])
    write(tmp_path / "b.ora", UNEQUAL[0])
    assert (tmp_path / "a.ora").read_bytes() == (tmp_path / "b.ora").read_bytes()
