"""What `stylestudio evaluate` does, once its options are known."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from stylestudio.cli.console import print_remark, print_result, print_tables, run_with_progress
from stylestudio.cli.tables import differences, differences_table, means_table, pairs_table
from stylestudio.engine.config import Config
from stylestudio.engine.networks.weights import load_networks
from stylestudio.errors import OutputError, PictureError, SettingError
from stylestudio.evaluation.ablation import ablations
from stylestudio.evaluation.pair_runs import RESULTS, Run, evaluate, folder_maker, load_run, rendering_maker
from stylestudio.evaluation.pairs import Pair, check_names, draw_balanced_pairs, read_pairs
from stylestudio.evaluation.sheets import sheet_names, write_sheets
from stylestudio.images.export import check_writable, write
from stylestudio.paths import resource
from stylestudio.studio.batch import make_folder, pictures_in
from stylestudio.studio.render import explaining_memory_errors
from stylestudio.studio.result_names import file_identity
from stylestudio.studio.settings import Settings


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Measure the pairs asked for and show them, beside earlier runs if asked for. Raises `StudioError`."""
    others = [load_run(folder) for folder in options.compare]
    if not (options.content or options.style or options.results):
        return compare_earlier_runs(others, options.json)
    pairs = requested_pairs(options)
    if options.ablate:
        return ablate(options, settings, pairs)
    check_outputs(options, pairs)
    evaluated = evaluate_pairs(options, settings, pairs)
    if options.output:
        write_results(options, pairs, evaluated)
    print_comparison(evaluated, others, options.json)
    return 0


def compare_earlier_runs(runs: list[Run], as_json: bool) -> int:
    """Show earlier runs, the first one less each other."""
    if len(runs) < 2:
        raise SettingError(
            "There is nothing to evaluate.", hint="Give --content and --style, or the folders of two runs to --compare."
        )
    print_comparison(runs[0], runs[1:], as_json)
    return 0


def ablate(options: argparse.Namespace, settings: Settings, pairs: list[Pair]) -> int:
    """Evaluate the pairs as they are made, and once more for each ingredient left out; into folders of their own."""
    if options.results:
        raise SettingError("--ablate does not go with --results.", hint="Take one of the two away.")
    runs = []
    for name, config in ablations(options.ablate).items():
        folder = options.output / name.replace(" ", "-") if options.output else None
        one = argparse.Namespace(**{**vars(options), "output": folder, "compare": []})
        check_outputs(one, pairs)
        runs.append(replace(evaluate_pairs(one, settings, pairs, config), name=name))
        if folder:
            write_results(one, pairs, runs[-1])
    if options.json:
        print_result(json.dumps({run.name: run.as_facts() for run in runs}, indent=2, ensure_ascii=False))
    else:
        print_tables([means_table(runs)])
    return 0


def requested_pairs(options: argparse.Namespace) -> list[Pair]:
    """The pairs to evaluate. Raises `StudioError`."""
    if not options.content or not options.style:
        raise SettingError("Pairs need contents and styles.", hint="Give a folder to --content and one to --style.")
    (contents, _), (styles, _) = pictures_in(options.content), pictures_in(options.style)
    if options.count < 1:
        raise SettingError("At least one pair has to be drawn.", hint="Give --count 1 or more.")
    if options.pairs:
        pairs = read_pairs(options.pairs, contents, styles)
    else:
        pairs = draw_balanced_pairs(contents, styles, options.count, options.pairs_seed)
    check_names(contents, styles, pairs)
    if options.results and not options.results.is_dir():
        raise PictureError(f"{options.results} is not a folder.", hint="Give the folder of the pictures to measure.")
    return pairs


def pictures_to_write(options: argparse.Namespace, pairs: list[Pair]) -> list[Path]:
    """None where the results lie already in the output folder."""
    if options.results and file_identity(options.results) == file_identity(options.output):
        return []
    return [options.output / f"{pair.name}.png" for pair in pairs]


def check_outputs(options: argparse.Namespace, pairs: list[Pair]) -> None:
    """Raise `OutputError` unless every file can be written, replaces none unasked, and is none of those to be read."""
    if not options.output:
        return
    make_folder(options.output)
    inputs = {file_identity(path) for pair in pairs for path in (pair.content, pair.style)}
    others = [options.output / name for name in (RESULTS, *sheet_names(pairs))]
    for path in pictures_to_write(options, pairs) + others:
        if path.exists() and not options.overwrite:
            raise OutputError(f"{path} exists already.", hint="Give another folder, or --overwrite to replace it.")
        if path.exists() and file_identity(path) in inputs:
            raise OutputError(f"{path.name} is one of the pictures to read.", hint="Choose another folder.")
        check_writable(path)


def evaluate_pairs(
    options: argparse.Namespace, settings: Settings, pairs: list[Pair], config: Config | None = None
) -> Run:
    """Make or read the pairs' results, keep them in the output folder if there is one, and measure them."""
    wanted = {} if not options.output else {path.stem: path for path in pictures_to_write(options, pairs)}

    def keep(pair: Pair, pixels: NDArray[np.float32]) -> None:
        if pair.name in wanted:
            write(wanted[pair.name], pixels)

    maker = folder_maker(options.results) if options.results else rendering_maker(settings, config)
    encoder = load_networks(resource("weights"), torch.device("cpu")).encoder
    with explaining_memory_errors():
        rows = run_with_progress(evaluate(pairs, maker, settings.size, encoder, keep), options.quiet)
    made = {"size": settings.size} if options.results else asdict(settings)
    return Run(run_name(options), {"settings": made, "made_elsewhere": bool(options.results)}, rows)


def run_name(options: argparse.Namespace) -> str:
    folder = options.output or options.results
    return folder.resolve().name if folder else "this run"


def write_results(options: argparse.Namespace, pairs: list[Pair], evaluated: Run) -> None:
    """Write the measures and the contact sheets, earlier runs beside this one."""
    text = json.dumps(evaluated.as_facts(), indent=2, ensure_ascii=False)
    (options.output / RESULTS).write_text(text + "\n", encoding="utf-8")
    folders = {folder.resolve().name: folder for folder in (options.output, *options.compare)}
    write_sheets(pairs, folders, options.output)
    print_remark(f"Written to {options.output}: {RESULTS}, the results and {', '.join(sheet_names(pairs))}.")


def print_comparison(evaluated: Run, others: list[Run], as_json: bool) -> None:
    """A run and how it differs from others, as tables or as JSON alone."""
    if as_json:
        compared = {
            other.name: {"means": other.means(), "differences": differences(evaluated, other)} for other in others
        }
        print_result(json.dumps({**evaluated.as_facts(), "compared": compared}, indent=2, ensure_ascii=False))
    else:
        print_tables(comparison_tables(evaluated, others))


def comparison_tables(evaluated: Run, others: list[Run]) -> Iterator:
    yield pairs_table(evaluated)
    if others:
        yield from (differences_table(evaluated, other) for other in others)
        yield means_table([evaluated, *others])
