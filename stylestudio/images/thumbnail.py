"""Small copies of pictures, as the bytes of a WebP file."""

import io

from PIL import Image

from stylestudio.images.resize import Pixels, to_8bit

LONG_SIDE = 256
"""In pixels: two for each that a list shows, so that it is sharp on a fine screen too."""
_QUALITY = 70
_REDUCING_GAP = 3.0  # Pillow averages whole blocks first, down to so many times the size, and interpolates the rest


def thumbnail(pixels: Pixels, alpha: Pixels | None = None) -> bytes:
    """The WebP file of `pixels` (H, W, 3) and `alpha` (H, W) or None at `LONG_SIDE`; smaller pictures keep their size.

    Both are levels as bytes or floats 0..1.
    """
    image = Image.fromarray(to_8bit(pixels))
    if alpha is not None:
        image.putalpha(Image.fromarray(to_8bit(alpha)))
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=_REDUCING_GAP)
    stream = io.BytesIO()
    image.save(stream, "WEBP", quality=_QUALITY)
    return stream.getvalue()
