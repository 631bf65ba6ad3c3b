"""Coarse to fine: match globally at relu4_1, then refine each match at relu3_1 and relu2_1 among a few candidates."""

from collections.abc import Callable

import torch
from torch import Tensor

from stylestudio.engine.maps import HELD, FeatureMap, Joined, Lazy, kept
from stylestudio.engine.matching import structure
from stylestudio.engine.matching.across_layers import COARSER, Chosen, chosen
from stylestudio.engine.matching.choosing import Offer, chosen_globally, chosen_nearby
from stylestudio.engine.matching.descriptors import Guided, described, directions_of, guided, standardised
from stylestudio.engine.matching.guides import GREY, colour_guides, colourfulness, guides, led, plainness
from stylestudio.engine.matching.method import Encoded, Layer, MatchSettings
from stylestudio.engine.matching.structure import light_of
from stylestudio.engine.matching.transport import Spread, moments, spread, transport
from stylestudio.engine.patches import Matches, fitting_patch_size, lay_down_centred
from stylestudio.progress import Progress, Steps, Work, scaled, silent, told

Weights = tuple[float, float, float]
OVERLAP = {"relu4_1": 3, "relu3_1": 3, "relu2_1": 1}
"""Overlaps are averaged where that smooths the choice; at the finest layer it would smear the strokes."""
LEAD = {"relu4_1": 2.0, "relu3_1": 1.0, "relu2_1": 0.0}
"""By how much more light and dark count where the photo is plain; else parts of night skies become bright. At the
finest layer strokes decide: there it would cost a twentieth of the style."""
COLOUR_LAYER = "relu4_1"
"""Where colours are compared too: what is chosen there hands its colour down."""
PHOTO_SHARES = {"relu3_1": 0.6}
"""At fidelity 1, how much of the photo's own features, brought to the style's statistics, the replaced ones take in."""
SHARES_WHERE_LOST = {"relu2_1": 1.0}
"""The same where the photo's structure is lost, and nothing elsewhere: that saves faces and thin things, and costs
least of the style."""
BALANCE = {"relu3_1": 1.0, "relu2_1": 0.65}
"""How far the result is then brought to the style's statistics. At relu4_1 it would take time and hardly show; going
all the way at the finest layer makes dark skies grey where the style has little that is dark."""


def replace(layer: Layer, settings: MatchSettings) -> Work[tuple[FeatureMap, Matches]]:
    """The layer's map made of the style's raw features, chosen by normalised ones: globally first, refined later."""
    stage = "Matching" if layer.coarse is None else "Refining"
    offered = yield from told(offer(layer.name, layer, settings), stage)
    shape = layer.content.features[layer.name].shape
    plain = yield from told(plainness(layer.content.luminance, shape[2], shape[3]), stage)
    wanted = yield from told(query(layer, plain, settings), stage)
    if layer.coarse is None:
        work = chosen_globally(layer.content, layer.style, wanted, offered, settings.seed)
    else:
        coarse = yield from told(chosen_before(layer, layer.coarse, plain, settings), stage)
        work = chosen_nearby(wanted, offered, coarse, settings.seed, stage)
    matches = yield from scaled(work, 0.0, 0.85)
    features = lay_down_centred(layer.style.held(layer.name), matches, OVERLAP[layer.name])
    if layer.name in BALANCE:
        features = yield from told(balanced(features, layer, settings.fidelity), stage, 0.85)
    held = yield from scaled(kept(features, stage, HELD), 0.9, 1.0)
    yield Progress(stage, 1.0)
    return held, matches


def chosen_before(layer: Layer, matches: Matches, plain: Tensor, settings: MatchSettings) -> Steps[Chosen]:
    """What the coarser layer's matches (h/2, w/2) mean for this one, where the content is `plain` (h, w)."""
    keys = (yield from offer(COARSER[layer.name], layer, settings)).descriptors
    return (yield from chosen(matches, keys, plain))


def offer(name: str, layer: Layer, settings: MatchSettings) -> Steps[Offer]:
    """The descriptors of all that there is to choose from at the layer `name`, worked out once for a style."""
    style = layer.style
    patch_size = fitting_patch_size(settings.patch_size, layer.content.features[name], style.features[name])
    weights = yield from guide_weights(name, layer.content, settings)

    def work() -> Steps[Offer]:
        shape = style.features[name].shape
        own = standardised(style.features[name], (yield from spread_of(style, name)))
        keys = guided([(1.0, own)], (yield from guides_of(style, name, weights)))
        directions = yield from directions_of(keys, patch_size, settings.seed)
        everything = yield from described(keys, directions, slice(0, shape[2]), slice(0, shape[3]))
        return Offer(directions, everything)

    return (yield from style.once((name, patch_size, settings.seed, weights), work))


def query(layer: Layer, plain: Tensor, settings: MatchSettings) -> Steps[Guided]:
    """What to look for: the content's features, mixed with what the coarser layer's replacement asks for, and led by
    light and dark where the content is `plain` (h, w)."""
    content, fidelity = layer.content.features[layer.name], settings.fidelity if layer.decoded is not None else 1.0
    maps = [(fidelity, standardised(content, (yield from spread_of(layer.content, layer.name))))]
    if layer.decoded is not None:
        maps.append((1 - fidelity, standardised(layer.decoded, (yield from spread(layer.decoded)))))
    weights = yield from guide_weights(layer.name, layer.content, settings)
    own = yield from guides_of(layer.content, layer.name, weights)
    return guided(maps, led(own, plain, LEAD[layer.name]))


def guide_weights(name: str, content: Encoded, settings: MatchSettings) -> Steps[Weights]:
    """Those of light, evenness and colour at the layer `name`; a photo in black and white asks for no colour."""
    coloured = name == COLOUR_LAYER and colourfulness((yield from content.colours())) > GREY
    return settings.light_weight, settings.even_weight, settings.colour_weight if coloured else 0.0


def guides_of(picture: Encoded, name: str, weights: Weights) -> Steps[Tensor]:
    """(G, h, w) the guides of a picture at the layer `name` that have a weight."""
    *others, colour = weights
    shape = picture.features[name].shape
    found = yield from guides(picture.luminance, shape[2], shape[3], *others)
    if not colour:
        return found
    return torch.cat([found, colour * colour_guides((yield from picture.colours()))])


def spread_of(picture: Encoded, name: str) -> Steps[Spread]:
    """Of a picture's layer, where its moments are needed anyway taken of these."""
    if name in BALANCE:
        return (yield from picture.moments(name)).spread
    return (yield from picture.once(("spread", name), lambda: spread(picture.features[name])))


def balanced(laid: FeatureMap, layer: Layer, fidelity: float) -> Steps[Lazy]:
    """Replaced features (1, C, h, w) with some of the photo's own, as often of each kind as in the style."""
    name, content = layer.name, layer.content.features[layer.name]
    wanted = yield from layer.style.moments(name)
    photo = yield from transport((yield from layer.content.moments(name)), wanted)
    share = yield from photo_share(layer, fidelity)

    def with_the_photo_s(features: Tensor, own: Tensor) -> Tensor:
        moved = photo(own)
        return torch.lerp(features, moved, share(moved, features))

    reach = structure.REACH if name in SHARES_WHERE_LOST else 0
    mixed = Joined((laid, content), with_the_photo_s, content.shape[1], reach)
    mixed = yield from silent(kept(mixed, "", HELD))
    again = yield from transport((yield from moments(mixed)), wanted)

    def brought(features: Tensor) -> Tensor:
        return torch.lerp(features, again(features), BALANCE[name]).relu_()

    return Joined((mixed,), brought, content.shape[1])


def photo_share(layer: Layer, fidelity: float) -> Steps[Callable[[Tensor, Tensor], Tensor]]:
    """What tells, of the photo's features and of the replaced ones (1, C, h, w), how much of the photo's to take in: a
    number or (1, 1, h, w)."""
    if layer.name in PHOTO_SHARES:
        usual = fidelity * PHOTO_SHARES[layer.name]
        return lambda photo, _: photo.new_tensor(usual)
    light, most = (yield from light_of(layer.style, layer.name)), fidelity * SHARES_WHERE_LOST[layer.name]
    return lambda photo, features: (most * light.lost(photo, features)).clamp_max(1)
