"""The chunks of a PNG file: those of pixels put aside for the decoder, those of colour and metadata read here.

A wrong checksum counts only where pixels are. Texts and profiles may be as large as `limits` says, packed or not.
W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", 2025.
"""

import binascii
import struct
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from stylestudio.images.limits import PART_LIMIT, TEXT_LIMIT

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PIXELS = {b"IHDR", b"PLTE", b"IDAT", b"tRNS"}
_FACTS = {b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"pHYs", b"eXIf", b"tEXt", b"zTXt", b"iTXt"}
_HEADER = struct.Struct(">IIBBBBB")
_PER_METRE = 0.0254
_PIECE = 1 << 20
_RAW = ("Raw profile type exif", "Raw profile type APP1", "Raw profile type iptc", "Raw profile type xmp")
_XMP = "XML:com.adobe.xmp"


@dataclass
class Chunks:
    """`pixels` is a whole PNG file of nothing but pixels; `facts` the first chunk of each other kind that counts.

    `packed` is how many bytes of data there are, `keyed` whether colours are named that are transparent.
    """

    width: int
    height: int
    depth: int
    colour: int
    pixels: bytearray
    packed: int = 0
    keyed: bool = False
    facts: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    texts: dict[str, bytes] = field(default_factory=dict[str, bytes])

    @property
    def grey(self) -> bool:
        return not self.colour & 2


def header(stream: BinaryIO) -> tuple[int, int, int, int]:
    """Width, height, depth and colour type; the stream stands at its beginning again."""
    start = stream.read(33)
    stream.seek(0)
    if len(start) < 33 or not start.startswith(SIGNATURE) or start[12:16] != b"IHDR":
        raise ValueError("no header")
    width, height, depth, colour = _HEADER.unpack(start[16:29])[:4]
    return width, height, depth, colour


def read(stream: BinaryIO) -> Chunks:
    """All chunks of the file. Raises `ValueError` where it cannot be a PNG."""
    width, height, depth, colour = header(stream)
    stream.seek(len(SIGNATURE))
    found = Chunks(width, height, depth, colour, bytearray(SIGNATURE))
    for _ in range(PART_LIMIT):
        start = stream.read(8)
        kind = start[4:]
        if len(start) < 8 or kind == b"IEND":
            break
        _take(stream, kind, struct.unpack(">I", start[:4])[0], found)
    else:
        raise ValueError("too many chunks")
    found.pixels += b"\0\0\0\0IEND\xaeB`\x82"
    return found


def _take(stream: BinaryIO, kind: bytes, length: int, found: Chunks) -> None:
    if kind in _PIXELS:
        found.pixels += struct.pack(">I", length) + kind
        if kind == b"tRNS":  # what it says counts, whatever its checksum
            found.keyed = True
            body = stream.read(length + 4)[:length]
            found.pixels += body + struct.pack(">I", zlib.crc32(kind + body))
            return
        if kind == b"IDAT":
            found.packed += length
        _append(found.pixels, stream, length + 4)
    elif kind in _FACTS and length <= TEXT_LIMIT:
        data = stream.read(length + 4)[:length]
        if kind in (b"tEXt", b"zTXt", b"iTXt"):
            _take_text(kind, data, found)
        else:
            found.facts.setdefault(kind, data)
    else:
        stream.seek(length + 4, 1)


def _append(pixels: bytearray, stream: BinaryIO, length: int) -> None:
    """In pieces: a file whose data are one chunk would be there twice."""
    while length > 0 and (piece := stream.read(min(length, _PIECE))):
        pixels += piece
        length -= len(piece)


def _take_text(kind: bytes, data: bytes, found: Chunks) -> None:
    name_bytes, _, rest = data.partition(b"\0")
    name = name_bytes.decode("latin-1")
    if name not in (*_RAW, _XMP, "Author", "Copyright") or name in found.texts:
        return
    packed = kind == b"zTXt"
    if kind == b"zTXt":
        rest = rest[1:]
    elif kind == b"iTXt":
        packed = rest[:1] == b"\1"
        rest = rest[2:].split(b"\0", 2)[-1]
    text = unpack(rest) if packed else rest
    if text is not None:
        found.texts[name] = text if kind == b"iTXt" else text.decode("latin-1").encode()


def unpack(data: bytes) -> bytes | None:
    """What was packed by deflate, None where that is broken or larger than is taken."""
    inflate = zlib.decompressobj()
    try:
        text = inflate.decompress(data, TEXT_LIMIT)
    except zlib.error:
        return None
    return text if inflate.eof else None


def profile(found: Chunks) -> bytes | None:
    """The ICC profile; empty where there is one that cannot be unpacked."""
    data = found.facts.get(b"iCCP")
    if data is None:
        return None
    return unpack(data.partition(b"\0")[2][1:]) or b""


def chunk_numbers(found: Chunks, kind: bytes, count: int) -> tuple[int, ...] | None:
    """The `count` 32-bit numbers of a chunk, None where it is not there or has another length."""
    data = found.facts.get(kind, b"")
    return struct.unpack(f">{count}I", data) if len(data) == 4 * count else None


def dpi(found: Chunks) -> tuple[float, float] | None:
    """Pixels per inch."""
    data = found.facts.get(b"pHYs", b"")
    if len(data) != 9 or data[8] != 1:
        return None
    across, down = struct.unpack(">II", data[:8])
    return across * _PER_METRE, down * _PER_METRE


def exif_bytes(found: Chunks) -> bytes | None:
    """The EXIF record, as the standard keeps it or as ImageMagick does."""
    if b"eXIf" in found.facts:
        return found.facts[b"eXIf"]
    data = _raw(found, _RAW[0]) or _raw(found, _RAW[1])
    return data if data and data.startswith((b"Exif\0\0", b"II*\0", b"MM\0*")) else None


def xmp(found: Chunks) -> bytes | None:
    """The XMP packet."""
    return found.texts.get(_XMP) or _raw(found, _RAW[3])


def iptc(found: Chunks) -> bytes | None:
    """The IPTC records, as ImageMagick keeps them; without Photoshop's wrapping."""
    data = _raw(found, _RAW[2])
    return iptc_of_photoshop(data) if data and data.startswith(b"8BIM") else data


def _raw(found: Chunks, name: str) -> bytes | None:
    """ImageMagick's way: a name, a length and hexadecimal digits, on lines of their own."""
    words = found.texts.get(name, b"").split(None, 2)
    if len(words) < 3:
        return None
    try:
        return binascii.unhexlify(b"".join(words[2].split()))
    except binascii.Error:
        return None


def iptc_of_photoshop(data: bytes) -> bytes | None:
    """Record 0x0404 of Photoshop's image resources."""
    place = 0
    while data[place : place + 4] == b"8BIM" and place + 12 <= len(data):
        number, name = struct.unpack(">HB", data[place + 4 : place + 7])
        start = place + 6 + (name + 2) // 2 * 2
        (length,) = struct.unpack(">I", data[start : start + 4].rjust(4, b"\0"))
        if number == 0x0404:
            return data[start + 4 : start + 4 + length]
        place = start + 4 + (length + 1) // 2 * 2
    return None
