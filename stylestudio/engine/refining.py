"""Refine: change the overfit picture itself, step by step, towards the style's statistics, its features held.

Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks", 2016: Gram matrices at several
layers, and a picture found by descent. Here the descent starts at the overfit picture; what holds the content are two
layers' features, half the overfit picture's own and half the photo's at the style's statistics.
"""

from dataclasses import dataclass
from math import ceil, sqrt

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine import memory
from stylestudio.engine.coding import Networks, padded
from stylestudio.engine.colour import luminance_of
from stylestudio.engine.config import DEFAULT, Config, Refining
from stylestudio.engine.device import able
from stylestudio.engine.encoder import LAYERS, Encoder
from stylestudio.engine.maps import Lazy, whole
from stylestudio.engine.palette import Context, within_range
from stylestudio.engine.refining_aims import STAGE, Aim, aims_of, rows_of
from stylestudio.engine.slopes import Passed, forward
from stylestudio.engine.tiling import averaged, enlarged, row_chunks
from stylestudio.progress import Preview, Progress, Steps, Work, scaled, silent, told

MOST_PIXELS = 768 * 576
"""At once: so a step's memory stays bounded, about 2 kB a pixel, half of it in bfloat16. Convolutions are by bands."""
PREPARATION = 3
"""In steps, the time that goes by before the first."""


@dataclass(frozen=True)
class Refined(Lazy):
    """An image (1, 3, H, W) in 0..1 with the change to it so far (1, 3, h, w), which has its size or a smaller one.

    In 0..1 too, black and white as in any overfit picture.
    """

    image: Tensor
    change: Tensor
    context: Context

    @property
    def shape(self) -> tuple[int, int, int, int]:
        _, channels, height, width = self.image.shape
        return 1, channels, height, width

    def window(self, rows: slice, columns: slice) -> Steps[Tensor]:
        change = enlarged(self.change, self.shape[2:], rows, columns)
        yield
        return (yield from within_range(change.add_(self.image[:, :, rows, columns]), self.context))


def share_of(image: Tensor, most_pixels: int = MOST_PIXELS) -> float:
    """At which share, up to 1, of its size an image (1, 3, H, W) is refined."""
    return min(1.0, sqrt(most_pixels / (image.shape[2] * image.shape[3])))


def refined(
    networks: Networks,
    image: Tensor,
    content: Tensor,
    style: Tensor,
    steps: int,
    config: Config = DEFAULT,
    most_pixels: int = MOST_PIXELS,
    given: float = 1.0,
    opaque: Tensor | None = None,
) -> Work[Tensor]:
    """The overfit picture `image` (1, 3, H, W), in 0..1, after so many steps; steps take about the same time each.

    `content` (1, 3, h, w) is what it was made of, where `image` may be `padded`; `style` (1, 3, H', W') has the texture
    scale it had then, and `opaque` (1, 1, H', W') is its alpha. They may be given at a share of these sizes, at least
    `share_of` the image. Larger images than `most_pixels` are refined at that size, and the change is enlarged. Every
    step tells a `Preview` whose picture is a `Refined`.
    """
    if not steps:
        return image
    share = share_of(image, most_pixels)
    height, width = (ceil(extent * share) for extent in image.shape[2:])
    memory.begin()
    memory.give_back()
    start = padded((yield from told(resized(image, (height, width)), STAGE)))
    photo = padded(content) if given == 1 else content
    photo = padded((yield from told(resized(photo, (height, width)), STAGE)))
    style_height, style_width = (ceil(extent * share / given) for extent in style.shape[2:])
    model = yield from told(resized(style, (style_height, style_width)), STAGE)
    mask = None
    if opaque is not None:
        mask = yield from told(resized(opaque, (style_height, style_width)), STAGE)
    aiming = aims_of(networks, start, photo, model, mask, config)
    aims = yield from scaled(aiming, 0.0, PREPARATION / (PREPARATION + steps))
    context = Context.of(model, mask, config.palette)
    yield Progress(STAGE, PREPARATION / (PREPARATION + steps))
    descent = Descent(networks.encoder, start, context.style, aims, config.refining)
    yield Progress(STAGE, PREPARATION / (PREPARATION + steps))
    for step in range(steps):
        done = (PREPARATION + step) / (PREPARATION + steps)
        yield Preview(STAGE, done, Refined(image, descent.change()[:, :, :height, :width], context))
        yield from told(descent.step(), STAGE, done)
    change = descent.change()[:, :, :height, :width]
    del descent
    found = yield from told(silent(whole(Refined(image, change, context), STAGE)), STAGE, 1.0)
    yield Progress(STAGE, 1.0)
    return found


def resized(image: Tensor, size: tuple[int, int]) -> Steps[Tensor]:
    """The image (1, 3, H, W) at this size (height, width), smaller or about as large."""
    if image.shape[2:] == size:
        return image
    device, narrow = image.device, []
    for rows in row_chunks(image.shape[2], image.shape[3] * 3):
        part = image[:, :, rows].to(able(device))
        narrow.append(F.interpolate(part, (part.shape[2], size[1]), mode="bilinear", antialias=True))
        yield
    image = torch.cat(narrow, 2)
    yield
    found = F.interpolate(image, size, mode="bilinear", antialias=True)
    return found.to(device).clamp_(0, 1)


class Descent:
    """The picture's way down: Adam (Kingma and Ba, 2015) on the levels of the change to `start` (1, 3, H, W)."""

    def __init__(self, encoder: Encoder, start: Tensor, style: Tensor, aims: dict[str, Aim], tuning: Refining) -> None:
        self.encoder, self.start, self.aims, self.tuning = encoder, start, aims, tuning
        self.colours, self.busy = colours_of(style, tuning.colour_noise), busy(start, tuning)
        height, width = start.shape[2:]
        shapes = [(1, 3, ceil(height / 2**level), ceil(width / 2**level)) for level in range(tuning.levels)]
        self.levels = [start.new_zeros(shape) for shape in shapes]
        self.slopes, self.squares = [start.new_zeros(s) for s in shapes], [start.new_zeros(s) for s in shapes]
        self.quiet = [0.0] * tuning.levels
        self.done, self.losses = 0, list[float]()

    def change(self) -> Tensor:
        """What is to be added to the start (1, 3, H, W)."""
        size = self.start.shape[2:]
        parts = [
            level if level.shape[2:] == size else F.interpolate(level, size, mode="bilinear") for level in self.levels
        ]
        change = sum(parts[:-1], torch.zeros(())) * self.busy + parts[-1]
        return torch.einsum("dc,bchw->bdhw", self.colours, change)

    def step(self) -> Steps[None]:
        """One step down."""
        image = self.start + self.change()
        inside = image.clamp(0, 1)
        yield
        passed = yield from forward(self.encoder, inside)
        loss, slope = yield from slope_of(passed, self.aims, self.tuning.held)
        self.losses.append(loss)
        slope = slope.float().masked_fill((image - inside) * slope < 0, 0)
        yield
        self.done += 1
        light = torch.einsum("dc,bdhw->bchw", self.colours, slope)
        fine = light * self.busy
        for number, level in enumerate(self.levels):
            self._move(number, brought_back(light if number == len(self.levels) - 1 else fine, level.shape[2:]))
            yield

    def _move(self, number: int, slope: Tensor) -> None:
        """Where a level's slope is small beside what it was at first, it hardly moves: noise is not blown up."""
        if self.done == 1:
            self.quiet[number] = slope.square().mean().sqrt().item()
        first, second = self.tuning.momentum, self.tuning.memory
        mean = self.slopes[number].lerp_(slope, 1 - first) / (1 - first**self.done)
        square = self.squares[number].lerp_(slope.square(), 1 - second) / (1 - second**self.done)
        self.levels[number] -= self.tuning.step * mean / (square.sqrt() + self.quiet[number] + 1e-12)


def brought_back(slope: Tensor, size: tuple[int, ...]) -> Tensor:
    """The slope over a map of this size (height, width), from that over the map enlarged bilinearly, (1, C, H, W)."""
    if slope.shape[2:] == size:
        return slope
    down, across = (
        F.interpolate(torch.eye(small, device=slope.device)[None, None], (large, small), mode="bilinear")[0, 0]
        for small, large in zip(size, slope.shape[2:], strict=True)
    )
    return down.t() @ slope @ across


def slope_of(passed: list[Passed], aims: dict[str, Aim], held: float) -> Steps[tuple[float, Tensor]]:
    """The loss, and its slope over the image (1, 3, H, W); `passed` is used up, and its memory with it."""
    total, slope = 0.0, torch.zeros(())
    while passed:
        part = passed.pop()
        if part.layer in aims:
            loss, added = yield from loss_of(part.y, aims[part.layer], held)
            total, slope = total + loss, added.add_(slope)
            yield
        slope = yield from part.back(slope)
    return total, slope


def loss_of(features: Tensor, aim: Aim, held: float) -> Steps[tuple[float, Tensor]]:
    """How far a layer's features (1, C, h, w) are from what they should come to, and its slope over them."""
    rows, scales = rows_of(features), torch.outer(aim.scale, aim.scale)
    products = torch.zeros_like(scales)
    parts = row_chunks(*rows.shape)
    for part in parts:
        products += (rows[part].t() @ rows[part]).float()
        yield
    difference = products / len(rows) / scales - aim.gram
    size, norm = difference.norm().clamp_min(1e-12), aim.gram.norm().clamp_min(1e-6)
    weights = (2 * difference / scales / (len(rows) * size * norm * len(LAYERS))).to(rows.dtype)
    loss, slope = (size / norm).item() / len(LAYERS), torch.empty_like(rows)
    for part in parts:
        torch.mm(rows[part], weights, out=slope[part])
        if aim.held is not None:
            errors, weight = (rows[part] - aim.held[part]) / aim.scale, held / (aim.spread * rows.numel())
            loss += weight * errors.square().sum().item()
            slope[part] += errors.mul_(2 * weight / aim.scale)
        yield
    return loss, slope.view(*features.shape[2:], -1).permute(2, 0, 1)[None]


def colours_of(style: Tensor, noise: float) -> Tensor:
    """(3, 3) which takes from colours what lies in directions that the style's colours (1, 3, H, W) do not have, so
    that a style in black and white brings in no colour."""
    covariance = torch.cov(style[0].flatten(1), correction=0)
    variances, directions = torch.linalg.eigh(covariance.to(able(style.device)))
    kept = variances.clamp_min(0) / (variances.clamp_min(0) + noise**2)
    return (directions * kept @ directions.t()).to(style.device)


def busy(image: Tensor, tuning: Refining) -> Tensor:
    """(1, 1, H, W) in 0..1: near 0 where the image's luminance hardly varies about a pixel."""
    grey = luminance_of(image)
    mean, mean_square = averaged(grey, tuning.window), averaged(grey.square(), tuning.window)
    deviation = (mean_square - mean.square()).clamp_min(0).sqrt()
    return deviation / (deviation + tuning.quiet)
