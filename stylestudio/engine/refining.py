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

from stylestudio.engine.device import has_fast_bfloat16
from stylestudio.engine.encoder import CHANNELS, LAYERS, Encoder, convolution_names
from stylestudio.engine.matching.method import luminance_of
from stylestudio.engine.matching.transport import Moments, moments, transported
from stylestudio.engine.pipeline import Networks, encode, padded
from stylestudio.engine.tiling import tiles
from stylestudio.progress import Preview, Progress, Steps, Work, scaled, told

STAGE = "Refining the picture"
MOST_PIXELS = 768 * 576
"""Larger pictures are refined at this size, and the change is enlarged: a step's memory, about 4 kB a pixel, and its
longest convolution stay bounded."""
STYLE_TILE = 512
HELD = ("relu4_1", "relu2_1")
HELD_WEIGHT = 0.5
"""Of the held features' error, against the mean distance of the Gram matrices."""
PHOTO_SHARE = 0.5
LEVELS = 4
"""The change is a sum of so many pictures, each half as large as the one before: colours and light move as fast as
strokes do."""
STEP = 0.02
MOMENTUM, MEMORY = 0.9, 0.99
COLOUR_NOISE = (3 / 255) ** 2
"""Variance of colours: in directions in which the style has less of it, the change is held back."""
QUIET = 0.06
"""Deviation of luminance over `QUIET_WINDOW` pixels: where the overfit picture has less of it, fine changes are held
back, which would be speckle."""
QUIET_WINDOW = 33
FINE_LEVELS = 3
LEAST_SPREAD = 0.01
"""Of the held features' mean square: an even picture's errors count against this."""
PREPARATION = 3
"""In steps, the time that goes by before the first."""


@dataclass(frozen=True)
class Aim:
    """What a layer's features should come to.

    `scale` (C,) is what the encoder multiplied the published network's channels by; at the published scale are `gram`
    (C, C), the style's, and `spread`, the variance of `held` (positions, C). Nothing is held where that is None.
    """

    scale: Tensor
    gram: Tensor
    held: Tensor | None = None
    spread: float = 1.0


@dataclass
class Passed:
    """A convolution, what went into it and what came out."""

    name: str
    x: Tensor
    y: Tensor


@dataclass(frozen=True)
class Refined:
    """An image (1, 3, H, W) in 0..1 and the change to it so far (1, 3, h, w), at its size or smaller."""

    image: Tensor
    change: Tensor

    def picture(self) -> Steps[Tensor]:
        """The changed image (1, 3, H, W), in 0..1."""
        found = torch.empty_like(self.image)
        for channel in range(3):
            change = self.change[:, channel : channel + 1]
            if change.shape[2:] != self.image.shape[2:]:
                change = F.interpolate(change, self.image.shape[2:], mode="bilinear")
            yield
            found[:, channel] = (self.image[:, channel] + change[:, 0]).clamp_(0, 1)
            yield
        return found


def refined(networks: Networks, image: Tensor, content: Tensor, style: Tensor, steps: int) -> Work[Tensor]:
    """The overfit picture `image` (1, 3, H, W), in 0..1, after so many steps; steps take about the same time each.

    `content` (1, 3, h, w) is what it was made of, where `image` may be `padded`; `style` (1, 3, H', W') has the texture
    scale it had then. Every step tells a `Preview` whose picture is a `Refined`.
    """
    if not steps:
        return image
    share = min(1.0, sqrt(MOST_PIXELS / (image.shape[2] * image.shape[3])))
    height, width = (ceil(extent * share) for extent in image.shape[2:])
    start = padded((yield from told(shrunk(image, share), STAGE)))
    photo = padded((yield from told(shrunk(padded(content), share), STAGE)))
    model = yield from told(shrunk(style, share), STAGE)
    aims = yield from scaled(aims_of(networks, start, photo, model), 0.0, PREPARATION / (PREPARATION + steps))
    descent = Descent(networks.encoder, start, model, aims)
    for step in range(steps):
        done = (PREPARATION + step) / (PREPARATION + steps)
        yield Preview(STAGE, done, Refined(image, descent.change()[:, :, :height, :width]))
        yield from told(descent.step(), STAGE, done)
    found = yield from told(Refined(image, descent.change()[:, :, :height, :width]).picture(), STAGE, 1.0)
    yield Progress(STAGE, 1.0)
    return found


def shrunk(image: Tensor, share: float) -> Steps[Tensor]:
    """The image (1, 3, H, W) at this share, up to 1, of its size."""
    if share == 1:
        return image
    size = [ceil(extent * share) for extent in image.shape[2:]]
    channels = []
    for channel in image.split(1, 1):
        channels.append(F.interpolate(channel, size, mode="bilinear", antialias=True))
        yield
    return torch.cat(channels, 1).clamp_(0, 1)


def aims_of(networks: Networks, image: Tensor, photo: Tensor, style: Tensor) -> Work[dict[str, Aim]]:
    """What every layer's features should come to; `image` and `photo` have the same padded size."""
    products, means = yield from scaled(style_statistics(networks, style), 0.0, 0.4)
    own = yield from scaled(encode(networks, image, HELD, STAGE), 0.4, 0.6)
    photos = yield from scaled(encode(networks, photo, HELD, STAGE), 0.6, 0.8)
    aims = {}
    for layer in LAYERS:
        scale = networks.encoder.scale(layer)
        gram = (products[layer] / torch.outer(scale, scale)).float()
        aims[layer] = Aim(scale, gram)
        if layer in HELD:
            wanted = Moments(means[layer], products[layer] - torch.outer(means[layer], means[layer]))
            features = photos.features.pop(layer)
            start = yield from told(moments(features), STAGE, 0.8)
            features = yield from told(transported(features, start, wanted), STAGE, 0.8)
            held = rows_of(torch.lerp(own.features.pop(layer), features, PHOTO_SHARE))
            spread = spread_of(held / scale)
            aims[layer] = Aim(scale, gram, held, spread)
    return aims


def spread_of(rows: Tensor) -> float:
    """Mean variance of the columns of (positions, C), never nothing."""
    return max(rows.var(0, correction=0).mean().item(), LEAST_SPREAD * rows.square().mean().item(), 1e-6)


def style_statistics(networks: Networks, style: Tensor) -> Work[tuple[dict[str, Tensor], dict[str, Tensor]]]:
    """At every layer the mean products (C, C) of the channels of the style (1, 3, H, W), and their means (C,), in
    double precision; worked out part by part, so that a large style needs no large maps."""
    double = {"dtype": torch.float64, "device": style.device}
    products = {layer: torch.zeros(CHANNELS[layer], CHANNELS[layer], **double) for layer in LAYERS}
    means = {layer: torch.zeros(CHANNELS[layer], **double) for layer in LAYERS}
    parts = list(tiles(*style.shape[2:], tile=STYLE_TILE, halo=0, multiple=8))
    count = style.shape[2] * style.shape[3]
    for number, (rows, columns) in enumerate(parts):
        piece = style[:, :, rows.start : rows.end, columns.start : columns.end]
        work = encode(networks, piece, LAYERS, STAGE)
        encoded = yield from scaled(work, number / len(parts), (number + 1) / len(parts))
        share = piece.shape[2] * piece.shape[3] / count
        for layer in LAYERS:
            features = rows_of(encoded.features.pop(layer))
            products[layer] += (features.t() @ features).double() * (share / len(features))
            means[layer] += features.mean(0).double() * share
            yield Progress(STAGE, (number + 1) / len(parts))
    return products, means


def rows_of(features: Tensor) -> Tensor:
    """A map (1, C, h, w) as (positions, C)."""
    return features[0].permute(1, 2, 0).flatten(0, 1)


class Descent:
    """The picture's way down: Adam (Kingma and Ba, 2015) on the levels of the change to `start` (1, 3, H, W)."""

    def __init__(self, encoder: Encoder, start: Tensor, style: Tensor, aims: dict[str, Aim]) -> None:
        self.encoder, self.start, self.aims = encoder, start, aims
        self.colours, self.busy = colours_of(style), busy(start)
        height, width = start.shape[2:]
        shapes = [(1, 3, ceil(height / 2**level), ceil(width / 2**level)) for level in range(LEVELS)]
        self.levels = [start.new_zeros(shape) for shape in shapes]
        self.slopes, self.squares = [start.new_zeros(s) for s in shapes], [start.new_zeros(s) for s in shapes]
        self.quiet = [0.0] * LEVELS
        self.done, self.losses = 0, list[float]()

    def change(self) -> Tensor:
        """What is to be added to the start (1, 3, H, W)."""
        return self._summed(self.levels)

    def _summed(self, levels: list[Tensor]) -> Tensor:
        size = self.start.shape[2:]
        parts = [level if level.shape[2:] == size else F.interpolate(level, size, mode="bilinear") for level in levels]
        change = sum(parts[:FINE_LEVELS], torch.zeros(())) * self.busy + sum(parts[FINE_LEVELS:], torch.zeros(()))
        return torch.einsum("dc,bchw->bdhw", self.colours, change)

    def step(self) -> Steps[None]:
        """One step down."""
        image = self.start + self.change()
        inside = image.clamp(0, 1)
        yield
        passed = yield from forward(self.encoder, inside)
        loss, slope = yield from slope_of(passed, self.aims)
        self.losses.append(loss)
        slope = slope.float().masked_fill((image - inside) * slope < 0, 0)
        with torch.enable_grad():
            levels = [level.detach().requires_grad_() for level in self.levels]
            slopes = torch.autograd.grad(self._summed(levels), levels, slope)
        yield
        self.done += 1
        for number, found in enumerate(slopes):
            self._move(number, found)
            yield

    def _move(self, number: int, slope: Tensor) -> None:
        """Where a level's slope is small beside what it was at first, it hardly moves: noise is not blown up."""
        if self.done == 1:
            self.quiet[number] = slope.square().mean().sqrt().item()
        mean = self.slopes[number].lerp_(slope, 1 - MOMENTUM) / (1 - MOMENTUM**self.done)
        square = self.squares[number].lerp_(slope.square(), 1 - MEMORY) / (1 - MEMORY**self.done)
        self.levels[number] -= STEP * mean / (square.sqrt() + self.quiet[number] + 1e-12)


def forward(encoder: Encoder, image: Tensor) -> Steps[list[Passed]]:
    """All convolutions in a row, each with a graph of its own, so that there is a yield between any two of them."""
    passed, fast = list[Passed](), has_fast_bfloat16(image.device)
    x = image.contiguous(memory_format=torch.channels_last)
    for name in convolution_names(encoder.architecture):
        x = x.detach().requires_grad_()
        with torch.enable_grad(), torch.autocast(image.device.type, torch.bfloat16, fast):
            y = encoder.step(name, x)
        passed.append(Passed(name, x, y))
        x = y
        yield
    return passed


def slope_of(passed: list[Passed], aims: dict[str, Aim]) -> Steps[tuple[float, Tensor]]:
    """The loss, and its slope over the image (1, 3, H, W); `passed` is used up, and its memory with it."""
    total, slope = 0.0, torch.zeros(())
    while passed:
        part = passed.pop()
        layer = f"relu{part.name[4:]}"
        if layer in aims:
            loss, added = loss_of(part.y.detach(), aims[layer])
            total, slope = total + loss, slope + added
            yield
        (slope,) = torch.autograd.grad(part.y, part.x, slope)
        yield
    return total, slope


def loss_of(features: Tensor, aim: Aim) -> tuple[float, Tensor]:
    """How far a layer's features (1, C, h, w) are from what they should come to, and its slope over them."""
    rows = rows_of(features)
    difference = (rows.t() @ rows).float() / len(rows) / torch.outer(aim.scale, aim.scale) - aim.gram
    size, norm = difference.norm().clamp_min(1e-12), aim.gram.norm().clamp_min(1e-6)
    weights = 2 * difference / torch.outer(aim.scale, aim.scale) / (len(rows) * size * norm * len(LAYERS))
    loss, slope = (size / norm).item() / len(LAYERS), rows @ weights.to(rows.dtype)
    if aim.held is not None:
        errors, weight = (rows - aim.held) / aim.scale, HELD_WEIGHT / (aim.spread * rows.numel())
        loss += weight * errors.square().sum().item()
        slope += errors.mul_(2 * weight / aim.scale)
    return loss, slope.view(*features.shape[2:], -1).permute(2, 0, 1)[None]


def colours_of(style: Tensor) -> Tensor:
    """(3, 3) which takes from colours what lies in directions that the style's colours (1, 3, H, W) do not have, so
    that a style in black and white brings in no colour."""
    variances, directions = torch.linalg.eigh(torch.cov(style[0].flatten(1), correction=0))
    kept = variances.clamp_min(0) / (variances.clamp_min(0) + COLOUR_NOISE)
    return directions * kept @ directions.t()


def busy(image: Tensor) -> Tensor:
    """(1, 1, H, W) in 0..1: near 0 where the image's luminance hardly varies about a pixel."""
    grey = luminance_of(image)
    mean, mean_square = blurred(grey), blurred(grey.square())
    deviation = (mean_square - mean.square()).clamp_min(0).sqrt()
    return deviation / (deviation + QUIET)


def blurred(grey: Tensor) -> Tensor:
    """The mean over `QUIET_WINDOW` pixels each way, of (1, 1, H, W)."""
    side, reach = QUIET_WINDOW, QUIET_WINDOW // 2
    down = F.avg_pool2d(grey, (side, 1), 1, (reach, 0), count_include_pad=False)
    return F.avg_pool2d(down, (1, side), 1, (0, reach), count_include_pad=False)
