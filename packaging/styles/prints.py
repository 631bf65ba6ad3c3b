"""Styles of the press: woodcut, linocut, travel poster, risograph, comic, engraving."""

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
    noise,
    paper,
    smoothstep,
    stepped,
    vivid,
)
from PIL import Image

SIDE = 1024


def stretched(tone: np.ndarray) -> np.ndarray:
    low, high = np.quantile(tone, (0.02, 0.98))
    return np.clip((tone - low) / (high - low), 0, 1)


def flowing(shape: tuple[int, int], angle: np.ndarray, width: float, rng: np.random.Generator) -> np.ndarray:
    """Stripes about so wide (values about 0, deviation 1) that run along the directions.

    Noise smeared along them: Cabral and Leedom, "Imaging vector fields using line integral convolution", 1993.
    """
    grain = noise(shape, width / 2.6, rng)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    total = grain.copy()
    directions = np.stack([np.sin(angle), np.cos(angle)]).astype(np.float32)
    for way in (1, -1):
        py, px, before = y.copy(), x.copy(), directions * way
        for _ in range(int(4 * width)):
            iy = np.clip(py, 0, shape[0] - 1).astype(np.int32)
            ix = np.clip(px, 0, shape[1] - 1).astype(np.int32)
            total += grain[iy, ix]
            ahead = directions[:, iy, ix]
            ahead *= np.where((ahead * before).sum(0) < 0, -1.5, 1.5)
            py, px, before = py + ahead[0], px + ahead[1], ahead
    total -= blur(total, 3 * width)
    return total / total.std()


def woodcut(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Black lines of a gouge that follow the forms, broad in the dark and thin in the light, on warm paper."""
    tone = stretched(light(floats(photo, SIDE)))
    shape = tone.shape
    broad = blur(tone, 2.0)
    sharp = np.clip(broad + 1.6 * (blur(tone, 1.0) - blur(tone, 7)), 0, 1)
    angle = along(blur(tone, 2), 9) + 0.12 * noise(shape, 40, rng)
    lines = flowing(shape, angle, 7, rng)
    ink = smoothstep(-0.16, 0.16, lines * 0.36 + 0.5 - sharp)
    ink = np.where(sharp < 0.16, np.maximum(ink, smoothstep(0.18, 0.13, sharp)), ink)
    ink = ink * smoothstep(0.94, 0.84, sharp)
    grain = noise((shape[0], 1), 1.5, rng) + 0.6 * noise(shape, 1.2, rng)
    ink = np.clip(ink * (0.95 + 0.04 * grain), 0, 1) * (1 - 0.5 * smoothstep(1.9, 2.6, paper(shape, rng, 0.8)))
    sheet = hexes("efe3c8")[0] * (1 + 0.02 * clouds(shape, 60, rng)[..., None])
    return image_of(sheet * (1 - ink[..., None]) + hexes("1a1613")[0] * ink[..., None])


def linocut(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Three blocks: pale green, teal and dark blue, with the marks of the gouge in what was cut away."""
    tone = stretched(light(floats(photo, SIDE)))
    shape = tone.shape
    smooth = blur(tone, 3.2) + 0.8 * (blur(tone, 1.6) - blur(tone, 10))
    angle = along(blur(tone, 3), 16) + 0.25 * noise(shape, 70, rng)
    marks = flowing(shape, angle, 9, rng)
    sheet = hexes("f6eedb")[0] * (1 + 0.015 * paper(shape, rng)[..., None])
    picture = sheet * np.ones((*shape, 1), np.float32)
    for level, colour, reach in (
        (0.86, "f2c14e", 0.05),
        (0.64, "e0693f", 0.1),
        (0.42, "1f6f78", 0.14),
        (0.22, "14213d", 0.16),
    ):
        block = smoothstep(
            -0.012, 0.012, level - smooth - reach * marks * smoothstep(0.26, 0.0, np.abs(level - smooth))
        )
        block *= 0.93 + 0.05 * np.clip(paper(shape, rng, 1.4), -2, 1)
        block *= 1 - 0.6 * smoothstep(2.0, 2.7, noise(shape, 1.0, rng))
        picture = picture * (1 - block[..., None]) + hexes(colour)[0] * block[..., None]
    return image_of(picture)


def engraving(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Lines of copper that swell in the dark, crossed by a second set in the darkest, in sepia."""
    tone = stretched(light(floats(photo, SIDE))) ** 0.9
    shape = tone.shape
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    relief = 26 * blur(tone, 6) + 5 * noise(shape, 40, rng)
    sharp = np.clip(blur(tone, 0.9) + 1.2 * (blur(tone, 0.9) - blur(tone, 5)), 0, 1)
    ink = np.zeros(shape, np.float32)
    for turn, period, low, high in ((0.25, 5.2, 0.05, 0.93), (1.2, 5.2, -0.25, 0.55), (-0.65, 4.6, -0.35, 0.3)):
        phase = (y * np.cos(turn) + x * np.sin(turn) + relief) / period
        wave = np.abs((phase % 1) - 0.5) * 2
        thick = 1 - np.clip((sharp - low) / (high - low), 0, 1)
        ink = np.maximum(ink, smoothstep(-0.16, 0.16, thick - wave) * (thick > 0.02))
    edge = smoothstep(0.05, 0.14, np.hypot(*np.gradient(blur(tone, 1.0))))
    ink = np.clip(np.maximum(ink, 0.85 * edge * smoothstep(0.8, 0.5, tone)), 0, 1)
    ink *= 0.9 + 0.06 * paper(shape, rng, 0.8)
    sheet = hexes("efe2c6")[0] * (1 + 0.025 * clouds(shape, 90, rng)[..., None] + 0.012 * paper(shape, rng)[..., None])
    return image_of(sheet * (1 - ink[..., None]) + hexes("3a2416")[0] * ink[..., None])


def poster(rng: np.random.Generator) -> Image.Image:
    """A travel poster of the thirties: mountains, firs and a lake in flat colours with sprayed shadows."""
    shape = (1024, 768)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    spray = noise(shape, 0.7, rng)

    def grained(values: np.ndarray) -> np.ndarray:
        return np.clip(values + 0.16 * spray, 0, 1)[..., None]

    sky = hexes("f4d9a0")[0] * (1 - grained(1 - y / 620)) + hexes("e98a4b")[0] * grained(1 - y / 620)
    picture = sky * np.ones((*shape, 3), np.float32)
    sun = smoothstep(101, 99, np.hypot(y - 250, x - 250))[..., None]
    picture = picture * (1 - sun) + hexes("fbeec1")[0] * sun
    ranges = ((430, 260, 2, "8b7fa8", "f7e3cf"), (560, 190, 3, "4f6d8f", "e3bf9f"), (660, 110, 5, "2d4f66", "7fa59b"))
    for top, high, teeth, dark, bright in ranges:
        corners = np.linspace(-60, shape[1] + 60, teeth * 2 + 1) + rng.uniform(-24, 24, teeth * 2 + 1)
        tops = top - high * rng.uniform(0.55, 1, teeth * 2 + 1) * np.resize([0.25, 1.1], teeth * 2 + 1)
        line = np.interp(x[0], corners, tops) + 3 * noise((1, shape[1]), 3, rng)[0]
        inside = smoothstep(-0.8, 0.8, y - line[None])[..., None]
        slope = np.gradient(blur(line[None], 3)[0])
        ribs = np.sin((y - line[None]) / 30 + x / 23 + 2 * noise((1, shape[1]), 14, rng)) * smoothstep(
            0, 50, y - line[None]
        )
        sunny = smoothstep(0.06, -0.06, slope[None] + 0.55 * ribs)
        face = hexes(dark)[0] * (1 - sunny[..., None]) + hexes(bright)[0] * sunny[..., None]
        face = face * (1 - 0.35 * grained(smoothstep(40, 210, y - line[None])))
        picture = picture * (1 - inside) + face * inside
    lake = smoothstep(-1, 1, y - 716)[..., None]
    ripple = smoothstep(0.2, 0.5, np.sin(y / 5.5 + 2.2 * np.sin(x / 90 + y / 30)) * noise((shape[0], 1), 6, rng))
    water = hexes("2a7a86")[0] * (1 - ripple[..., None]) + hexes("f0c27b")[0] * ripple[..., None]
    picture = picture * (1 - lake) + water * lake
    for base, size, count, colour in ((800, 130, 15, "1f4a45"), (930, 240, 9, "10302f"), (1080, 400, 5, "0a1f22")):
        ground = smoothstep(-1, 1, y - (base - 30 + 12 * np.sin(x / 90 + base)))
        for middle in np.linspace(-40, shape[1] + 40, count) + rng.normal(0, 26, count):
            tall = size * rng.uniform(0.7, 1.15)
            down = (y - (base - tall)) / tall
            teeth = 0.62 + 0.38 * ((down * 7.5) % 1)
            ground = np.maximum(ground, (np.abs(x - middle) < 0.2 * tall * down * teeth) & (down > 0) & (down < 1.1))
        mask = blur(ground.astype(np.float32), 0.7)[..., None]
        tint = hexes(colour)[0] * (1 + 0.25 * grained(smoothstep(base - size, base + 60, y) * 0.5))
        picture = picture * (1 - mask) + tint * mask
    return image_of(picture)


def riso(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Three inks of a risograph in dots, yellow, coral and blue, a little out of register."""
    pixels = vivid(floats(photo, SIDE), 1.4, 1.15)
    shape = pixels.shape[:2]
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    sheet = hexes("f7f2e6")[0] * (1 + 0.012 * paper(shape, rng)[..., None])
    picture = sheet * np.ones_like(pixels)
    warm = stretched(1 - 0.65 * pixels[..., 2] - 0.35 * pixels[..., 1])
    cold = stretched(1 - 0.7 * pixels[..., 0] - 0.3 * pixels[..., 1])
    yellow = stretched(pixels[..., 1] - pixels[..., 2]) * 0.8
    for amount, colour, turn, period, shift in (
        (yellow, "ffd23f", 0.0, 7.0, (2, -2)),
        (warm, "ff5a5f", 0.26, 7.0, (-1, 2)),
        (cold, "1d3fa8", 1.31, 7.0, (1, 0)),
    ):
        moved = np.roll(blur(amount, 1.0), shift, (0, 1))
        u, v = y * np.cos(turn) + x * np.sin(turn), x * np.cos(turn) - y * np.sin(turn)
        screen = 0.5 + 0.25 * (np.cos(2 * np.pi * u / period) + np.cos(2 * np.pi * v / period))
        ink = smoothstep(-0.13, 0.13, 1.08 * np.clip(moved, 0, 1) ** 1.15 - screen)
        ink *= 0.9 + 0.07 * np.clip(paper(shape, rng, 1.5), -2, 1.4)
        picture = picture * (1 - ink[..., None] * (1 - hexes(colour)[0]))
    return image_of(picture)


def screenprint(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Flat areas of five inks with cut edges, and a key of black."""
    pixels = floats(photo, SIDE)
    tone = stretched(light(pixels))
    smooth = blur(tone, 4) + 0.7 * (blur(tone, 2) - blur(tone, 14))
    inks = hexes("2d1e4f", "8e2a6b", "e4456b", "f98e54", "fbd872", "fdf3d0")
    picture = stepped(smooth, inks)
    picture = np.stack([blur(picture[..., c], 0.7) for c in range(3)], 2)
    key = smoothstep(0.0, 0.03, blur(tone, 6) - blur(tone, 1.2) - 0.055)
    picture = picture * (1 - key[..., None]) + hexes("160f2b")[0] * key[..., None]
    return image_of(picture * (1 + 0.02 * paper(tone.shape, rng)[..., None]))
