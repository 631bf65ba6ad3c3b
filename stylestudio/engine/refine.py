"""Refine: change the overfit picture itself, step by step, towards the style's statistics, its features held.

Gatys, Ecker and Bethge, "Image Style Transfer Using Convolutional Neural Networks", 2016: Gram matrices at several
layers, and a picture found by descent. Here the descent starts at the overfit picture; what holds the content are two
layers' features, half the overfit picture's own and half the photo's at the style's statistics.
"""

from dataclasses import dataclass, replace
from math import ceil, sqrt

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.coding import Networks, encode, pad_image
from stylestudio.engine.config import DEFAULT, Config, RefiningConfig
from stylestudio.engine.networks.encoder import LAYERS, Encoder
from stylestudio.engine.postprocess import PaletteContext, bring_into_range
from stylestudio.engine.runtime import heap
from stylestudio.engine.runtime.device import device_for_limited, eigen, in_float64
from stylestudio.engine.runtime.gradients import EncoderPart, run_encoder_parts
from stylestudio.engine.runtime.lazy import HELD, LazyMap, materialise
from stylestudio.engine.runtime.tiling import enlarge_window, row_chunks
from stylestudio.engine.transport import Moments, moments, transport
from stylestudio.progress import Preview, Progress, Work, as_part, checkpoint, finish

STAGE = "Finishing touches"
HELD_LAYERS = ("relu4_1", "relu2_1")
LEAST_SPREAD = 0.01
"""Of the held features' mean square: an even picture's errors count against this."""


@dataclass(frozen=True)
class LayerObjective:
    """What a layer's features should come to.

    `scale` (C,) is what the encoder multiplied the published network's channels by; at the published scale are `gram`
    (C, C), the style's, and `spread`, the variance of `held` (positions, C). Nothing is held where that is None.
    """

    scale: Tensor
    gram: Tensor
    held: Tensor | None = None
    spread: float = 1.0


def layer_objectives(
    networks: Networks, image: Tensor, photo: Tensor, style: Tensor, opaque: Tensor | None, config: Config
) -> Work[dict[str, LayerObjective]]:
    """What every layer's features should come to; `image` and `photo` have the same padded size.

    `opaque` (1, 1, H', W') is the style's alpha, None where all can be seen.
    """
    model = yield from as_part(encode(networks, style, LAYERS, STAGE, HELD), 0.0, 0.3)
    model = replace(model, opaque=None if opaque is None else pad_image(opaque))
    own = yield from as_part(encode(networks, image, HELD_LAYERS, STAGE), 0.3, 0.5)
    photos = yield from as_part(encode(networks, photo, HELD_LAYERS, STAGE), 0.5, 0.7)
    aims: dict[str, LayerObjective] = {}
    for number, layer in enumerate(LAYERS):
        yield Progress(STAGE, 0.7 + 0.3 * number / len(LAYERS))
        scale, wanted = networks.encoder.channel_scale(layer), model.moments(layer)
        products = wanted.covariance + torch.outer(wanted.mean, wanted.mean)
        gram = (products / in_float64(torch.outer(scale, scale))).float().to(scale.device)
        aims[layer] = LayerObjective(scale, gram)
        if layer in HELD_LAYERS:
            held = blended_rows(own.feature_tensor(layer), photos.feature_tensor(layer), wanted, config)
            aims[layer] = LayerObjective(scale, gram, held, mean_variance(held, scale))
    yield Progress(STAGE, 1.0)
    return aims


def blended_rows(own: Tensor, photo: Tensor, wanted: Moments, config: Config) -> Tensor:
    """(positions, C) between a layer's `own` map (1, C, h, w) and the photo's, that brought to these moments."""
    move, features = transport(moments(photo), wanted, config.replacement.ridge), torch.empty_like(photo)
    for rows in row_chunks(features.shape[2], features.shape[1] * features.shape[3]):
        checkpoint()
        features[:, :, rows] = torch.lerp(own[:, :, rows], move(photo[:, :, rows]), config.refining.photo)
    return flatten_positions(features)


def mean_variance(rows: Tensor, scale: Tensor) -> float:
    """Mean variance of the columns of (positions, C), each over its `scale` (C,); never nothing."""
    mean = rows.mean(0)
    variances = (rows - mean).square().mean(0)
    variance, square = ((found / scale.square()).mean() for found in (variances, variances + mean.square()))
    return max(variance.item(), LEAST_SPREAD * square.item(), 1e-6)


def flatten_positions(features: Tensor) -> Tensor:
    """A map (1, C, h, w) as (positions, C)."""
    return features[0].permute(1, 2, 0).flatten(0, 1)


MOST_PIXELS = 768 * 576
"""At once: so a step's memory stays bounded, about 2 kB a pixel, half of it in bfloat16. Convolutions are by bands."""
PREPARATION = 3
"""In steps, the time that goes by before the first."""


@dataclass(frozen=True)
class RefinedImage(LazyMap):
    """An image (1, 3, H, W) in 0..1 with the change to it so far (1, 3, h, w), which has its size or a smaller one.

    In 0..1 too, black and white as in any overfit picture.
    """

    image: Tensor
    change: Tensor
    context: PaletteContext

    @property
    def shape(self) -> tuple[int, int, int, int]:
        _, channels, height, width = self.image.shape
        return 1, channels, height, width

    def window(self, rows: slice, columns: slice) -> Tensor:
        change = enlarge_window(self.change, self.shape[2:], rows, columns)
        return bring_into_range(change.add_(self.image[:, :, rows, columns]), self.context)


def refining_scale(width: int, height: int) -> float:
    """At which share, up to 1, of its size a picture is refined."""
    return min(1.0, sqrt(MOST_PIXELS / (width * height)))


def refine_picture(
    networks: Networks,
    image: Tensor,
    content: Tensor,
    style: Tensor,
    steps: int,
    config: Config = DEFAULT,
    opaque: Tensor | None = None,
    shift: dict[str, Tensor] | None = None,
) -> Work[Tensor]:
    """The overfit picture `image` (1, 3, H, W), in 0..1, after so many steps; steps take about the same time each.

    `content` (1, 3, h, w), what it was made of, has its size or a smaller one, at which it is refined: the change is
    enlarged. `style` (1, 3, H', W') has the texture scale it then had, and `opaque` (1, 1, H', W') is its alpha.
    `shift` (C, C) is added to its Gram matrix at each layer. Every step tells a `Preview` whose picture is a
    `RefinedImage`.
    """
    if not steps:
        return image
    heap.begin()
    heap.give_back()
    height, width = content.shape[2:]
    start = pad_image(downscale(image, (height, width)))
    aiming = layer_objectives(networks, start, pad_image(content), style, opaque, config)
    aims = yield from as_part(aiming, 0.0, PREPARATION / (PREPARATION + steps))
    for layer, more in (shift or {}).items():
        aims[layer] = replace(aims[layer], gram=aims[layer].gram + more)
    context = PaletteContext.of(style, opaque, config.palette)
    descent = Descent(networks.encoder, start, context.style, aims, config.refining)
    for step in range(steps):
        done = (PREPARATION + step) / (PREPARATION + steps)
        yield Preview(STAGE, done, RefinedImage(image, descent.change()[:, :, :height, :width], context))
        descent.step()
    change = descent.change()[:, :, :height, :width]
    del descent
    found = finish(materialise(RefinedImage(image, change, context), STAGE))
    yield Progress(STAGE, 1.0)
    return found


def downscale(image: Tensor, size: tuple[int, int]) -> Tensor:
    """The image (1, 3, H, W) at this size (height, width), which is not larger."""
    if image.shape[2:] == size:
        return image
    small = F.interpolate(image.to(device_for_limited(image.device)), size, mode="bilinear", antialias=True)
    return small.to(image.device).clamp_(0, 1)


class Descent:
    """The picture's way down: Adam (Kingma and Ba, 2015) on the levels of the change to `start` (1, 3, H, W).

    By hand, as PyTorch's optimisers import its compiler at their first use: 2.5 s.
    """

    def __init__(
        self, encoder: Encoder, start: Tensor, style: Tensor, aims: dict[str, LayerObjective], tuning: RefiningConfig
    ) -> None:
        self.encoder, self.start, self.aims, self.tuning = encoder, start, aims, tuning
        self.colours = colour_projection(style, tuning.colour_noise)
        height, width = start.shape[2:]
        shapes = [(1, 3, ceil(height / 2**level), ceil(width / 2**level)) for level in range(tuning.levels)]
        self.levels = [start.new_zeros(shape) for shape in shapes]
        self.gradients, self.squares = [start.new_zeros(s) for s in shapes], [start.new_zeros(s) for s in shapes]
        self.floors = [0.0] * tuning.levels
        self.done, self.losses = 0, list[float]()

    def change(self) -> Tensor:
        """What is to be added to the start (1, 3, H, W)."""
        return self.change_of(self.levels)

    def change_of(self, levels: list[Tensor]) -> Tensor:
        """(1, 3, H, W) the sum of the levels, brought to one size, without the colours that the style lacks."""
        size = self.start.shape[2:]
        parts = [level if level.shape[2:] == size else F.interpolate(level, size, mode="bilinear") for level in levels]
        return torch.einsum("dc,bchw->bdhw", self.colours, torch.stack(parts).sum(0))

    def step(self) -> None:
        """One step down."""
        watched = [level.detach().requires_grad_() for level in self.levels]
        with torch.enable_grad():
            change = self.change_of(watched)
        image = self.start + change.detach()
        inside = image.clamp(0, 1)
        loss, gradient = loss_and_gradient(run_encoder_parts(self.encoder, inside), self.aims, self.tuning.held)
        self.losses.append(loss)
        gradient = gradient.float().masked_fill((image - inside) * gradient < 0, 0)
        checkpoint()
        self.done += 1
        for number, found in enumerate(torch.autograd.grad(change, watched, gradient)):
            self._move(number, found)

    def _move(self, number: int, gradient: Tensor) -> None:
        """Where a level's gradient is small beside what it was at first, it hardly moves: noise is not blown up."""
        if self.done == 1:
            self.floors[number] = gradient.square().mean().sqrt().item()
        first, second = self.tuning.momentum, self.tuning.memory
        mean = self.gradients[number].lerp_(gradient, 1 - first) / (1 - first**self.done)
        square = self.squares[number].lerp_(gradient.square(), 1 - second) / (1 - second**self.done)
        self.levels[number] -= self.tuning.step * mean / (square.sqrt() + self.floors[number] + 1e-12)


def loss_and_gradient(passed: list[EncoderPart], aims: dict[str, LayerObjective], held: float) -> tuple[float, Tensor]:
    """The loss, and its gradient over the image (1, 3, H, W); `passed` is used up, and its memory with it."""
    total, gradient = 0.0, torch.zeros(())
    while passed:
        part = passed.pop()
        if part.layer in aims:
            loss, added = layer_loss(part.y, aims[part.layer], held)
            total, gradient = total + loss, added.add_(gradient)
        gradient = part.back(gradient)
    return total, gradient


def layer_loss(features: Tensor, aim: LayerObjective, held: float) -> tuple[float, Tensor]:
    """How far a layer's features (1, C, h, w) are from what they should come to, and its gradient over them."""
    rows, scales = flatten_positions(features), torch.outer(aim.scale, aim.scale)
    products = torch.zeros_like(scales)
    parts = row_chunks(*rows.shape)
    for part in parts:
        checkpoint()
        products += (rows[part].t() @ rows[part]).float()
    difference = products / len(rows) / scales - aim.gram
    lengths = (one.square().sum().sqrt().clamp_min(least) for one, least in ((difference, 1e-12), (aim.gram, 1e-6)))
    size, norm = lengths
    weights = (2 * difference / scales / (len(rows) * size * norm * len(LAYERS))).to(rows.dtype)
    loss, gradient = (size / norm).item() / len(LAYERS), torch.empty_like(rows)
    for part in parts:
        checkpoint()
        torch.mm(rows[part], weights, out=gradient[part])
        if aim.held is not None:
            errors, weight = (rows[part] - aim.held[part]) / aim.scale, held / (aim.spread * rows.numel())
            loss += weight * errors.square().sum().item()
            gradient[part] += errors.mul_(2 * weight / aim.scale)
    return loss, gradient.view(*features.shape[2:], -1).permute(2, 0, 1)[None]


def colour_projection(style: Tensor, noise: float) -> Tensor:
    """(3, 3) which takes from colours what lies in directions that the style's colours (1, 3, H, W) do not have, so
    that a style in black and white brings in no colour."""
    covariance = torch.cov(style[0].flatten(1), correction=0)
    variances, directions = eigen(covariance.to(device_for_limited(style.device)))
    variances = variances.clamp_min(1e-12)
    kept = variances / (variances + noise**2)
    return (directions * kept @ directions.t()).to(style.device)
