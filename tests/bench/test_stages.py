import time
import weakref
from typing import Any

import numpy as np
import pytest

from stylestudio.bench.convolutions import multiply_adds
from stylestudio.bench.stages import WHOLES, Timing, bench, default_repeat, naive_ratios, time_median
from stylestudio.engine.coding import Networks
from stylestudio.engine.config import DEFAULT
from stylestudio.engine.matching import coarse_to_fine
from stylestudio.engine.matching.descriptors import Directions, find_directions
from stylestudio.engine.methods import METHODS
from stylestudio.engine.pipeline import scale_sizes
from stylestudio.studio.render import Renderer

RATE = 2e9
"""Multiply-adds per second of a computer that was not measured."""


SIZE = 96
"""At which coarse to fine has two scales."""


@pytest.fixture(scope="module")
def timing(networks: Networks) -> Timing:
    return bench(SIZE, Renderer(networks=networks), repeat=1, rate=lambda networks: RATE)


def test_every_stage_takes_time(timing: Timing) -> None:
    assert timing.size == SIZE
    assert list(timing.seconds) == [
        "encode content",
        "encode style",
        "single: swap",
        "single: swap and paint",
        "whole, single",
        "whole, coarse to fine",
    ]
    assert all(seconds > 0 for seconds in timing.seconds.values())
    assert timing.megapixels_per_second == pytest.approx(96 * 64 / 1e6 / timing.seconds["whole, coarse to fine"])


def test_the_whole_of_single_is_the_sum_of_its_stages(timing: Timing) -> None:
    stages = ("encode content", "encode style", "single: swap and paint")
    assert timing.seconds["whole, single"] == pytest.approx(sum(timing.seconds[stage] for stage in stages))


def test_the_naive_swap_is_compared_with(timing: Timing) -> None:
    assert timing.naive_ratio is not None
    assert timing.naive_swap_ratio is not None
    swap, whole = timing.seconds["single: swap"], timing.seconds["whole, single"]
    assert timing.naive_ratio == pytest.approx(1 + (timing.naive_swap_ratio - 1) * swap / whole)


@pytest.mark.parametrize(
    ("size", "naive", "ratios"), [(512, 4.0, (1.3, 4.0)), (1024, 4.0, (1.3, None)), (2048, None, (None, None))]
)
def test_the_naive_swap_is_compared_with_only_where_it_fits(
    size: int, naive: float | None, ratios: tuple[float | None, float | None]
) -> None:
    assert naive_ratios(size, {"single: swap": 1.0, "whole, single": 10.0}, naive) == ratios


def test_each_whole_is_compared_with_what_its_own_convolutions_alone_would_take(timing: Timing) -> None:
    assert timing.convolutions == timing.multiply_adds["whole, coarse to fine"] / RATE
    assert timing.convolution_ratios == {
        whole: pytest.approx(timing.seconds[whole] * RATE / timing.multiply_adds[whole]) for whole in WHOLES
    }


def test_the_multiply_adds_of_coarse_to_fine_are_those_of_all_its_scales(timing: Timing, networks: Networks) -> None:
    large, small = (multiply_adds(networks, *sizes) for sizes in (((64, 96), (80, 96)), ((32, 48), (40, 48))))
    assert timing.multiply_adds == {"whole, single": large, "whole, coarse to fine": large + small}


def test_peak_memory_is_that_of_a_process_with_networks_in_it(timing: Timing) -> None:
    assert timing.peak_memory is None or 50e6 < timing.peak_memory < 200e9


def test_of_several_times_the_middle_one_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 9.0, 10.0, 11.0, 20.0, 22.0])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    assert time_median(lambda: "made", repeat=3) == ("made", 2.0)


def test_while_work_is_repeated_what_it_gave_before_takes_no_memory() -> None:
    given: list[weakref.ref[np.ndarray]] = []

    def work() -> np.ndarray:
        assert all(reference() is None for reference in given)
        made = np.zeros(3)
        given.append(weakref.ref(made))
        return made

    time_median(work, repeat=3)
    assert len(given) == 3


def test_small_sizes_are_timed_three_times_and_large_ones_once() -> None:
    assert [default_repeat(size) for size in (64, 512, 513, 2048)] == [3, 3, 1, 1]


def test_what_is_known_of_a_style_is_worked_out_each_time(networks: Networks, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a part of what one picture takes; only the second run and later ones would be spared it."""
    described: list[str] = []

    def counting(*given: Any) -> Directions:
        described.append("style")
        return find_directions(*given)

    monkeypatch.setattr(coarse_to_fine, "find_directions", counting)
    bench(SIZE, Renderer(networks=networks), repeat=3, rate=lambda networks: RATE)
    scales = scale_sizes(SIZE, "coarse-to-fine", DEFAULT.scales)
    whole = len(scales) * len(METHODS["coarse-to-fine"].layers)
    single = 2  # to swap, and to swap and paint
    assert len(described) == 3 * (whole + single) > 9
