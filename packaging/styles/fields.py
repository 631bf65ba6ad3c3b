"""What the drawn styles have in common: pictures as floats 0..1, blurs, noises, directions, cells and paper."""

from __future__ import annotations

import numpy as np
from PIL import Image

WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)


def floats(image: Image.Image, side: int) -> np.ndarray:
    """(H, W, 3) in 0..1 with so many pixels on the long side."""
    scale = side / max(image.size)
    size = round(image.width * scale), round(image.height * scale)
    return np.asarray(image.convert("RGB").resize(size, Image.Resampling.LANCZOS), np.float32) / 255


def image_of(pixels: np.ndarray) -> Image.Image:
    return Image.fromarray((np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8))


def light(pixels: np.ndarray) -> np.ndarray:
    """Luminance (H, W)."""
    return pixels @ WEIGHTS


def blur(plane: np.ndarray, sigma: float) -> np.ndarray:
    """By a Gaussian, mirrored at the edges; a plane (H, W) or (H, W, C)."""
    if plane.ndim == 3:
        return np.stack([blur(plane[..., c], sigma) for c in range(plane.shape[2])], 2)
    margin = int(3 * sigma) + 1
    more = [quick_length(side + 2 * margin) - side - margin for side in plane.shape]
    padded = np.pad(plane.astype(np.float32), [(margin, after) for after in more], mode="symmetric")
    down, across = np.fft.fftfreq(padded.shape[0])[:, None], np.fft.rfftfreq(padded.shape[1])[None]
    kernel = np.exp(-2 * (np.pi * sigma) ** 2 * (down**2 + across**2)).astype(np.float32)
    smooth = np.fft.irfft2(np.fft.rfft2(padded) * kernel, padded.shape)
    return smooth[margin : margin + plane.shape[0], margin : margin + plane.shape[1]].astype(np.float32)


def quick_length(length: int) -> int:
    """The next length from this on with no prime factor above 5, for which a Fourier transform is quick."""
    while True:
        rest = length
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return length
        length += 1


def noise(shape: tuple[int, int], sigma: float, rng: np.random.Generator) -> np.ndarray:
    """Clouds of this size with mean 0 and deviation 1."""
    plane = blur(rng.standard_normal(shape).astype(np.float32), sigma)
    return (plane - plane.mean()) / plane.std()


def clouds(shape: tuple[int, int], largest: float, rng: np.random.Generator, octaves: int = 5) -> np.ndarray:
    """Clouds of all sizes down from the largest, each half as strong as the one before; deviation 1."""
    total = np.zeros(shape, np.float32)
    for n in range(octaves):
        if largest / 2**n >= 0.5:
            total += noise(shape, largest / 2**n, rng) / 2**n
    return total / total.std()


def along(plane: np.ndarray, sigma: float) -> np.ndarray:
    """The direction (radians, H × W) in which the plane changes least, from its structure tensor."""
    down, across = np.gradient(blur(plane, 1.0))
    xx, yy, xy = blur(across * across, sigma), blur(down * down, sigma), blur(across * down, sigma)
    return 0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2


def sample(plane: np.ndarray, y: np.ndarray, x: np.ndarray) -> np.ndarray:
    """The values at places, bilinear; beyond the edges those of the edge."""
    height, width = plane.shape[:2]
    y, x = np.clip(y, 0, height - 1.001), np.clip(x, 0, width - 1.001)
    top, left = y.astype(int), x.astype(int)
    fy, fx = y - top, x - left
    if plane.ndim == 3:
        fy, fx = fy[..., None], fx[..., None]
    upper = plane[top, left] * (1 - fx) + plane[top, left + 1] * fx
    lower = plane[top + 1, left] * (1 - fx) + plane[top + 1, left + 1] * fx
    return upper * (1 - fy) + lower * fy


def nearest(
    points: np.ndarray, shape: tuple[int, int], stretch: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Which two of the points (N, 2), y and x, are nearest to each pixel, and how far both are: (2, H, W) each.

    Only the 48 next to each block are looked at. `stretch` (N, 2, 2) turns each point's distances, so that cells may
    be long in a direction of their own.
    """
    index = np.empty((2, *shape), np.int32)
    far = np.empty((2, *shape), np.float32)
    cell = 24
    for top in range(0, shape[0], cell):
        for left in range(0, shape[1], cell):
            y, x = np.mgrid[top : min(top + cell, shape[0]), left : min(left + cell, shape[1])].astype(np.float32)
            middle = np.array([y.mean(), x.mean()])
            close = np.argsort(((points - middle) ** 2).sum(1))[: min(len(points), 48)]
            offset = np.stack([y, x], 2)[..., None, :] - points[close]
            if stretch is not None:
                offset = np.einsum("nij,hwnj->hwni", stretch[close], offset)
            distance = np.sqrt((offset**2).sum(3))
            order = np.argpartition(distance, 1, axis=2)[..., :2]
            two = np.take_along_axis(distance, order, 2)
            flip = two[..., 0] > two[..., 1]
            order[flip], two[flip] = order[flip][:, ::-1], two[flip][:, ::-1]
            block = np.s_[:, top : top + y.shape[0], left : left + y.shape[1]]
            index[block], far[block] = close[order].transpose(2, 0, 1), two.transpose(2, 0, 1)
    return index, far


def scattered(density: np.ndarray, count: int, rng: np.random.Generator, rounds: int = 12) -> np.ndarray:
    """So many points (N, 2), denser where the plane is large, evened out by Lloyd's method at half the size."""
    coarse = density[::2, ::2]
    places = rng.choice(coarse.size, count, replace=False, p=coarse.ravel() / coarse.sum())
    points = np.stack(np.unravel_index(places, coarse.shape), 1).astype(np.float32)
    y, x = np.mgrid[: coarse.shape[0], : coarse.shape[1]]
    for _ in range(rounds):
        owner = nearest(points, coarse.shape)[0][0].ravel()
        weight = np.maximum(np.bincount(owner, coarse.ravel(), count), 1e-9)
        sums = [np.bincount(owner, (coarse * axis).ravel(), count) for axis in (y, x)]
        points = np.stack([total / weight for total in sums], 1).astype(np.float32)
    return 2 * points


def means(pixels: np.ndarray, owner: np.ndarray, count: int) -> np.ndarray:
    """The mean colour (N, 3) of each cell."""
    size = np.maximum(np.bincount(owner.ravel(), minlength=count), 1)
    return np.stack([np.bincount(owner.ravel(), pixels[..., c].ravel(), count) / size for c in range(3)], 1)


def lit(height: np.ndarray, strength: float, direction: float = 2.3) -> np.ndarray:
    """How much lighter or darker a surface of this height looks under a light from the side, about 1."""
    down, across = np.gradient(height)
    return 1 + strength * (across * np.cos(direction) - down * np.sin(direction))


def vivid(pixels: np.ndarray, saturation: float, contrast: float = 1.0) -> np.ndarray:
    grey = light(pixels)[..., None]
    return np.clip(0.5 + contrast * (grey + saturation * (pixels - grey) - 0.5), 0, 1)


def paper(shape: tuple[int, int], rng: np.random.Generator, grain: float = 1.2) -> np.ndarray:
    """The height of rough paper, deviation 1."""
    return 0.7 * noise(shape, grain, rng) + 0.5 * noise(shape, 2.5 * grain, rng) + 0.3 * noise(shape, 8 * grain, rng)


def hexes(*colours: str) -> np.ndarray:
    """Colours (N, 3) from their codes."""
    return np.array([[int(one[n : n + 2], 16) / 255 for n in (0, 2, 4)] for one in colours], np.float32)


def ramp(values: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Values 0..1 as colours between those given, evenly spaced."""
    place = np.clip(values, 0, 1) * (len(colours) - 1)
    low = np.minimum(place.astype(int), len(colours) - 2)
    share = (place - low)[..., None]
    return colours[low] * (1 - share) + colours[low + 1] * share


def stepped(values: np.ndarray, colours: np.ndarray) -> np.ndarray:
    """Values 0..1 as one of the colours each."""
    return colours[np.minimum((np.clip(values, 0, 1) * len(colours)).astype(int), len(colours) - 1)]


def smoothstep(low: float, high: float, values: np.ndarray) -> np.ndarray:
    share = np.clip((values - low) / (high - low), 0, 1)
    return share * share * (3 - 2 * share)
