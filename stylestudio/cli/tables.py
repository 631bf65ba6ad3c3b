"""Tables on the terminal: of an evaluation's pairs and means, and of what was timed."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from rich.box import SIMPLE
from rich.table import Table

from stylestudio.evaluation.pair_runs import MEASURES, Run


def table(first: str, headings: Iterable[str], title: str | None = None) -> Table:
    """Without rows yet: a column of names headed `first`, then numbers."""
    made = Table(title=title, title_justify="left", box=SIMPLE)
    made.add_column(first, no_wrap=True)
    for name in headings:
        made.add_column(name, justify="right")
    return made


HEADINGS = {
    "content": "content",
    "ssim": "SSIM",
    "style_left": "style left",
    "frechet_left": "Fréchet left",
    "high_frequency": "high freq. dB",
    "grid": "grid dB",
    "clipped": "clipped %",
    "order": "order of light",
    "chroma": "chroma",
    "speckle": "speckle dB",
    "stamps": "stamps",
    "rims": "rims",
    "seconds": "seconds",
}
DIGITS = {"high_frequency": 1, "grid": 1, "clipped": 1, "speckle": 1, "rims": 3, "seconds": 1}


def format_measure(measure: str, value: float | None, sign: str = "") -> str:
    """The value as it is shown; the clipped share in per cent."""
    if value is None:
        return "–"
    shown = value * 100 if measure == "clipped" else value
    return f"{shown:{sign}.{DIGITS.get(measure, 2)}f}"


def format_row(values: dict[str, float | None], sign: str = "") -> list[str]:
    return [format_measure(measure, values[measure], sign) for measure in MEASURES]


def measures_table(title: str, first: str) -> Table:
    """Without rows yet: a column of names headed `first`, then the measures."""
    return table(first, (HEADINGS[measure] for measure in MEASURES), title)


def pairs_table(run: Run) -> Table:
    """Every pair of a run, and the means."""
    made = measures_table(run.name, "content_style")
    for row in run.rows:
        made.add_row(row.name, *format_row(row.measures))
    made.add_section()
    made.add_row(f"mean of {len(run.rows)}", *format_row(run.means()))
    return made


def means_table(runs: Sequence[Run]) -> Table:
    """The means of runs side by side."""
    made = measures_table("Means", "run")
    for run in runs:
        made.add_row(f"{run.name} ({len(run.rows)})", *format_row(run.means()))
    return made


def differences(run: Run, other: Run) -> dict[str, dict[str, float | None]]:
    """Each measure of `run` less that of `other`, for the pairs that both have."""
    theirs = {row.name: row.measures for row in other.rows}
    return {
        row.name: {measure: subtract(row.measures[measure], theirs[row.name][measure]) for measure in MEASURES}
        for row in run.rows
        if row.name in theirs
    }


def subtract(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other


def differences_table(run: Run, other: Run) -> Table:
    """What `run` has more than `other`, pair by pair."""
    made = measures_table(f"{run.name} less {other.name}", "content_style")
    for name, values in differences(run, other).items():
        made.add_row(name, *format_row(values, "+"))
    return made


Facts = dict[str, Any]
Value = Callable[[Facts], float | None]

TIMINGS: dict[str, tuple[str, Value]] = {
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


def format_value(value: float | None, form: str = ".3f") -> str:
    return "–" if value is None else format(value, form)


def timing_heading(facts: Facts) -> str:
    """Of the column of one timing."""
    return f"{facts['width']} × {facts['height']}" if facts["size"] == "full" else f"{facts['size']} px"


def timings_table(timings: Sequence[Facts]) -> Table:
    """A column for every size: seconds by stage, then what follows from them. What no size has is left out."""
    made = table("seconds", map(timing_heading, timings))
    for stage in dict.fromkeys(stage for facts in timings for stage in facts["seconds"]):
        made.add_row(stage, *(format_value(facts["seconds"].get(stage)) for facts in timings))
    made.add_section()
    for name, (form, value) in TIMINGS.items():
        values = [value(facts) for facts in timings]
        if any(one is not None for one in values):
            made.add_row(name, *(format_value(one, form) for one in values))
    return made


def version_tables(found: Sequence[Facts], other: str) -> list[Table]:
    """For every size this version beside the `other` one, stage by stage."""
    return [version_table(facts, other) for facts in found]


def version_table(facts: Facts, other: str) -> Table:
    made = table(f"seconds, {timing_heading(facts)}", ("this version", other, "times longer there"))
    for stage, seconds in facts["seconds"].items():
        there, times = facts["other_seconds"][stage], facts["ratios"][stage]
        made.add_row(stage, format_value(seconds), format_value(there), format_value(times, ".2f"))
    return made
