"""The same work without a window: render, batch, recipe, library, info, bench, train, evaluate."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from stylestudio.cli import commands
from stylestudio.cli.batch_command import BatchOptions
from stylestudio.cli.batch_command import batch as run_batch
from stylestudio.cli.console import exit_status
from stylestudio.cli.export_options import add_export, parse_export_options, suffix_of_format
from stylestudio.cli.library_command import add_library
from stylestudio.cli.options import (
    Parser,
    add_recipe,
    add_settings,
    join_negative_shares,
    mix_maker_from_options,
    nonempty_path,
    parse_repeat,
    parse_sizes,
    recipe_of_options,
    second_of_options,
    settings_of,
)
from stylestudio.cli.recipe_command import add_recipe_command
from stylestudio.errors import SettingError
from stylestudio.images.formats import format_of, join_labels, writable_formats
from stylestudio.studio.settings import SETTINGS


def render(options: argparse.Namespace) -> int:
    formats = [format_of(path) for path in (options.output, options.overfit) if path]
    recipe = recipe_of_options(options)
    return commands.render(
        options.content,
        options.style,
        options.output,
        options.overfit,
        settings_of(options, recipe),
        mix_maker_from_options(options, recipe),
        parse_export_options(options, [one for one in formats if one]),
        options.quiet,
        recipe,
        second_of_options(options, recipe),
    )


def batch(options: argparse.Namespace) -> int:
    suffix, recipe = suffix_of_format(options.format), recipe_of_options(options)
    asked = BatchOptions(
        options.content,
        options.style,
        options.styles_of_library,
        options.output,
        options.overfit,
        options.sheet,
        suffix,
        options.same_look,
        options.overwrite,
        options.dry_run,
        options.json,
        options.quiet,
        second_of_options(options, recipe),
    )
    mix, export = mix_maker_from_options(options, recipe), parse_export_options(options, [writable_formats()[suffix]])
    return run_batch(asked, settings_of(options, recipe), mix, export, recipe)


ENDINGS = join_labels(list(writable_formats()))
FORMAT_NAMES = join_labels([suffix.removeprefix(".") for suffix in writable_formats()])


def add_render(add) -> None:
    parser = add("render", help="one photo in one style")
    parser.add_argument("content", type=nonempty_path, metavar="CONTENT")
    parser.add_argument("style", type=nonempty_path, metavar="STYLE")
    parser.add_argument(
        "-o", "--output", type=nonempty_path, required=True, metavar="FILE", help=f"its ending is the format: {ENDINGS}"
    )
    parser.add_argument("--overfit", type=nonempty_path, metavar="FILE", help="also write the unmixed overfit picture")
    add_recipe(parser)
    add_export(parser)
    parser.set_defaults(run=render)


def add_batch(add) -> None:
    parser = add("batch", help="every photo in every style")
    parser.add_argument("--content", type=nonempty_path, nargs="+", required=True, metavar="FILE|DIR")
    parser.add_argument("--style", type=nonempty_path, nargs="+", default=[], metavar="FILE|DIR")
    parser.add_argument(
        "--styles-of-library", metavar="TAG", help="also the styles of your library with this tag; star: with a star"
    )
    parser.add_argument("-o", "--output", type=nonempty_path, required=True, metavar="DIR")
    parser.add_argument(
        "--sheet", type=nonempty_path, metavar="FILE", help="also write a contact sheet of all results there"
    )
    parser.add_argument(
        "--overfit", type=nonempty_path, metavar="DIR", help="also write the unmixed overfit pictures there"
    )
    parser.add_argument(
        "--same-look", action="store_true", help="one palette for all photos, as for those of one scene"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace existing files instead of skipping them")
    parser.add_argument("--format", metavar="NAME", help=f"of the files: {FORMAT_NAMES}; png if not given")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be made; make nothing")
    parser.add_argument("--json", action="store_true", help="what became of each picture, as JSON alone on stdout")
    add_recipe(parser)
    add_export(parser)
    parser.set_defaults(run=batch)


def info(options: argparse.Namespace) -> int:
    return commands.info()


def add_info(add) -> None:
    parser = add("info", help="versions, device, weights, what running windows hold in memory")
    parser.set_defaults(run=info)


def check_bench(options: argparse.Namespace) -> None:
    """Raise `SettingError` for options that do not go together."""
    if options.busy and not options.sliders:
        raise SettingError("--busy says nothing without --sliders.", hint="Give both, or neither.")
    if options.sliders and (options.full or options.against):
        other = "--full" if options.full else "--against"
        raise SettingError(f"{other} does not go with --sliders.", hint="Time the sliders in a run of their own.")
    if options.full and options.against:
        raise SettingError("--full does not go with --against.", hint="Give --sizes to compare two versions at.")


def bench(options: argparse.Namespace) -> int:
    check_bench(options)
    times = parse_repeat(options.repeat)
    if options.here is not None:
        return commands.bench_in_process(SETTINGS["size"].parse(options.here), times)
    if options.sliders:
        return commands.bench_sliders(options.busy, options.json)
    if options.against:
        return commands.bench_against(options.against, parse_sizes(options.sizes), times, options.json)
    return commands.bench(parse_sizes(options.sizes), ["full"] if options.full else [], times, options.json)


def add_bench(add) -> None:
    parser = add("bench", help="how fast this computer is")
    parser.add_argument("--sizes", default="512", metavar="N,N…", help="long sides to time; 512 if not given")
    parser.add_argument("--full", action="store_true", help="also time a photo of 24 megapixels at its full size")
    parser.add_argument("--repeat", metavar="N", help="time each stage N times; 3 up to 512 pixels, else 1")
    parser.add_argument("--against", type=nonempty_path, metavar="FOLDER", help="another checkout, to time by turns")
    parser.add_argument("--sliders", action="store_true", help="time the window's start and its sliders instead")
    parser.add_argument("--busy", action="store_true", help="the sliders also while a large picture is being made")
    parser.add_argument("--json", action="store_true", help="JSON alone on stdout")
    parser.add_argument("--here", help=argparse.SUPPRESS)  # one of the sizes, in a process of its own
    parser.set_defaults(run=bench)


def train(options: argparse.Namespace) -> int:
    from stylestudio.cli import train

    return train.run(options)


def add_train(add) -> None:
    parser = add("train", help="make the inverse network's weights, or make them better")
    parser.add_argument("--pictures", type=nonempty_path, nargs="+", default=[], metavar="DIR", help="to learn from")
    parser.add_argument("-o", "--output", type=nonempty_path, default=Path("training-run"), metavar="DIR")
    parser.add_argument("--encoder", nargs=2, metavar=("vgg16|vgg19", "FILE.safetensors"), help="another encoder")
    parser.add_argument("--fresh", action="store_true", help="begin from nothing, not from the shipped weights")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after so long; run again to go on")
    parser.add_argument("--crops", type=int, default=20_000, help="of the whole plan; sets the learning rate's course")
    parser.add_argument("--crop-size", type=int, default=128, help="in pixels")
    parser.add_argument("--batch", type=int, default=8, help="crops at a time")
    parser.add_argument("--learning-rate", type=float, default=6e-4, help="at the start")
    parser.add_argument("--overfit-share", type=float, default=0.125, help="of each batch, on overfit features")
    parser.add_argument("--report-every", type=float, default=10, metavar="MINUTES")
    parser.add_argument("--ship", action="store_true", help="let the program use what a former run in DIR has made")
    parser.set_defaults(run=train)


def evaluate(options: argparse.Namespace) -> int:
    from stylestudio.cli import evaluate

    return evaluate.run(options, settings_of(options))


def add_evaluate(add) -> None:
    parser = add("evaluate", help="measure the overfit pictures of many pairs, and compare runs")
    parser.add_argument("--content", type=nonempty_path, nargs="+", default=[], metavar="FILE|DIR")
    parser.add_argument("--style", type=nonempty_path, nargs="+", default=[], metavar="FILE|DIR")
    parser.add_argument(
        "-o", "--output", type=nonempty_path, metavar="DIR", help="for results, measures and contact sheets"
    )
    parser.add_argument(
        "--pairs", type=nonempty_path, metavar="FILE", help="lines such as castle / wave; drawn if not given"
    )
    parser.add_argument("--count", type=int, default=20, help="how many pairs are drawn; 20 if not given")
    parser.add_argument("--pairs-seed", type=int, default=0, help="another number draws other pairs")
    parser.add_argument(
        "--results", type=nonempty_path, metavar="DIR", help="measure castle_wave.png and so on from there"
    )
    parser.add_argument(
        "--compare", type=nonempty_path, nargs="+", default=[], metavar="DIR", help="folders of earlier runs"
    )
    parser.add_argument(
        "--ablate",
        nargs="+",
        default=[],
        metavar="all|NAME",
        help="once more for each ingredient of the method left out",
    )
    parser.add_argument("--overwrite", action="store_true", help="replace existing files")
    parser.add_argument("--json", action="store_true", help="JSON alone on stdout")
    add_settings(parser, size=512)
    parser.set_defaults(run=evaluate)


def build_parser() -> Parser:
    """The whole command line."""
    top = Parser(prog="stylestudio", description="Rebuild a photo out of the pieces of a style, and mix by eye.")
    add = top.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser).add_parser
    for command in (
        add_render,
        add_batch,
        add_recipe_command,
        add_library,
        add_info,
        add_bench,
        add_train,
        add_evaluate,
    ):
        command(add)
    return top


COMMANDS = ("render", "batch", "recipe", "library", "info", "bench", "train", "evaluate", "-h", "--help")


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Returns 0 done, 1 some jobs failed, 2 cannot be done as asked, 128 and a signal's number where one has ended it.
    """

    def run() -> int:
        options = build_parser().parse_args(join_negative_shares(arguments))
        return options.run(options)

    return exit_status(run)
