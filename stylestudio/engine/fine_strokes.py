"""The finest strokes where the photo is plain: the style's own, pixel by pixel, instead of what was decoded.

The inverse network knows from relu2_1 how much fine grain there is, but not which; of hatching, canvas and halftone it
makes the same little curls. The matches tell where in the style each place comes from, so the grain itself can be laid
down. Where neighbouring matches are of different places their grain is mixed with bilinear weights, as overlapped
blocks are in video coding (Orchard and Sullivan, "Overlapped Block Motion Compensation", 1994), and the mixture made as
strong as the grain is (Heitz and Neyret, "High-Performance By-Example Noise using a Histogram-Preserving Blending
Operator", 2018: variance-preserving blending).
"""

from itertools import combinations

import torch
from torch import Tensor
from torch.nn import functional as F

from stylestudio.engine.cells import extremes, one_thing, ranges
from stylestudio.engine.patches import Matches
from stylestudio.engine.tiling import enlarged, row_chunks
from stylestudio.progress import Steps

STROKES_LAYER = "relu2_1"
"""The layer whose matches say where the strokes come from: the last one at which a choice is made."""
SOFT, ROUNDS = 5, 2
"""What is finer than a mean over so many pixels a side, taken twice, is a fine stroke."""
REACH = SOFT // 2 * ROUNDS
NEAR, FAR = 0.75, 0.25
"""Bilinear weights, along each axis, of the two positions of 2 x 2 pixels between which a pixel lies."""
MORE, THIN, DRAWN = 1.5, 0.04, 0.08
"""In a cell of a plain area luminance goes up and down so many times as far as around and so much farther if it has
something thin in it, and it surely has with the last: a wire in the sky, which strokes must not cross out."""
NEARBY = 2
"""Cells to each side that are around one."""
AROUND = 4
"""Positions to each side in which pixels at the same place of their position are looked at together."""
CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))


def with_fine_strokes(
    image: Tensor, luminance: Tensor, style: Tensor, matches: Matches, parts: int = 1
) -> Steps[Tensor]:
    """An overfit picture (1, 3, H, W) with the fine strokes of a style's image (1, 3, h, w), by matches (H/2, W/2), as
    far as the content, of a luminance (1, 1, H, W), is plain.

    All sides are multiples of 8. The style is made of so many equally high `parts`, whose borders are no strokes.
    `image` is used up; what comes of it may leave 0..1.
    """
    height, width = image.shape[2:]
    plain = (yield from one_thing(luminance)) * (1 - (yield from thin_things(luminance)))
    yield
    fines = []
    for part in style.chunk(parts, 2):
        fines.append(fine(part))
        yield
    strokes = in_quarters(torch.cat(fines, 2))
    yield
    moves = moved(matches)
    yield
    above = image[:, :, :0]
    for rows in row_chunks(height // 2, 2 * width * style.shape[1]):
        part = slice(2 * rows.start, 2 * rows.stop)
        around = torch.cat([above, image[:, :, part.start : part.stop + REACH]], 2)
        own = fine(around)[:, :, above.shape[2] :][:, :, : part.stop - part.start]
        above = around[:, :, : above.shape[2] + part.stop - part.start][:, :, -REACH:].clone()
        yield
        laid = yield from laid_evenly(strokes, moves, rows)
        image[:, :, part] += enlarged(plain, (height, width), part, slice(0, width)) * (laid - own)
        yield
    return image


def thin_things(luminance: Tensor) -> Steps[Tensor]:
    """(1, 1, h, w) from 0 to 1 whether the cells of a luminance map (1, 1, H, W), or those beside, have something thin
    in them that those around have not."""
    own = ranges(*(yield from extremes(luminance)), around=1)
    thin = ((own - MORE * averaged(own, NEARBY) - THIN) / (DRAWN - THIN)).clamp(0, 1)
    return F.max_pool2d(thin, 3, 1, 1)


def fine(image: Tensor) -> Tensor:
    """What is finer than `SOFT` of an image (1, 3, H, W): mean about 0."""
    soft = image
    for _ in range(ROUNDS):
        soft = averaged(soft, SOFT // 2)
    return image - soft


def averaged(values: Tensor, around: int) -> Tensor:
    """Means over what there is up to so many positions away; down and across in turn, which is several times faster."""
    side = 2 * around + 1
    down = F.avg_pool2d(values, (side, 1), 1, (around, 0), count_include_pad=False)
    return F.avg_pool2d(down, (1, side), 1, (0, around), count_include_pad=False)


def in_quarters(values: Tensor) -> Tensor:
    """(h/2+1, w/2+1, 4, 3) the 2 x 2 pixels around the corner of each position of 2 x 2 of a map (1, 3, h, w), the
    borders repeated: rows and columns -1 and 0, 1 and 2, and so on."""
    around = F.pixel_unshuffle(F.pad(values, (1, 1, 1, 1), mode="replicate"), 2)[0]
    return around.unflatten(0, (values.shape[1], 4)).permute(2, 3, 1, 0).contiguous()


def moved(matches: Matches) -> Tensor:
    """(2, h+2, w+2) how far down and right in the style each match (h, w) is, the borders repeated."""
    height, width = matches.rows.shape
    device = matches.rows.device
    down = matches.rows.int() - torch.arange(height, dtype=torch.int32, device=device)[:, None]
    right = matches.columns.int() - torch.arange(width, dtype=torch.int32, device=device)
    y, x = (torch.arange(-1, extent + 1, device=device).clamp(0, extent - 1) for extent in (height, width))
    return torch.stack([down, right])[:, y[:, None], x]


def laid_down(strokes: Tensor, moves: Tensor, rows: slice) -> Tensor:
    """(1, 3, 2 rows, W) the strokes (h/2+1, w/2+1, 4, 3) where the moves (2, H/2+2, W/2+2) bring them."""
    tall, wide = strokes.shape[:2]
    columns = moves.shape[2] - 1
    table, device = strokes.flatten(2).flatten(0, 1), strokes.device
    y = torch.arange(rows.start, rows.stop + 1, device=device)[:, None]
    x = torch.arange(columns, device=device)
    weights, total, chosen = weights_of_corners(strokes), strokes.new_zeros(len(y), columns, 4, 3), []
    for (down, right), weight in zip(CORNERS, weights, strict=True):
        move = moves[:, rows.start + down : rows.stop + 1 + down, right : right + columns]
        places = (y + move[0]).clamp(0, tall - 1) * wide + (x + move[1]).clamp(0, wide - 1)
        piece = table.index_select(0, places.flatten()).view_as(total)
        total.addcmul_(piece, weight[:, None])
        chosen.append(move)
    total /= strength(torch.stack(chosen), weights)[..., None]
    found = F.pixel_shuffle(total.permute(3, 2, 0, 1).flatten(0, 1)[None], 2)
    return found[:, :, 1:-1, 1:-1]


def laid_evenly(strokes: Tensor, moves: Tensor, rows: slice) -> Steps[Tensor]:
    """The same, less the mean that pixels at the same place of their position have nearby.

    Pieces that look alike are dark and light at the same places: over a whole sky that would be a grid of 2 pixels.
    """
    outer = slice(max(rows.start - AROUND, 0), min(rows.stop + AROUND, moves.shape[1] - 2))
    places = F.pixel_unshuffle(laid_down(strokes, moves, outer), 2)
    yield
    places -= averaged(places, AROUND)
    return F.pixel_shuffle(places[:, :, rows.start - outer.start : rows.stop - outer.start], 2)


def weights_of_corners(like: Tensor) -> Tensor:
    """(4, 4) of each of the `CORNERS`, what it counts at each of the 2 x 2 pixels between them."""
    along = like.new_tensor([[NEAR, FAR], [FAR, NEAR]])
    return torch.einsum("ay,bx->abyx", along, along).reshape(4, 4)


def strength(moves: Tensor, weights: Tensor) -> Tensor:
    """(h, w, 4) the deviation that a mixture has of four pieces of deviation 1, with weights (4, 4): those whose moves
    (4, 2, h, w) are equal are one and the same piece, others have nothing to do with each other."""
    variance = weights.square().sum(0).expand(*moves.shape[2:], 4).clone()
    for one, other in combinations(range(4), 2):
        same = (moves[one] == moves[other]).all(0)
        variance += same[..., None] * (2 * weights[one] * weights[other])
    return variance.sqrt_()
