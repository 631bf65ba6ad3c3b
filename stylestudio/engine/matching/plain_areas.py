"""A plain area, or an even texture, looked for as the one thing that it is, though it be a little darker in a corner.

Where little happens, a small difference in colour is enough for another piece of the style to be the nearest: the
corner of a sky would be made of a meadow. So plain places, wherever in the photo, are drawn to where their colour is
most frequent among them, and take with them what is looked for: mean shift, in the form in which all move at once
(Fukunaga and Hostetler, "The Estimation of the Gradient of a Density Function", 1975).
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.cells import one_thing
from stylestudio.engine.like_colours import Groups, grouped, kernel
from stylestudio.engine.matching.method import Encoded
from stylestudio.engine.tiling import row_chunks
from stylestudio.progress import Steps

SOON = 2
"""A place is wholly drawn along from 1 / `SOON` on: a sky's corner, where it darkens most, is not wholly flat."""
ALIKE, ROUNDS = 0.08, 3
"""How far colours may be apart to draw each other, in luminance and in each value of chroma, and how often they do."""


def drawn_together(content: Encoded, descriptors: Tensor) -> Steps[Tensor]:
    """Descriptors (h, w, D) of the cells of a content, those of plain areas as they are on the whole.

    `descriptors` is used up.
    """
    weight = (yield from one_thing(content.luminance)).flatten()
    colours = (yield from content.colours())[0].flatten(1).t()
    found, plain = descriptors.flatten(0, 1), weight.nonzero()[:, 0]
    yield
    groups = yield from grouped(colours[plain], found[plain], weight[plain])
    means, share = (yield from drawn(groups)).to(found), (SOON * weight[plain, None]).clamp_max(1)
    for part in row_chunks(len(plain), found.shape[1]):
        places = plain[part]
        wanted = means[groups.numbers[part].to(means.device)]
        found[places] = F.normalize(torch.lerp(found[places], wanted, share[part]), dim=1)
        yield
    return found.view_as(descriptors)


def drawn(groups: Groups) -> Steps[Tensor]:
    """(n, C) the groups' values, when their colours have drawn each other."""
    known = torch.cat([groups.colours, groups.values], 1)
    for _ in range(ROUNDS):
        pull = kernel(known[:, :3], ALIKE) * groups.counted
        known = pull @ known / pull.sum(1, keepdim=True)
        yield
    return known[:, 3:]
