"""What the photo's file said is in the target's file, made true of it; one switch leaves it out."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from exported import COPYRIGHT, IPTC, PIXELS, SAID, exif, exif_of, photo, said, written
from PIL import ExifTags, Image

from stylestudio.images import export
from stylestudio.images.metadata import NO_METADATA, Metadata
from stylestudio.images.output import Ingredients

ALL = [".png", ".jpg", ".webp", ".tif"]
DEEP: dict[str, Any] = {"bits": 16}
WAYS = [(suffix, {}) for suffix in ALL] + [(".png", DEEP), (".tif", DEEP)]


def latin(text: str) -> str:
    """How Pillow reads UTF-8 in EXIF."""
    return text.encode().decode("latin-1")


@pytest.mark.parametrize(("suffix", "options"), WAYS)
def test_exif_is_kept_upright_and_true_of_the_target(tmp_path: Path, suffix: str, options: dict[str, Any]) -> None:
    found = exif_of(written(tmp_path / f"a{suffix}", **options, metadata=True))
    assert found[ExifTags.Base.Make] == "Camera"
    assert found[ExifTags.Base.Copyright] == latin(COPYRIGHT)
    assert found[ExifTags.Base.Orientation] == 1
    assert found.get(ExifTags.Base.StripOffsets) != 12345
    inner = found.get_ifd(ExifTags.IFD.Exif)
    assert inner[ExifTags.Base.DateTimeOriginal] == "2026:01:02 03:04:05"
    assert inner[ExifTags.Base.ExifImageWidth] == 30
    assert inner[ExifTags.Base.ColorSpace] == 1
    assert found.get_ifd(ExifTags.IFD.Interop)[ExifTags.Interop.InteropIndex] == "R98"
    assert found.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] == (53.0, 33.0, 0.0)
    assert found.get_ifd(ExifTags.IFD.IFD1) == {}


def test_in_the_photos_profile_exif_claims_no_srgb(tmp_path: Path) -> None:
    found = exif_of(written(tmp_path / "a.jpg", profile="photo"))
    assert found.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ColorSpace] == 65535


@pytest.mark.parametrize(("suffix", "options"), WAYS)
def test_xmp_is_kept_upright_with_the_targets_size(tmp_path: Path, suffix: str, options: dict[str, Any]) -> None:
    found = said(written(tmp_path / f"a{suffix}", **options, metadata=True)).xmp
    assert found is not None
    assert b'xmp:Rating="4"' in found
    assert b'tiff:Orientation="1"' in found
    assert b'exif:PixelXDimension="30"' in found
    assert b"<tiff:ImageWidth>30<" in found
    assert b"Thumbnails" not in found


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".tif"])
def test_iptc_is_kept_byte_by_byte(tmp_path: Path, suffix: str) -> None:
    assert said(written(tmp_path / f"a{suffix}")).iptc == IPTC


def test_where_a_format_has_no_iptc_author_and_copyright_go_into_exif(tmp_path: Path) -> None:
    found = exif_of(written(tmp_path / "a.webp", photo(Metadata(iptc=IPTC))))
    assert found[ExifTags.Base.Copyright] == latin(COPYRIGHT)
    assert found[ExifTags.Base.Artist] == latin("Jörg")
    assert ExifTags.Base.Artist not in exif_of(written(tmp_path / "b.webp", photo(Metadata(iptc=IPTC[:3]))))


@pytest.mark.parametrize(("suffix", "options"), [way for way in WAYS if way[0] != ".webp"])
def test_the_resolution_is_kept(tmp_path: Path, suffix: str, options: dict[str, Any]) -> None:
    path = written(tmp_path / f"a{suffix}", photo(Metadata(dpi=(300.0, 240.0))), **options, metadata=True)
    found = said(path).dpi
    assert found is not None
    assert [round(one) for one in found] == [300, 240]


def test_the_resolution_is_kept_in_webp_by_exif(tmp_path: Path) -> None:
    found = exif_of(written(tmp_path / "a.webp", photo(Metadata(dpi=(300.0, 240.0)))))
    assert (found[ExifTags.Base.XResolution], found[ExifTags.Base.YResolution]) == (300, 240)


@pytest.mark.parametrize("dpi", [(0.0, 0.0), (-1.0, 72.0), (float("nan"), 72.0), (72.0, 1e9)])
@pytest.mark.parametrize("suffix", [*ALL, ".ora"])
def test_a_resolution_that_makes_no_sense_is_left_out(tmp_path: Path, suffix: str, dpi: tuple[float, float]) -> None:
    written(tmp_path / f"a{suffix}", photo(Metadata(dpi=dpi)))


@pytest.mark.parametrize("suffix", ALL)
def test_one_switch_leaves_out_all_that_the_photo_said(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path / f"a{suffix}", metadata=False)
    found, tags = said(path), exif_of(path)
    assert (found.xmp, found.iptc) == (None, None)
    assert not {ExifTags.Base.Make, ExifTags.Base.Copyright, ExifTags.IFD.GPSInfo, ExifTags.IFD.Exif} & set(tags)
    assert COPYRIGHT.encode() not in path.read_bytes()
    assert found.dpi in (None, (1, 1), (72, 72))  # what Pillow says of files that say nothing


@pytest.mark.parametrize("suffix", ALL)
def test_every_format_names_the_program_and_the_origin(tmp_path: Path, suffix: str) -> None:
    export.write(tmp_path / f"a{suffix}", PIXELS, origin="of these")
    with Image.open(tmp_path / f"a{suffix}") as image:
        tags = image.getexif()
        assert image.info.get("Software") or tags[ExifTags.Base.Software] == "Style Studio"
        assert (image.info.get("Style Studio origin") or tags[ExifTags.Base.DocumentName]) == "of these"


@pytest.mark.parametrize("suffix", ALL)
@pytest.mark.parametrize("data", [b"", b"no EXIF", b"II*\0\x08\0\0\0\xff\xff", b"MM\0*" + bytes(40)])
def test_exif_that_is_none_costs_no_picture(tmp_path: Path, suffix: str, data: bytes) -> None:
    with Image.open(written(tmp_path / f"a{suffix}", photo(Metadata(exif=data, xmp=b"\xff\0")))) as image:
        assert image.size == (30, 20)
        image.load()


@pytest.mark.parametrize("suffix", ALL)
def test_a_value_that_cannot_be_written_is_left_out_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str
) -> None:
    load = Image.Exif.load

    def strange(self: Image.Exif, data: bytes) -> None:
        load(self, data)
        self[ExifTags.Base.ImageDescription] = object()

    with monkeypatch.context() as patch:
        patch.setattr(Image.Exif, "load", strange)
        path = written(tmp_path / f"a{suffix}")
    found = exif_of(path)
    assert found[ExifTags.Base.Make] == "Camera"
    assert ExifTags.Base.ImageDescription not in found


def test_makers_notes_too_long_for_a_jpeg_go_before_all_else(tmp_path: Path) -> None:
    long = Image.Exif()
    long.load(exif())
    inner = dict(long.get_ifd(ExifTags.IFD.Exif))
    del inner[ExifTags.IFD.Interop]  # a place in the old bytes
    long[ExifTags.IFD.Exif] = inner | {ExifTags.Base.MakerNote: b"\x7f" * 70_000}
    found = exif_of(written(tmp_path / "a.jpg", photo(Metadata(exif=long.tobytes()))))
    assert found[ExifTags.Base.Make] == "Camera"
    assert ExifTags.Base.MakerNote not in found.get_ifd(ExifTags.IFD.Exif)


def test_xmp_longer_than_a_jpegs_segment_is_continued_in_others(tmp_path: Path) -> None:
    assert SAID.xmp is not None
    middle = b"<!--" + bytes(range(97, 123)) * 6000 + b"-->"
    packet = SAID.xmp.replace(b"</rdf:RDF>", middle + b"</rdf:RDF>")
    data = written(tmp_path / "a.jpg", photo(Metadata(xmp=packet))).read_bytes()
    parts = data.split(b"http://ns.adobe.com/xmp/extension/\0")[1:]
    name = parts[0][:32]
    assert b'xmpNote:HasExtendedXMP="' + name + b'"' in data
    total = int.from_bytes(parts[0][32:36])
    places = [int.from_bytes(part[36:40]) for part in parts]
    ends = [*places[1:], total]
    whole = b"".join(part[40 : 40 + end - place] for part, place, end in zip(parts, places, ends, strict=True))
    assert middle in whole
    assert len(whole) == total


def test_iptc_longer_than_a_jpegs_segment_is_continued_in_others(tmp_path: Path) -> None:
    long = b"".join(b"\x1c\x02\x19\x40\x00" + bytes([number]) * 0x4000 for number in range(6))
    data = written(tmp_path / "a.jpg", photo(Metadata(iptc=long))).read_bytes()
    whole, start = b"", data.find(b"Photoshop 3.0\0")
    while start >= 0:
        length = int.from_bytes(data[start - 2 : start])
        whole += data[start + 14 : start - 2 + length]
        start = data.find(b"Photoshop 3.0\0", start + 1)
    assert whole[12:] == long


def test_a_photo_that_says_nothing_gives_a_file_that_says_nothing(tmp_path: Path) -> None:
    content = photo(NO_METADATA, None)
    export.write(tmp_path / "a.png", content.pixels, made_of=Ingredients(content, np.zeros_like(PIXELS)))
    with Image.open(tmp_path / "a.png") as image:
        assert set(image.info) == {"srgb", "Software"}
