"""Coarse to fine: match globally at relu4_1, then refine each match at relu3_1 and relu2_1 among a few candidates.

The score of a style position q for a content position p is a sum of four terms: *appearance*, the inner product of
their descriptors a(p) and b(q), which is the normalised cross-correlation of their patches; *guidance*,
-λ (g(p) - h(q))² of how light they are; *re-use*, the price of a region that is taken too often; and *agreement* with
the four neighbours' matches. The first three are one inner product: of (a, 2λg, 1) with (b, h, -λh² - price).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from stylestudio.engine.matching.base import EncodedPicture, LayerInputs, MatchSettings
from stylestudio.engine.matching.descriptors import (
    Directions,
    WeightedMaps,
    describe_patches,
    find_directions,
    standardise,
)
from stylestudio.engine.matching.nnf import AveragedPatches, Nnf, fitting_patch_size
from stylestudio.engine.matching.search import (
    global_matches,
    random_steps,
    refine_matches,
    search_margin,
    upscale_matches,
)
from stylestudio.engine.runtime import lazy
from stylestudio.engine.runtime.lazy import (
    HELD,
    FeatureMap,
    JoinedMap,
    LazyMap,
    Place,
    materialise_if_small,
    windows,
    windows_with_progress,
)
from stylestudio.engine.transport import transport
from stylestudio.progress import Progress, Work, as_part, finish

STAGE = "Strokes"
CHOSEN_AT_ONCE = 65536
"""Windows have at most as many positions a side as this over the number of channels."""
FINEST = "relu2_1"
"""Here overlapping patches would smear the strokes."""
UNUSABLE = -1e4
"""The score of a style position that is transparent."""
LEAST_LIGHT = 0.02


@dataclass(frozen=True)
class StyleDescriptors:
    """The style's side of the score, (H, W, D), and the directions that a content is described by."""

    directions: Directions
    keys: Tensor


def light_weight(layer: LayerInputs, settings: MatchSettings) -> float:
    """What guidance counts at this scale: most at the coarsest."""
    scales = settings.config.scales
    return scales.light * scales.light_kept**layer.scale


def replace(layer: LayerInputs, settings: MatchSettings) -> Work[tuple[FeatureMap, Nnf]]:
    """The layer's map made of the style's raw features, chosen by normalised ones: globally first, refined later."""
    tuning = settings.config.replacement
    yield Progress(STAGE, 0.0)
    offered, wanted = describe_style(layer, settings), mix_query(layer, settings)
    work = match_globally if layer.coarse is None else match_nearby
    matches = yield from as_part(work(layer, wanted, offered, settings, STAGE), 0.0, 0.85)
    overlap = 1 if layer.name == FINEST else tuning.overlap
    features = AveragedPatches(layer.style.feature_tensor(layer.name), matches, overlap)
    if layer.coarse is not None:
        features = mix_in_photo(features, layer, settings)
    held = yield from as_part(materialise_if_small(features, STAGE, HELD), 0.9, 1.0)
    yield Progress(STAGE, 1.0)
    return held, matches


def describe_style(layer: LayerInputs, settings: MatchSettings) -> StyleDescriptors:
    """The style's side of the score at this layer, computed once for a style."""
    style, name, weight = layer.style, layer.name, light_weight(layer, settings)
    patch_size = fitting_patch_size(settings.patch_size, layer.content.features[name], style.features[name])

    def work() -> StyleDescriptors:
        shape, usable = style.features[name].shape, style.opaque_positions(name)
        keys = WeightedMaps(((1.0, standardise(style.features[name], style.moments(name))),))
        directions = find_directions(keys, patch_size, settings.seed, settings.config.appearance, usable)
        own = describe_patches(keys, directions, slice(0, shape[2]), slice(0, shape[3]))
        light = luminance_guide(style, style, name)
        rest = -weight * light.square()
        if usable is not None:
            rest = torch.where(usable, rest, UNUSABLE)
        return StyleDescriptors(directions, torch.cat([own, light[..., None], rest[..., None]], 2))

    return style.get_or_compute(("offer", name, patch_size, settings.seed, settings.config, weight), work)


def luminance_guide(picture: EncodedPicture, style: EncodedPicture, name: str) -> Tensor:
    """(h, w) how light a picture is at each position of this layer, less its mean.

    It counts against the deviation of the style's light, or of the picture's own where that is larger: little contrast
    stays little.
    """
    own, model = (
        one.get_moments(f"light at {name}", one.mean_luminance(name)[None, None], one.opaque_positions(name))
        for one in (picture, style)
    )
    contrast = max(own.deviation.item(), model.deviation.item(), LEAST_LIGHT)
    return (picture.mean_luminance(name) - own.mean.item()) / contrast


def mix_query(layer: LayerInputs, settings: MatchSettings) -> WeightedMaps:
    """What to look for: the content's features, mixed with what the coarser layer's replacement asks for."""
    content, fidelity = layer.content.features[layer.name], settings.fidelity if layer.decoded is not None else 1.0
    maps = [(fidelity, standardise(content, layer.content.moments(layer.name)))]
    if layer.decoded is not None:
        decoded = layer.content.get_moments(f"decoded {layer.name}", layer.decoded)
        maps.append((1 - fidelity, standardise(layer.decoded, decoded)))
    return WeightedMaps(tuple(maps))


def describe_content(
    wanted: WeightedMaps, layer: LayerInputs, offered: StyleDescriptors, settings: MatchSettings, *place: slice
) -> Tensor:
    """(rows, columns, D) the content's side of the score in this window."""
    own = describe_patches(wanted, offered.directions, *place)
    light = luminance_guide(layer.content, layer.style, layer.name)[place]
    rest = torch.stack([2 * light_weight(layer, settings) * light, torch.ones_like(light)], 2)
    return torch.cat([own, rest], 2)


def content_windows(wanted: WeightedMaps) -> list[Place]:
    """The windows in which a content is worked on: one, unless one of its maps is lazy."""
    among = [one.features for _, one in wanted.maps]
    features = next((features for features in among if isinstance(features, LazyMap)), among[0])
    return windows(features, min(lazy.LARGEST_WINDOW, CHOSEN_AT_ONCE // features.shape[1]))


def match_globally(
    layer: LayerInputs, wanted: WeightedMaps, offered: StyleDescriptors, settings: MatchSettings, stage: str
) -> Work[Nnf]:
    """The best of all the style's positions for every position of a content."""
    _, _, height, width = wanted.shape
    content = offered.keys.new_empty(height, width, offered.keys.shape[2])
    for done, place in windows_with_progress(content_windows(wanted)):
        yield Progress(stage, 0.3 * done)
        content[place] = describe_content(wanted, layer, offered, settings, *place)
    tuning = settings.config.search
    work = global_matches(content, offered.keys, settings.seed, tuning, stage)
    matches, keys = yield from as_part(work, 0.3, 0.9)
    steps = random_steps(height, width, settings.seed, tuning, content.device)
    return (yield from as_part(refine_matches(content, keys, matches, steps, tuning, stage), 0.9, 1.0))


def match_nearby(
    layer: LayerInputs, wanted: WeightedMaps, offered: StyleDescriptors, settings: MatchSettings, stage: str
) -> Work[Nnf]:
    """The best of what lies near to the coarser layer's matches.

    Window by window, each wider than what is kept of it by as much as the search reaches, so that none can be seen.
    """
    assert layer.coarse is not None
    _, _, height, width = wanted.shape
    tuning, device, parts = settings.config.search, offered.keys.device, content_windows(wanted)
    steps = random_steps(height, width, settings.seed, tuning, device)
    found, beyond = torch.empty(2, height, width, dtype=torch.int32, device=device), search_margin(tuning)
    for done, (rows, columns) in windows_with_progress(parts):
        outer = tuple(
            slice(max(part.start - beyond, 0), min(part.stop + beyond, length))
            for part, length in ((rows, height), (columns, width))
        )
        yield Progress(stage, done)
        content = describe_content(wanted, layer, offered, settings, *outer)
        work = refine_matches(
            content, offered.keys, upscale_matches(layer.coarse, *outer), steps[:, :, *outer], tuning, stage
        )
        matches = yield from as_part(work, done, done + 1 / len(parts))
        top, left = rows.start - outer[0].start, columns.start - outer[1].start
        inside = slice(top, top + rows.stop - rows.start), slice(left, left + columns.stop - columns.start)
        found[:, rows, columns] = torch.stack(matches)[:, *inside].int()
    return Nnf(*found)


def mix_in_photo(laid: FeatureMap, layer: LayerInputs, settings: MatchSettings) -> LazyMap:
    """Replaced features (1, C, h, w) with some of the photo's own, then brought towards the style's statistics."""
    name, content, tuning = layer.name, layer.content.features[layer.name], settings.config.replacement
    wanted, share = layer.style.moments(name), settings.fidelity * tuning.photo
    photo = transport(layer.content.moments(name), wanted, tuning.ridge)

    def mixed(features: Tensor, own: Tensor) -> Tensor:
        return torch.lerp(features, photo(own), share)

    both = finish(materialise_if_small(JoinedMap((laid, content), mixed, content.shape[1]), "", HELD))
    again = transport(layer.content.get_moments(f"replaced {name}", both), wanted, tuning.ridge)

    def balanced(features: Tensor) -> Tensor:
        return torch.lerp(features, again(features), tuning.balance).relu_()

    return JoinedMap((both,), balanced, content.shape[1])
