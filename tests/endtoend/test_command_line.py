"""`render`, `info` and `bench` as an artist runs them, with the real weights and small pictures."""

import json
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from artist import Outcome, environment, levels, picture, python
from PIL import Image

from stylestudio.bench import convolutions, processes
from stylestudio.caches import CacheUsage
from stylestudio.cli import commands, parser
from stylestudio.engine.runtime import selftest
from stylestudio.images.decode import Picture, read
from stylestudio.paths import data_folder, resource
from stylestudio.progress import Preview, Progress, finish
from stylestudio.studio import render as rendering
from stylestudio.studio.mix import KEEP_COLOURS, Mix
from stylestudio.studio.presets import get_preset, presets, save_preset
from stylestudio.studio.recipe import Shares
from stylestudio.studio.running import write_usage
from stylestudio.studio.settings import Settings

Command = Callable[..., Outcome]

PAIR = ("render", "photo.png", "style.png", "-o", "out.png")
SMALL = ("--size", "64", "--refine", "0", "--quiet")


def test_the_picture_has_the_contents_size_and_nothing_else_is_left_in_the_folder(
    folder: Path, command: Command
) -> None:
    assert command(*PAIR, "--size", "64", "--refine", "2").code == 0
    assert levels(folder / "out.png").shape == (75, 100, 3)
    assert sorted(path.name for path in folder.iterdir()) == ["out.png", "photo.png", "style.png"]


SIZES = [
    ((1, 1), (40, 30)),
    ((9, 9), (2, 2)),
    ((4000, 20), (130, 97)),
    ((20, 500), (3, 90)),
    ((101, 67), (53, 71)),
]


@pytest.mark.parametrize("method", ["single", "coarse-to-fine"])
@pytest.mark.parametrize(("content", "style"), SIZES)
def test_odd_sizes_give_a_picture_of_the_exact_size(
    folder: Path, command: Command, content: tuple[int, int], style: tuple[int, int], method: str
) -> None:
    picture(*content).save(folder / "photo.png")
    picture(*style, seed=3).save(folder / "style.png")
    assert command(*PAIR, "--method", method, "--refine", "0", "--quiet") == Outcome(0, "", "")
    with Image.open(folder / "out.png") as image:
        assert image.size == content


@pytest.mark.parametrize(
    "options",
    [
        ("--patch-size", "7"),
        ("--patch-size", "1"),
        ("--texture-scale", "0.25"),
        ("--fidelity", "0"),
        ("--fidelity", "1"),
        ("--finest-layer", "coarse"),
    ],
)
def test_every_setting_works_on_tiny_pictures(folder: Path, command: Command, options: tuple[str, ...]) -> None:
    picture(17, 13).save(folder / "photo.png")
    picture(11, 30, seed=3).save(folder / "style.png")
    assert command(*PAIR, *options, "--size", "full", "--refine", "0", "--quiet") == Outcome(0, "", "")
    assert levels(folder / "out.png").shape == (13, 17, 3)


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ((), Settings()),
        (("--fidelity", "0.25"), Settings(fidelity=0.25)),
        (("--finest-layer", "coarse"), Settings(finest_layer="relu4_1")),
        (("--finest-layer", "middle"), Settings(finest_layer="relu3_1")),
        (("--finest-layer", "fine"), Settings(finest_layer="relu2_1")),
        (("--finest-layer", "relu3_1"), Settings(finest_layer="relu3_1")),
        (("--refine", "3"), Settings(refine=3)),
    ],
    ids=str,
)
def test_the_strength_that_is_asked_for_goes_to_the_engine_whose_previews_disturb_nobody(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...], wanted: Settings
) -> None:
    asked = []

    def overfit(self: object, content: Picture, style: Picture, settings: Settings, **more: object):
        asked.append(settings)
        yield Preview("Finishing touches", 0.5, content.pixels)
        return content.pixels

    monkeypatch.setattr(rendering.Renderer, "overfit", overfit)
    said = command(*PAIR, *options)
    assert (said.code, said.err) == (0, " 50%  Finishing touches\n")
    assert asked == [wanted]
    batch = ("batch", "--content", "photo.png", "--style", "style.png", "-o", "results", "--quiet")
    assert command(*batch, *options).code == 0
    assert asked == [wanted, wanted]


@pytest.mark.usefixtures("quick_engine")
@pytest.mark.parametrize("name", ["photo.png", "photo.jpg", "photo.bmp", "photo.webp", "photo.gif"])
def test_at_share_0_the_photo_comes_out_pixel_by_pixel(folder: Path, command: Command, name: str) -> None:
    picture(100, 75, seed=1).save(folder / name)
    with Image.open(folder / name) as image:
        photo = np.asarray(image.convert("RGB"))
    assert command("render", name, "style.png", "-o", "out.png", "--share", "0", *SMALL).code == 0
    assert np.array_equal(levels(folder / "out.png"), photo)


@pytest.mark.usefixtures("quick_engine")
@pytest.mark.parametrize("mode", ["P", "L", "1"])
def test_at_share_0_palette_and_grey_keep_their_colours(folder: Path, command: Command, mode: str) -> None:
    image = picture(100, 75, seed=1).convert(mode)
    image.save(folder / "photo.png")
    assert command(*PAIR, "--share", "0", *SMALL).code == 0
    assert np.array_equal(levels(folder / "out.png"), np.asarray(image.convert("RGB")))


@pytest.mark.usefixtures("quick_engine")
@pytest.mark.parametrize("share", ["0", "1"])
def test_alpha_is_kept_whatever_the_share_and_at_0_the_colours_too(folder: Path, command: Command, share: str) -> None:
    image = picture(100, 75, seed=1)
    image.putalpha(picture(100, 75, seed=5).convert("L"))
    image.save(folder / "photo.png")
    assert command(*PAIR, "--share", share, *SMALL).code == 0
    found, wanted = levels(folder / "out.png"), np.asarray(image)
    assert np.array_equal(found[..., 3], wanted[..., 3])
    assert np.array_equal(found, wanted) == (share == "0")


@pytest.mark.usefixtures("quick_engine")
@pytest.mark.parametrize(
    ("options", "shares"),
    [
        ((), (0.7, 0.7, 0.7)),
        (("--share", "0.35"), (0.35, 0.35, 0.35)),
        (("--share", "1,0.5,0"), (1, 0.5, 0)),
        *((("--preset", name), preset.shares) for name, preset in presets().items() if preset.grade is None),
    ],
)
def test_the_picture_is_the_photo_and_the_overfit_picture_mixed_by_the_shares(
    folder: Path, command: Command, options: tuple[str, ...], shares: tuple[float, float, float]
) -> None:
    assert command(*PAIR, *options, "--overfit", "overfit.png", *SMALL).code == 0
    photo, overfit = levels(folder / "photo.png"), levels(folder / "overfit.png")
    share = np.array(shares, np.float64)
    mixed = photo * (1 - share) + overfit * share
    assert np.abs(mixed - overfit).max() > 10 or shares == (1, 1, 1)
    assert np.abs(levels(folder / "out.png") - mixed).max() <= 1


@pytest.mark.usefixtures("quick_engine")
@pytest.mark.parametrize(
    ("options", "mix"),
    [
        (("--share", "1,0,0", "--axes", "ycc"), KEEP_COLOURS),
        (("--share=-0.2,0.5,1.2",), Mix(Shares(-0.2, 0.5, 1.2))),
        (("--share", "-0.2,0.5,-.1"), Mix(Shares(-0.2, 0.5, -0.1))),
        (("--share", "-0.2"), Mix(Shares(-0.2, -0.2, -0.2))),
        (("--share", "1.5", "--axes", "rgb"), Mix(Shares(1.5, 1.5, 1.5))),
    ],
)
def test_shares_may_be_of_lightness_and_colours_and_go_beyond_the_ends(
    folder: Path, command: Command, options: tuple[str, ...], mix: Mix
) -> None:
    assert command(*PAIR, *options, "--overfit", "overfit.png", *SMALL).code == 0
    photo, overfit = (read(folder / name) for name in ("photo.png", "overfit.png"))
    expected = rendering.target(photo, overfit.pixels, mix) * 255
    assert np.abs(levels(folder / "out.png") - expected).max() <= 1


@pytest.mark.usefixtures("quick_engine")
def test_a_preset_of_the_artists_own_goes_by_its_name(
    folder: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("stylestudio.cli.options.data_folder", lambda: folder / "data")
    kept = save_preset(folder / "data" / "presets", "Late evening!", Mix(Shares(0.2, 0.5, 1.2), "ycc"))
    assert command(*PAIR, "--preset", "late-evening", "--overfit", "overfit.png", *SMALL).code == 0
    photo, overfit = (read(folder / name) for name in ("photo.png", "overfit.png"))
    expected = rendering.target(photo, overfit.pixels, kept.mix(photo, overfit.pixels)) * 255
    assert np.abs(levels(folder / "out.png") - expected).max() <= 1
    said = command(*PAIR, "--preset", "early-evening")
    assert (said.code, said.err.count("late-evening")) == (2, 1)


@pytest.mark.usefixtures("quick_engine")
def test_a_season_is_found_for_the_two_pictures(folder: Path, command: Command) -> None:
    assert command(*PAIR, "--preset", "autumn", "--overfit", "overfit.png", *SMALL).code == 0
    photo, overfit = (read(folder / name) for name in ("photo.png", "overfit.png"))
    mix = get_preset("autumn").mix(photo, overfit.pixels)
    expected = rendering.target(photo, overfit.pixels, mix) * 255
    assert mix.shares != get_preset("autumn").shares
    assert np.abs(levels(folder / "out.png") - expected).max() <= 2


def test_at_share_1_the_picture_is_the_overfit_picture(folder: Path, command: Command) -> None:
    assert command(*PAIR, "--share", "1", "--overfit", "overfit.png", *SMALL).code == 0
    assert np.array_equal(levels(folder / "out.png"), levels(folder / "overfit.png"))
    assert np.abs(levels(folder / "out.png").astype(int) - levels(folder / "photo.png")).mean() > 10


def test_the_same_command_again_gives_the_same_bytes(folder: Path, command: Command) -> None:
    command(*PAIR, *SMALL)
    first = (folder / "out.png").read_bytes()
    command(*PAIR, *SMALL)
    assert (folder / "out.png").read_bytes() == first


def test_a_size_above_the_photos_own_changes_nothing(folder: Path, command: Command) -> None:
    command(*PAIR, "--size", "full", "--refine", "1", "--quiet", "--no-recipe")
    first = (folder / "out.png").read_bytes()
    command(*PAIR, "--size", "5000", "--refine", "1", "--quiet", "--no-recipe")
    assert (folder / "out.png").read_bytes() == first


@pytest.mark.usefixtures("quick_engine")
def test_an_existing_picture_is_replaced_by_the_new_one(folder: Path, command: Command) -> None:
    (folder / "out.png").write_text("old")
    assert command(*PAIR, *SMALL).code == 0
    assert levels(folder / "out.png").shape == (75, 100, 3)


def test_quiet_says_nothing(command: Command) -> None:
    assert command(*PAIR, *SMALL) == Outcome(0, "", "")


def test_plain_lines_name_the_stages_with_percentages_that_never_fall(folder: Path, command: Command) -> None:
    said = command(*PAIR, "--size", "64")
    assert said.out == f"{folder / 'out.png'}\n"
    lines = [re.fullmatch(r" *(\d+)%  (.+)", line) for line in said.err.splitlines()]
    assert all(lines)
    percentages = [int(line[1]) for line in lines if line]
    stages = {line[2] for line in lines if line}
    assert percentages == sorted(percentages)
    assert {"Getting ready", "Looking at the photo", "Looking at the style", "Strokes", "Painting"} <= stages


def on_a_terminal(arguments: tuple[str, ...], folder: Path) -> Outcome:
    """Run the program with stderr on a terminal."""
    leader, follower = pty.openpty()
    surroundings = environment(TERM="xterm-256color", COLUMNS="100", LINES="30")
    with subprocess.Popen(
        [sys.executable, "-m", "stylestudio", *arguments],
        cwd=folder,
        env=surroundings,
        stdout=subprocess.PIPE,
        stderr=follower,
    ) as process:
        os.close(follower)
        said = b"".join(iter(lambda: read_some(leader), b""))
        os.close(leader)
        assert process.stdout
        out = process.stdout.read()
    return Outcome(process.returncode, out.decode(), said.decode())


def read_some(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # how Linux tells that nobody writes any more
        return b""


def test_a_terminal_shows_a_bar_with_named_stages(folder: Path) -> None:
    shown = on_a_terminal((*PAIR, "--size", "64", "--refine", "0"), folder)
    assert (shown.code, shown.out) == (0, f"{folder / 'out.png'}\n")
    for word in ("Getting ready", "Strokes", "Painting", "━", "%", "\x1b["):
        assert word in shown.err


# What cannot be done as asked


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.fixture
def trouble(folder: Path) -> Path:
    """The folder with all kinds of files that are no pictures, and an out.png that must stay as it is."""
    picture(100, 75).save(folder / "photo.jpg")
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = chunk(b"IDAT", zlib.compress(bytes(100)))
    (folder / "huge.png").write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + data + chunk(b"IEND", b""))
    (folder / "half.png").write_bytes((folder / "photo.png").read_bytes()[:5000])
    (folder / "half.jpg").write_bytes((folder / "photo.jpg").read_bytes()[:1500])
    (folder / "empty.png").touch()
    (folder / "notes.txt").write_text("not a picture")
    (folder / "folder").mkdir()
    (folder / "link to photo.png").symlink_to("photo.png")
    os.link(folder / "style.png", folder / "hard link to style.png")
    (folder / "loop.png").symlink_to("loop.png")
    (folder / "out.png").write_text("an older picture")
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def is_two_sentences(text: str) -> bool:
    return text.endswith(".\n") and text.count("\n") == 1 and len(re.findall(r"[.!?]\s", text)) == 2


LONG = "x" * 300 + ".png"

PICTURES = ["missing.png", "folder", "notes.txt", "half.png", "half.jpg", "empty.png", "huge.png", "loop.png", LONG, ""]

OUTPUTS = [
    "photo.png",
    "style.png",
    "./photo.png",
    "folder/../photo.png",
    "link to photo.png",
    "hard link to style.png",
    "folder",
    "no folder/out.png",
    "notes.txt/out.png",
    "new.bmp",
    "new",
    LONG,
    "",
]

OPTIONS = [
    *(
        ("--share", value)
        for value in ("1.6", "-0.3", "-0.3,0,0", "nan", "inf", "", "a", "0.1,0.2", "0,0,0,0", "0,nan,0")
    ),
    *(("--size", value) for value in ("63", "0", "-1", "big", "", "64.5", "nan")),
    *(("--patch-size", value) for value in ("4", "0", "-3", "9", "three", "")),
    *(("--texture-scale", value) for value in ("0", "nan", "inf", "-1", "100", "large", "")),
    ("--method", "finest"),
    *(("--fidelity", value) for value in ("-0.1", "1.01", "nan", "high", "")),
    *(("--finest-layer", value) for value in ("relu1_1", "finest", "4", "")),
    *(("--refine", value) for value in ("-1", "201", "1.5", "light", "")),
    ("--preset", "monsoon"),
    ("--preset", "half", "--share", "0.2"),
    ("--preset", "half", "--axes", "ycc"),
    ("--axes", "lab"),
    ("--overfit", "out.png"),
    ("--overfit", "./out.png"),
    ("--overfit", "photo.png"),
    ("--overfit", "hard link to style.png"),
    ("--overfit", "no folder/overfit.png"),
    ("--overfit", "overfit.bmp"),
    ("--depth", "7"),
    ("--size",),
    ("third.png",),
]

BAD = [
    *(("render", name, "style.png", "-o", "out.png") for name in PICTURES),
    *(("render", "photo.png", name, "-o", "out.png") for name in PICTURES),
    *(("render", "photo.png", "style.png", "-o", name) for name in OUTPUTS),
    *((*PAIR, *options) for options in OPTIONS),
    ("render",),
    ("render", "photo.png", "style.png"),
    (),
    ("paint",),
    ("info", "all"),
    *(("bench", "--sizes", value) for value in ("0", "63", "-64", "full", "", "64,", "a")),
    *(("bench", "--repeat", value) for value in ("0", "-1", "", "often")),
    *(("bench", "--against", value) for value in ("", "missing", "folder", "photo.png", LONG)),
    ("bench", "--busy"),
    ("bench", "--full", "--busy"),
    ("bench", "--sliders", "--full"),
    ("bench", "--sliders", "--busy", "--full"),
    ("bench", "--sliders", "--against", "folder"),
    ("bench", "--full", "--against", "folder"),
    ("bench", "--here", "a"),
    ("batch", "--content", "folder", "--style", "style.png", "-o", "new"),
    ("batch", "--content", "missing.png", "--style", "style.png", "-o", "new"),
    ("batch", "--content", "photo.png", "--style", LONG, "-o", "new"),
    ("batch", "--content", "photo.png", "--style", "style.png", "-o", "notes.txt"),
    ("batch", "--content", "photo.png", "--style", "style.png", "-o", LONG),
]


@pytest.mark.parametrize("arguments", BAD, ids=lambda arguments: " ".join(arguments).replace(LONG, "LONG"))
def test_what_cannot_be_done_is_told_in_two_sentences_and_changes_no_file(
    trouble: Path, command: Command, arguments: tuple[str, ...]
) -> None:
    before = contents(trouble)
    said = command(*arguments)
    assert (said.code, said.out) == (2, "")
    assert is_two_sentences(said.err), said.err
    assert contents(trouble) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("render", "half.png", "style.png", "-o", "out.png"),
        (*PAIR, "--share", "2"),
        ("render", "photo.png", "style.png", "-o", "photo.png"),
        ("paint", "photo.png", "style.png"),
        ("missing.png",),
        ("missing.png", "style.png"),
        ("photo.png", "folder"),
    ],
    ids=" ".join,
)
def test_so_it_is_from_a_shell(trouble: Path, arguments: tuple[str, ...]) -> None:
    before = contents(trouble)
    said = python("-m", "stylestudio", *arguments, folder=trouble)
    assert (said.code, said.out) == (2, "")
    assert is_two_sentences(said.err), said.err
    assert contents(trouble) == before


def altered(weights: Path) -> None:
    path = weights / "inverse.safetensors"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def cut_off(weights: Path) -> None:
    path = weights / "encoder.safetensors"
    path.write_bytes(path.read_bytes()[:1000])


def missing(weights: Path) -> None:
    (weights / "encoder.safetensors").unlink()


def without_manifest(weights: Path) -> None:
    (weights / "manifest.json").unlink()


def with_broken_manifest(weights: Path) -> None:
    (weights / "manifest.json").write_text('{"weights": [{}]}')


def with_empty_manifest(weights: Path) -> None:
    (weights / "manifest.json").write_text('{"weights": []}')


@pytest.mark.parametrize(
    "damage", [altered, cut_off, missing, without_manifest, with_broken_manifest, with_empty_manifest]
)
def test_weights_that_are_not_the_shipped_ones_are_refused(
    trouble: Path,
    command: Command,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    damage: Callable[[Path], None],
) -> None:
    copy = tmp_path_factory.mktemp("resources")
    shutil.copytree(resource("weights"), copy / "weights")
    damage(copy / "weights")
    monkeypatch.setattr(rendering, "resource", copy.joinpath)
    before = contents(trouble)
    said = command(*PAIR, *SMALL)
    assert (said.code, said.out) == (2, "")
    assert is_two_sentences(said.err), said.err
    assert contents(trouble) == before


def test_a_folder_that_may_not_be_written_to_is_told(
    trouble: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = Path.open

    def protected(path: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if path.parent.name == "folder":
            raise PermissionError(13, "Permission denied", str(path))
        return really(path, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", protected)
    said = command("render", "photo.png", "style.png", "-o", "folder/out.png", *SMALL)
    assert (said.code, said.out) == (2, "")
    assert is_two_sentences(said.err), said.err


@pytest.mark.usefixtures("quick_engine")
def test_a_failure_while_writing_leaves_the_older_picture(
    trouble: Path, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    before = contents(trouble)
    monkeypatch.setattr(Image.Image, "save", full)
    said = command(*PAIR, *SMALL)
    assert (said.code, said.out) == (2, "")
    assert is_two_sentences(said.err), said.err
    assert contents(trouble) == before


def test_too_little_memory_is_told_with_what_helps(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def greedy(self: object, *arguments: object):
        yield from ()
        raise MemoryError

    monkeypatch.setattr(rendering.Renderer, "overfit", greedy)
    said = command(*PAIR, "--quiet")
    assert said == Outcome(2, "", "There is not enough memory for this size. Choose a smaller size.\n")


def test_help_is_no_mistake(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        parser.main(["render", "--help"])
    said = capsys.readouterr()
    assert end.value.code == 0
    assert "--texture-scale" in said.out
    assert said.err == ""


# Facts about this computer


def test_info_tells_versions_device_threads_and_weights_with_their_hashes_and_what_windows_hold(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_DATA_HOME", "APPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    write_usage(data_folder(), [CacheUsage("trials", 7, 2_000_000)])
    said = command("info")
    assert (said.code, said.err) == (0, "")
    for word in ("Style Studio 0.", "Python 3.", "PyTorch 2.", "NumPy", "Pillow", "Device"):
        assert word in said.out
    for entry in json.loads(resource("weights", "manifest.json").read_text(encoding="utf-8"))["weights"]:
        [line] = [line for line in said.out.splitlines() if entry["file"] in line]
        assert entry["sha256"] in line
    assert f"The window of process {os.getpid()} holds\n  trials: 7, 2.0 MB, at most 101 MB" in said.out


def test_info_tells_why_a_graphics_card_is_not_used(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selftest, "graphics_cards", lambda: [torch.device("mps")])
    monkeypatch.setattr(selftest, "find_fault", lambda networks, card: "its feature maps are wrong")
    lines = command("info").out.splitlines()
    [device] = [number for number, line in enumerate(lines) if line.startswith("Device: processor")]
    assert lines[device + 1] == "Not used: graphics card (Apple Metal); in a trial run, its feature maps are wrong"


def test_the_process_of_one_size_writes_its_figures_as_json_alone(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convolutions, "SIDE", 16)
    said = command("bench", "--here", "64", "--repeat", "1")
    assert (said.code, said.err) == (0, "")
    timing = json.loads(said.out)
    assert (timing["size"], timing["repeat"]) == (64, 1)
    assert {"encode content", "encode style", "single: swap", "whole, coarse to fine"} <= timing["seconds"].keys()
    for measure in ("naive_ratio", "naive_swap_ratio", "convolutions", "convolution_rate", "megapixels_per_second"):
        assert timing[measure] > 0


def test_the_bench_finds_this_very_program_for_its_processes(folder: Path) -> None:
    (folder / "stylestudio").mkdir()
    (folder / "stylestudio" / "__init__.py").write_text("raise ImportError('another one in the current folder')")
    assert "--against" in finish(processes.run_program(["bench", "--help"], "Getting ready"))


@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """What the bench's processes were asked, which answer at once and measure nothing."""
    asked: list[tuple[str, ...]] = []

    def answer(arguments: list[str], stage: str, folder: Path | None = None):
        yield Progress(stage, 0.5)
        asked.append(tuple(arguments))
        size = arguments[2]
        more = {"width": 60, "height": 40, "cpu_seconds": 3.0} if size == "full" else {}
        return json.dumps({"size": size, "seconds": {"whole, coarse to fine": 1.5}, **more})

    monkeypatch.setattr(processes, "run_program", answer)
    return asked


def test_bench_writes_a_table_for_people(command: Command, timed: list[tuple[str, ...]]) -> None:
    said = command("bench", "--sizes", "64,72", "--full", "--repeat", "2")
    assert said.code == 0, said.err
    assert timed == [("bench", "--here", size, "--repeat", "2") for size in ("64", "72", "full")]
    lines = [line.split() for line in said.out.splitlines() if line.strip()]
    assert lines[0] == ["seconds", "64", "px", "72", "px", "60", "×", "40"]
    assert ["whole,", "coarse", "to", "fine", "1.500", "1.500", "1.500"] in lines
    assert ["processor's", "seconds", "–", "–", "3.0"] in lines


@pytest.mark.usefixtures("timed")
def test_bench_tells_on_stderr_what_is_being_timed(command: Command) -> None:
    said = command("bench", "--json", "--sizes", "64", "--full")
    assert said.err == " 25%  Timing 64 pixels\n 75%  Timing a photo of 24 megapixels\n"
    assert [timing["size"] for timing in json.loads(said.out)] == ["64", "full"]


# Without a command


def test_two_pictures_without_a_display_give_a_png_of_a_free_name_alone_on_stdout(folder: Path) -> None:
    taken = folder / "photo in the style of style.png"
    taken.write_text("something else")
    picture(40, 30).save(folder / "photo.png")
    said = python("-m", "stylestudio", "photo.png", "style.png", folder=folder)
    assert said.code == 0, said.err
    [path] = map(Path, said.out.splitlines())
    assert path == folder.resolve() / "photo in the style of style 2.png"
    assert levels(path).shape == (30, 40, 3)
    assert taken.read_text() == "something else"


def test_nothing_at_all_gives_the_sample_pair(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from stylestudio import app
    from stylestudio.studio.samples import sample_pair

    monkeypatch.setattr(app, "has_display", lambda: False)
    monkeypatch.setattr(commands, "Settings", lambda: Settings(size=64))
    assert app.main([]) == 0
    [path] = map(Path, capsys.readouterr().out.splitlines())
    content, style = sample_pair()
    assert path == folder.resolve() / f"{content.stem} in the style of {style.stem}.png"
    with Image.open(path) as image:
        assert image.size == read(content).size
