"""How good the overfit pictures of many pairs are: one row of measures a pair, and their means."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from stylestudio.engine.config import Config
from stylestudio.engine.networks.encoder import Encoder
from stylestudio.errors import SettingError
from stylestudio.evaluation.pairs import Pair
from stylestudio.evaluation.scores import Scores, scores
from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.images.resize import resample, size_for, to_8bit
from stylestudio.progress import Progress, Work, rename_stages
from stylestudio.progress import as_part as part
from stylestudio.studio.render import Renderer
from stylestudio.studio.settings import Settings

RESULTS, TIMES = "results.json", "seconds.json"
SECONDS = "seconds"
MEASURES = (*(field.name for field in fields(Scores)), SECONDS)
SMALLEST = 32
"""Pixels that width and height must have to be measured."""
MAKING = 0.8
"""The share of a pair's time before it is measured."""

Result = tuple[NDArray[np.float32], float | None]
Maker = Callable[[Pair, Picture, Picture], Work[Result]]
"""Gives a pair's result at its content's size and the seconds that it took."""


@dataclass(frozen=True)
class PairResult:
    """What was measured of one pair, by measure; None for the seconds of a picture made elsewhere."""

    content: str
    style: str
    measures: dict[str, float | None]

    @property
    def name(self) -> str:
        return f"{self.content}_{self.style}"


@dataclass(frozen=True)
class Run:
    """All pairs of one evaluation; `facts` says how the pictures were made."""

    name: str
    facts: dict[str, object]
    rows: list[PairResult]

    def means(self) -> dict[str, float | None]:
        return {measure: mean([row.measures[measure] for row in self.rows]) for measure in MEASURES}

    def as_facts(self) -> dict[str, object]:
        return {**self.facts, "pairs": [asdict(row) for row in self.rows], "means": self.means()}


def mean(values: list[float | None]) -> float | None:
    """Of the values that there are."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def limit_size(picture: Picture, side: int | None) -> Picture:
    """The picture without alpha, scaled down if its long side exceeds `side`."""
    longest = max(picture.size)
    size = size_for(picture.size, longest if side is None else min(side, longest))
    return from_pixels(resample(picture.stored, size), picture.name)


def tensor_of(pixels: NDArray[np.float32]) -> Tensor:
    """(3, H, W) in 0..1 of pixels (H, W, 3), at the levels that a file keeps."""
    return torch.from_numpy(to_8bit(pixels)).permute(2, 0, 1).float() / 255


def rendering_maker(settings: Settings, config: Config | None = None) -> Maker:
    """Makes the overfit picture anew, every pair from nothing but loaded networks, so that the seconds compare."""

    def make(pair: Pair, content: Picture, style: Picture) -> Work[Result]:
        renderer = Renderer(config)
        renderer.networks()
        began = time.perf_counter()
        overfit = yield from renderer.overfit(content, style, settings)
        return overfit, time.perf_counter() - began

    return make


def folder_maker(folder: Path) -> Maker:
    """Reads what another program has made: files named content_style.png, and seconds.json if there is one."""
    seconds = read_seconds(folder / TIMES)

    def make(pair: Pair, content: Picture, style: Picture) -> Work[Result]:
        yield Progress("Reading", 0.0)
        picture = read(folder / f"{pair.name}.png")
        return resample(picture.stored, content.size), seconds.get(pair.name)

    return make


def read_seconds(path: Path) -> dict[str, float]:
    """Seconds by pair; none if there is no such file. Raises `SettingError`."""
    if not path.exists():
        return {}
    try:
        return {name: float(seconds) for name, seconds in json.loads(path.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise SettingError(f"{path} cannot be read.", hint="Take it away, or write seconds by pair in it.") from error


def evaluate(
    pairs: list[Pair],
    make: Maker,
    size: int | None,
    encoder: Encoder,
    keep: Callable[[Pair, NDArray[np.float32]], None],
) -> Work[list[PairResult]]:
    """Make, keep and measure every pair, content and style at most `size` long. Raises `StudioError`."""
    rows = []
    for number, pair in enumerate(pairs):
        start, end = number / len(pairs), (number + 1) / len(pairs)
        work = part(evaluate_pair(pair, make, size, encoder, keep), start, end)
        rows.append((yield from rename_stages(work, f"{pair.name}: {{}}".format)))
    return rows


def evaluate_pair(
    pair: Pair, make: Maker, size: int | None, encoder: Encoder, keep: Callable[[Pair, NDArray[np.float32]], None]
) -> Work[PairResult]:
    """The row of one pair."""
    content, style = limit_size(read(pair.content), size), read(pair.style)
    for picture in (content, limit_size(style, size)):
        check_measurable(picture)
    pixels, seconds = yield from part(make(pair, content, style), 0, MAKING)
    keep(pair, pixels)
    yield Progress("Measuring", MAKING)
    images = [tensor_of(picture) for picture in (pixels, content.pixels, limit_size(style, size).pixels)]
    found = scores(encoder, *images)
    return PairResult(pair.content.stem, pair.style.stem, {**asdict(found), SECONDS: seconds})


def check_measurable(picture: Picture) -> None:
    """Raise `SettingError` for a picture that is too narrow to say anything of."""
    if min(picture.size) < SMALLEST:
        raise SettingError(
            f"{picture.name} is too narrow to be measured.",
            hint=f"Take it out, or give a larger --size: {SMALLEST} pixels each way are the least.",
        )


def load_run(folder: Path) -> Run:
    """What an earlier evaluation wrote into its folder. Raises `SettingError`."""
    try:
        facts = json.loads((folder / RESULTS).read_text(encoding="utf-8"))
        rows = [
            PairResult(row["content"], row["style"], {measure: row["measures"].get(measure) for measure in MEASURES})
            for row in facts.pop("pairs")
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingError(
            f"There is no evaluation in {folder}.", hint=f"Give the folder of an earlier run, with its {RESULTS}."
        ) from error
    facts.pop("means", None)
    return Run(folder.resolve().name, facts, rows)
