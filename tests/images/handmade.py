"""Small picture files and colour profiles, byte by byte: a reader is not tested by its own writer."""

import struct
import zlib
from collections.abc import Sequence

import numpy as np

D50 = (0.9642, 1.0, 0.8249)
ADOBE_PRIMARIES = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))
SRGB_PRIMARIES = ((0.43607, 0.22249, 0.01392), (0.38515, 0.71687, 0.09708), (0.14307, 0.06061, 0.71410))


def png(width: int, height: int, depth: int, colour_type: int, rows: Sequence[bytes], before: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    body = png_chunk(b"IHDR", header) + before + png_chunk(b"IDAT", pixels) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def tiff(
    width: int,
    height: int,
    data: bytes,
    *,
    bits: tuple[int, ...] = (8,),
    photometric: int = 1,
    sample_format: int = 1,
    order: str = "<",
    extra: dict[int, tuple[int, ...]] | None = None,
) -> bytes:
    """An uncompressed TIFF with one strip; every tag of `extra` is made of shorts."""
    shorts = {258: bits, 259: (1,), 262: (photometric,), 277: (len(bits),), 284: (1,)}
    shorts |= {339: (sample_format,) * len(bits)} | (extra or {})
    longs = {256: width, 257: height, 273: 8, 278: height, 279: len(data)}
    data += b"\0" * (len(data) % 2)
    entries, more, offset = [], b"", 8 + len(data) + 2 + 12 * (len(shorts) + len(longs)) + 4
    for tag in sorted(shorts.keys() | longs.keys()):
        if tag in longs:
            entries.append(struct.pack(f"{order}HHII", tag, 4, 1, longs[tag]))
            continue
        values = struct.pack(f"{order}{len(shorts[tag])}H", *shorts[tag])
        head = struct.pack(f"{order}HHI", tag, 3, len(shorts[tag]))
        if len(values) <= 4:
            entries.append(head + values.ljust(4, b"\0"))
        else:
            entries.append(head + struct.pack(f"{order}I", offset + len(more)))
            more += values + b"\0" * (len(values) % 4)
    start = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}I", 8 + len(data))
    return start + data + struct.pack(f"{order}H", len(entries)) + b"".join(entries) + b"\0" * 4 + more


def rgb_profile(primaries: Sequence[tuple[float, float, float]], gamma: float) -> bytes:
    """A matrix profile: XYZ (D50) of the primaries R, G and B, and one gamma for all."""
    tags = {f"{c}XYZ".encode(): _xyz(xyz) for c, xyz in zip("rgb", primaries, strict=True)}
    return _profile(b"RGB ", b"XYZ ", tags | {f"{c}TRC".encode(): _gamma(gamma) for c in "rgb"})


def srgb_profile(entries: int) -> bytes:
    """sRGB with its curve as a table, rounded as other makers round it."""
    level = np.arange(entries) / (entries - 1)
    light = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    table = np.rint(65535 * light).astype(">u2").tobytes()
    curve = b"curv" + b"\0" * 4 + struct.pack(">I", entries) + table
    tags = {f"{c}XYZ".encode(): _xyz(xyz) for c, xyz in zip("rgb", SRGB_PRIMARIES, strict=True)}
    return _profile(b"RGB ", b"XYZ ", tags | {f"{c}TRC".encode(): curve for c in "rgb"})


def grey_profile(gamma: float) -> bytes:
    return _profile(b"GRAY", b"XYZ ", {b"kTRC": _gamma(gamma)})


def cmyk_profile() -> bytes:
    """A press on which C, M and Y print nothing and K takes lightness away evenly: L* = 100 (1 - K)."""
    ramp = bytes(range(256))
    corners = b"".join(bytes((0 if black else 255, 128, 128)) for _ in range(8) for black in (0, 1))
    identity = struct.pack(">9i", *(65536 if n % 4 == 0 else 0 for n in range(9)))
    table = b"mft1" + b"\0" * 4 + bytes((4, 3, 2, 0)) + identity + ramp * 4 + corners + ramp * 3
    return _profile(b"CMYK", b"Lab ", {b"A2B0": table}, kind=b"prtr")


def _profile(space: bytes, connection: bytes, tags: dict[bytes, bytes], kind: bytes = b"mntr") -> bytes:
    text = b"handmade\0"
    description = b"desc" + b"\0" * 4 + struct.pack(">I", len(text)) + text + b"\0" * 78
    tags = {b"desc": description, b"cprt": b"text" + b"\0" * 4 + text, b"wtpt": _xyz(D50)} | tags
    directory, body, offset = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        directory += name + struct.pack(">II", offset + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s", offset + len(body), b"\0" * 4, 0x02100000, kind, space, connection)
    head += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp"
    return head.ljust(68, b"\0") + _xyz(D50)[8:] + b"\0" * 48 + directory + body


def _xyz(xyz: Sequence[float]) -> bytes:
    return b"XYZ " + b"\0" * 4 + struct.pack(">3i", *(round(value * 65536) for value in xyz))


def _gamma(gamma: float) -> bytes:
    return b"curv" + b"\0" * 4 + struct.pack(">IH", 1, round(gamma * 256))


def srgb_levels_of_light(light: np.ndarray) -> np.ndarray:
    """sRGB levels 0..255 of linear light 0..1, by the formula of IEC 61966-2-1."""
    light = np.clip(light, 0, 1)
    return 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def srgb_levels_of_xyz(xyz: np.ndarray) -> np.ndarray:
    """sRGB levels 0..255 of XYZ (..., 3) under D50."""
    return srgb_levels_of_light(xyz @ np.linalg.inv(np.array(SRGB_PRIMARIES)))


def light_of_lightness(lightness: np.ndarray) -> np.ndarray:
    """Luminance 0..1 of CIE L* 0..100."""
    f = (lightness + 16) / 116
    return np.where(f > 6 / 29, f**3, (f - 4 / 29) * 3 * (6 / 29) ** 2)
