import pytest

from stylestudio.studio.bench import Timing, bench
from stylestudio.studio.render import Renderer


@pytest.fixture(scope="module")
def timing() -> Timing:
    return bench(64, Renderer())


def test_every_stage_takes_time(timing: Timing) -> None:
    assert timing.size == 64
    assert all(seconds > 0 for seconds in timing.seconds.values())
    assert timing.megapixels_per_second > 0


def test_the_whole_is_the_sum_of_its_stages(timing: Timing) -> None:
    encoding = timing.seconds["encode content"] + timing.seconds["encode style"]
    fine, single = timing.seconds["coarse to fine: match and paint"], timing.seconds["single: swap and paint"]
    assert timing.seconds["whole, coarse to fine"] == pytest.approx(encoding + fine)
    assert timing.seconds["whole, single"] == pytest.approx(encoding + single)


def test_the_naive_swap_is_compared_with(timing: Timing) -> None:
    assert timing.naive_ratio is not None
    assert timing.naive_ratio > 0


def test_peak_memory_is_that_of_a_process_with_networks_in_it(timing: Timing) -> None:
    assert timing.peak_memory is None or 50e6 < timing.peak_memory < 200e9
