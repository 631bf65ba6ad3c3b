"""Styles of water: washes of watercolour, ink wash, marbled paper, sumi-e mountains."""

from __future__ import annotations

import numpy as np
from fields import blur, clouds, floats, hexes, image_of, light, noise, paper, sample, smoothstep, vivid
from PIL import Image

SIDE = 1024


def wandering(shape: tuple[int, int], much: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Where each pixel takes its colour from when an edge wavers."""
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    return y + much * clouds(shape, 18, rng), x + much * clouds(shape, 18, rng)


def wash(amount: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How much pigment is left where water with so much (0..1) has dried: darker rims, grains, blooms."""
    shape = amount.shape
    edge = np.hypot(*np.gradient(blur(amount, 0.9)))
    rim = np.clip(edge * 3.2, 0, 0.6) * smoothstep(0.05, 0.4, amount)
    grain = np.clip(paper(shape, rng, 0.9), -2, 2) * 0.07 * amount
    pool = amount * (1 + 0.22 * clouds(shape, 70, rng))
    return np.clip(pool + 0.55 * rim + grain, 0, 1.4)


def watercolour(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Washes from light to dark over one another on white paper, with a few lines of the pen."""
    pixels = vivid(floats(photo, SIDE), 2.0, 1.05)
    shape = pixels.shape[:2]
    sheet = np.ones_like(pixels) * hexes("fbf7ec")[0]
    optical = np.zeros_like(pixels)
    for soft, much, share, level in ((14, 9, 0.4, 4), (5, 4, 0.4, 5), (1.3, 1.3, 0.75, 6)):
        wavering = wandering(shape, much, rng)
        colour = sample(blur(pixels, soft), *wavering)
        tone = 1 - light(colour)
        flat = np.floor(tone * level + 0.5) / level
        flat = blur(flat, 0.8)
        hue = -np.log(np.clip(colour, 0.04, 0.99))
        hue /= hue.mean(2, keepdims=True) + 0.05
        strength = wash(np.clip(flat - 0.12, 0, 1), rng)
        optical += share * hue * strength[..., None]
    tone = light(pixels)
    contour = smoothstep(0.05, 0.15, np.hypot(*np.gradient(blur(tone, 1.1)))) * smoothstep(
        -0.6, 0.3, noise(shape, 9, rng)
    )
    optical += 1.3 * contour[..., None] * (1 - hexes("3a2a20")[0])
    bloom = smoothstep(1.2, 1.9, clouds(shape, 110, rng))
    optical *= (1 - 0.35 * bloom)[..., None]
    edge = np.minimum.reduce(
        np.meshgrid(*[np.minimum(np.arange(n), n - 1 - np.arange(n)) for n in shape], indexing="ij")
    )
    bare = smoothstep(6, 34, edge + 9 * clouds(shape, 25, rng))
    return image_of(sheet * np.exp(-1.05 * optical * bare[..., None]) * (1 + 0.012 * paper(shape, rng)[..., None]))


def inkwash(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Black ink thinned with water, dry brush at the darkest edges, on warm paper."""
    tone = light(floats(photo, SIDE))
    tone = np.clip((tone - np.quantile(tone, 0.02)) / np.ptp(np.quantile(tone, (0.02, 0.97))), 0, 1)
    shape = tone.shape
    dark = np.zeros_like(tone)
    for soft, much, share in ((14, 9, 0.55), (6, 5, 0.5), (1.6, 2, 0.55)):
        there = sample(blur(1 - tone, soft), *wandering(shape, much, rng))
        levels = np.floor(np.clip(there - 0.16, 0, 1) * 5) / 5
        dark += share * wash(blur(levels, 1.0), rng)
    edge = np.hypot(*np.gradient(blur(tone, 1.3)))
    dry = smoothstep(0.05, 0.16, edge + 0.02 * paper(shape, rng, 0.8)) * smoothstep(0.7, 0.35, tone)
    sheet = hexes("f2ead8")[0] * (1 + 0.02 * paper(shape, rng, 1.0)[..., None])
    ink = np.exp(-1.9 * (dark + 0.6 * dry))[..., None]
    return image_of(sheet * (hexes("16171c")[0] * (1 - ink) + ink))


def mountains(rng: np.random.Generator) -> Image.Image:
    """Sumi-e: ridges in mist one behind the other, pines, a red sun and a red seal."""
    shape = (1024, 768)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    sheet = hexes("f1e8d3")[0] * (1 + 0.02 * paper(shape, rng)[..., None] + 0.02 * clouds(shape, 200, rng)[..., None])
    sun = smoothstep(64, 60, np.hypot(y - 190, x - 560) + 1.5 * clouds(shape, 12, rng))
    picture = sheet * (
        1 - sun[..., None] * (1 - hexes("c8402f")[0]) * (0.85 + 0.08 * clouds(shape, 30, rng)[..., None])
    )
    for n, (top, rough, black) in enumerate(((330, 90, 0.2), (450, 120, 0.34), (600, 110, 0.55), (790, 80, 0.9))):
        ridge = sum(
            np.abs(np.sin(x[0] / (190 / k**1.1) + rng.uniform(0, 7))) ** (0.7 if k < 3 else 1) / k for k in range(1, 9)
        )
        line = top + 0.6 * rough - rough * ridge / 1.6 + 3 * noise((1, shape[1]), 2, rng)[0]
        depth = y - line[None]
        body = smoothstep(-1.5, 1.5, depth + 2.2 * clouds(shape, 5, rng))
        fade = np.exp(-np.clip(depth, 0, None) / (110 + 30 * n)) * 0.9 + 0.1 * (n == 3)
        folds = np.clip(
            clouds(shape, 26, rng) + np.sin((x * 1.3 + depth * 0.8) / 17 + 2 * clouds(shape, 60, rng)), -1, 2
        )
        stroke = 1 + 0.28 * folds * smoothstep(0, 40, depth)
        rim = np.exp(-((depth - 2) ** 2) / 14) * 0.5
        ink = black * body * np.clip(fade * stroke + rim, 0, 1.3) * (1 + 0.1 * paper(shape, rng, 0.8))
        mist = 0.5 * smoothstep(60, 200, depth) * body
        picture = picture * (1 - 0.4 * mist[..., None]) + sheet * 0.4 * mist[..., None]
        picture = picture * np.exp(-2.2 * np.clip(ink, 0, 1.4))[..., None]
    seal = (np.abs(y - 936) < 24) & (np.abs(x - 690) < 24)
    carved = (np.abs(np.sin((y - 912) / 7.5)) > 0.3) | (np.abs(x - 690) > 17)
    red = (seal & carved).astype(np.float32) * np.clip(0.9 + 0.15 * paper(shape, rng), 0, 1)
    return image_of(picture * (1 - red[..., None]) + hexes("b3261e")[0] * red[..., None])


SHARES = [0.2, 0.16, 0.15, 0.12, 0.14, 0.09, 0.07, 0.07]
"""Of the marbler's eight colours."""


def marbled(rng: np.random.Generator) -> Image.Image:
    """Turkish paper: drops of colour on water, drawn out by combs and curls."""
    shape = (1152, 1536)  # half as large again: the drops' edges are hard
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32) / 1.5
    for _ in range(9):  # backwards: where the colour at each place was before the stylus moved
        middle = rng.uniform(0.1, 0.9, 2).astype(np.float32) * (768, 1024)
        dy, dx = y - middle[0], x - middle[1]
        turn = rng.choice([-1, 1]) * 2.6 * np.exp(-np.hypot(dy, dx) / rng.uniform(50, 110))
        sine, cosine = np.sin(turn), np.cos(turn)
        y, x = middle[0] + dy * cosine - dx * sine, middle[1] + dy * sine + dx * cosine
    y = y + 34 * np.abs(((x / 62) % 2) - 1) ** 1.5 * 2
    x = x + 70 * np.sin(y / 85) + 30 * np.abs(((y / 48) % 2) - 1)
    y, x = y.astype(np.float32), x.astype(np.float32)
    colours = hexes("123a5c", "f2e6cf", "b5342b", "e0a526", "1f6f6b", "f7f1e3", "7a1f2e", "2a5c8a")
    chosen = np.ones(shape, np.uint8)
    for n in range(1100):
        down, across = rng.uniform(-0.15, 1.2, 2) * (768, 1024)
        radius = rng.uniform(14, 62) * (1 - n / 1500)
        chosen[(y - down) ** 2 + (x - across) ** 2 < radius**2] = rng.choice(8, p=SHARES)
    picture = floats(image_of(colours[chosen]), SIDE)
    sheet = picture.shape[:2]
    return image_of(picture * (1 + 0.02 * paper(sheet, rng)[..., None] + 0.03 * clouds(sheet, 90, rng)[..., None]))
