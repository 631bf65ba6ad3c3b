"""Timings as tables for people; what they are made of is the JSON of `Timing`, `FullTiming` and `against`."""

from collections.abc import Callable, Sequence
from typing import Any

from rich.table import Table

from stylestudio.tables import table

Facts = dict[str, Any]
Value = Callable[[Facts], float | None]

MEASURES: dict[str, tuple[str, Value]] = {
    "convolutions alone": (".3f", lambda facts: facts.get("convolutions")),
    "whole, single / convolutions": (".2f", lambda facts: ratio(facts, "whole, single")),
    "whole, coarse to fine / convolutions": (".2f", lambda facts: ratio(facts, "whole, coarse to fine")),
    "naive swap / swap": (".2f", lambda facts: facts.get("naive_swap_ratio")),
    "whole, single with the naive swap / without": (".2f", lambda facts: facts.get("naive_ratio")),
    "processor's seconds": (".1f", lambda facts: facts.get("cpu_seconds")),
    "processor's seconds per megapixel": (".2f", lambda facts: facts.get("cpu_seconds_per_megapixel")),
    "megapixels per second": (".3f", lambda facts: facts.get("megapixels_per_second")),
    "peak memory, MiB": (".0f", lambda facts: mebibytes(facts.get("peak_memory"))),
}


def ratio(facts: Facts, whole: str) -> float | None:
    return facts.get("convolution_ratios", {}).get(whole)


def mebibytes(count: int | None) -> float | None:
    return None if count is None else count / 2**20


def shown(value: float | None, form: str = ".3f") -> str:
    return "–" if value is None else format(value, form)


def heading(facts: Facts) -> str:
    """Of the column of one timing."""
    return f"{facts['width']} × {facts['height']}" if facts["size"] == "full" else f"{facts['size']} px"


def timings_table(timings: Sequence[Facts]) -> Table:
    """A column for every size: seconds by stage, then what follows from them. What no size has is left out."""
    made = table("seconds", map(heading, timings))
    for stage in dict.fromkeys(stage for facts in timings for stage in facts["seconds"]):
        made.add_row(stage, *(shown(facts["seconds"].get(stage)) for facts in timings))
    made.add_section()
    for name, (form, value) in MEASURES.items():
        values = [value(facts) for facts in timings]
        if any(one is not None for one in values):
            made.add_row(name, *(shown(one, form) for one in values))
    return made


def against_tables(found: Sequence[Facts], other: str) -> list[Table]:
    """For every size this version beside the `other` one, stage by stage."""
    return [against_table(facts, other) for facts in found]


def against_table(facts: Facts, other: str) -> Table:
    made = table(f"seconds, {heading(facts)}", ("this version", other, "times longer there"))
    for stage, seconds in facts["seconds"].items():
        there, times = facts["other_seconds"][stage], facts["ratios"][stage]
        made.add_row(stage, shown(seconds), shown(there), shown(times, ".2f"))
    return made
