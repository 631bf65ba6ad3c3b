"""The recipe in a picture's file: how it is put into an XMP packet, and read from any format without any pixel.

In PNG it is a text of its own, in JPEG, TIFF and WebP a property in XMP (ISO 16684-1; where it is longer than a JPEG's
segment, in an extended packet, ISO 16684-3), in OpenRaster a file. What is read may come from anywhere: only headers
are walked, and a bounded text is unpacked. What it says is for others to check.
"""

import io
import re
import struct
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import BinaryIO, Final

from stylestudio.images.limits import PART_LIMIT, TEXT_LIMIT
from stylestudio.images.readers.png_chunks import SIGNATURE, unpack

KEYWORD: Final = "Style Studio recipe"
"""Of the text in PNG."""
FILE: Final = "recipe.json"
"""In OpenRaster."""
JPEG_XMP: Final = b"http://ns.adobe.com/xap/1.0/\0"
JPEG_LONG_XMP: Final = b"http://ns.adobe.com/xmp/extension/\0"
_NAMESPACE, _PREFIX = "urn:stylestudio:ns:1.0/", "stylestudio"
_LONG_HEAD = 40
"""Bytes in a part of an extended packet before its data: the packet's name, its length, the part's place."""
_XMP_TAG = 700
_MOST_LISTED = 1 << 20
"""Bytes of the list of a zip file's contents."""
_OLDER = re.compile(
    rf"""<{_PREFIX}:Recipe>.*?</{_PREFIX}:Recipe>|\s{_PREFIX}:Recipe\s*=\s*(?:"[^"]*"|'[^']*')""", re.DOTALL
)
_END = re.compile(r"</([\w.-]+):RDF\s*>(?!.*</[\w.-]+:RDF\s*>)", re.DOTALL)
_EMPTY = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
)


def without_recipe(packet: str) -> str:
    """An XMP packet without the recipe of the picture that it comes from."""
    return _OLDER.sub("", packet)


def with_recipe(packet: str, recipe: bytes) -> str:
    """An XMP packet, or a new one where it is none, with this recipe."""
    element = f"<{_PREFIX}:Recipe>{escape(recipe.decode(), quote=False)}</{_PREFIX}:Recipe>"
    return _with(packet, f'xmlns:{_PREFIX}="{_NAMESPACE}"', element)


def with_note(packet: str, name: str) -> str:
    """An XMP packet, or a new one where it is none, that another packet of this name goes on."""
    return _with(packet, f'xmlns:xmpNote="http://ns.adobe.com/xmp/note/" xmpNote:HasExtendedXMP="{name}"', "")


def _with(packet: str, attributes: str, elements: str) -> str:
    """With one more description of the same resource."""

    def added(end: re.Match[str]) -> str:
        name = f"{end[1]}:Description"
        return f'<{name} {end[1]}:about="" {attributes}>{elements}</{name}>{end[0]}'

    return _END.sub(added, packet if _END.search(packet) else _EMPTY)


def recipe_in(path: Path) -> bytes | None:
    """The recipe in a picture file; None where there is none, or the file is damaged or cannot be read."""
    try:
        with path.open("rb") as stream:
            start = stream.read(4)
            finder = next((one for beginning, one in _FINDERS.items() if start.startswith(beginning)), None)
            stream.seek(0)
            return finder and finder(stream)
    except Exception:  # a damaged file makes a reader fail in any way
        return None


def _in_png(stream: BinaryIO) -> bytes | None:
    stream.seek(len(SIGNATURE))
    name = KEYWORD.encode() + b"\0"
    for _ in range(PART_LIMIT):
        length, kind = struct.unpack(">I4s", stream.read(8))
        if kind == b"iTXt" and length <= TEXT_LIMIT:
            data = stream.read(length + 4)[:length]
            if data.startswith(name):
                text = data[len(name) + 2 :].split(b"\0", 2)[-1]
                return unpack(text) if data[len(name)] else text
        elif kind == b"IEND":
            break
        else:
            stream.seek(length + 4, 1)
    return None


def _in_jpeg(stream: BinaryIO) -> bytes | None:
    short, parts, size = b"", dict[int, bytes](), 0
    for marker, data in _segments(stream):
        if marker != 0xE1:
            continue
        if data.startswith(JPEG_XMP):
            short = data[len(JPEG_XMP) :]
        elif data.startswith(JPEG_LONG_XMP):
            head, part = data[len(JPEG_LONG_XMP) :][:_LONG_HEAD], data[len(JPEG_LONG_XMP) + _LONG_HEAD :]
            size += len(part)
            if size > TEXT_LIMIT:
                return None
            parts[struct.unpack(">I", head[-4:])[0]] = part
    return _in_xmp(short) or _in_xmp(b"".join(parts[place] for place in sorted(parts)))


def _segments(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Marker and data of those before the picture itself."""
    stream.seek(2)
    for _ in range(PART_LIMIT):
        start, marker = stream.read(2).ljust(2, b"\0")
        if start != 0xFF or marker in (0xD9, 0xDA):
            return
        if marker == 0xFF:  # fill
            stream.seek(-1, 1)
            continue
        (length,) = struct.unpack(">H", stream.read(2))
        yield marker, stream.read(max(0, length - 2))


def _in_webp(stream: BinaryIO) -> bytes | None:
    stream.seek(12)
    for _ in range(PART_LIMIT):
        kind, length = struct.unpack("<4sI", stream.read(8))
        if kind == b"XMP ":
            return _in_xmp(stream.read(length)) if length <= TEXT_LIMIT else None
        stream.seek(length + length % 2, 1)
    return None


def _in_tiff(stream: BinaryIO) -> bytes | None:
    """Of the first page."""
    order = "<" if stream.read(4) == b"II*\0" else ">"
    (place,) = struct.unpack(f"{order}I", stream.read(4))
    stream.seek(place)
    (count,) = struct.unpack(f"{order}H", stream.read(2))
    for tag, _, length, place in struct.iter_unpack(f"{order}HHII", stream.read(12 * count)):
        if tag == _XMP_TAG and length <= TEXT_LIMIT:
            stream.seek(place)
            return _in_xmp(stream.read(length))
    return None


def _in_zip(stream: BinaryIO) -> bytes | None:
    stream.seek(-22, io.SEEK_END)
    start, _, listed = struct.unpack("<4s8sI", stream.read(16))
    if start != b"PK\5\6" or listed > _MOST_LISTED:
        return None
    with zipfile.ZipFile(stream) as archive, archive.open(FILE) as file:
        found = file.read(TEXT_LIMIT + 1)
    return found if len(found) <= TEXT_LIMIT else None


def _in_xmp(packet: bytes) -> bytes | None:
    """As an element, as it is written here, or an attribute, as other programs may write it again."""
    if not packet or b"<!DOCTYPE" in packet or _NAMESPACE.encode() not in packet:  # no entities
        return None
    name = f"{{{_NAMESPACE}}}Recipe"
    for element in ET.fromstring(packet.strip(b"\0 ").decode()).iter():
        text = element.text if element.tag == name else element.get(name)
        if text:
            return text.encode()
    return None


_FINDERS: dict[bytes, Callable[[BinaryIO], bytes | None]] = {
    SIGNATURE[:4]: _in_png,
    b"\xff\xd8\xff": _in_jpeg,
    b"RIFF": _in_webp,
    b"II*\0": _in_tiff,
    b"MM\0*": _in_tiff,
    b"PK\3\4": _in_zip,
}
