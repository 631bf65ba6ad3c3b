"""Style swap (*single*): give every content patch at relu4_1 its most similar style patch.

Chen and Schmidt, "Fast Patch-based Style Transfer of Arbitrary Style", 2016 (arXiv 1612.04337), section 3.1: the
similarity is normalised cross-correlation, and whole patches are laid down, overlaps averaged. It is what coarse to
fine comes down to at one layer and one scale, with appearance as the only term of the score.
"""

from dataclasses import replace as replaced

from stylestudio.engine.config import Config
from stylestudio.engine.matching import coarse_to_fine
from stylestudio.engine.matching.base import LayerInputs, MatchSettings
from stylestudio.engine.matching.nnf import Nnf, fitting_patch_size
from stylestudio.engine.runtime.lazy import FeatureMap
from stylestudio.progress import Work


def replace(layer: LayerInputs, settings: MatchSettings) -> Work[tuple[FeatureMap, Nnf]]:
    """The content's map (1, C, h, w) with every patch replaced by the style's most similar one.

    A patch size that does not fit into one of the maps becomes the largest that does.
    """
    maps = layer.content.features[layer.name], layer.style.features[layer.name]
    config = without_guidance(settings.config, fitting_patch_size(settings.patch_size, *maps))
    return coarse_to_fine.replace(layer, replaced(settings, config=config))


def without_guidance(config: Config, patch_size: int) -> Config:
    """The configuration without guidance, re-use and agreement, which lays down whole patches."""
    return replaced(
        config,
        scales=replaced(config.scales, light=0.0),
        search=replaced(config.search, rounds=0, reach=0, agreement=0.0, reuse=0.0),
        replacement=replaced(config.replacement, overlap=patch_size),
    )
