"""What the commands do, once their options are known."""

import json
import os
import platform
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from stylestudio.bench.full_size import bench_full
from stylestudio.bench.stages import bench as bench_at
from stylestudio.bench.stages import default_repeat
from stylestudio.cli.console import print_remark, print_result, print_tables, run_with_progress
from stylestudio.errors import OutputError, PictureError
from stylestudio.images.decode import Picture, read
from stylestudio.images.export import check_format, check_writable, free_name, proposed_name
from stylestudio.images.output import USUAL, ExportOptions
from stylestudio.progress import Work
from stylestudio.studio import batch as batches
from stylestudio.studio.mix import Mix, MixMaker
from stylestudio.studio.recipe_record import Recipe, recipe_for
from stylestudio.studio.render import Renderer, explaining_memory_errors
from stylestudio.studio.results import write_target
from stylestudio.studio.settings import Settings
from stylestudio.studio.two_styles import SecondFile, SecondStyle


def same_file(one: Path, other: Path) -> bool:
    """Whether both are one file, also by way of links, or would be."""
    with suppress(OSError):
        return one.samefile(other)
    return os.path.realpath(one) == os.path.realpath(other)


def check_outputs(inputs: list[Path], outputs: list[Path]) -> None:
    """Raise `OutputError` unless every output is a picture of its own that can be written."""
    taken = [*inputs]
    for path in outputs:
        if any(same_file(path, other) for other in taken):
            raise OutputError(f"{path} is used twice.", hint="Give every file to be written a name of its own.")
        check_format(path)
        check_writable(path)
        taken.append(path)


def check_input(path: Path) -> None:
    """Raise `PictureError` for what is not there, before anything is said of the output."""
    try:
        path.stat()
    except OSError as error:
        raise PictureError(f"{path} does not exist.", hint="Check the name and the folder.") from error


def read_pair(content: Path, style: Path, quiet: bool = False) -> tuple[Picture, Picture]:
    """Both pictures; what is to be known of how they were read is said. Raises `PictureError`."""
    content_picture, style_picture = read_pictures([content, style], quiet)
    return content_picture, style_picture


def read_pictures(paths: list[Path], quiet: bool = False) -> list[Picture]:
    """The pictures in these files; what is to be known of how they were read is said. Raises `PictureError`."""
    found = [read(path) for path in paths]
    if not quiet:
        tell_remarks({picture.name: picture.remark for picture in found if picture.remark})
    return found


def tell_remarks(remarks: Mapping[str, str]) -> None:
    """Say what is to be known of pictures, by their names."""
    for name, remark in remarks.items():
        print_remark(f"{name}: {remark}")


def tell_remark(renderer: Renderer, quiet: bool = False) -> None:
    """Say what is to be known of the renderer's runs, where a bar that vanishes has told it last."""
    if renderer.remark and not quiet:
        print_remark(renderer.remark)


def render(
    content_path: Path,
    style_path: Path,
    output: Path,
    overfit_path: Path | None,
    settings: Settings,
    mix: MixMaker,
    export: ExportOptions,
    quiet: bool,
    recipe: Recipe | None = None,
    second_file: SecondFile | None = None,
) -> int:
    """Write the target of one style or two, and the overfit picture if asked for, and say where.

    Raises `StudioError`.
    """
    inputs = [content_path, style_path, *([second_file.path] if second_file else [])]
    for path in inputs:
        check_input(path)
    outputs, renderer = [path for path in (overfit_path, output) if path], Renderer()
    check_outputs(inputs, outputs)
    job = batches.BatchJob(content_path, style_path, output, overfit_path, second_file and second_file.path)

    def work() -> Work[None]:
        photo, style, *others = read_pictures(inputs, quiet)
        second = SecondStyle(others[0], second_file.balance) if second_file else None
        yield from batches.run_job(job, photo, style, settings, mix, renderer, export, recipe, second=second)

    with explaining_memory_errors():
        run_with_progress(work(), quiet)
    tell_remark(renderer, quiet)
    with suppress(OutputError, BrokenPipeError):  # the artist has named the files: what counts is that they are there
        for path in outputs if not quiet else []:
            print_result(str(path.resolve()))
    return 0


def info() -> int:
    """Versions, device, weights with their hashes, and what running windows hold, on stdout. Raises `WeightsError`."""
    import numpy
    import PIL
    import torch

    from stylestudio import __version__
    from stylestudio.engine.networks.weights import load_networks, read_manifest
    from stylestudio.engine.runtime.device import describe
    from stylestudio.engine.runtime.selftest import choose_device
    from stylestudio.paths import data_folder, resource
    from stylestudio.studio.running import in_words, running_windows

    print_result(f"Style Studio {__version__}")
    print_result(f"Python {platform.python_version()}, PyTorch {torch.__version__}, NumPy {numpy.__version__}")
    print_result(f"Pillow {PIL.__version__}, {platform.platform()}")
    device, faults = choose_device(load_networks(resource("weights")))
    print_result(f"Device: {describe(device)}")
    for card, fault in faults.items():
        print_result(f"Not used: {describe(card)}; in a trial run, {fault}")
    for file in read_manifest(resource("weights")):
        print_result(f"{file.role}: {file.path.name}, {file.architecture}, sha256 {file.sha256}, checked")
    for window in running_windows(data_folder()):
        print_result(f"The window of process {window.process} holds")
        for held in window.held:
            print_result(f"  {in_words(held)}")
    return 0


def bench(sizes: list[int], full: list[str], repeat: int | None, as_json: bool) -> int:
    """Stage times, each size's in a process of its own, as a table or as JSON alone. Raises `StudioError`."""
    from stylestudio.bench.processes import time_all

    found = run_with_progress(time_all(sizes, full, repeat))
    if as_json:
        print_result(json.dumps(found, indent=2))
        return 0
    from stylestudio.cli.tables import timings_table

    print_tables([timings_table(found)])
    return 0


def bench_in_process(size: int | None, repeat: int | None) -> int:
    """The JSON of the timing at one size, None for a whole large photo, made in this process. Raises `StudioError`."""
    with explaining_memory_errors():
        found = asdict(
            bench_full(Renderer()) if size is None else bench_at(size, Renderer(), repeat or default_repeat(size))
        )
    print_result(json.dumps(found))
    return 0


def bench_against(folder: Path, sizes: list[int], repeat: int | None, as_json: bool) -> int:
    """Stage times of this version and of the one in `folder`, as tables or as JSON alone. Raises `StudioError`."""
    from stylestudio.bench.processes import compare_versions

    found = run_with_progress(compare_versions(folder, sizes, repeat))
    if as_json:
        print_result(json.dumps(found, indent=2))
        return 0
    from stylestudio.cli.tables import version_tables

    print_tables(version_tables(found, folder.resolve().name))
    return 0


def bench_sliders(busy: bool, as_json: bool) -> int:
    """How fast the window comes and the target follows sliders and brush, as lines or JSON. Raises `StudioError`."""
    from stylestudio.gui.display import check_display, has_display

    if has_display():
        check_display()
    from stylestudio.bench.sliders import measure_busy, measure_sliders
    from stylestudio.bench.strokes import measure_strokes
    from stylestudio.bench.window_start import measure_start

    found = measure_start() | (measure_busy() if busy else measure_sliders() | measure_strokes())
    if as_json:
        print_result(json.dumps(found, indent=2))
        return 0
    for name, value in found.items():
        print_result(f"{name:28} {value}")
    return 0


def render_without_window(content_path: Path, style_path: Path) -> int:
    """The target of two pictures under a free name in the current folder; its path is the last line on stdout."""
    renderer = Renderer()

    def work() -> Work[Path]:
        content, style = read_pair(content_path, style_path)
        name = Path.cwd() / proposed_name(content.name, style.name)
        check_writable(free_name(name))
        overfit = yield from renderer.overfit(content, style, Settings())
        origin, told = batches.origin(content_path, style_path), recipe_for(content, style, Settings(), Mix())
        return write_target(name, content, overfit, Mix(), USUAL, origin=origin, replace=False, recipe=told)

    with explaining_memory_errors():
        written = run_with_progress(work())
    tell_remark(renderer)
    try:
        print_result(str(written.resolve()))
    except (OutputError, BrokenPipeError):
        print_remark(f"The picture is there all the same: {written.resolve()}")
        raise
    return 0
