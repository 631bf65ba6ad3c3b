"""How files are written, as the command line is told: format, quality, depth, colours, metadata; where they went."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from artist import Outcome, levels, picture
from PIL import ExifTags, Image, JpegImagePlugin

from stylestudio.images.decode import read

Command = Callable[..., Outcome]

RENDER = ("render", "photo.jpg", "style.png", "--size", "64", "--refine", "0")
BATCH = ("batch", "--content", "photo.jpg", "--style", "style.png", "-o", "out", "--size", "64", "--refine", "0")
PROFILE = imagecodecs.cms_profile("adobergb")

pytestmark = pytest.mark.usefixtures("quick_engine")


@pytest.fixture(autouse=True)
def photo(folder: Path) -> Path:
    """photo.jpg: in Adobe RGB, with a camera's EXIF, 300 dpi."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "Camera"
    path = folder / "photo.jpg"
    picture(100, 75, seed=1).save(path, exif=exif, icc_profile=PROFILE, dpi=(300, 300), quality=95)
    return path


def sampling(path: Path) -> int:
    with Image.open(path) as image:
        return JpegImagePlugin.get_sampling(image)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("name", "kind"), [("a.png", "PNG"), ("a.JPG", "JPEG"), ("a.jpeg", "JPEG"), ("a.webp", "WEBP"), ("a.tiff", "TIFF")]
)
def test_the_ending_is_the_format(folder: Path, command: Command, name: str, kind: str) -> None:
    assert command(*RENDER, "-o", name).code == 0
    with Image.open(folder / name) as image:
        assert (image.format, image.size) == (kind, (100, 75))


def test_render_says_where_it_wrote_through_links_too_and_nothing_when_quiet(folder: Path, command: Command) -> None:
    assert command(*RENDER, "-o", "a.png").out == f"{folder / 'a.png'}\n"
    assert command(*RENDER, "-o", "b.png", "--quiet").out == ""
    both = command(*RENDER, "-o", "c.png", "--overfit", "raw.webp")
    assert both.out == f"{folder / 'raw.webp'}\n{folder / 'c.png'}\n"
    if os.name != "nt":
        (folder / "link.png").symlink_to(folder / "real.png")
        assert command(*RENDER, "-o", "link.png").out == f"{folder / 'real.png'}\n"


def test_jpeg_has_the_quality_asked_for(folder: Path, command: Command) -> None:
    for name, options in (("a.jpg", ()), ("b.jpg", ("--quality", "60"))):
        assert command(*RENDER, "-o", name, *options).code == 0
    assert (sampling(folder / "a.jpg"), sampling(folder / "b.jpg")) == (0, 2)
    assert (folder / "b.jpg").stat().st_size < (folder / "a.jpg").stat().st_size


def test_webp_is_lossless_unless_a_quality_is_given(folder: Path, command: Command) -> None:
    for name, options in (("a.png", ()), ("a.webp", ()), ("b.webp", ("--quality", "80"))):
        assert command(*RENDER, "-o", name, *options).code == 0
    assert np.array_equal(levels(folder / "a.webp"), levels(folder / "a.png"))
    assert not np.array_equal(levels(folder / "b.webp"), levels(folder / "a.png"))


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_16_bits_hold_values_between_levels(folder: Path, command: Command, name: str) -> None:
    assert command(*RENDER, "-o", name, "--bits", "16", "--share", "0.37").code == 0
    decode = imagecodecs.png_decode if name.endswith("png") else imagecodecs.tiff_decode
    found = np.asarray(decode((folder / name).read_bytes()))
    assert found.dtype == np.uint16
    assert (found % 257 != 0).any()


def test_the_photos_own_profile_is_written_only_if_asked_for(folder: Path, command: Command) -> None:
    for name, options in (("a.jpg", ()), ("b.jpg", ("--profile", "photo"))):
        assert command(*RENDER, "-o", name, *options, "--share", "0", "--quality", "100").code == 0
    with Image.open(folder / "b.jpg") as image:
        assert image.info["icc_profile"] == PROFILE
    plain, own = (read(folder / name).pixels for name in ("a.jpg", "b.jpg"))
    assert np.abs(plain - own).mean() * 255 < 2


@pytest.mark.parametrize(
    ("options", "kept"), [((), True), (("--keep-metadata",), True), (("--strip-metadata",), False)]
)
def test_metadata_is_kept_unless_it_is_stripped(
    folder: Path, command: Command, options: tuple[str, ...], kept: bool
) -> None:
    assert command(*RENDER, "-o", "a.jpg", *options).code == 0
    with Image.open(folder / "a.jpg") as image:
        assert (image.getexif().get(ExifTags.Base.Make) == "Camera") == kept


def test_openraster_holds_photo_and_overfit_picture(folder: Path, command: Command) -> None:
    assert command(*RENDER, "-o", "a.ora", "--bits", "16", "--share", "0.9,0.5,0.1").code == 0
    with zipfile.ZipFile(folder / "a.ora") as archive:
        assert archive.read("mimetype") == b"image/openraster"
        assert archive.testzip() is None


def test_a_batch_writes_in_the_format_asked_for_what_render_writes(folder: Path, command: Command) -> None:
    options = ("--quality", "88", "--profile", "photo", "--strip-metadata")
    assert command(*BATCH, "--format", "jpeg", "--overfit", "raw", *options).code == 0
    assert command(*RENDER, "-o", "a.jpg", *options).code == 0
    made = folder / "out" / "photo in the style of style.jpg"
    with Image.open(made) as one, Image.open(folder / "a.jpg") as other:
        assert one.info["icc_profile"] == other.info["icc_profile"] == PROFILE
        assert np.array_equal(np.asarray(one), np.asarray(other))
    assert (folder / "raw" / "photo in the style of style (overfit).jpg").exists()


REFUSED = [
    ("a.png", ("--quality", "92"), "PNG files have no quality. Write .jpg or .webp, or leave --quality away."),
    ("a.jpg", ("--bits", "16"), "JPEG files have no 16 bits. Write .png, .tif or .ora, or leave --bits away."),
    ("a.ora", ("--profile", "photo"), "OpenRaster files have no profile of their own."),
    ("a.jpg", ("--quality", "0"), "0 does not go with --quality. Give a whole number from 1 to 100, such as 92."),
    ("a.jpg", ("--quality", "high"), "high does not go with --quality."),
    ("a.jpg", ("--quality", ""), "Nothing does not go with --quality."),
    ("a.png", ("--bits", "12"), "12 does not go with --bits. Give 8 or 16."),
    ("a.png", ("--profile", "cmyk"), "cmyk does not go with --profile. Give srgb or photo."),
    ("a.png", ("--keep-metadata", "--strip-metadata"), "not allowed with argument"),
]


@pytest.mark.parametrize(("name", "options", "words"), REFUSED)
def test_what_the_format_does_not_know_is_refused_with_what_to_do(
    folder: Path, command: Command, name: str, options: tuple[str, ...], words: str
) -> None:
    said = command(*RENDER, "-o", name, *options)
    assert said.code == 2
    assert words in said.err
    assert not (folder / name).exists()


def test_what_a_format_does_anyway_may_be_said(command: Command) -> None:
    assert command(*RENDER, "-o", "a.jpg", "--bits", "8", "--profile", "srgb").code == 0
    assert command(*RENDER, "-o", "a.ora", "--profile", "srgb", "--strip-metadata").code == 0


def test_an_option_is_for_whichever_file_knows_it(folder: Path, command: Command) -> None:
    assert command(*RENDER, "-o", "a.jpg", "--overfit", "raw.png", "--quality", "60").code == 0
    assert sampling(folder / "a.jpg") == 2


def test_a_format_that_is_not_written_is_refused_in_a_batch(command: Command) -> None:
    said = command(*BATCH, "--format", "gif")
    assert (said.code, said.err) == (
        2,
        "gif is no format that can be written. Give png, jpg, webp, tif or ora.\n",
    )
    assert "PNG files have no quality" in command(*BATCH, "--quality", "90").err


def test_a_profile_that_no_target_can_be_in_is_refused_before_the_work(folder: Path, command: Command) -> None:
    image = picture(100, 75, seed=1).convert("L")
    image.save(folder / "photo.jpg", icc_profile=imagecodecs.cms_profile("gray", gamma=2.2))
    said = command(*RENDER, "-o", "a.png", "--profile", "photo")
    assert (said.code, said.out) == (2, "")
    assert "Export in sRGB instead." in said.err


def test_a_photo_too_large_for_the_format_is_refused_before_the_work(folder: Path, command: Command) -> None:
    picture(16_400, 2).save(folder / "photo.jpg")
    said = command(*RENDER, "-o", "a.webp")
    assert said.code == 2
    assert "WebP holds at most 16,383 pixels a side, and the picture has 16,400." in said.err
