"""Small whole pictures of every kind, to be damaged: those of the tests."""

import io
import zipfile
from pathlib import Path

import handmade
import imagecodecs
import numpy as np
import pillow_heif
import tifffile
from PIL import Image

DATA = Path(__file__).parent.parent / "data"
_COLOURS = np.random.default_rng(2).integers(0, 256, (9, 14, 3), dtype=np.uint8)
_DEEP = _COLOURS.astype(np.uint16) * 257


def seeds() -> list[bytes]:
    """All below 40 kB, so that changes hit what counts."""
    return [data for data in [*_by_pillow(), *_tiffs(), *_others(), *_of_files()] if len(data) < 40_000]


def _by_pillow() -> list[bytes]:
    exif = Image.Exif()
    exif[274], exif[271] = 6, "Camera"
    found = []
    for kind, options in (
        ("PNG", {"icc_profile": (DATA / "icc" / "DisplayP3-v4.icc").read_bytes(), "exif": exif}),
        ("JPEG", {"quality": 80, "exif": exif, "dpi": (300, 300)}),
        ("JPEG", {"quality": 80, "progressive": True}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 60, "exif": exif.tobytes()}),
        ("BMP", {}),
        ("GIF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "jpeg"}),
    ):
        stream = io.BytesIO()
        Image.fromarray(_COLOURS).save(stream, kind, **options)
        found.append(stream.getvalue())
    inks = io.BytesIO()
    profile = (DATA / "icc" / "CGATS001Compat-v2-micro.icc").read_bytes()
    Image.fromarray(_COLOURS).convert("CMYK").save(inks, "TIFF", icc_profile=profile)
    return [*found, inks.getvalue()]


def _tiffs() -> list[bytes]:
    found = []
    for array, options in (
        (_DEEP, {"photometric": "rgb", "compression": "zlib", "predictor": True, "rowsperstrip": 4}),
        (np.moveaxis(_DEEP, -1, 0), {"photometric": "rgb", "planarconfig": "separate"}),
        (_DEEP / np.float32(65535), {"photometric": "rgb", "tile": (16, 16), "compression": "lzw"}),
        (_COLOURS[..., 0], {"photometric": "minisblack", "compression": "packbits"}),
    ):
        stream = io.BytesIO()
        tifffile.imwrite(stream, array, **options)  # type: ignore[arg-type]
        found.append(stream.getvalue())
    lab = handmade.tiff(2, 1, bytes([153, 20, 226, 128, 0, 0]), bits=(8, 8, 8), photometric=8)
    return [*found, lab]


def _others() -> list[bytes]:
    heic = io.BytesIO()
    pillow_heif.encode("RGB", (14, 9), _COLOURS.tobytes(), heic, quality=60)
    found = [
        heic.getvalue(),
        imagecodecs.avif_encode(_COLOURS),
        imagecodecs.avif_encode(_DEEP >> 6, bitspersample=10),
        imagecodecs.jpegxl_encode(_COLOURS, lossless=True),
        imagecodecs.jpegxl_encode(_DEEP, lossless=True),
        imagecodecs.jpegxl_encode(_COLOURS, level=80),
        imagecodecs.jpeg8_encode(_DEEP >> 4, bitspersample=12),
    ]
    return [bytes(one) for one in found]


def _of_files() -> list[bytes]:
    with zipfile.ZipFile(DATA / "pngsuite" / "pictures.zip") as archive:
        suite = [archive.read(name) for name in archive.namelist()[::8]]  # not so many that all else is rare
    return [*suite, *(path.read_bytes() for path in (DATA / "cases").iterdir() if path.suffix != ".npz")]
