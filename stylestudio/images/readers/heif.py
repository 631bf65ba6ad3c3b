"""HEIC and HEIF by pillow-heif, AVIF by libavif through imagecodecs; both keep their 10 and 12 bits."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

import imagecodecs
import numpy as np

from stylestudio.images import encodings, exif
from stylestudio.images.limits import check_memory, check_pixels
from stylestudio.images.raster import Raster, Samples, deep_room, moved_to_room, rows_of_array
from stylestudio.images.readers.by_pillow import make_raster, open_header

if TYPE_CHECKING:
    from pillow_heif.heif import HeifImage

_VIDEO_LIKE, _SRGB = (1, 6, 14, 15), 13
_HIGH, _TWELVE = 0x40, 0x20


class _HeifFile(Protocol):
    """What is used of pillow-heif's class of this name, which has few types."""

    primary_index: int

    @property
    def info(self) -> dict[str, Any]: ...
    def __getitem__(self, index: int, /) -> "HeifImage": ...


def _opened(data: bytes) -> _HeifFile:
    from pillow_heif import open_heif  # pyright: ignore[reportUnknownVariableType]

    return open_heif(data, convert_hdr_to_8bit=False)


def read_heif(stream: BinaryIO, label: str, length: int) -> Raster:
    """The picture that the file calls its first; it is upright already."""
    file = _opened(stream.read(length))
    image, info = file[file.primary_index], file.info
    deep = ";" in image.mode
    check_pixels(label, image.size, length)
    check_memory(label, image.size, 16 if deep else 12, 2 * length)
    samples, room = np.asarray(image), None
    if deep and samples.ndim == 3:
        room, samples = moved_to_room(samples)
    del file, image
    count = 1 if samples.ndim == 2 else samples.shape[2]
    own: bytes | None = info.get("icc_profile") or None
    nclx: dict[str, int] = info.get("nclx_profile") or {}
    named = _named(nclx.get("color_primaries", 2), nclx.get("transfer_characteristics", 2))
    return Raster(
        rows_of_array(samples),
        (samples.shape[1], samples.shape[0]),
        "grey" if count < 3 else "rgb",
        alpha=count in (2, 4),
        deep=deep,
        profile=own or named,
        own_profile=own,
        metadata=exif.metadata(exif.parse_exif(info.get("exif")), info.get("xmp")),
        room=room,
    )


def read_avif(stream: BinaryIO, label: str, length: int) -> Raster:
    """The picture; of an animation its first frame."""
    data = stream.read(length)
    bits = _bits(data)
    with open_header(data, "AVIF") as image:
        check_pixels(label, image.size, length)
        channels, room, end = len(image.mode), None, None
        check_memory(label, image.size, 12.5 + 4 * (channels in (2, 4)) if bits > 8 else 11, 2 * length)
        if bits > 8:
            room, end = deep_room(image.size, channels)
            end = end[..., 0] if end is not None and channels == 1 else end
        samples = imagecodecs.avif_decode(data, index=0, out=end)
        channels = 1 if samples.ndim == 2 else samples.shape[2]
        return make_raster(
            image, _full_scale(samples, bits), channels=channels, deep=bits > 8, room=room, named=_named(*_code(data))
        )


def _full_scale(samples: Samples, bits: int) -> Callable[[slice], Samples]:
    stored = rows_of_array(samples)
    if bits == 8:
        return stored
    return lambda part: np.divide(stored(part), 2**bits - 1, dtype=np.float32)


def _bits(data: bytes) -> int:
    """By the decoder's configuration, which stands in the header (AV1-ISOBMFF, section 2.3)."""
    place = data.find(b"av1C")
    flags = data[place + 6] if 0 <= place < len(data) - 6 else 0
    return 8 if not flags & _HIGH else 12 if flags & _TWELVE else 10


def _code(data: bytes) -> tuple[int, int]:
    place = data.find(b"colrnclx")
    code = data[place + 8 : place + 12] if place >= 0 else b""
    return (int.from_bytes(code[:2]), int.from_bytes(code[2:])) if len(code) == 4 else (2, 2)


def _named(primaries: int, transfer: int) -> bytes | None:
    """The profile of such code points. The curves of video, which encoders write unasked, are sRGB, as in browsers."""
    transfer = _SRGB if transfer in _VIDEO_LIKE else transfer
    return (
        encodings.profile_of_code_points(primaries, transfer) if encodings.is_supported(primaries, transfer) else None
    )
