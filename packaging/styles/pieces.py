"""Styles put together from pieces: mosaic, stained glass, facets, pixels, cut paper."""

from __future__ import annotations

import numpy as np
from fields import (
    along,
    blur,
    clouds,
    floats,
    hexes,
    image_of,
    light,
    lit,
    means,
    nearest,
    noise,
    paper,
    ramp,
    scattered,
    smoothstep,
    vivid,
)
from PIL import Image, ImageDraw

SIDE = 1024


def turned(angle: np.ndarray, long: float) -> np.ndarray:
    """Matrices (N, 2, 2) that make distances along the directions count less, by so much."""
    sine, cosine = np.sin(angle), np.cos(angle)
    forward = np.stack([sine, cosine], 1) / long
    sideways = np.stack([cosine, -sine], 1) * long
    return np.stack([forward, sideways], 1)


def mosaic(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Tesserae of glass in rows that follow the forms, in pale mortar, with gold where it is brightest."""
    pixels = vivid(floats(photo, SIDE), 1.5, 1.1)
    shape = pixels.shape[:2]
    detail = blur(np.hypot(*np.gradient(light(blur(pixels, 2)))), 6)
    density = 0.35 + detail / detail.max()
    stones = scattered(density, 6200, rng, rounds=6)
    angle = along(light(blur(pixels, 3)), 12)
    at = stones.astype(int)
    owner, far = nearest(stones, shape, turned(angle[at[:, 0], at[:, 1]], 1.12))
    colours = means(pixels, owner[0], len(stones))
    colours = colours * (1 + rng.normal(0, 0.09, (len(stones), 1))) + rng.normal(0, 0.025, colours.shape)
    bright = light(colours.astype(np.float32)) > 0.8
    colours[bright] = hexes("e9c46a", "d9a441", "f3dc9b", "f1e6c8")[rng.integers(0, 4, bright.sum())]
    joint = smoothstep(0.6, 2.0, far[1] - far[0])
    tilt = rng.normal(0, 0.05, (len(stones), 2))
    y, x = np.mgrid[: shape[0], : shape[1]]
    tilted = (y - stones[owner[0], 0]) * tilt[owner[0], 0] + (x - stones[owner[0], 1]) * tilt[owner[0], 1]
    stone = colours[owner[0]] * (1 + 0.35 * tilted + 0.02 * clouds(shape, 4, rng))[..., None]
    mortar = hexes("8c8271")[0] * (1 + 0.06 * noise(shape, 1, rng)[..., None])
    return image_of(
        (mortar * (1 - joint[..., None]) + stone * joint[..., None]) * lit(blur(joint, 0.8), 0.35)[..., None]
    )


def glass(rng: np.random.Generator) -> Image.Image:
    """A leaded window: sun over hills and water, each piece of glass uneven and lit from behind."""
    shape = (1024, 768)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    sun = np.hypot(y - 330, x - 400)
    turn = np.arctan2(y - 330, x - 400)
    hills = [
        560 + 60 * np.sin(x / 120 + p) + 36 * np.sin(x / 47 + 2 * p) + o for p, o in ((0.4, 0), (2.1, 70), (4.0, 150))
    ]
    zone = np.select(
        [y > 800, y > hills[2], y > hills[1], y > hills[0], sun < 95, sun < 170],
        [np.full(shape, n) for n in (0, 1, 2, 3, 4, 5)],
        6 + (np.floor((turn + np.pi) / (2 * np.pi) * 18) % 2),
    ).astype(int)
    edge = np.hypot(*np.gradient(blur(zone.astype(np.float32) * 40, 1.2)))
    panes = scattered(0.25 + smoothstep(0, 20, blur(edge, 9)), 620, rng, rounds=10)
    owner, far = nearest(panes, shape)
    inside = zone[panes[:, 0].astype(int), panes[:, 1].astype(int)]
    tones = [
        hexes("0b3c6f", "12609b", "1c86b8", "0f4c81"),
        hexes("0d5c46", "147a55", "1d9a62", "0a4a3d"),
        hexes("3f8f3b", "6fae2f", "a6c62b", "2f7a3a"),
        hexes("6a3d9a", "8a4fb0", "4b2a80", "a868b8"),
        hexes("fff0a0", "ffd84d", "ffe680", "fff6cf"),
        hexes("ff9f1c", "ff7a1a", "ffb648", "f7541e"),
        hexes("c81d4e", "e23e57", "a3154a", "f0644b"),
        hexes("2353b8", "3a78d8", "1b3f92", "5aa0e8"),
    ]
    colours = np.stack([tones[z][rng.integers(0, 4)] for z in inside]) * rng.uniform(0.82, 1.12, (len(panes), 1))
    streaks = clouds(shape, 22, rng) * 0.07 + noise((shape[0], shape[1]), 1.2, rng) * 0.015
    glow = 1.12 - 0.35 * smoothstep(100, 620, sun) + 0.12 * smoothstep(0, 14, far[1] - far[0])
    pane = colours[owner[0]] * (glow + streaks)[..., None]
    border = zone != np.roll(zone, 1, 0)
    border |= zone != np.roll(zone, 1, 1)
    outline = blur(border.astype(np.float32), 2.4) * 5
    lead = np.clip(1 - smoothstep(2.2, 5.2, far[1] - far[0]) + smoothstep(0.5, 1.0, outline), 0, 1)
    frame = np.minimum(np.minimum(y, x), np.minimum(shape[0] - y, shape[1] - x)) < 14
    lead = np.maximum(lead, frame)
    metal = hexes("17181c")[0] * lit(blur(lead, 1.5), 2.2)[..., None]
    return image_of(pane * (1 - lead[..., None]) + metal * lead[..., None])


def facets(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Broken into straight-edged planes that tilt in and out of one another, in ochre, umber and grey-blue."""
    pixels = floats(photo, SIDE)
    shape = pixels.shape[:2]
    tone = light(pixels)
    tone = np.clip((tone - np.quantile(tone, 0.02)) / np.ptp(np.quantile(tone, (0.02, 0.98))), 0, 1)
    chill = pixels[..., 2] - 0.75 * pixels[..., 0]
    detail = blur(np.hypot(*np.gradient(blur(tone, 2))), 12)
    picture = earths(blur(tone, 40), blur(chill, 40))
    places = scattered(0.15 + detail / detail.max(), 460, rng, rounds=2)
    for n, middle in enumerate(rng.permutation(places)):
        size = 190 * (1 - n / 460) ** 1.3 + 34
        plane(picture, middle, size, blurred_at(tone, middle, size), blurred_at(chill, middle, size), rng)
    strokes = 1 + 0.05 * noise(shape, 1.5, rng) + 0.05 * noise(shape, 5, rng)
    return image_of(picture * strokes[..., None])


def blurred_at(values: np.ndarray, middle: np.ndarray, size: float) -> float:
    """The mean round a place."""
    y, x, reach = int(middle[0]), int(middle[1]), max(3, int(size / 4))
    return float(values[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach].mean())


def earths(tone: np.ndarray, chill: np.ndarray) -> np.ndarray:
    """The tone in browns, and in grey-blues where it is chilly."""
    warm = ramp(tone, hexes("1d1417", "56301f", "9c5a27", "d3a04f", "efd9a0", "fbf2dc"))
    cold = ramp(tone, hexes("121a24", "24404f", "4b7480", "8fada5", "ccd6c4", "f3f2e4"))
    share = smoothstep(-0.12, 0.16, chill)[..., None]
    return warm * (1 - share) + cold * share


def plane(picture: np.ndarray, middle: np.ndarray, size: float, tone: float, chill: float, rng) -> None:
    """Lay one plane on the picture, in place: darker to one side, and open to the picture on the other."""
    shape = picture.shape[:2]
    turn = rng.choice([-0.9, -0.35, 0.2, 0.75, 1.3]) + rng.normal(0, 0.1)
    sine, cosine = np.sin(turn), np.cos(turn)
    wide, high = size * rng.uniform(0.55, 1.0), size * rng.uniform(0.35, 0.8)
    lean = rng.uniform(-0.5, 0.5, 3)
    corners = np.array([[-1, -1], [1, -1 + lean[0]], [1 + lean[1], 1], [-1 + lean[2], 1]]) * (wide, high)
    at = np.stack([middle[1] + corners @ (cosine, -sine), middle[0] + corners @ (sine, cosine)], 1)
    left, top = np.maximum(at.min(0).astype(int) - 3, 0)
    right, bottom = np.minimum(at.max(0).astype(int) + 4, shape[::-1])
    if right <= left or bottom <= top:
        return
    mask, edge = (
        Image.new("L", (2 * (right - left), 2 * (bottom - top))),
        Image.new("L", (2 * (right - left), 2 * (bottom - top))),
    )
    outline = [tuple(point) for point in (2 * (at - (left, top))).tolist()]
    ImageDraw.Draw(mask).polygon(outline, fill=255)
    ImageDraw.Draw(edge).line([outline[3], outline[0], outline[1]], fill=210, width=4)
    mask, edge = (
        np.asarray(one.resize((right - left, bottom - top), Image.Resampling.BOX), np.float32) / 255
        for one in (mask, edge)
    )
    y, x = np.mgrid[top:bottom, left:right]
    run = np.clip(((x - middle[1]) * cosine + (y - middle[0]) * sine) / wide, -1, 1)
    level = np.clip(tone + rng.normal(0, 0.07) + 0.2 * run * rng.choice([-1, 1]), 0, 1)
    colour = earths(level, np.full_like(level, chill + rng.normal(0, 0.05)))
    cover = (mask * (0.92 - 0.6 * smoothstep(-0.2, 1, run)))[..., None]
    part = picture[top:bottom, left:right]
    part[:] = part * (1 - cover) + colour * cover
    part *= 1 - 0.7 * (edge * (0.9 - 0.6 * smoothstep(-0.6, 1, run)))[..., None]


BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]]) / 16 - 0.47


def pixels(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Large pixels of twenty-four colours, mixed by an ordered pattern, with a dark line round the forms."""
    cell = 6
    small = vivid(floats(photo, SIDE // cell), 1.55, 1.2)
    palette = hexes(
        "0d0b1e", "1f1a3a", "332a5b", "4b3b7c", "27456b", "2f6b8f", "3c9bb3", "7fd0cf", "c9f0e0", "123524",
        "1f5b38", "3b8b46", "7cbf4d", "c5e06b", "5a2a1c", "8f4326", "c7702f", "eda94a", "fbe08a", "6f1d3a",
        "b3304b", "e8625c", "f7b4a0", "fff7e6",
    )  # fmt: skip
    pattern = np.tile(BAYER, (small.shape[0] // 4 + 1, small.shape[1] // 4 + 1))[: small.shape[0], : small.shape[1]]
    wanted = small + 0.13 * pattern[..., None]
    distance = ((wanted[..., None, :] - palette) ** 2 * np.array([0.9, 1.3, 0.7])).sum(3)
    chosen = palette[distance.argmin(2)]
    edge = np.hypot(*np.gradient(blur(light(small), 0.8)))
    chosen = np.where((edge > 0.16)[..., None], chosen * 0.55 + palette[0] * 0.45, chosen)
    return image_of(chosen.repeat(cell, 0).repeat(cell, 1))


def papercut(rng: np.random.Generator) -> Image.Image:
    """Sheets of coloured paper one above the other, cut into waves of hills, each with its shadow."""
    shape = (768, 1024)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    sheets = hexes("fdf0d5", "f9d8a7", "f6b27c", "ee8a6a", "d9636a", "a8476f", "743a6b", "45305c", "241f42")
    fibre = paper(shape, rng, 1.0)
    picture = np.ones((*shape, 3), np.float32) * sheets[0]
    sun = smoothstep(121, 119, np.hypot(y - 240, x - 640))
    layers = [sun]
    for n in range(1, len(sheets)):
        wave = sum(np.sin(x / (260 / k**1.2) + rng.uniform(0, 7)) / k for k in range(1, 6))
        layers.append(smoothstep(-1, 1, y - (185 + 66 * n + 44 * wave)))
    for n, (mask, colour) in enumerate(zip(layers, (hexes("fff8e7")[0], *sheets[1:]), strict=True)):
        shadow = np.roll(blur(mask, 9), (-7, 5), (0, 1)) * (1 - mask)
        picture *= (1 - (0.2 if n == 0 else 0.5) * shadow)[..., None]
        sheet = colour * (1 + 0.022 * np.roll(fibre, 61 * n, 1) + 0.015 * clouds(shape, 60, rng))[..., None]
        rim = np.clip(mask - np.roll(mask, 2, 0), 0, 1) * 0.25
        picture = picture * (1 - mask[..., None]) + (sheet + rim[..., None]) * mask[..., None]
    return image_of(picture)
