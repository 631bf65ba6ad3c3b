"""What the samples of a TIFF mean: full scale, ink or light, straight alpha, palettes, L*a*b* (TIFF 6.0)."""

import numpy as np
import tifffile

from stylestudio.images.raster import CHANNELS, Samples, Space, rows_of_array

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, PALETTE, _MASK, _INKS, _YCBCR, _CIELAB, _ICCLAB = 0, 1, 2, 3, 4, 5, 6, 8, 9
SPACES: dict[int, Space] = {
    _WHITE_IS_ZERO: "grey",
    _BLACK_IS_ZERO: "grey",
    _MASK: "grey",
    _RGB: "rgb",
    PALETTE: "rgb",
    _INKS: "cmyk",
    _YCBCR: "rgb",
    _CIELAB: "lab",
    _ICCLAB: "lab",
}
_PREMULTIPLIED, _STRAIGHT = 1, 2


def space_of(page: tifffile.TiffPage) -> Space:
    """That of the page's colours."""
    return SPACES.get(int(page.photometric), "rgb")


def alpha_of(page: tifffile.TiffPage) -> int | None:
    """How alpha is stored, None where there is none."""
    kinds = [int(kind) for kind in page.extrasamples]
    return kinds[0] if kinds and kinds[0] in (_PREMULTIPLIED, _STRAIGHT) else None


class SampleRows:
    """Rows of samples in the form that a `Raster` has them: full scale, straight alpha, no palette."""

    def __init__(self, page: tifffile.TiffPage, samples: Samples, used: int) -> None:
        self._samples, self._used = samples, used
        self._photometric = int(page.photometric)
        self._premultiplied = used > CHANNELS[space_of(page)] and alpha_of(page) == _PREMULTIPLIED
        self._palette = _palette(page) if self._photometric == PALETTE else None
        self._top = _top(page, samples)
        plain = self._photometric not in (_WHITE_IS_ZERO, PALETTE, _CIELAB, _ICCLAB)
        self.as_stored = plain and self._top is None and not self._premultiplied

    def rows(self, part: slice) -> Samples:
        block = rows_of_array(self._samples)(part)[..., : self._used]
        if self._palette is not None:
            return self._palette[np.minimum(block[..., 0], len(self._palette) - 1)]
        if self._photometric in (_CIELAB, _ICCLAB):
            return _lab(block, self._photometric == _ICCLAB)
        if self._top is not None:
            block = _scaled(block, self._top)
        if self._photometric == _WHITE_IS_ZERO:
            white = 1 if block.dtype == np.float32 else np.iinfo(block.dtype).max
            block = block.copy()
            block[..., 0] = white - block[..., 0]
        return _straight(block) if self._premultiplied else block


def _top(page: tifffile.TiffPage, samples: Samples) -> float | None:
    """The value that is white; None where it is the largest of 8 or 16 bits."""
    kind, bits = samples.dtype.kind, page.bitspersample
    if kind == "f":
        return 1.0
    if kind == "i":
        bits = bits - 1
    if bits >= 31 and samples.max(initial=0) <= 65535:
        bits = 16  # so dark that it would be black: 16 bits in the place of 32
    return None if kind == "u" and bits in (8, 16) and samples.dtype.itemsize * 8 == bits else float(2**bits - 1)


def _scaled(block: Samples, top: float) -> Samples:
    if top <= 255 and block.dtype == np.uint8:
        return (block * np.uint8(255 // int(top))) if 255 % int(top) == 0 else np.divide(block, top, dtype=np.float32)
    values = np.nan_to_num(block.astype(np.float64) / top)
    return np.clip(values, 0, 1).astype(np.float32)


def _straight(block: Samples) -> Samples:
    """Colours no longer multiplied by their alpha."""
    top = 1 if block.dtype == np.float32 else np.iinfo(block.dtype).max
    alpha = np.maximum(block[..., -1:], 1e-6 if block.dtype == np.float32 else 1).astype(np.float32)
    colours = np.minimum(block[..., :-1] * (top / alpha), top)
    colours = colours if block.dtype == np.float32 else np.rint(colours)
    return np.concatenate((colours.astype(block.dtype), block[..., -1:]), axis=-1)


def _lab(block: Samples, offset: bool) -> Samples:
    """L* 0..100, a*, b*; of ICC's form a* and b* have an offset, of CIE's they are signed (TIFF 6.0, section 23)."""
    if block.dtype == np.float32:
        return block
    wide = block.dtype.itemsize == 2
    lab = np.empty(block.shape, np.float32)
    full = 65535 if wide else 255
    lab[..., 0] = block[..., 0] * np.float32(100 / full)
    signs = block[..., 1:3]
    if offset:
        lab[..., 1:3] = signs.astype(np.float32) / (256 if wide else 1) - 128
    else:
        lab[..., 1:3] = signs.astype(f"u{block.dtype.itemsize}").view(f"i{block.dtype.itemsize}")
        lab[..., 1:3] /= 256 if wide else 1
    if block.shape[-1] > 3:
        lab[..., 3] = block[..., 3] / np.float32(full)
    return lab


def _palette(page: tifffile.TiffPage) -> Samples:
    """(entries, 3) of bytes; some programs write the colours in 8 bits instead of 16."""
    if page.colormap is None:
        raise ValueError("no palette")
    colours = np.asarray(page.colormap).T
    return (colours >> 8 if colours.max(initial=0) > 255 else colours).astype(np.uint8)
