"""The target: content and overfit picture mixed, per channel `content * (1 - share) + overfit * share`.

`blend` in float32 is what is exported; `ScreenMixer` in fixed point is what follows the sliders.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.resize import Pixels, floats

Shares = tuple[float, float, float]
"""Style shares of R, G and B, each 0..1."""

_ROWS = 64
_THREADS = 2


def blend(
    content: Pixels,
    overfit: NDArray[np.float32],
    shares: Shares,
    *,
    out: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """The target (H, W, 3), float32 0..1; `content` and `overfit` are (H, W, 3); `out` may be one of them.

    Where a channel's share is 0 it has the content's very values, where it is 1 those of the overfit picture.
    """
    _check(content, overfit, shares)
    if out is None:
        out = np.empty(content.shape, np.float32)
    height, width = content.shape[:2]
    # One long row of weights, because numpy is slow over an axis of three.
    style = np.tile(np.array(shares), width).astype(np.float32)
    photo = np.tile(1 - np.array(shares), width).astype(np.float32)
    for top in range(0, height, _ROWS):
        rows = slice(top, top + _ROWS)
        mixed = floats(content[rows]).reshape(-1, width * 3) * photo
        mixed += overfit[rows].reshape(-1, width * 3) * style
        out[rows] = mixed.reshape(-1, width, 3)
    return out


class ScreenMixer:
    """Mixes two 8-bit pictures for the screen, to one level, fast enough to follow a slider.

    With the overfit picture O, the difference D = content - O and the photo's weight k in 256ths, a value is
    `(256 O + 128 + D k) >> 8`: it fits 16 bits, and D k may wrap on the way there because the sum wraps back.
    """

    frame: NDArray[np.uint8]
    """(H, W, 4): R, G, B, 255, as in `QImage.Format_RGBX8888`; `mix` always writes into this same memory."""

    def __init__(self, content8: NDArray[np.uint8], overfit8: NDArray[np.uint8]) -> None:
        """`content8` and `overfit8` are (H, W, 3) levels 0..255, not kept; the frame is black until `mix`."""
        _check(content8, overfit8)
        height, width = content8.shape[:2]
        self.frame = np.zeros((height, width, 4), np.uint8)
        self.frame[..., 3] = 255
        self._flat_frame = self.frame.reshape(height, width * 4)
        # Four channels although one is constant: whole rows in one stride are twice as fast.
        self._difference = np.empty((height, width * 4), np.uint16)
        self._base = np.empty_like(self._difference)
        self._scratch = [np.empty((_ROWS, width * 4), np.uint16) for _ in range(_THREADS)]
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="mix")
        self._in_bands(self._prepare_band, content8, overfit8)

    def load(self, content8: NDArray[np.uint8], overfit8: NDArray[np.uint8]) -> None:
        """Take two other pictures of the same size, in the same memory; the frame stays until `mix`."""
        _check(content8, overfit8)
        if content8.shape[:2] != self.frame.shape[:2]:
            raise ValueError(f"pictures {content8.shape} do not match the frame {self.frame.shape}")
        self._in_bands(self._prepare_band, content8, overfit8)

    def mix(self, shares: Shares) -> None:
        """Write the mix into `frame`. Returns when it is there; not to be called from two threads at once."""
        _check_shares(shares)
        photo = [round(256 * (1 - share)) for share in shares]
        self._in_bands(self._mix_band, np.tile(np.array([*photo, 0], np.uint16), self.frame.shape[1]))

    def _in_bands(self, work: Callable[..., None], *arguments: np.ndarray) -> None:
        height = len(self.frame)
        edges = [height * n // _THREADS for n in range(_THREADS + 1)]
        jobs = [
            self._pool.submit(work, _blocks(top, bottom), scratch, *arguments)
            for (top, bottom), scratch in zip(pairwise(edges), self._scratch, strict=True)
        ]
        for job in jobs:
            job.result()

    def _prepare_band(
        self,
        blocks: list[slice],
        scratch: NDArray[np.uint16],
        content8: NDArray[np.uint8],
        overfit8: NDArray[np.uint8],
    ) -> None:
        content = np.full(scratch.shape, 255, np.uint8)
        overfit = np.full_like(content, 255)
        for rows in blocks:
            height = rows.stop - rows.start
            for picture, padded in ((content8, content), (overfit8, overfit)):
                for channel in range(3):  # one by one is many times as fast as three in a stride of four
                    padded[:height, channel::4] = picture[rows, :, channel]
            np.subtract(content[:height], overfit[:height], out=self._difference[rows], dtype=np.uint16)
            np.left_shift(overfit[:height], 8, out=self._base[rows], dtype=np.uint16)
            self._base[rows] += 128

    def _mix_band(self, blocks: list[slice], scratch: NDArray[np.uint16], weights: NDArray[np.uint16]) -> None:
        for rows in blocks:
            part = scratch[: rows.stop - rows.start]
            np.multiply(self._difference[rows], weights, out=part)
            np.add(part, self._base[rows], out=part)
            np.right_shift(part, 8, out=part)
            np.copyto(self._flat_frame[rows], part, casting="unsafe")

    def close(self) -> None:
        """Join the threads. `frame` stays; `mix` may not be called any more."""
        self._pool.shutdown(wait=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _blocks(top: int, bottom: int) -> list[slice]:
    return [slice(start, min(start + _ROWS, bottom)) for start in range(top, bottom, _ROWS)]


def _check(content: np.ndarray, overfit: np.ndarray, shares: Shares = (0, 0, 0)) -> None:
    if content.shape != overfit.shape or content.shape[2:] != (3,):
        raise ValueError(f"content {content.shape} and overfit picture {overfit.shape} do not match")
    _check_shares(shares)


def _check_shares(shares: Shares) -> None:
    if len(shares) != 3 or not all(0 <= share <= 1 for share in shares):
        raise ValueError(f"style shares {shares} are not three numbers 0..1")
