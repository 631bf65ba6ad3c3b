"""Coarse to fine: match globally at relu4_1, then refine each match at relu3_1 and relu2_1 among a few candidates."""

import torch
from torch import Tensor

from stylestudio.engine.matching.coherence import coherent
from stylestudio.engine.matching.descriptors import descriptors, guided
from stylestudio.engine.matching.global_search import global_matches
from stylestudio.engine.matching.guides import guides, led, plainness
from stylestudio.engine.matching.local_search import handed_down, refined
from stylestudio.engine.matching.method import Layer, MatchSettings
from stylestudio.engine.matching.transport import moments, transported
from stylestudio.engine.patches import Matches, fitting_patch_size, lay_down_centred
from stylestudio.progress import Progress, Steps, Work, scaled, told

OVERLAP = {"relu4_1": 3, "relu3_1": 3, "relu2_1": 1}
"""Overlaps are averaged where that smooths the choice; at the finest layer it would smear the strokes."""
LEAD = {"relu4_1": 2.0, "relu3_1": 2.0, "relu2_1": 0.0}
"""By how much more light and dark count where the photo is plain; else parts of night skies become bright. At the
finest layer strokes decide: there it would cost a twentieth of the style."""
PHOTO_SHARES = {"relu3_1": 0.9, "relu2_1": 0.4}
"""At fidelity 1, how much of the photo's own features, brought to the style's statistics, the replaced ones take in."""
BALANCE = {"relu3_1": 1.0, "relu2_1": 0.5}
"""How far the result is then brought to the style's statistics. At relu4_1 it would take time and hardly show; going
all the way at the finest layer makes dark skies grey where the style has little that is dark."""


def replace(layer: Layer, settings: MatchSettings) -> Work[tuple[Tensor, Matches]]:
    """The layer's map made of the style's raw features, chosen by normalised ones: globally first, refined later."""
    style_features = layer.style.features[layer.name]
    stage = "Matching" if layer.coarse is None else "Refining"
    content, style = yield from told(described(layer, settings), "Matching")
    height, width = content.shape[:2]
    if layer.coarse is None:
        work = global_matches(content, style, plainness(layer.content.luminance, height, width), settings.seed)
    else:
        work = refined(content, style, handed_down(layer.coarse, height, width), settings.seed, stage)
    matches = yield from scaled(work, 0.0, 0.8)
    matches = yield from told(coherent(content, style, matches), stage, 0.85)
    features = yield from told(lay_down_centred(style_features, matches, OVERLAP[layer.name]), stage, 0.9)
    if layer.name in BALANCE:
        features = yield from told(balanced(features, layer, settings.fidelity), stage, 0.95)
    yield Progress(stage, 1.0)
    return features, matches


def described(layer: Layer, settings: MatchSettings) -> Steps[tuple[Tensor, Tensor]]:
    """Descriptors of what to look for, (h, w, D), and of what there is to choose from, (H, W, D).

    One looks for the content's features, mixed with what the coarser layer's replacement asks for, among the style's.
    """
    content, style = layer.content.features[layer.name], layer.style.features[layer.name]
    query = [(1.0, content)]
    if layer.decoded is not None:
        query = [(settings.fidelity, content), (1 - settings.fidelity, layer.decoded)]
    weights = settings.light_weight, settings.even_weight
    luminance, shape = layer.content.luminance, (content.shape[2], content.shape[3])
    of_content = led(guides(luminance, *shape, *weights), plainness(luminance, *shape), LEAD[layer.name])
    yield
    of_style = guides(layer.style.luminance, style.shape[2], style.shape[3], *weights)
    yield
    wanted = yield from guided(query, of_content)
    offered = yield from guided([(1.0, style)], of_style)
    return (
        yield from descriptors(wanted, offered, fitting_patch_size(settings.patch_size, content, style), settings.seed)
    )


def balanced(features: Tensor, layer: Layer, fidelity: float) -> Steps[Tensor]:
    """Replaced features (1, C, h, w) with some of the photo's own, as often of each kind as in the style."""
    content = layer.content.features[layer.name]
    wanted = yield from moments(layer.style.features[layer.name])
    photo = yield from transported(content, (yield from moments(content)), wanted)
    features = torch.lerp(features, photo, PHOTO_SHARES[layer.name] * fidelity)
    yield
    again = yield from transported(features, (yield from moments(features)), wanted)
    return torch.lerp(features, again, BALANCE[layer.name]).relu_()
