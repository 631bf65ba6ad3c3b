"""Work stops only where it yields or reaches a checkpoint: the real engine must never go on for long without."""

from itertools import pairwise

import numpy as np
import pytest
from torch.utils.flop_counter import FlopCounterMode

from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.progress import cancellable
from stylestudio.studio.render import Renderer
from stylestudio.studio.samples import samples
from stylestudio.studio.settings import Settings

MOST = 2e10
"""Operations of convolutions and products of matrices between two looks whether the work is still wanted: counted, so
that no other program and no other computer changes them."""


@pytest.fixture(scope="module")
def photo() -> Picture:
    """Noise of 6 megapixels."""
    return from_pixels(np.random.default_rng(1).random((2000, 3000, 3), np.float32), "photo")


def test_a_6_megapixel_photo_never_keeps_cancel_waiting_for_long_arithmetic(photo: Picture) -> None:
    """By coarse to fine, of which the other method is one layer."""
    renderer = Renderer()
    renderer.networks()
    work = renderer.overfit(photo, read(samples("style")[0]), Settings(size=256, refine=1))
    with FlopCounterMode(display=False) as counter:
        counts: list[tuple[float, str]] = [(0, "start")]

        def wanted() -> bool:
            counts.append((counter.get_total_flops(), counts[-1][1]))
            return True

        with cancellable(wanted):
            for progress in work:
                counts.append((counter.get_total_flops(), progress.stage))
        counts.append((counter.get_total_flops(), "end"))
    steps = [(later - earlier, stage) for (earlier, _), (later, stage) in pairwise(counts)]
    assert counts[-1][0] > 10 * MOST
    assert max(steps)[0] < MOST, max(steps)
