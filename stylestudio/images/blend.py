"""The target: content and overfit picture mixed, per axis `content * (1 - share) + overfit * share`.

The axes are red, green and blue, or lightness and the two colour directions (Y, Cb, Cr). `blend` in float32 is what is
exported; `mixer.ScreenMixer` in fixed point is what follows the sliders.
"""

from collections.abc import Callable, Sequence
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.resize import Pixels, to_floats

Shares = tuple[float, float, float]
"""Style shares of R, G and B, or of Y, Cb and Cr, each `LEAST_SHARE`..`MOST_SHARE`."""
Axes = Literal["rgb", "ycc"]
Rows = NDArray[np.float32]
MaskRows = Callable[[slice], Rows]
"""The mask's values -1..1, (h, W), in these rows of the picture."""

LEAST_SHARE: Final = -0.25
MOST_SHARE: Final = 1.5
LUMA: Final = (0.299, 0.587, 0.114)
"""What R, G and B count in the lightness Y: ITU-R BT.601 over the full range of sRGB values, as in JPEG. They
are what painting programs weigh lightness by; BT.709's are meant for linear light, and would nearly leave out blue."""
TO_YCC: Final = np.array([LUMA, [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]])
"""(3, 3): from R, G, B to Y, Cb and Cr."""

_ROWS = 64
_TO_CHROMA = np.array([[-LUMA[0], -LUMA[1], 1 - LUMA[2]], [1 - LUMA[0], -LUMA[1], -LUMA[2]]])
"""(2, 3): B - Y and R - Y, which are Cb and Cr but for their scale. A share does not depend on an axis' scale."""
_FROM_CHROMA = np.array([[0, 1], [-LUMA[2] / LUMA[1], -LUMA[0] / LUMA[1]], [1, 0]])
"""(3, 2): what these two add to R, G and B while the lightness stays."""


def blend(
    content: Pixels,
    overfit: NDArray[np.float32],
    shares: Shares,
    *,
    axes: Axes = "rgb",
    mask: MaskRows | None = None,
) -> NDArray[np.float32]:
    """The target (H, W, 3), float32 0..1; `content` and `overfit` are (H, W, 3).

    Where a channel's share is 0 it has the content's very values, where it is 1 those of the overfit picture. Beyond
    these two it goes on towards what `extrapolate` gives. `mask` draws the target to one of the two, see `apply_mask`.
    On "ycc" unlike shares can make colours that no screen has: each channel is then clipped to 0..1.
    """
    check_pair(content, overfit, shares)
    target = np.empty(content.shape, np.float32)
    height, width = content.shape[:2]
    weights = share_weights(shares if axes == "rgb" else (shares[0],) * 3)
    # One long row of weights, because numpy is slow over an axis of three.
    tiled = [np.tile(one, width).astype(np.float32) for one in weights]
    chroma = chroma_weights(shares) if axes == "ycc" and len(set(shares)) > 1 else None
    for top in range(0, height, _ROWS):
        rows = slice(top, min(top + _ROWS, height))
        pictures = to_floats(content[rows]), overfit[rows]
        if mask is not None:
            pictures = apply_mask(*pictures, mask(rows)[..., None])
        ends = _ends(*pictures, weights if chroma is None else weights + np.abs(chroma).sum((1, 2))[:, None])
        mixed = sum(end.reshape(-1, width * 3) * weight for end, weight in zip(ends, tiled, strict=True) if end.size)
        mixed = np.asarray(mixed, np.float32).reshape(-1, width, 3)
        if chroma is not None:
            for end, turned in zip(ends, chroma, strict=True):
                if end.size:
                    mixed += end @ turned.T.astype(np.float32)
            np.clip(mixed, 0, 1, out=mixed)
        target[rows] = mixed
    return target


def share_weights(shares: Sequence[float]) -> NDArray[np.float64]:
    """(4, n): how much each share takes of the content, the overfit picture, and the two pushed beyond them."""
    share = np.array(shares, np.float64)
    below, beyond = np.maximum(-share, 0) / -LEAST_SHARE, np.maximum(share - 1, 0) / (MOST_SHARE - 1)
    inside = np.clip(share, 0, 1)
    return np.stack((1 - inside - below, inside - beyond, below, beyond))


def chroma_weights(shares: Shares) -> NDArray[np.float64]:
    """(4, 3, 3): what is to be added of each of these pictures where colour has other shares than lightness."""
    apart = share_weights(shares)
    return np.stack([_FROM_CHROMA @ np.diag(one[1:] - one[0]) @ _TO_CHROMA for one in apart])


def _ends(content: Rows, overfit: Rows, weights: NDArray[np.float64]) -> list[Rows]:
    """The four pictures that are mixed; empty where none of it is wanted."""
    nothing = np.empty(0, np.float32)
    makers = (
        lambda: content,
        lambda: overfit,
        lambda: extrapolate(content, overfit, -LEAST_SHARE),
        lambda: extrapolate(overfit, content, MOST_SHARE - 1),
    )
    return [make() if used.any() else nothing for make, used in zip(makers, weights, strict=True)]


def extrapolate(end: Rows, other: Rows, share: float) -> Rows:
    """`end` moved on, away from `other`, by this share of the way between them: float32 0..1, of any shape.

    A soft shoulder keeps it there: a value goes on freely over the first half of the room that it has left, up to
    white or down to black, then ever more slowly, and never arrives before it would be half as far again outside.
    """
    step = (end - other) * np.float32(share)
    room = np.where(step > 0, 1 - end, end)
    wanted = np.abs(step)
    short = np.maximum(1.5 * room - wanted, 0)
    eased = room - short * short / np.maximum(2 * room, np.float32(1e-9))
    return end + np.copysign(np.where(wanted <= room / 2, wanted, eased), step)


def apply_mask(content: Rows, overfit: Rows, mask: Rows) -> tuple[Rows, Rows]:
    """The two pictures that a mask makes of these two; what is mixed of them at any shares is what the mask asks for.

    `mask` is -1..1 and broadcasts: at 1 both are the overfit picture, at -1 both the content, at 0 they stay.
    """
    step: Rows = overfit - content
    more: Rows = np.maximum(mask, 0)
    less: Rows = np.minimum(mask, 0)
    return np.add(content, more * step), np.add(overfit, less * step)


def check_pair(content: np.ndarray, overfit: np.ndarray, shares: Shares = (0, 0, 0)) -> None:
    """Raise `ValueError` unless the two go together and can be mixed by these shares."""
    if content.shape != overfit.shape or content.shape[2:] != (3,):
        raise ValueError(f"content {content.shape} and overfit picture {overfit.shape} do not match")
    check_shares(shares)


def check_shares(shares: Shares) -> None:
    """Raise `ValueError` unless these are three shares."""
    if len(shares) != 3 or not all(LEAST_SHARE <= share <= MOST_SHARE for share in shares):
        raise ValueError(f"style shares {shares} are not three numbers {LEAST_SHARE}..{MOST_SHARE}")
