import numpy as np
import pytest
from numpy.typing import NDArray

from stylestudio.bench.full_size import GRAIN, bench_full, large_content
from stylestudio.images.decode import Picture, read
from stylestudio.images.resize import resample
from stylestudio.progress import Progress, Work
from stylestudio.studio.looks import Look
from stylestudio.studio.render import Renderer
from stylestudio.studio.samples import sample_pair
from stylestudio.studio.settings import Settings


class Quick(Renderer):
    """Remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[tuple[int, int], Settings]] = []

    def overfit(
        self, content: Picture, style: Picture, settings: Settings, look: Look | None = None, others: int = 0
    ) -> Work[NDArray[np.float32]]:
        yield Progress("Going on", 0.5)
        self.asked.append((content.size, settings))
        return content.pixels


def test_the_large_photo_is_the_sample_with_texture_that_is_the_same_every_time() -> None:
    made = large_content(90, 300)
    texture = made.pixels - resample(read(sample_pair()[0]).pixels, (90, 300))
    assert made.size == (90, 300)
    assert 0.3 * GRAIN < texture.std() < GRAIN
    assert made.sha256 == large_content(90, 300).sha256


def test_the_full_run_works_at_the_photos_own_size_and_tells_its_processor_time() -> None:
    renderer = Quick()
    timing = bench_full(renderer, (90, 60))
    assert renderer.asked == [((90, 60), Settings(size=None, refine=0))]
    assert (timing.size, timing.width, timing.height) == ("full", 90, 60)
    assert timing.seconds["whole, coarse to fine"] > 0
    assert timing.cpu_seconds_per_megapixel == pytest.approx(timing.cpu_seconds / 0.0054)
    assert timing.megapixels_per_second == pytest.approx(0.0054 / timing.seconds["whole, coarse to fine"])
