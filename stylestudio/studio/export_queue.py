"""Exports that wait for their turn, as a value: each with all that decides its file, from the moment it was queued."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from statistics import mean
from typing import Annotated, Literal

from msgspec import Meta

from stylestudio.images.formats import format_of
from stylestudio.images.output import ALLOWED, USUAL, ExportOptions
from stylestudio.studio.look_files import LookFiles
from stylestudio.studio.recipe_record import VERSION, Recipe, Version

State = Literal["waiting", "done", "skipped", "failed", "cancelled"]
MOST_EXPORTS = 50_000
MOST_BEGUN = 2
"""An export that was under way when the program ended so often is not begun by itself any more."""


@dataclass(frozen=True)
class Export:
    """A target to be made of a photo and a style, or of two, and how it is written: over an older file if `replace`.

    `number` tells it from all others of its queue. `reason` says in two sentences why it failed; `seconds` is how long
    it took; `begun` how often it was begun without an end. `look` is the `LookFiles.key` of those photos whose
    common look it gets; "" for its own. Raises `ValueError` for what makes no sense.
    """

    number: Annotated[int, Meta(ge=0)]
    content: Path
    style: Path
    target: Path
    recipe: Recipe
    options: ExportOptions = USUAL
    replace: bool = False
    state: State = "waiting"
    reason: Annotated[str, Meta(max_length=2000)] = ""
    seconds: Annotated[float, Meta(ge=0)] = 0.0
    begun: Annotated[int, Meta(ge=0, le=1000)] = 0
    second: Path | None = None
    look: Annotated[str, Meta(pattern=r"\A([0-9a-f]{64})?\Z")] = ""

    def __post_init__(self) -> None:
        options = ((field.name, getattr(self.options, field.name)) for field in fields(ExportOptions))
        if format_of(self.target) is None or not all(value in ALLOWED[name] for name, value in options):
            raise ValueError("an export")

    @property
    def job_key(self) -> tuple[Path | None, ...]:
        """Of what it makes which file."""
        return self.content, self.style, self.second, self.target


@dataclass(frozen=True)
class ExportQueue:
    """Exports in the order in which they are made; none is begun while it is `paused`.

    `looks` are those that exports have, each once, whatever becomes of the sets. Raises `ValueError` where one is not
    there.
    """

    exports: Annotated[tuple[Export, ...], Meta(max_length=MOST_EXPORTS)] = ()
    paused: bool = False
    looks: Annotated[tuple[LookFiles, ...], Meta(max_length=MOST_EXPORTS)] = ()
    version: Version = VERSION

    def __post_init__(self) -> None:
        if not {one.look for one in self.exports} <= {"", *(look.key for look in self.looks)}:
            raise ValueError("exports whose look is not there")

    @property
    def next(self) -> Export | None:
        """The one to be made, whether paused or not."""
        return next((one for one in self.exports if one.state == "waiting"), None)

    @property
    def waiting_count(self) -> int:
        return self.count("waiting")

    def count(self, *states: State) -> int:
        return sum(one.state in states for one in self.exports)

    def find(self, number: int) -> Export | None:
        return next((one for one in self.exports if one.number == number), None)

    def look_of(self, one: Export) -> LookFiles | None:
        """The photos whose common look this export gets."""
        return next((look for look in self.looks if look.key == one.look), None)


NOTHING = ExportQueue()


def with_exports(queue: ExportQueue, exports: Sequence[Export], looks: Sequence[LookFiles] = ()) -> ExportQueue:
    """With more at the end, under new numbers, and their looks. What waits and would make the same file gives way.

    Such a file may be there by the time: the new one replaces it.
    """
    waiting = {one.job_key for one in queue.exports if one.state == "waiting"}
    first = 1 + max((one.number for one in queue.exports), default=-1)
    new = [
        replace(one, number=first + place, replace=one.replace or one.job_key in waiting)
        for place, one in enumerate(exports)
    ]
    made = {one.job_key for one in new}
    kept = [one for one in queue.exports if one.state != "waiting" or one.begun or one.job_key not in made]
    return with_only(queue, (*kept, *new)[:MOST_EXPORTS], looks)


def mark_begun(queue: ExportQueue, number: int) -> ExportQueue:
    """That this one is under way: should the program end now, that is known."""
    return _changed(queue, [number], lambda one: replace(one, begun=one.begun + 1))


def mark_interrupted(queue: ExportQueue, number: int) -> ExportQueue:
    """That it was stopped in an orderly way, and waits as before."""
    return _changed(queue, [number], lambda one: replace(one, begun=max(0, one.begun - 1)))


def mark_ended(queue: ExportQueue, number: int, state: State, reason: str = "", seconds: float = 0.0) -> ExportQueue:
    """What became of one."""
    return _changed(
        queue,
        [number],
        lambda one: replace(one, state=state, reason=reason[:2000], seconds=max(0.0, seconds), begun=0),
    )


def cancel_exports(queue: ExportQueue, numbers: Collection[int]) -> ExportQueue:
    """Without making those of these that wait."""
    waiting = [one.number for one in queue.exports if one.number in numbers and one.state == "waiting"]
    return _changed(queue, waiting, lambda one: replace(one, state="cancelled", begun=0))


def retry_exports(queue: ExportQueue, numbers: Collection[int]) -> ExportQueue:
    """With those of these that failed or were cancelled waiting again, in their places."""
    again = [one.number for one in queue.exports if one.number in numbers and one.state in ("failed", "cancelled")]
    return _changed(queue, again, lambda one: replace(one, state="waiting", reason="", begun=0))


def move_to_front(queue: ExportQueue, number: int) -> ExportQueue:
    """With one that waits before all others that do."""
    one = queue.find(number)
    if one is None or one.state != "waiting":
        return queue
    others = [other for other in queue.exports if other is not one]
    place = next((at for at, other in enumerate(others) if other.state == "waiting" and not other.begun), len(others))
    return replace(queue, exports=(*others[:place], one, *others[place:]))


def clear_finished(queue: ExportQueue) -> ExportQueue:
    """Without those that are made, were there already, or were cancelled."""
    return with_only(queue, [one for one in queue.exports if one.state in ("waiting", "failed")])


def with_only(queue: ExportQueue, exports: Sequence[Export], looks: Sequence[LookFiles] = ()) -> ExportQueue:
    """With these exports alone, and those looks that they have, of its own and of these."""
    wanted = {one.look for one in exports}
    known = {look.key: look for look in (*queue.looks, *looks) if look.key in wanted}
    return replace(queue, exports=tuple(exports), looks=tuple(known.values()))


def set_paused(queue: ExportQueue, is_paused: bool) -> ExportQueue:
    return replace(queue, paused=is_paused)


def recover_queue(queue: ExportQueue) -> ExportQueue:
    """As it goes on at a start: what is over has gone, and what ended the program repeatedly counts as failed."""
    reason = "The program ended twice while it was made. Choose a smaller size, and export it again."
    again = [one.number for one in queue.exports if one.state == "waiting" and one.begun >= MOST_BEGUN]
    return clear_finished(_changed(queue, again, lambda one: replace(one, state="failed", reason=reason, begun=0)))


def seconds_left(queue: ExportQueue, fraction: float, elapsed: float) -> float | None:
    """Until all is made, by what those that are made took; None while nobody knows.

    `fraction` 0..1 of the one that is under way is done after `elapsed` seconds.
    """
    took = [one.seconds for one in queue.exports if one.state == "done" and one.seconds > 0]
    each = mean(took) if took else elapsed / fraction if fraction > 0.1 and elapsed > 1 else None
    return None if each is None else each * max(0.0, queue.waiting_count - fraction)


def _changed(queue: ExportQueue, numbers: Collection[int], change: Callable[[Export], Export]) -> ExportQueue:
    wanted = set(numbers)
    return replace(queue, exports=tuple(change(one) if one.number in wanted else one for one in queue.exports))
