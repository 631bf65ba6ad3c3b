"""An evaluation as tables for people: pair by pair, means, and the differences between runs."""

from collections.abc import Sequence

from rich.table import Table

from stylestudio.tables import table
from stylestudio.training.evaluation import MEASURES, Run

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


def cell(measure: str, value: float | None, sign: str = "") -> str:
    """The value as it is shown; the clipped share in per cent."""
    if value is None:
        return "–"
    shown = value * 100 if measure == "clipped" else value
    return f"{shown:{sign}.{DIGITS.get(measure, 2)}f}"


def line(values: dict[str, float | None], sign: str = "") -> list[str]:
    return [cell(measure, values[measure], sign) for measure in MEASURES]


def measures_table(title: str, first: str) -> Table:
    """Without rows yet: a column of names headed `first`, then the measures."""
    return table(first, (HEADINGS[measure] for measure in MEASURES), title)


def pairs_table(run: Run) -> Table:
    """Every pair of a run, and the means."""
    made = measures_table(run.name, "content_style")
    for row in run.rows:
        made.add_row(row.name, *line(row.measures))
    made.add_section()
    made.add_row(f"mean of {len(run.rows)}", *line(run.means()))
    return made


def means_table(runs: Sequence[Run]) -> Table:
    """The means of runs side by side."""
    made = measures_table("Means", "run")
    for run in runs:
        made.add_row(f"{run.name} ({len(run.rows)})", *line(run.means()))
    return made


def differences(run: Run, other: Run) -> dict[str, dict[str, float | None]]:
    """Each measure of `run` less that of `other`, for the pairs that both have."""
    theirs = {row.name: row.measures for row in other.rows}
    return {
        row.name: {measure: less(row.measures[measure], theirs[row.name][measure]) for measure in MEASURES}
        for row in run.rows
        if row.name in theirs
    }


def less(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other


def differences_table(run: Run, other: Run) -> Table:
    """What `run` has more than `other`, pair by pair."""
    made = measures_table(f"{run.name} less {other.name}", "content_style")
    for name, values in differences(run, other).items():
        made.add_row(name, *line(values, "+"))
    return made
