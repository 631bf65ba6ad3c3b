"""Targets as PNG, JPEG, WebP and TIFF files, with everything that such a file can say beside its pixels."""

import hashlib
import io
import struct
import zlib
from collections.abc import Iterator
from typing import IO, Any

import imagecodecs
import numpy as np
from PIL import ExifTags, Image, PngImagePlugin, TiffImagePlugin, TiffTags

from stylestudio.images.output import Levels, Output, srgb_profile
from stylestudio.images.recipe_chunk import JPEG_LONG_XMP, JPEG_XMP, KEYWORD, with_note, with_recipe
from stylestudio.images.tags import ORIGIN, SOFTWARE, exif_bytes, exif_tags, resolution, xmp_packet
from stylestudio.progress import checkpoint

_RELATIVE_COLORIMETRIC = b"\x01"
_PNG_EFFORT = 4
"""Of 0..9; from here on files of pictures hardly shrink, but the time doubles."""
_PNG_START = 33
"""Bytes of a PNG's signature and its first chunk."""
_FINE = 90
"""The JPEG quality above which colours are kept as sharp as light."""
_SEGMENT = 65_000
"""Bytes of metadata in one JPEG segment."""
_TIFF_EFFORT = 6
_STRIP = 1 << 20
"""Bytes of a TIFF's strip before it is compressed, about."""


def save_png(output: Output, stream: IO[bytes]) -> None:
    """PNG with 8 or 16 bits. Pillow writes 16 bits of grey only, so that another encoder makes those pixels."""
    facts = _png_facts(output)
    if output.levels.dtype == np.uint8:
        output.image.save(stream, "PNG", **facts)
        return
    around = io.BytesIO()
    Image.new(output.image.mode, (1, 1)).save(around, "PNG", **facts)
    encoded = imagecodecs.png_encode(np.ascontiguousarray(output.levels), level=_PNG_EFFORT)
    stream.write(encoded[:_PNG_START])
    for chunk in _chunks(around.getvalue()):
        if chunk[4:8] not in (b"IHDR", b"IDAT", b"IEND"):
            stream.write(chunk)
    stream.write(memoryview(encoded)[_PNG_START:])


def _png_facts(output: Output) -> dict[str, Any]:
    chunks = PngImagePlugin.PngInfo()
    facts: dict[str, Any] = {"pnginfo": chunks, "compress_level": _PNG_EFFORT}
    if output.profile or output.levels.dtype == np.uint16:
        facts["icc_profile"] = output.profile or srgb_profile()  # Krita takes 16 bits without a profile for linear
    else:
        chunks.add(b"sRGB", _RELATIVE_COLORIMETRIC)
    if packet := xmp_packet(output, with_own=False):
        chunks.add_itxt("XML:com.adobe.xmp", packet.decode())
    if output.recipe:
        chunks.add_itxt(KEYWORD, output.recipe.decode(), zip=True)
    if output.metadata.iptc:
        chunks.add_text("Raw profile type iptc", _as_raw_profile(_as_resource(output.metadata.iptc)), zip=True)
    if output.metadata.exif:
        facts["exif"] = exif_bytes(output)
    chunks.add_text("Software", SOFTWARE)
    if output.origin:
        chunks.add_text(ORIGIN, output.origin)
    if dpi := resolution(output):
        facts["dpi"] = dpi
    return facts


def _as_raw_profile(data: bytes) -> str:
    """PNG has no chunk for IPTC; this is how ImageMagick writes it, which ExifTool reads as well."""
    digits = data.hex()
    lines = [digits[start : start + 72] for start in range(0, len(digits), 72)]
    return "\n".join(["", "iptc", f"{len(data):8}", *lines, ""])


def _chunks(png: bytes) -> Iterator[bytes]:
    place = 8
    while place < len(png):
        end = place + 12 + struct.unpack_from(">I", png, place)[0]
        yield png[place:end]
        place = end


def save_jpeg(output: Output, stream: IO[bytes]) -> None:
    """JPEG of the quality asked for; transparent places become white."""
    facts: dict[str, Any] = {"dpi": dpi} if (dpi := resolution(output)) else {}
    output.opaque.save(
        stream,
        "JPEG",
        quality=output.options.quality,
        subsampling="4:4:4" if output.options.quality > _FINE else "4:2:0",
        optimize=True,
        icc_profile=output.profile or srgb_profile(),
        exif=exif_bytes(output),
        extra=b"".join(_jpeg_segments(output)),
        **facts,
    )


def _jpeg_segments(output: Output) -> Iterator[bytes]:
    packet = xmp_packet(output)
    if len(packet) > _SEGMENT:
        photos = xmp_packet(output, with_own=False)
        yield from _long_xmp(packet if len(photos) > _SEGMENT // 2 else with_recipe("", output.recipe).encode(), photos)
    elif packet:
        yield _segment(0xE1, JPEG_XMP, packet)
    resource = _as_resource(output.metadata.iptc) if output.metadata.iptc else b""
    for start in range(0, len(resource), _SEGMENT):
        yield _segment(0xED, b"Photoshop 3.0\0", resource[start : start + _SEGMENT])


def _segment(marker: int, name: bytes, data: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(name) + len(data)) + name + data


def _long_xmp(packet: bytes, beside: bytes) -> Iterator[bytes]:
    """ISO 16684-3: a packet that names another one by its MD5, which follows in parts.

    What lies `beside`, if it is short, stays in the first one, where programs look that know no other.
    """
    name = hashlib.md5(packet, usedforsecurity=False).hexdigest().upper()
    first = beside.decode() if len(beside) <= _SEGMENT // 2 else ""
    yield _segment(0xE1, JPEG_XMP, with_note(first, name).encode())
    for start in range(0, len(packet), _SEGMENT):
        head = name.encode() + struct.pack(">II", len(packet), start)
        yield _segment(0xE1, JPEG_LONG_XMP, head + packet[start : start + _SEGMENT])


def _as_resource(iptc: bytes) -> bytes:
    """As Photoshop's image resource 0x0404, nameless, of an even length."""
    return b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(iptc)) + iptc + b"\0" * (len(iptc) % 2)


def save_webp(output: Output, stream: IO[bytes]) -> None:
    """WebP, lossless or of the quality asked for; lossless, colours under alpha 0 stay as well."""
    output.image.save(
        stream,
        "WEBP",
        lossless=output.options.lossless,
        quality=output.options.quality,
        exact=output.options.lossless,
        icc_profile=output.profile or srgb_profile(),
        exif=exif_bytes(output, only_place=True),
        xmp=xmp_packet(output),
    )


def save_tiff(output: Output, stream: IO[bytes]) -> None:
    """TIFF with 8 or 16 bits, deflated: Pillow writes 16 bits of grey only, tifffile no EXIF."""
    depth = output.levels.dtype.itemsize
    height, width, channels = output.levels.shape
    rows = max(1, _STRIP // (width * channels * depth))
    strips = [_strip(output.levels[top : top + rows]) for top in range(0, height, rows)]
    tags = exif_tags(output)
    directory = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in tags.items():
        directory[tag] = value
    for name, value in _tiff_layout(output).items():
        directory[name] = value
    directory[TiffImagePlugin.ROWSPERSTRIP] = rows
    _add_blobs(directory, output)
    sizes = [len(strip) for strip in strips]
    directory.tagtype[TiffImagePlugin.STRIPOFFSETS] = directory.tagtype[TiffImagePlugin.STRIPBYTECOUNTS] = TiffTags.LONG
    directory[TiffImagePlugin.STRIPBYTECOUNTS] = tuple(sizes)
    directory[TiffImagePlugin.STRIPOFFSETS] = tuple(sum(sizes[:number]) for number in range(len(sizes)))
    directory.save(stream)  # puts the strips behind what it writes
    for strip in strips:
        stream.write(strip)


def _strip(levels: Levels) -> bytes:
    """Deflated differences between neighbours in a row, which shrink further: horizontal differencing."""
    checkpoint()
    difference = levels.copy()
    difference[:, 1:] -= levels[:, :-1]
    return zlib.compress(difference.astype(difference.dtype.newbyteorder("<")).tobytes(), _TIFF_EFFORT)


def _tiff_layout(output: Output) -> dict[int, object]:
    height, width, channels = output.levels.shape
    bits = 8 * output.levels.dtype.itemsize
    layout: dict[int, object] = {
        TiffImagePlugin.IMAGEWIDTH: width,
        TiffImagePlugin.IMAGELENGTH: height,
        TiffImagePlugin.BITSPERSAMPLE: (bits,) * channels,
        TiffImagePlugin.COMPRESSION: 8,  # deflate
        TiffImagePlugin.PHOTOMETRIC_INTERPRETATION: 2,  # RGB
        TiffImagePlugin.SAMPLESPERPIXEL: channels,
        TiffImagePlugin.PLANAR_CONFIGURATION: 1,  # channels side by side
        TiffImagePlugin.PREDICTOR: 2,
    }
    if channels == 4:
        layout[TiffImagePlugin.EXTRASAMPLES] = 2  # alpha that colours are not multiplied by
    if dpi := resolution(output):
        across, down, unit = (ExifTags.Base.XResolution, ExifTags.Base.YResolution, ExifTags.Base.ResolutionUnit)
        layout |= {across: dpi[0], down: dpi[1], unit: 2}  # of inches
    return layout


def _add_blobs(directory: TiffImagePlugin.ImageFileDirectory_v2, output: Output) -> None:
    blobs = (
        (TiffImagePlugin.ICCPROFILE, TiffTags.UNDEFINED, output.profile or srgb_profile()),
        (TiffImagePlugin.XMP, TiffTags.BYTE, xmp_packet(output)),
        (TiffImagePlugin.IPTC_NAA_CHUNK, TiffTags.BYTE, output.metadata.iptc),
    )
    for tag, kind, data in blobs:
        if data:
            directory.tagtype[tag] = kind
            directory[tag] = data
