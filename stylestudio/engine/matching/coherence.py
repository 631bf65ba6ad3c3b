"""Matches made to agree with their neighbours, so that whole strokes of the style are taken over, not single pieces.

A position gains by taking the piece that goes on where a neighbour's piece ends (Ashikhmin, "Synthesizing Natural
Textures", 2001, section 3). The sum of all likenesses and gains is improved position by position, on the two colours of
a checkerboard in turn: iterated conditional modes (Besag, "On the Statistical Analysis of Dirty Pictures", 1986,
sections 2.5 and 4.3).
"""

import torch
from torch import Tensor

from stylestudio.engine.matching.likeness import Bound, Likeness
from stylestudio.engine.patches import Matches
from stylestudio.progress import Steps

GAIN = 0.02
"""Of correlation, for each of the four neighbours that a position agrees with. More would carry marks of the style into
plain areas."""
ROUNDS = 2
REACH = 2 * ROUNDS
POSITIONS_AT_ONCE = 1 << 13
BESIDE = ((-1, 0), (1, 0), (0, -1), (0, 1))


def coherent(
    content: Tensor, style: Tensor, matches: Matches, corner: tuple[int, int] = (0, 0), bound: Bound | None = None
) -> Steps[Matches]:
    """Matches (h, w) that agree more, for descriptors (h, w, D) and (H, W, D), all held to `bound`.

    `corner` is the first position's row and column in a larger map that these are a part of; what is chosen at a
    position depends on what lies at most `REACH` positions away.
    """
    (height, width), like = content.shape[:2], Likeness(content.flatten(0, 1), style.flatten(0, 1), bound)
    found = (matches.rows * style.shape[1] + matches.columns).flatten()
    rows, columns = torch.arange(height)[:, None], torch.arange(width)
    black = (rows + columns + sum(corner)) % 2 == 0
    for _ in range(ROUNDS):
        for colour in (black, ~black):
            for part in colour.flatten().nonzero()[:, 0].to(found.device).split(POSITIONS_AT_ONCE):
                ideas = neighbours_ideas(content.shape[:2], style.shape[:2], found, part)
                found[part] = settled(like.at(part), ideas, found[part])
                yield
    found = found.view(height, width)
    return Matches(found // style.shape[1], found % style.shape[1])


def settled(like: Likeness, ideas: Tensor, own: Tensor) -> Tensor:
    """(n,) the best of the positions' `own` choices (n,) and of their neighbours' `ideas` (4, n)."""
    choices = torch.cat([own[None], ideas])
    agreeing = (choices[:, None] == ideas).sum(1)
    likeness = torch.stack([like(choice.clamp_min(0)) for choice in choices])
    score = (likeness + GAIN * agreeing).masked_fill(choices < 0, -torch.inf)
    return choices.gather(0, score.argmax(0, keepdim=True))[0]


def neighbours_ideas(shape: torch.Size, style_shape: torch.Size, found: Tensor, part: Tensor) -> Tensor:
    """(4, n) what each neighbour's match, moved back, suggests for the positions `part`; -1 where there is nothing."""
    (height, width), (style_height, style_width) = shape, style_shape
    rows, columns = part // width, part % width
    ideas = []
    for y, x in BESIDE:
        inside = (rows + y >= 0) & (rows + y < height) & (columns + x >= 0) & (columns + x < width)
        theirs = found[torch.where(inside, part + y * width + x, part)]
        to_y, to_x = theirs // style_width - y, theirs % style_width - x
        inside &= (to_y >= 0) & (to_y < style_height) & (to_x >= 0) & (to_x < style_width)
        ideas.append(torch.where(inside, to_y * style_width + to_x, -1))
    return torch.stack(ideas)
