"""Styles of cloth: tapestry, ikat, indigo."""

from __future__ import annotations

import numpy as np
from fields import blur, clouds, floats, hexes, image_of, noise, smoothstep, vivid
from PIL import Image

SIDE = 1024


def threads(shape: tuple[int, int], weft: int, warp: int, rng: np.random.Generator) -> np.ndarray:
    """The light and shade (H, W) of a weave: rows of weft, each going over and under the warp by turns."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    row, column = (y // weft).astype(int), (x // warp).astype(int)
    over = (row + column) % 2 == 0
    round_ = np.sin(np.pi * ((y % weft) + 0.5) / weft)
    bow = np.sin(np.pi * ((x % warp) + 0.5) / warp)
    height = np.where(over, 0.62 + 0.38 * round_ * (0.6 + 0.4 * bow), 0.34 + 0.3 * round_ * (1 - 0.6 * bow))
    uneven = rng.normal(0, 0.05, row.max() + 1)[row]
    return height + uneven + 0.03 * noise(shape, 0.8, rng)


def tapestry(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Woven of wool in thirty colours, blended where two meet as weavers do, by hatching."""
    weft, warp = 4, 7
    pixels = vivid(floats(photo, SIDE), 1.25, 1.1)
    rows, columns = pixels.shape[0] // weft, pixels.shape[1] // warp
    small = np.asarray(image_of(blur(pixels, 1.6)).resize((columns, rows), Image.Resampling.BOX), np.float32) / 255
    hatch = 0.05 * np.where(np.arange(rows) % 2, 1, -1)[:, None, None] + rng.normal(0, 0.015, (rows, columns, 1))
    wool = image_of(small + hatch).quantize(30, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    colours = np.asarray(wool.convert("RGB"), np.float32) / 255
    dye = colours.repeat(weft, 0).repeat(warp, 1)
    dye = 0.86 * dye + 0.14 * hexes("c9a46a")[0] * (0.5 + dye)
    shade = threads(dye.shape[:2], weft, warp, rng)
    return image_of(dye * (0.42 + 0.72 * shade)[..., None] * (1 + 0.03 * clouds(dye.shape[:2], 70, rng)[..., None]))


def ikat(rng: np.random.Generator) -> Image.Image:
    """Silk whose warp was dyed before it was woven: medallions with feathered edges, in the colours of Bukhara."""
    shape = (1024, 768)
    shift = 7 * noise((1, shape[1]), 1.2, rng) + 4 * noise((1, shape[1]), 5, rng)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    y = y + shift
    cell_y, cell_x = 256.0, 192.0
    column = np.floor(x / cell_x)
    v = (y + 0.5 * cell_y * (column % 2)) / cell_y
    dy, dx = (v - np.floor(v) - 0.5) * 2, (x / cell_x - column - 0.5) * 2
    far = np.abs(dy) ** 1.25 * 0.95 + np.abs(dx) ** 1.4 * 1.1 + 0.05 * np.cos(9 * np.arctan2(dy, dx))
    rings = hexes("f3e3c3", "a3182f", "f3e3c3", "14406b", "e7a92f", "a3182f", "0f2f4a", "2f7d6d", "b92d3d")
    edges = np.array([0.1, 0.2, 0.27, 0.42, 0.5, 0.68, 0.76, 0.92])
    far = 0.74 * far  # the medallions nearly touch
    picture = rings[np.searchsorted(edges, far)]
    ground = np.where((column % 2)[..., None] > 0, hexes("14406b")[0], rings[-1])
    picture = np.where((far >= 0.92)[..., None], ground, picture)
    horns = np.abs(np.abs(dx) - 0.28 - 0.3 * np.abs(dy)) < 0.055
    picture = np.where((horns & (far > 0.42) & (far < 0.92))[..., None], hexes("f3e3c3")[0], picture)
    # each warp thread took the dye a little higher or lower
    feather = (np.arange(shape[0])[:, None] + 9 * rng.standard_normal((1, shape[1]))).astype(int) % shape[0]
    picture = 0.6 * picture + 0.4 * np.take_along_axis(picture, np.repeat(feather[..., None], 3, 2), 0)
    ribs = 0.93 + 0.07 * np.sin(2 * np.pi * np.arange(shape[0]) / 3.5)[:, None] + 0.035 * noise((1, shape[1]), 0.7, rng)
    sheen = 1 + 0.07 * clouds(shape, 120, rng)
    return image_of(picture * (ribs * sheen)[..., None])


def indigo(rng: np.random.Generator) -> Image.Image:
    """Cotton resist-dyed in indigo: waves of scales below, chrysanthemums above, the dye uneven."""
    shape = (768, 1024)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    wy, wx = y + 2 * clouds(shape, 14, rng), x + 2 * clouds(shape, 14, rng)
    white = np.zeros(shape, np.float32)
    radius = 64.0
    drawn = np.zeros(shape, bool)
    for row in range(int(shape[0] / (radius / 2)) + 3, -2, -1):  # scales, the lower ones over the upper
        middle = np.round((wx - (row % 2) * radius) / (2 * radius)) * 2 * radius + (row % 2) * radius
        far = np.hypot(wy - row * radius / 2, wx - middle) / radius
        inside = (far < 1) & ~drawn
        rings = smoothstep(0.28, 0.42, np.abs(np.sin(np.pi * (far * 4.0 + 0.5))))
        white = np.where(inside, 1 - rings, white)
        drawn |= inside
    flowers = np.zeros(shape, np.float32)
    blank = np.zeros(shape, np.float32)
    for fy, fx, size in (
        (190, 230, 150),
        (300, 700, 190),
        (90, 520, 95),
        (560, 400, 120),
        (600, 880, 130),
        (120, 930, 100),
    ):
        dy, dx = wy - fy, wx - fx
        far, turn = np.hypot(dy, dx) / size, np.arctan2(dy, dx)
        for inner, outer, petals in ((0.62, 1.0, 24), (0.36, 0.68, 18), (0.14, 0.42, 12)):
            tip = outer - 0.09 * (np.abs(np.sin(turn * petals / 2)) < 0.45)
            petal = smoothstep(0.16, 0.3, np.abs(np.sin(turn * petals / 2))) * (far < tip) * (far > inner)
            flowers = np.where((far < tip) & (far > inner), petal, flowers)
        flowers = np.where(far < 0.13, smoothstep(0.3, 0.5, np.abs(np.sin(far * 60))), flowers)
        blank = np.maximum(blank, far < 1.05)
    white = np.where(blank > 0, flowers, white)
    resist = blur(white, 0.9) + 0.06 * noise(shape, 1.4, rng)
    cracks = smoothstep(0.045, 0.0, np.abs(clouds(shape, 60, rng, 4))) * 0.5
    dye = np.clip(1 - resist + cracks * resist, 0, 1) * (0.88 + 0.1 * clouds(shape, 90, rng))
    weave = 1 + 0.05 * np.sin(np.pi * y) * np.sin(np.pi * x / 1.5) + 0.03 * noise(shape, 0.8, rng)
    colour = hexes("f0ead8")[0] * (1 - dye[..., None]) + hexes("16305e")[0] * dye[..., None]
    return image_of(colour * weave[..., None])
