"""What a file says beside its pixels, as it is kept."""

import io
import struct

import handmade
import numpy as np
import pytest
import tifffile
from PIL import Image, PngImagePlugin, TiffImagePlugin

from stylestudio.images import decode
from stylestudio.images.exif import Latin1Text

COLOURS = np.random.default_rng(4).integers(0, 256, (20, 30, 3), dtype=np.uint8)
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description tiff:Orientation="6"/></x:xmpmeta>'
IPTC = b"\x1c\x02\x50\x00\x03Ada"
ORIENTATION, MAKE, EXPOSURE, ARTIST = 274, 271, 33434, 315
COPYRIGHT, OWNER = 33432, 0xA430


def record() -> Image.Exif:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE], exif[ARTIST] = 6, "Camera", "Ada"
    exif.get_ifd(0x8769)[EXPOSURE] = TiffImagePlugin.IFDRational(1, 60)
    return exif


def saved(kind: str, **options: object) -> decode.Picture:
    stream = io.BytesIO()
    Image.fromarray(COLOURS).save(stream, kind, **options)
    return decode.from_bytes(stream.getvalue())


def loaded(picture: decode.Picture) -> Image.Exif:
    data = picture.metadata.exif
    assert data is not None
    assert data[:4] in (b"II*\0", b"MM\0*")
    exif = Image.Exif()
    exif.load(data)
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF"])
def test_the_cameras_record_is_kept_upright(kind: str) -> None:
    picture = saved(kind, exif=record())
    exif = loaded(picture)
    assert picture.size == (20, 30)
    assert (exif[MAKE], exif[ARTIST]) == ("Camera", "Ada")
    assert ORIENTATION not in exif
    # Pillow, which writes the file here, leaves this part out of a TIFF.
    assert kind == "TIFF" or float(exif.get_ifd(0x8769)[EXPOSURE]) == pytest.approx(1 / 60)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_names_keep_every_letter_as_its_bytes(kind: str, encoding: str) -> None:
    """Cameras write what their maker likes, and none says which it is."""
    words = "© Jörg".encode(encoding)
    text = words.decode("latin-1")
    exif = Image.Exif()
    exif[COPYRIGHT] = words
    exif[0x8769] = {OWNER: Latin1Text(text)}
    picture = saved(kind, exif=exif.tobytes())
    assert loaded(picture)[COPYRIGHT] == text
    assert loaded(picture).get_ifd(0x8769)[OWNER] == text


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_tiffs_names_keep_every_letter(encoding: str) -> None:
    words, stream = "© Jörg".encode(encoding), io.BytesIO()
    tifffile.imwrite(stream, COLOURS, extratags=[(COPYRIGHT, 2, len(words) + 1, words, True)])
    assert loaded(decode.from_bytes(stream.getvalue()))[COPYRIGHT] == words.decode("latin-1")


def test_a_pngs_texts_keep_every_letter_in_utf8() -> None:
    facts = PngImagePlugin.PngInfo()
    facts.add_text("Copyright", "© Jörg")
    facts.add_itxt("Author", "Ő")
    data = saved("PNG", pnginfo=facts).metadata.exif or b""
    assert "© Jörg".encode() in data and "Ő".encode() in data


def test_a_thumbnail_is_not_kept() -> None:
    whole = bytearray(record().tobytes()[6:])
    place = struct.unpack("<I" if whole[:2] == b"II" else ">I", whole[4:8])[0]
    order = "<" if whole[:2] == b"II" else ">"
    entries = struct.unpack(f"{order}H", whole[place : place + 2])[0]
    link = place + 2 + 12 * entries
    second = len(whole)
    whole[link : link + 4] = struct.pack(f"{order}I", second)
    thumbnail = b"\xff\xd8thumbnail\xff\xd9"
    whole += struct.pack(f"{order}HHHIIHHIII", 2, 0x201, 4, 1, second + 30, 0x202, 4, 1, len(thumbnail), 0) + thumbnail
    picture = saved("JPEG", exif=b"Exif\0\0" + bytes(whole))
    assert loaded(picture)[MAKE] == "Camera"
    assert b"thumbnail" not in (picture.metadata.exif or b"")


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "AVIF", "TIFF"])
def test_an_xmp_packet_is_kept_and_no_longer_says_that_the_picture_lies(kind: str) -> None:
    options = {"tiffinfo": {700: XMP}} if kind == "TIFF" else {"xmp": XMP}
    assert saved(kind, **options).metadata.xmp == XMP.replace(b'"6"', b'"1"')


def test_what_photoshop_keeps_in_a_jpeg_is_found() -> None:
    block = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", len(IPTC)) + IPTC
    stream = io.BytesIO()
    Image.fromarray(COLOURS).save(stream, "JPEG")
    data = stream.getvalue()
    data = data[:2] + b"\xff\xed" + struct.pack(">H", len(block) + 2) + block + data[2:]
    assert decode.from_bytes(data).metadata.iptc == IPTC


def test_imagemagicks_way_in_a_png_is_understood() -> None:
    text = b"\niptc\n" + str(len(IPTC)).encode() + b"\n" + IPTC.hex().encode() + b"\n"
    chunk = handmade.png_chunk(b"tEXt", b"Raw profile type iptc\0" + text)
    assert decode.from_bytes(handmade.png(2, 1, 8, 2, [bytes(6)], chunk)).metadata.iptc == IPTC


def test_author_and_copyright_of_a_png_are_kept() -> None:
    chunks = handmade.png_chunk(b"tEXt", b"Author\0Ada") + handmade.png_chunk(b"tEXt", b"Copyright\0(c) Ada")
    exif = loaded(decode.from_bytes(handmade.png(2, 1, 8, 2, [bytes(6)], chunks)))
    assert (exif[ARTIST], exif[33432]) == ("Ada", "(c) Ada")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "TIFF"])
def test_the_resolution_is_kept_and_none_is_made_up(kind: str) -> None:
    assert saved(kind, dpi=(240, 240)).metadata.dpi == pytest.approx((240, 240), abs=0.02)
    if kind in ("JPEG", "PNG"):
        assert saved(kind).metadata.dpi is None
        assert saved(kind, exif=record()).metadata.dpi is None


def test_nothing_of_a_picture_without_records_is_kept() -> None:
    metadata = saved("WEBP", lossless=True).metadata
    assert (metadata.exif, metadata.xmp, metadata.iptc, metadata.dpi) == (None, None, None, None)
