"""Where the style has nothing like the photo, as for an eye, replaced features lose what is light and dark there.

How light a position is, is read off its features by ridge regression on the style's own luminance (Hoerl and Kennard,
"Ridge Regression: Biased Estimation for Nonorthogonal Problems", 1970), for the photo's features as for the replaced
ones. What counts is the photo's light and dark, between strokes and large areas in size, that no multiple of the
replaced ones' explains nearby: the residual of a linear fit in every window, as in He, Sun and Tang, "Guided Image
Filtering", 2010, section 3.1.
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.device import doubled, packed
from stylestudio.engine.matching.method import Encoded
from stylestudio.engine.matching.transport import ridged
from stylestudio.engine.tiling import row_chunks
from stylestudio.progress import Steps

FINE, COARSE, NEARBY = 3, 15, 5
"""Positions a side: over what light is averaged (twice), against what it is seen, and where both are compared."""
REACH = (COARSE + NEARBY) // 2
LITTLE, MUCH = 0.08, 0.3
"""Of the deviation of the style's light: what may be lost, and from where on all counts as lost."""
LEAST = 0.01
"""That deviation, at least: a style of a single colour has none."""


@dataclass(frozen=True)
class Light:
    """What tells how light features are: inner products with `weights` (C,), whose deviation in the style this is."""

    weights: Tensor
    deviation: float

    def lost(self, photo: Tensor, features: Tensor) -> Tensor:
        """(1, 1, h, w) from 0 to 1 how much of the photo's structure these features lack, both (1, C, h, w).

        What is found at a position depends on what lies at most `REACH` positions away; borders are repeated.
        """
        there, here = self.structure(photo), self.structure(features)
        both = averaged(there * here, NEARBY).clamp_min(0)
        explained = both.square() / averaged(here.square(), NEARBY).clamp_min(1e-8)
        residual = (averaged(there.square(), NEARBY) - explained).clamp_min(0).sqrt() / self.deviation
        return ((residual - LITTLE) / (MUCH - LITTLE)).clamp(0, 1)

    def structure(self, features: Tensor) -> Tensor:
        """(1, 1, h, w) light and dark of features (1, C, h, w), without strokes and without large areas."""
        light = F.conv2d(packed(features), self.weights[None, :, None, None])
        return averaged(averaged(light, FINE), FINE) - averaged(light, COARSE)


def averaged(values: Tensor, side: int) -> Tensor:
    """Means of (1, 1, h, w) over `side` x `side` positions, the border repeated."""
    around = F.pad(values, (side // 2,) * 4, mode="replicate")
    return F.avg_pool2d(F.avg_pool2d(around, (side, 1), 1), (1, side), 1)


def light_of(style: Encoded, name: str) -> Steps[Light]:
    """Learned from the style's own features at this layer, once."""

    def work() -> Steps[Light]:
        own, features = (yield from style.moments(name)), style.held(name)
        luminance = F.adaptive_avg_pool2d(style.luminance, (features.shape[2], features.shape[3]))
        away = (luminance - luminance.mean())[0, 0]
        products = torch.zeros(())
        for rows in row_chunks(features.shape[2], features.shape[1] * features.shape[3]):
            values = features[0, :, rows] - own.mean.to(features)[:, None, None]  # else rounding counts as light
            products = products + doubled(torch.einsum("chw,hw->c", values, away[rows]))
            yield
        weights = torch.linalg.solve(ridged(own.covariance), products / away.numel())
        deviation = (weights @ own.covariance @ weights).clamp_min(0).sqrt()
        return Light(weights.float().to(own.device), max(float(deviation), LEAST))

    return style.once(("light", name), work)
