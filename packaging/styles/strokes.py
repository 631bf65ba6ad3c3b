"""Styles made of strokes: oil, pastel, points, pencil, coloured pencil, embroidery."""

from __future__ import annotations

import numpy as np
from fields import along, blur, clouds, floats, hexes, image_of, light, lit, noise, paper, smoothstep, vivid
from PIL import Image, ImageDraw

SIDE = 1024


def paths(starts: np.ndarray, angle: np.ndarray, steps: int, step: float) -> np.ndarray:
    """The places (N, steps + 1, 2), y and x, that strokes along the directions pass, from these starts (N, 2) on."""
    places = [starts.astype(np.float32)]
    before = np.zeros_like(places[0])
    for _ in range(steps):
        y = np.clip(places[-1][:, 0].astype(int), 0, angle.shape[0] - 1)
        x = np.clip(places[-1][:, 1].astype(int), 0, angle.shape[1] - 1)
        ahead = np.stack([np.sin(angle[y, x]), np.cos(angle[y, x])], 1)
        ahead *= np.where((ahead * before).sum(1) < 0, -1, 1)[:, None]
        before = 0.6 * ahead + 0.4 * before
        before /= np.linalg.norm(before, axis=1, keepdims=True) + 1e-6
        places.append(places[-1] + step * before)
    return np.stack(places, 1)


def brush(draws, strokes: np.ndarray, width: float, colours: np.ndarray, rng: np.random.Generator) -> None:
    """Draw strokes (N, K, 2) one after the other, on colour and on height: bristles side by side, each of its shade."""
    ink, relief = draws
    count, length = strokes.shape[:2]
    ahead = np.gradient(strokes, axis=1)
    normal = np.stack([-ahead[..., 1], ahead[..., 0]], 2) / (np.linalg.norm(ahead, axis=2, keepdims=True) + 1e-6)
    bristles = max(2, round(width / 1.8))
    thick = max(1, round(2 * width / bristles * 1.4))
    taper = width * np.sqrt(np.linspace(1.0, 0.55, length))[:, None]
    offsets = np.linspace(-0.5, 0.5, bristles)
    lines = strokes[:, None] + normal[:, None] * (offsets[None, :, None, None] * taper)
    shades = colours[:, None] * (1 + rng.normal(0, 0.06, (count, bristles, 1))) + rng.normal(
        0, 0.012, (count, bristles, 3)
    )
    shades = (np.clip(shades, 0, 1) * 255).astype(int)
    rises = 150 + 70 * (1 - 2 * np.abs(offsets)) + rng.normal(0, 28, (count, bristles))
    rises = np.clip(rises, 0, 255).astype(int)
    first, last = rng.integers(0, 2, (2, count, bristles))
    ends = np.clip((length * rng.uniform(0.55, 1, count)).astype(int), 2, length)
    flat = (2 * lines[..., ::-1]).reshape(count, bristles, length * 2)
    for n in range(count):
        for k in range(bristles):
            points = flat[n, k, 2 * first[n, k] : 2 * (ends[n] - last[n, k])].tolist()
            if len(points) >= 4:
                ink.line(points, tuple(shades[n, k].tolist()), thick)
                relief.line(points, int(rises[n, k]), thick)


def painted(
    photo: np.ndarray,
    radii: tuple[float, ...],
    rng: np.random.Generator,
    length: int = 7,
    threshold: float = 0.06,
    wild: float = 0.0,
    jitter: float = 0.03,
    ground: tuple[int, int, int] = (120, 88, 60),
) -> tuple[np.ndarray, np.ndarray]:
    """Colour (H, W, 3) and height (H, W) of a painting by curved strokes, large ones first.

    Hertzmann, "Painterly rendering with curved brush strokes of multiple sizes", 1998.
    """
    size = photo.shape[1::-1]
    canvas = Image.new("RGB", (2 * size[0], 2 * size[1]), ground)  # drawn twice as large: Pillow's lines have steps
    relief = Image.new("L", canvas.size, 100)
    draws = ImageDraw.Draw(canvas), ImageDraw.Draw(relief)
    for radius in radii:
        wanted = blur(photo, radius * 0.6)
        angle = along(light(wanted), radius * 1.6) + wild * noise(photo.shape[:2], 40, rng)
        so_far = np.asarray(canvas.resize(size, Image.Resampling.BOX), np.float32) / 255
        error = blur(np.abs(so_far - wanted).sum(2), radius * 0.4)
        y, x = np.mgrid[0 : photo.shape[0] : radius, 0 : photo.shape[1] : radius]
        starts = np.stack([y.ravel(), x.ravel()], 1) + rng.uniform(0, radius, (y.size, 2))
        starts = np.minimum(starts, np.array(photo.shape[:2]) - 1)
        at = starts.astype(int)
        needed = (error[at[:, 0], at[:, 1]] > threshold) | (radius == radii[0])
        starts = rng.permutation(starts[needed])
        at = starts.astype(int)
        colours = wanted[at[:, 0], at[:, 1]] + rng.normal(0, jitter, (len(at), 3))
        brush(draws, paths(starts, angle, length, radius * 0.9), radius * 2, np.clip(colours, 0, 1), rng)
    small = (image.resize(size, Image.Resampling.BOX) for image in (canvas, relief))
    colour, height = (np.asarray(image, np.float32) / 255 for image in small)
    return colour, height


def oil(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    pixels = vivid(floats(photo, SIDE), 1.35, 1.05)
    colour, relief = painted(pixels, (22, 11, 6, 3.2), rng, wild=0.25, jitter=0.035)
    return image_of(colour * lit(blur(relief, 0.7), 1.3)[..., None])


def pastel(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Chalk on dark paper, whose grain the strokes do not fill."""
    pixels = vivid(floats(photo, SIDE), 1.3, 1.0) ** 0.85
    colour, _ = painted(
        pixels, (14, 8, 4.5), rng, length=8, threshold=0.07, wild=0.35, jitter=0.05, ground=(44, 46, 62)
    )
    grain = paper(pixels.shape[:2], rng, 0.6)
    cover = 0.25 + 0.75 * smoothstep(-1.7, 0.5, grain + 0.3 * noise(pixels.shape[:2], 14, rng) + 0.55)
    under = hexes("2c2e3e")[0] * (1 + 0.05 * grain[..., None])
    return image_of(under * (1 - cover[..., None]) + colour * cover[..., None] * (1 + 0.03 * grain[..., None]))


def points(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Dots of pure colour beside their opposites, on a pale ground."""
    pixels = vivid(floats(photo, SIDE), 1.15, 0.85) ** 0.8
    canvas = Image.new("RGB", (2 * pixels.shape[1], 2 * pixels.shape[0]), (236, 226, 204))
    draw = ImageDraw.Draw(canvas)
    for radius, count in ((7.5, 9000), (5.0, 26000), (3.4, 46000)):
        wanted = blur(pixels, radius * 0.5)
        at = rng.uniform(0, 1, (count, 2)) * pixels.shape[:2]
        colours = wanted[at[:, 0].astype(int), at[:, 1].astype(int)]
        mean = colours.mean(1, keepdims=True)
        pure = mean + (colours - mean) * rng.uniform(1.1, 2.1, (count, 1)) + rng.normal(0, 0.05, (count, 3))
        glows = rng.uniform(0, 1, (count, 1)) < 0.1  # the complement makes its neighbours glow
        pure = np.where(glows, mean - 0.6 * (colours - mean), pure)
        fills = (np.clip(pure, 0, 1) * 255).astype(int).tolist()
        sizes = radius * rng.uniform(0.7, 1.15, count)
        for (y, x), fill, r in zip(at.tolist(), fills, sizes.tolist(), strict=True):
            draw.ellipse([2 * (x - r), 2 * y - 1.7 * r, 2 * (x + r), 2 * y + 1.7 * r], fill=tuple(fill))
    colour = np.asarray(canvas.resize(pixels.shape[1::-1], Image.Resampling.BOX), np.float32) / 255
    relief = light(colour)
    return image_of(colour * lit(blur(relief, 0.6), 0.25)[..., None])


def hatched(
    tone: np.ndarray, angle: np.ndarray, spacing: float, rng: np.random.Generator, reach: tuple[float, float]
) -> np.ndarray:
    """How much graphite (H, W) lies in strokes along the directions, where the tone 0..1 is below the reach."""
    scale = 2
    layer = Image.new("L", (tone.shape[1] * scale, tone.shape[0] * scale), 0)
    draw = ImageDraw.Draw(layer)
    count = int(tone.size / spacing**2 * 1.6)
    starts = rng.uniform(0, 1, (count, 2)) * tone.shape
    at = starts.astype(int)
    dark = smoothstep(reach[1], reach[0], tone[at[:, 0], at[:, 1]])
    drawn = dark > rng.uniform(0.02, 1, count)
    lines = paths(starts[drawn], angle, 7, spacing * 1.1)
    lines = (lines + rng.normal(0, 0.25, lines.shape))[..., ::-1] * scale
    ends, widths = rng.integers(3, 9, len(lines)), rng.choice([1, 2, 2, 3], len(lines))
    for line, end, width, grey in zip(lines, ends, widths, 90 + 150 * dark[drawn], strict=True):
        draw.line(line[:end].ravel().tolist(), int(grey), int(width))
    small = layer.resize(tone.shape[::-1], Image.Resampling.BOX)
    return np.asarray(small, np.float32) / 255


def pencil(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Layers of hatching, more where it is darker, and contours, on paper with a tooth."""
    tone = light(floats(photo, SIDE))
    tone = np.clip((tone - 0.04) / 0.84, 0, 1) ** 0.8
    form = along(tone, 7)
    tooth = paper(tone.shape, rng, 0.8)
    graphite = np.zeros_like(tone)
    layers = ((0.75, 0.35, 0.95), (-0.5, 0.1, 0.62), (None, 0.1, 0.8), (1.6, 0.0, 0.34), (0.2, 0.0, 0.2))
    for turn, low, high in layers:
        direction = form if turn is None else np.full_like(tone, turn) + 0.12 * noise(tone.shape, 60, rng)
        layer = hatched(blur(tone, 1.5), direction, 4.2, rng, (low, high))
        graphite = 1 - (1 - graphite) * (1 - 0.62 * layer)
    down, across = np.gradient(blur(tone, 1.2))
    contour = smoothstep(0.03, 0.16, np.hypot(down, across))
    graphite = 1 - (1 - graphite) * (1 - 0.75 * contour * (0.75 + 0.25 * noise(tone.shape, 2, rng)))
    graphite *= np.clip(0.9 + 0.28 * tooth, 0.25, 1.2)
    sheet = hexes("f3eee2")[0] * (1 + 0.012 * tooth[..., None])
    return image_of(sheet * (1 - graphite[..., None]) + hexes("2b2a2d")[0] * graphite[..., None])


def crayon(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Coloured pencils: hatching along a slant and along the forms, light where the picture is, on rough paper."""
    pixels = vivid(floats(photo, SIDE), 1.55, 1.12) ** 0.85
    shape = pixels.shape[:2]
    canvas = Image.new("RGB", (2 * shape[1], 2 * shape[0]), (252, 248, 238))
    draw = ImageDraw.Draw(canvas)
    form = along(light(blur(pixels, 2)), 9)
    slant = np.full(shape, -0.85, np.float32) + 0.1 * noise(shape, 60, rng)
    for soft, angle, length, count in ((5, slant, 16, 16000), (2.5, form, 8, 30000), (1, form, 4, 42000)):
        wanted = blur(pixels, soft)
        starts = rng.uniform(0, 1, (count, 2)) * shape
        colours = wanted[starts[:, 0].astype(int), starts[:, 1].astype(int)]
        drawn = rng.uniform(0, 1, count) > light(colours) ** 2.2 * 0.9
        lines = 2 * paths(starts[drawn], angle, length, 2.4)[..., ::-1]
        shades = np.clip(
            colours[drawn] * rng.normal(1, 0.1, (drawn.sum(), 1)) + rng.normal(0, 0.05, (drawn.sum(), 3)), 0, 1
        )
        widths = rng.choice([1, 2, 2, 3], len(lines))
        for line, shade, width in zip(lines, (shades * 255).astype(int).tolist(), widths.tolist(), strict=True):
            draw.line(line.ravel().tolist(), tuple(shade), width)
    colour = np.asarray(canvas.resize(shape[::-1], Image.Resampling.BOX), np.float32) / 255
    tooth = smoothstep(1.5, 0.2, paper(shape, rng, 0.9))[..., None]
    sheet = hexes("fcf8ee")[0]
    return image_of(sheet + (colour - sheet) * (0.15 + 0.8 * tooth))


def embroidery(photo: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Satin stitches of shining thread that follow the forms, on linen."""
    pixels = vivid(floats(photo, SIDE), 1.15, 1.15)
    shape = pixels.shape[:2]
    flat = np.asarray(image_of(blur(pixels, 3)).quantize(22, Image.Quantize.MEDIANCUT).convert("RGB"), np.float32) / 255
    angle = along(light(blur(pixels, 4)), 14) + 0.2 * noise(shape, 50, rng)
    canvas, relief = image_of(np.ones_like(pixels) * hexes("d9cdb4")[0]), Image.new("L", shape[::-1], 60)
    ink, rise = ImageDraw.Draw(canvas), ImageDraw.Draw(relief)
    starts = rng.permutation(np.argwhere(np.ones((shape[0] // 4, shape[1] // 4))) * 4)
    turn, half = angle[starts[:, 0], starts[:, 1]], rng.uniform(8, 13, len(starts))
    unit = np.stack([np.sin(turn), np.cos(turn)], 1)
    ahead, across = unit * half[:, None], np.stack([unit[:, 1], -unit[:, 0]], 1)
    threads = flat[starts[:, 0], starts[:, 1]] * (1 + rng.normal(0, 0.08, (len(starts), 1)))
    ends = np.stack([starts - ahead + rng.normal(0, 1, starts.shape), starts + ahead], 1)
    for n in range(len(starts)):
        for offset, shade, bump in ((-1.3, 0.62, 120), (0.9, 0.9, 190), (0.0, 1.12, 235)):
            line = (ends[n] + across[n] * offset)[:, ::-1].ravel().tolist()
            ink.line(line, tuple((np.clip(threads[n] * shade, 0, 1) * 255).astype(int).tolist()), 2)
            rise.line(line, bump, 2)
    colour, height = np.asarray(canvas, np.float32) / 255, np.asarray(relief, np.float32) / 255
    sheen = 0.10 * np.cos(2 * (angle - 0.6))[..., None]
    return image_of(
        colour * lit(blur(height, 0.7), 0.5)[..., None] * (1 + sheen) + 0.03 * clouds(shape, 3, rng)[..., None]
    )
