"""Which position of the style each position of a content takes, however large the content.

At the coarsest layer descriptors of the whole content fit into memory. Finer ones are worked on window by window, each
wider than what is kept of it by as much as search and agreement reach, so that the windows cannot be seen.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from stylestudio.engine import maps
from stylestudio.engine.maps import Lazy, Place, in_turn, windows
from stylestudio.engine.matching import coherence, local_search
from stylestudio.engine.matching.across_layers import Chosen
from stylestudio.engine.matching.blocks import in_blocks, tints_of
from stylestudio.engine.matching.coherence import coherent
from stylestudio.engine.matching.descriptors import Directions, Guided, described
from stylestudio.engine.matching.global_search import global_matches
from stylestudio.engine.matching.guides import plainness
from stylestudio.engine.matching.local_search import handed_down, random_steps, refined
from stylestudio.engine.matching.method import Encoded
from stylestudio.engine.matching.plain_areas import drawn_together
from stylestudio.engine.patches import Matches
from stylestudio.progress import Progress, Work, scaled, told

REACH = local_search.REACH + coherence.REACH
CHOSEN_AT_ONCE = 65536
"""Windows have at most as many positions a side as this over the number of channels."""


@dataclass(frozen=True)
class Offer:
    """The style's descriptors (H, W, D), and the directions that a content is described by to be compared with them."""

    directions: Directions
    descriptors: Tensor


def places(wanted: Guided) -> list[Place]:
    """The windows in which a content is worked on: one, unless one of its maps is lazy."""
    among = [one.features for _, one in wanted.maps]
    features = next((features for features in among if isinstance(features, Lazy)), among[0])
    return windows(features, min(maps.LARGEST_WINDOW, CHOSEN_AT_ONCE // features.shape[1]))


def widened(part: slice, length: int) -> slice:
    """With what lies at most `REACH` to either side, within 0..`length`."""
    return slice(max(part.start - REACH, 0), min(part.stop + REACH, length))


def chosen_globally(content: Encoded, style: Encoded, wanted: Guided, offered: Offer, seed: int) -> Work[Matches]:
    """The best of all the style's positions for what is wanted of a content."""
    query = yield from scaled(all_described(wanted, offered.directions), 0.0, 0.3)
    query = yield from told(drawn_together(content, query), "Matching", 0.3)
    plain = yield from told(plainness(content.luminance, *query.shape[:2]), "Matching", 0.3)
    matches = yield from scaled(global_matches(query, offered.descriptors, plain, seed), 0.3, 0.9)
    colours = yield from told(style.once("tints", lambda: tints_of(style)), "Matching", 0.9)
    blocks = in_blocks(query, offered.descriptors, matches, plain, seed, colours, style.parts)
    matches = yield from told(blocks, "Matching", 0.9)
    return (yield from told(coherent(query, offered.descriptors, matches), "Matching", 1.0))


def all_described(wanted: Guided, directions: Directions) -> Work[Tensor]:
    """(h, w, D) descriptors of a whole content."""
    found = wanted.guides.new_empty(*wanted.guides.shape[1:], len(directions.patches))
    for done, place in in_turn(places(wanted)):
        found[place] = yield from told(described(wanted, directions, *place), "Matching", done)
    yield Progress("Matching", 1.0)
    return found


def chosen_nearby(wanted: Guided, offered: Offer, coarse: Chosen, seed: int, stage: str) -> Work[Matches]:
    """The best of what lies near to the coarser layer's matches, and where the photo is plain is like them."""
    height, width = wanted.guides.shape[1:]
    steps = yield from told(random_steps(height, width, seed, wanted.guides.device), stage)
    found, parts = torch.empty(2, height, width, dtype=torch.int32, device=steps.device), places(wanted)
    for done, (rows, columns) in in_turn(parts):
        outer = widened(rows, height), widened(columns, width)
        content = yield from told(described(wanted, offered.directions, *outer), stage, done)
        nearby = refined_and_agreed(content, offered.descriptors, coarse, outer, steps, stage)
        matches = yield from scaled(nearby, done, done + 1 / len(parts))
        top, left = rows.start - outer[0].start, columns.start - outer[1].start
        inside = slice(top, top + rows.stop - rows.start), slice(left, left + columns.stop - columns.start)
        found[:, rows, columns] = torch.stack(matches)[:, *inside].int()
    return Matches(*found)


def refined_and_agreed(
    content: Tensor, style: Tensor, coarse: Chosen, place: tuple[slice, slice], steps: Tensor, stage: str
) -> Work[Matches]:
    """The matches of one window of the content, of its descriptors (h, w, D) and the whole style's (H, W, D)."""
    bound, corner = coarse.within(*place), (place[0].start, place[1].start)
    search = refined(content, style, handed_down(coarse.matches, *place), steps[:, :, *place], stage, bound)
    matches = yield from scaled(search, 0.0, 0.85)
    return (yield from told(coherent(content, style, matches, corner, bound), stage, 1.0))
