"""The command line in a folder with two pictures, and overfit pictures of all sample pairs, made once."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from artist import Outcome, picture
from filelock import FileLock
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from stylestudio.cli import parser
from stylestudio.engine.methods import METHODS
from stylestudio.images.decode import Picture, from_pixels, read
from stylestudio.images.resize import resample, size_for
from stylestudio.progress import Progress, Work, finish
from stylestudio.studio.render import Renderer
from stylestudio.studio.samples import samples
from stylestudio.studio.settings import Settings

PAIR_SIZE = 192

Command = Callable[..., Outcome]


@dataclass(frozen=True)
class Pair:
    """A sample content and a sample style, (H, W, 3) in 0..1 with a long side of `PAIR_SIZE` pixels, and the overfit
    picture that each matching method makes of them."""

    name: str
    content: NDArray[np.float32]
    style: NDArray[np.float32]
    overfit: dict[str, NDArray[np.float32]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder: it holds photo.png, 100 x 75 pixels, and style.png, 90 x 110."""
    picture(100, 75, seed=1).save(tmp_path / "photo.png")
    picture(90, 110, seed=2).save(tmp_path / "style.png")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def command(folder: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run the command line, in this process, in `folder`."""

    def run(*arguments: str) -> Outcome:
        capsys.readouterr()
        code = parser.main(arguments)
        said = capsys.readouterr()
        return Outcome(code, said.out, said.err)

    return run


@pytest.fixture
def quick_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every overfit picture is the content's negative: for what holds whatever the engine makes."""

    def overfit(
        self: object, content: Picture, style: Picture, settings: Settings, **more: object
    ) -> Work[NDArray[np.float32]]:
        yield Progress("Painting", 0.5)
        return 1 - content.pixels

    monkeypatch.setattr(Renderer, "overfit", overfit)


@pytest.fixture(scope="session")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    """Every sample content with every sample style, by coarse to fine; by single those of the first style."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent  # made by whichever process needs them first
    with FileLock(shared / "pairs.lock"):
        if not (shared / "pairs.safetensors").exists():
            save_file(overfit_pictures(), shared / "pairs.safetensors")
    small = {path: reduced(path).pixels for path in samples("content") + samples("style")}
    found: list[Pair] = []
    made = load_file(shared / "pairs.safetensors")
    for content, style in product(samples("content"), samples("style")):
        name = f"{content.stem} in the style of {style.stem}"
        overfit = {method: made[key] for method in METHODS if (key := f"{name} {method}") in made}
        found.append(Pair(name, small[content], small[style], overfit))
    return found


def overfit_pictures() -> dict[str, NDArray[np.float32]]:
    """Those of `pairs`, by pair and method."""
    renderer, made = Renderer(), {}
    for style, content in product(samples("style"), samples("content")):  # so each style is looked at once
        for method in METHODS if style == samples("style")[0] else ["coarse-to-fine"]:
            settings = Settings(size=PAIR_SIZE, method=method, refine=0)
            name = f"{content.stem} in the style of {style.stem} {method}"
            made[name] = finish(renderer.overfit(reduced(content), reduced(style), settings))
    return made


def reduced(path: Path) -> Picture:
    picture = read(path)
    return from_pixels(resample(picture.pixels, size_for(picture.size, PAIR_SIZE)), path.stem)
