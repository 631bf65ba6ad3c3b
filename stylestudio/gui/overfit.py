"""An overfit picture, what it depends on, and the run that makes it: values, and nothing of Qt."""

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from stylestudio.images.balance import balance_overfits
from stylestudio.images.decode import Picture
from stylestudio.progress import Work
from stylestudio.progress import as_part as part
from stylestudio.studio.look_files import LookFiles
from stylestudio.studio.looks import READ, Look, SmallPhotos
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

    @property
    def small_photos(self) -> SmallPhotos:
        """What looks of sets are made of."""
        ...

    def overfit(
        self, content: Picture, style: Picture, settings: Settings, look: Look | None = None, *, others: int = 0
    ) -> Work[NDArray[np.float32]]:
        """(H, W, 3) sRGB 0..1 at the content's size, with the `look` of a set or its own.

        It leaves room in memory for so many `others`.

        Its previews are such arrays too: drafts, which are smaller; then, if it refines, the finished picture, and
        from time to time the refined one.
        """
        ...


@dataclass(frozen=True, eq=False)
class Overfit:
    """An overfit picture, `pixels` (H, W, 3) float32 sRGB 0..1 at the content's size, and what it was made for.

    A draft is smaller, and the only one that is not good enough to be exported. One that is `refining` will be
    replaced by a better one; one that was `cut_short` is the last of these. `second` is that of the second style, where
    there is one; the flags then are those of both together. `look` as in `RunKey`.
    """

    pixels: NDArray[np.float32]
    content: Picture
    style: Picture
    settings: Settings
    draft: bool = False
    refining: bool = False
    cut_short: bool = False
    second: "Overfit | None" = None
    look: str = ""

    @property
    def key(self) -> RunKey:
        """The key of the run that it belongs to."""
        return run_key(self.content, self.style, self.settings, self.second and self.second.style, self.look)

    @property
    def parts(self) -> "tuple[Overfit, ...]":
        """Itself, or that of each style."""
        return (self,) if self.second is None else (replace(self, second=None), self.second)

    @property
    def layers(self) -> tuple[NDArray[np.float32], ...]:
        """The pixels of each style."""
        return tuple(part.pixels for part in self.parts)

    def balanced(self, balance: float) -> NDArray[np.float32]:
        """What the balance 0..1 of two styles makes of both, (H, W, 3); `pixels` where there is one style."""
        return balance_overfits(self.pixels, self.second.pixels, balance) if self.second else self.pixels

    def is_like(self, other: "Overfit") -> bool:
        """Whether nothing would be seen of it if this took the other's place."""
        flags = [(one.draft, one.refining, one.cut_short, one.key) for one in (self, other)]
        return flags[0] == flags[1] and [*map(id, self.layers)] == [*map(id, other.layers)]


def join(first: Overfit, second: Overfit) -> Overfit:
    """The overfit pictures of two styles together."""
    return replace(
        first,
        second=second,
        draft=first.draft or second.draft,
        refining=first.refining or second.refining,
        cut_short=first.cut_short or second.cut_short,
    )


@dataclass(frozen=True)
class OverfitRun:
    """What is being made, with the look of these photos; so many `others` of the same photo are made after it."""

    content: Picture
    style: Picture
    settings: Settings
    others: int = 0
    look: LookFiles | None = None

    @property
    def key(self) -> RunKey:
        return run_key(self.content, self.style, self.settings, look=self.look.key if self.look else "")

    def work(self, renderer: OverfitRenderer) -> Work[NDArray[np.float32]]:
        """Makes the overfit picture. Raises `StudioError`."""
        with explaining_memory_errors():
            if self.look is None:
                return (yield from renderer.overfit(self.content, self.style, self.settings, others=self.others))
            look = yield from part(renderer.small_photos.look(self.look, self.settings), 0.0, READ)
            work = renderer.overfit(self.content, self.style, self.settings, look, others=self.others)
            return (yield from part(work, READ, 1.0))

    def overfit(self, pixels: object, **state: bool) -> Overfit:
        """What it has made, an array; `state` are the flags of `Overfit`."""
        assert isinstance(pixels, np.ndarray)
        return replace(Overfit(pixels, self.content, self.style, self.settings, look=self.key.look), **state)


def runs_for(session: Session) -> list[OverfitRun]:
    """What this session asks for, one for each style; nothing while a picture is missing."""
    if session.content is None or session.style is None:
        return []
    styles = [session.style, *([session.second] if session.second else [])]
    return [OverfitRun(session.content, style, session.settings, look=session.look) for style in styles]


def key_for(session: Session) -> RunKey | None:
    """The key of all that this session asks for."""
    if session.content is None or session.style is None:
        return None
    return run_key(session.content, session.style, session.settings, session.second, session.look_key)
