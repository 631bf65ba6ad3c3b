import numpy as np
import pytest

from stylestudio.images.decode import from_pixels
from stylestudio.studio import undo as histories
from stylestudio.studio.session import Session, with_share
from stylestudio.studio.undo import History, apply, new_history, redo, redo_label, undo, undo_label


def shared(percent: int) -> Session:
    return with_share(Session(), 0, percent / 100)


def after(*percents: int, step: object = None) -> History:
    """A history that began at 70 %, with one edit for each of these."""
    history = new_history(Session())
    for percent in percents:
        history = apply(history, f"to {percent}", shared(percent), step)
    return history


def test_nothing_can_be_undone_at_first() -> None:
    history = new_history(Session())
    assert undo_label(history) is None
    assert redo_label(history) is None
    assert undo(history) is history
    assert redo(history) is history


def test_undo_goes_back_edit_by_edit_and_redo_forward_again() -> None:
    history = after(10, 20, 30)
    steps = [history, undo(history), undo(undo(history)), undo(undo(undo(history)))]
    assert [step.present for step in steps] == [shared(30), shared(20), shared(10), Session()]
    assert redo(redo(redo(steps[-1]))).present == shared(30)
    assert redo(steps[1]).present == shared(30)


def test_each_edit_keeps_its_label_through_undo_and_redo() -> None:
    history = after(10, 20)
    assert (undo_label(history), redo_label(history)) == ("to 20", None)
    history = undo(history)
    assert (undo_label(history), redo_label(history)) == ("to 10", "to 20")
    history = undo(history)
    assert (undo_label(history), redo_label(history)) == (None, "to 10")
    history = redo(history)
    assert (undo_label(history), redo_label(history)) == ("to 10", "to 20")


def test_a_new_edit_forgets_what_was_undone() -> None:
    history = apply(undo(after(10, 20)), "to 50", shared(50))
    assert redo_label(history) is None
    assert undo(history).present == shared(10)


def test_edits_of_one_step_are_undone_together() -> None:
    history = after(10, 20, 30, step="drag")
    assert history.present == shared(30)
    assert undo(history).present == Session()
    assert redo(undo(history)).present == shared(30)


def test_edits_of_different_steps_or_of_none_stay_apart() -> None:
    history = after(10, step=1)
    assert undo(apply(history, "b", shared(20), 2)).present == shared(10)
    assert undo(apply(history, "b", shared(20))).present == shared(10)


def test_a_step_that_comes_back_to_where_it_began_leaves_nothing_to_undo() -> None:
    history = apply(after(10, step="drag"), "back", Session(), "drag")
    assert undo_label(history) is None
    assert history.present == Session()


def test_a_step_that_was_undone_and_redone_is_finished() -> None:
    history = redo(undo(after(10, step="drag")))
    assert undo(apply(history, "on", shared(20), "drag")).present == shared(10)


def test_a_step_that_is_undone_halfway_goes_on_as_a_new_one() -> None:
    history = apply(undo(after(10, 20, step="drag")), "on", shared(30), "drag")
    assert undo(history).present == Session()


def test_a_hundred_edits_can_be_undone_and_no_more() -> None:
    history = new_history(Session())
    for number in range(150):
        history = apply(history, str(number), shared(number % 2))
    assert len(history.past) == 100
    assert [edit.label for edit in (history.past[0], history.past[-1])] == ["50", "149"]


@pytest.mark.parametrize(("room", "kept"), [(9, 5), (3, 3), (1, 1), (0, 1)])
def test_edits_that_hold_too_many_pictures_are_forgotten(monkeypatch: pytest.MonkeyPatch, room: int, kept: int) -> None:
    pictures = [from_pixels(np.full((4, 5, 3), number / 8), "photo") for number in range(6)]
    monkeypatch.setattr(histories, "MOST_PICTURE_BYTES", room * pictures[0].pixels.nbytes)
    history = new_history(Session(pictures[0]))
    for picture in pictures[1:]:
        history = apply(history, "Open photo", Session(picture))
    assert len(history.past) == kept


def test_one_picture_in_many_sessions_counts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    picture = from_pixels(np.zeros((4, 5, 3)), "photo")
    monkeypatch.setattr(histories, "MOST_PICTURE_BYTES", picture.pixels.nbytes)
    history = new_history(Session(picture))
    for percent in range(20):
        history = apply(history, "Mix", with_share(Session(picture), 0, percent / 100))
    assert len(history.past) == 20
