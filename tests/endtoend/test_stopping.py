"""Work stops only where it yields or reaches a checkpoint: the real engine must never go on for long without."""

import time
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pytest
import torch

from stylestudio.engine.methods import METHODS
from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.progress import cancellable
from stylestudio.studio.render import Renderer
from stylestudio.studio.samples import samples
from stylestudio.studio.settings import Settings

LONGEST = 0.5


@pytest.fixture
def one_thread() -> Iterator[None]:
    """On one thread the processor's time is the time that passes, however busy the machine is."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="module")
def photo() -> Picture:
    """Noise of 6 megapixels."""
    return from_pixels(np.random.default_rng(1).random((2000, 3000, 3), np.float32), "photo")


@pytest.mark.usefixtures("one_thread")
@pytest.mark.parametrize("method", METHODS)
def test_a_6_megapixel_photo_never_keeps_cancel_waiting_for_half_a_second(photo: Picture, method: str) -> None:
    renderer = Renderer()
    renderer.networks()
    work = renderer.overfit(photo, read(samples("style")[0]), Settings(size=320, method=method, refine=2))
    moments = [(time.process_time(), "start")]

    def wanted() -> bool:
        moments.append((time.process_time(), moments[-1][1]))
        return True

    with cancellable(wanted):
        for progress in work:
            moments.append((time.process_time(), progress.stage))
    moments.append((time.process_time(), "end"))
    waits = [(later - earlier, stage) for (earlier, _), (later, stage) in pairwise(moments)]
    assert max(waits)[0] < LONGEST, max(waits)
