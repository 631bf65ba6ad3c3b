"""Colours as the file meant them: ICC profiles applied at full depth, everything becomes sRGB.

littleCMS does it, through imagecodecs, because Pillow's own binding takes 8 bits only. Most profiles are three curves
and a matrix: those two are asked of littleCMS once, on ramps, and applied by numpy, a tenth of the time.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from stylestudio.images.encodings import linear_srgb, srgb
from stylestudio.images.limits import TEXT_LIMIT
from stylestudio.images.raster import Samples, Space

Conversion = Callable[[Samples], NDArray[np.float32]]
"""Samples (n, W, C), without alpha, to sRGB 0..1, (n, W, 3)."""

ALREADY_SRGB = 3
"""Levels of 255 by which sRGB profiles of different makers differ; scRGB shows that names do not tell."""
BROKEN = "Its colour profile is broken and was ignored."
UNFIT = "Its colour profile is made for another kind of picture and was ignored."

_SPACES: dict[Space, tuple[bytes, ...]] = {
    "grey": (b"GRAY", b"RGB "),
    "rgb": (b"RGB ",),
    "cmyk": (b"CMYK",),
    "lab": (b"Lab ",),
}
# Relative colorimetric with black point compensation is what painting programs show by default.
_INTENT = imagecodecs.CMS.INTENT.RELATIVE_COLORIMETRIC
_FLAGS = imagecodecs.CMS.FLAGS.BLACKPOINTCOMPENSATION | imagecodecs.CMS.FLAGS.NOOPTIMIZE
_MATRIX_ERROR = 1e-3


def conversion(profile: bytes | None, space: Space, deep: bool) -> tuple[Conversion, str | None]:
    """How samples of a colour space become sRGB, and a remark where `profile` had to be ignored.

    `deep` is whether the samples have more than 8 bits.
    """
    if not profile or space == "lab":
        return _PLAIN[space], None
    if len(profile) < 132 or len(profile) > TEXT_LIMIT or profile[36:40] != b"acsp":
        return _PLAIN[space], BROKEN
    if profile[16:20] not in _SPACES[space]:
        return _PLAIN[space], UNFIT
    try:
        return _of_profile(profile, space, deep), None
    except (imagecodecs.CmsError, ValueError, ZeroDivisionError, np.linalg.LinAlgError):
        return _PLAIN[space], BROKEN


def _of_profile(profile: bytes, space: Space, deep: bool) -> Conversion:
    if space == "cmyk":
        _by_tables(profile, "cmyk", np.zeros((1, 1, 4), np.uint16))
        return _in_threads(lambda block: _by_tables(profile, "cmyk", block))
    if space == "grey":
        return _of_grey(profile, deep)
    if _changes_nothing(profile):
        return _plain_rgb
    curves = _curves(profile, 65536 if deep else 256)
    if curves is not None:
        return _by_matrix(*curves)
    return _in_threads(lambda block: _by_tables(profile, "rgb", block))


def _of_grey(profile: bytes, deep: bool) -> Conversion:
    levels = np.linspace(0, 1, 65536 if deep else 256)[:, None]
    if profile[16:20] == b"GRAY":
        light = _transformed(levels, profile, "gray")
    else:
        light = _transformed(np.repeat(levels[:, None], 3, axis=2), profile, "rgb")
    table = encode_srgb(light.reshape(-1, 3).astype(np.float32))
    if np.abs(table - levels).max() * 255 <= ALREADY_SRGB:
        return _plain_grey
    return lambda block: table[_levels_of(block[..., 0], len(table))]


def _transformed(colours: NDArray[np.float64], profile: bytes, kind: str) -> NDArray[np.float64]:
    """Linear light of `colours` (n, 1, channels), with the primaries of sRGB, not clipped."""
    found = _to_rgb(colours, profile, kind, linear_srgb(), np.float64)
    if not np.isfinite(found).all():
        raise ValueError("a profile that gives no numbers")
    return found


def _changes_nothing(profile: bytes) -> bool:
    steps = np.linspace(0, 1, 16)
    colours = np.stack(np.meshgrid(steps, steps, steps), axis=-1).reshape(-1, 1, 3)
    converted = encode_srgb(_transformed(colours, profile, "rgb").astype(np.float32))
    return bool(np.abs(converted - colours).max() * 255 <= ALREADY_SRGB)


def _curves(profile: bytes, entries: int) -> tuple[NDArray[np.float32], NDArray[np.float32]] | None:
    """Three curves (3, entries) and a matrix that make linear light of levels; None for a profile of another kind."""
    corners = _transformed(np.vstack((np.eye(3), np.zeros((1, 3))))[:, None], profile, "rgb")[:, 0]
    matrix, black = corners[:3], corners[3]
    probes = np.random.default_rng(1).random((200, 3))
    parts = [_transformed((probes * unit)[:, None], profile, "rgb")[:, 0] for unit in np.eye(3)]
    whole = _transformed(probes[:, None], profile, "rgb")[:, 0]
    if np.abs(black).max() > _MATRIX_ERROR or np.abs(sum(parts) - whole).max() > _MATRIX_ERROR:
        return None
    ramp = np.linspace(0, 1, entries)
    curves = np.empty((3, entries), np.float32)
    for channel, column in enumerate(matrix):
        ramps = np.zeros((entries, 1, 3))
        ramps[:, 0, channel] = ramp
        curves[channel] = _transformed(ramps, profile, "rgb")[:, 0] @ column / (column @ column)
    return curves, matrix.astype(np.float32)


def _by_matrix(curves: NDArray[np.float32], matrix: NDArray[np.float32]) -> Conversion:
    def convert(block: Samples) -> NDArray[np.float32]:
        light = np.empty(block.shape, np.float32)
        for channel, curve in enumerate(curves):
            light[..., channel] = curve[_levels_of(block[..., channel], len(curve))]
        return encode_srgb(light @ matrix)

    return convert


def _by_tables(profile: bytes, kind: str, block: Samples) -> NDArray[np.float32]:
    deep = block if block.dtype != np.float32 else np.rint(np.clip(block, 0, 1) * 65535).astype(np.uint16)
    return np.divide(_to_rgb(deep, profile, kind, srgb(), np.uint16), 65535, dtype=np.float32)


def _to_rgb(
    colours: Samples, profile: bytes, kind: str, target: bytes, form: type[np.float64] | type[np.uint16]
) -> Samples:
    return imagecodecs.cms_transform(
        colours,
        profile,
        target,
        colorspace=kind,
        outcolorspace="rgb",
        outdtype=form,
        intent=_INTENT,
        flags=_FLAGS,
    )


def _in_threads(convert: Conversion) -> Conversion:
    def convert_parts(block: Samples) -> NDArray[np.float32]:
        count = min(os.cpu_count() or 1, len(block), 16)
        with ThreadPoolExecutor(count) as pool:
            return np.concatenate(list(pool.map(convert, np.array_split(block, count))))

    return convert_parts


def _levels_of(samples: Samples, entries: int) -> NDArray[np.integer]:
    """Each sample's place in a table of 256 entries for bytes, else of 65536."""
    if samples.dtype != np.float32:
        return samples
    return np.rint(np.clip(samples, 0, 1) * (entries - 1)).astype(np.uint16)


def encode_srgb(light: NDArray[np.float32]) -> NDArray[np.float32]:
    """sRGB 0..1 of linear light, clipped, by IEC 61966-2-1; modifies `light`."""
    np.clip(light, 0, 1, out=light)
    dark = light <= 0.0031308
    bright = light ** np.float32(1 / 2.4)
    bright *= 1.055
    bright -= 0.055
    light *= 12.92
    return np.where(dark, light, bright)


def floats_of(block: Samples) -> NDArray[np.float32]:
    """0..1; what is no number becomes 0, what is beyond is clipped."""
    if block.dtype == np.uint8:
        return np.divide(block, 255, dtype=np.float32)
    if block.dtype == np.uint16:
        return np.divide(block, 65535, dtype=np.float32)
    return np.clip(np.nan_to_num(block), 0, 1)


def _plain_rgb(block: Samples) -> NDArray[np.float32]:
    return floats_of(block)


def _plain_grey(block: Samples) -> NDArray[np.float32]:
    return np.repeat(floats_of(block), 3, axis=-1)


def _plain_inks(block: Samples) -> NDArray[np.float32]:
    paper = 1 - floats_of(block)
    return paper[..., :3] * paper[..., 3:]


def _lab(block: Samples) -> NDArray[np.float32]:
    colours = np.ascontiguousarray(block, np.float64)
    light = imagecodecs.cms_transform(
        colours,
        imagecodecs.cms_profile("lab4"),
        linear_srgb(),
        colorspace="lab",
        outcolorspace="rgb",
        outdtype=np.float64,
        intent=_INTENT,
        flags=_FLAGS,
    )
    return encode_srgb(light.astype(np.float32))


AS_STORED: Conversion = _plain_rgb
_PLAIN: dict[Space, Conversion] = {
    "grey": _plain_grey,
    "rgb": _plain_rgb,
    "cmyk": _plain_inks,
    "lab": _in_threads(_lab),
}
