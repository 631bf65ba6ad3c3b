"""Every tuned number of the engine, in one place and handed down from here.

What each ingredient is worth stands in CONTRIBUTING, as `stylestudio evaluate --ablate all` measures it. A weight of 0
switches its ingredient off.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class ScaleConfig:
    """The ladder over the picture's sizes.

    - `coarsest`: long side in pixels near which it begins, 32 and more; at 64, a scale costs next to nothing
    - `mix`: 0 to 1, weight of the scale before in what is looked for, at fidelity 0; it falls to 0 at fidelity 1
    - `light`: weight λ of guidance at the coarsest scale, per squared deviation of light, 0 to 3
    - `light_kept`: 0 to 1, what is left of that weight at each next scale
    """

    coarsest: int = 64
    mix: float = 0.5
    light: float = 1.0
    light_kept: float = 0.5


@dataclass(frozen=True)
class DescriptorConfig:
    """The descriptors that patches are compared by.

    - `components`: how many numbers one has
    - `values`: channels times positions of a patch before that; more take seconds to decompose
    - `samples`: positions of the style that the components are found from
    """

    components: int = 64
    values: int = 512
    samples: int = 4096


@dataclass(frozen=True)
class SearchConfig:
    """Which style position each content position takes.

    - `offered`: positions of a style among which the best is looked for, about
    - `rounds`: how often each position tries its neighbours' matches
    - `reach`: positions that the first random step goes at most; each next one half as far
    - `agreement`: what a match gains, in correlation, by each of the four neighbours that it continues, 0 to 0.1
    - `reuse`: what a region taken e times its share costs, in correlation, times log e, 0 to 0.1
    - `region`: its side in positions, odd
    """

    offered: int = 1 << 13
    rounds: int = 4
    reach: int = 8
    agreement: float = 0.02
    reuse: float = 0.03
    region: int = 5


@dataclass(frozen=True)
class ReplacementConfig:
    """What is laid down where the matches are.

    - `overlap`: side in positions of the pieces, odd, whose overlaps are averaged; at the finest layer always 1
    - `photo`: 0 to 1, the share of the photo's own features below relu4_1 at fidelity 1
    - `balance`: 0 to 1, how far the mixture is brought to the style's statistics
    - `ridge`: of a covariance's mean variance, added to every direction before it is inverted
    """

    overlap: int = 3
    photo: float = 0.6
    balance: float = 0.65
    ridge: float = 1e-2


@dataclass(frozen=True)
class PaletteConfig:
    """The colours of the decoded picture.

    - `strength`: 0 to 1, how far chroma's mean and covariance go to the style's; at 0.5 colours are a tenth paler
    - `softened`: 0 to 1, the share of chroma that is its mean over 3 x 3 pixels; takes 5 dB of speckle
    - `skipped`: the share of the style's chroma at either end that does not count for its range
    - `pure`: the share of black and white values in a style from which on the picture's may be so too
    - `knee`: how far from black and white values begin to bend
    """

    strength: float = 0.75
    softened: float = 0.5
    skipped: float = 0.001
    pure: float = 0.05
    knee: float = 0.02


@dataclass(frozen=True)
class RefiningConfig:
    """The descent on the pixels that may follow.

    - `photo`: 0 to 1, the photo's share in the features that are held
    - `held`: weight of their error against the mean distance of the Gram matrices
    - `levels`: pictures, each half as large as the one before, whose sum the change is
    - `step`, `momentum`, `memory`: of the descent (Adam), the first in values of 0..1
    - `colour_noise`: deviation of colours; directions in which the style has less of it are held back
    """

    photo: float = 0.5
    held: float = 0.5
    levels: int = 4
    step: float = 0.02
    momentum: float = 0.9
    memory: float = 0.99
    colour_noise: float = 3 / 255


@dataclass(frozen=True)
class Config:
    """All of them."""

    scales: ScaleConfig = ScaleConfig()
    appearance: DescriptorConfig = DescriptorConfig()
    search: SearchConfig = SearchConfig()
    replacement: ReplacementConfig = ReplacementConfig()
    palette: PaletteConfig = PaletteConfig()
    refining: RefiningConfig = RefiningConfig()


DEFAULT = Config()
