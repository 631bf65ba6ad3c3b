"""What colours mean where a file says it by other means than an ICC profile; each becomes such a profile.

Code points are those of ITU-T H.273, as PNG (third edition, cICP), HEIF and AVIF (nclx) use them.
"""

from functools import cache

import imagecodecs
import numpy as np
from numpy.typing import NDArray

_D65 = (0.3127, 0.3290)
_SRGB = (0.64, 0.33, 0.30, 0.60, 0.15, 0.06)
_PRIMARIES: dict[int, tuple[tuple[float, ...], tuple[float, float]]] = {
    1: (_SRGB, _D65),
    4: ((0.67, 0.33, 0.21, 0.71, 0.14, 0.08), (0.310, 0.316)),
    5: ((0.64, 0.33, 0.29, 0.60, 0.15, 0.06), _D65),
    6: ((0.630, 0.340, 0.310, 0.595, 0.155, 0.070), _D65),
    7: ((0.630, 0.340, 0.310, 0.595, 0.155, 0.070), _D65),
    9: ((0.708, 0.292, 0.170, 0.797, 0.131, 0.046), _D65),
    11: ((0.680, 0.320, 0.265, 0.690, 0.150, 0.060), (0.314, 0.351)),
    12: ((0.680, 0.320, 0.265, 0.690, 0.150, 0.060), _D65),
    22: ((0.630, 0.340, 0.295, 0.605, 0.155, 0.077), _D65),
}
"""x and y of red, green and blue, and of white, by code point."""
_GAMMAS = {4: 2.2, 5: 2.8, 8: 1.0}
_SRGB_LIKE, _BROADCAST = 13, (1, 6, 14, 15)
_PQ, _DCI, _HLG = 16, 17, 18
_WHITE_NITS = 203
"""The luminance of white paper in HDR pictures (ITU-R BT.2408); what is brighter clips."""
_ENTRIES = 4096
_ADOBE_GAMMA = 563 / 256
_UNTOUCHED = 45455, 500
"""gAMA of sRGB, and how far from it the value may be and still mean sRGB."""


def is_supported(primaries: int, transfer: int) -> bool:
    """Whether a profile can be made of these code points."""
    transfers = {*_GAMMAS, *_BROADCAST, _SRGB_LIKE, _PQ, _DCI, _HLG}
    return primaries in _PRIMARIES and transfer in transfers


@cache
def profile_of_code_points(primaries: int, transfer: int, full_range: bool = True) -> bytes | None:
    """The profile of code points of which `is_supported` is true; None if they are those of sRGB."""
    if (primaries, transfer, full_range) == (1, _SRGB_LIKE, True):
        return None
    corners, white = _PRIMARIES[primaries]
    if full_range and transfer in _GAMMAS:
        return imagecodecs.cms_profile("rgb", whitepoint=white, primaries=corners, gamma=_GAMMAS[transfer])
    level = np.linspace(0, 1, _ENTRIES)
    curve = _light(level if full_range else (255 * level - 16) / 219, transfer)
    return imagecodecs.cms_profile(
        "rgb", whitepoint=white, primaries=corners, transferfunction=np.clip(curve, 0, 1).astype(np.float32)
    )


def _light(level: NDArray[np.float64], transfer: int) -> NDArray[np.float64]:
    """Linear light, 1 for white, of signal levels 0..1."""
    level = np.clip(level, 0, 1)
    if transfer in _GAMMAS:
        return level ** _GAMMAS[transfer]
    if transfer == _DCI:
        return level**2.6 * 52.37 / 48
    if transfer in _BROADCAST:
        return np.where(level < 0.081, level / 4.5, ((level + 0.099) / 1.099) ** (1 / 0.45))
    if transfer == _PQ:
        root = level ** (1 / 78.84375)
        ratio = np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)
        return 10_000 / _WHITE_NITS * ratio ** (1 / 0.1593017578125)
    if transfer == _HLG:
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        scene = np.where(level <= 0.5, level**2 / 3, (np.exp((level - c) / a) + b) / 12)
        return 1000 / _WHITE_NITS * scene**1.2
    return np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)


def profile_of_gamma(gamma: int | None, chroma: tuple[int, ...] | None) -> bytes | None:
    """The profile of PNG's gAMA and cHRM (white, red, green, blue), in 100,000ths; None if they mean sRGB."""
    like_srgb = gamma is None or abs(gamma - _UNTOUCHED[0]) <= _UNTOUCHED[1]
    x_y = tuple(value / 100_000 for value in chroma) if chroma else (*_D65, *_SRGB)
    usual = np.allclose(x_y, (*_D65, *_SRGB), atol=1e-3)
    if like_srgb and usual:
        return None
    curve = _light(np.linspace(0, 1, _ENTRIES), _SRGB_LIKE).astype(np.float32) if like_srgb else None
    return imagecodecs.cms_profile(
        "rgb",
        whitepoint=x_y[:2],
        primaries=x_y[2:],
        transferfunction=curve,
        gamma=None if like_srgb or gamma is None else 100_000 / gamma,
    )


@cache
def adobe_rgb() -> bytes:
    """Adobe RGB (1998), which cameras name in the EXIF record alone."""
    primaries = (0.64, 0.33, 0.21, 0.71, 0.15, 0.06)
    return imagecodecs.cms_profile("rgb", whitepoint=_D65, primaries=primaries, gamma=_ADOBE_GAMMA)


@cache
def srgb() -> bytes:
    """sRGB."""
    return imagecodecs.cms_profile("srgb")


@cache
def linear_srgb() -> bytes:
    """Linear light with the primaries of sRGB."""
    return imagecodecs.cms_profile("rgb", whitepoint=_D65, primaries=_SRGB, gamma=1.0)
