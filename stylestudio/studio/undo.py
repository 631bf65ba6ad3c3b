"""Undo and redo: the sessions before and after the present one, as a value."""

from dataclasses import dataclass, replace

from stylestudio.images.decode import Picture
from stylestudio.studio.session import Session

MOST_STEPS = 100
MOST_PICTURE_BYTES = 2 * 2**30
"""Of pictures that only undo can bring back; a photo of 12 megapixels takes 144 MB."""


@dataclass(frozen=True)
class Edit:
    """A labelled edit, and the session on its other side: before it in the past, after it in the future.

    Edits with one `step` that is not None and follow each other are one, such as all moves of one slider drag.
    """

    label: str
    session: Session
    step: object = None


@dataclass(frozen=True)
class History:
    """`past` has the latest edit last, `future` the next one to redo first."""

    past: tuple[Edit, ...]
    present: Session
    future: tuple[Edit, ...] = ()


def new_history(session: Session) -> History:
    """A history without edits."""
    return History((), session)


def apply(history: History, label: str, session: Session, step: object = None) -> History:
    """With `session` as the present; it is a new edit, or a part of the last one if that has the same step."""
    last = history.past[-1] if history.past else None
    if last is None or step is None or last.step != step:
        return History(trim_history((*history.past, Edit(label, history.present, step))), session)
    there_and_back = session == last.session
    return History(history.past[:-1] if there_and_back else history.past, session)


def undo(history: History) -> History:
    """One edit back; the same history if there is none."""
    if not history.past:
        return history
    *past, last = history.past
    return History(tuple(past), last.session, (replace(last, session=history.present), *history.future))


def redo(history: History) -> History:
    """One edit forward; the same history if there is none. That edit is finished: no later one joins it."""
    if not history.future:
        return history
    first, *future = history.future
    edit = Edit(first.label, history.present)
    return History((*history.past, edit), first.session, tuple(future))


def undo_label(history: History) -> str | None:
    """What `undo` takes back."""
    return history.past[-1].label if history.past else None


def redo_label(history: History) -> str | None:
    """What `redo` brings back."""
    return history.future[0].label if history.future else None


def trim_history(past: tuple[Edit, ...]) -> tuple[Edit, ...]:
    """The latest edits that number and memory allow, at least one."""
    pictures: dict[int, int] = {}
    for kept, edit in enumerate(reversed(past[-MOST_STEPS:])):
        for picture in (edit.session.content, edit.session.original, edit.session.style, edit.session.second):
            if picture is not None:
                pictures[id(picture)] = bytes_of(picture)
        if kept and sum(pictures.values()) > MOST_PICTURE_BYTES:
            return past[-kept:]
    return past[-MOST_STEPS:]


def bytes_of(picture: Picture) -> int:
    """The memory that its planes take."""
    return picture.stored.nbytes + (0 if picture.alpha is None else picture.alpha.nbytes)
