"""An overfit picture, what it depends on, and the run that makes it: values, and nothing of Qt."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.decode import Picture
from stylestudio.progress import Work
from stylestudio.studio.recipe import RunKey, run_key
from stylestudio.studio.render import explaining_memory_errors
from stylestudio.studio.session import Session
from stylestudio.studio.settings import Settings


class OverfitRenderer(Protocol):
    """What makes overfit pictures."""

    @property
    def remark(self) -> str:
        """What the artist should know of the runs so far, in English; empty for nothing."""
        ...

    def release_memory(self) -> None:
        """Give back the memory that only makes the next run faster."""
        ...

    def overfit(self, content: Picture, style: Picture, settings: Settings) -> Work[NDArray[np.float32]]:
        """(H, W, 3) sRGB 0..1 at the content's size.

        Its previews are such arrays too: drafts, which are smaller; then, if it refines, the finished picture, and
        from time to time the refined one.
        """
        ...


@dataclass(frozen=True, eq=False)
class Overfit:
    """An overfit picture, `pixels` (H, W, 3) float32 sRGB 0..1 at the content's size, and what it was made for.

    A draft is smaller, and the only one that is not good enough to be exported. One that is `refining` will be
    replaced by a better one; one that was `cut_short` is the last of these.
    """

    pixels: NDArray[np.float32]
    content: Picture
    style: Picture
    settings: Settings
    draft: bool = False
    refining: bool = False
    cut_short: bool = False

    @property
    def key(self) -> RunKey:
        """The key of the run that it belongs to."""
        return run_key(self.content, self.style, self.settings)


@dataclass(frozen=True)
class OverfitRun:
    """What is being made."""

    content: Picture
    style: Picture
    settings: Settings

    def work(self, renderer: OverfitRenderer) -> Work[NDArray[np.float32]]:
        """Makes the overfit picture. Raises `StudioError`."""
        with explaining_memory_errors():
            return (yield from renderer.overfit(self.content, self.style, self.settings))

    def overfit(self, pixels: object, **state: bool) -> Overfit:
        """What it has made, an array; `state` are the flags of `Overfit`."""
        assert isinstance(pixels, np.ndarray)
        return Overfit(pixels, self.content, self.style, self.settings, **state)


def run_for(session: Session) -> OverfitRun | None:
    """What this session asks for, None while a picture is missing."""
    if session.content is None or session.style is None:
        return None
    return OverfitRun(session.content, session.style, session.settings)


def key_for(session: Session) -> RunKey | None:
    """The key of the run that this session asks for."""
    run = run_for(session)
    return None if run is None else run_key(run.content, run.style, run.settings)
