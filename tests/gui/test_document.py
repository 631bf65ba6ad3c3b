import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from stylestudio.errors import SettingError
from stylestudio.gui.document import Document
from stylestudio.images.decode import from_pixels
from stylestudio.studio.session import Session, with_content, with_settings, with_share
from stylestudio.studio.settings import Settings


class Heard:
    """What a document said, in order: pairs of sessions, and "history"."""

    def __init__(self, document: Document) -> None:
        self.all: list[object] = []
        document.changed.connect(lambda old, new: self.all.append((old, new)))
        document.history_changed.connect(lambda: self.all.append("history"))


@pytest.fixture
def document(qtbot: QtBot) -> Document:
    return Document()


def test_a_document_begins_with_the_session_it_is_given(qtbot: QtBot) -> None:
    session = Session(settings=Settings(size=512))
    assert Document(session).session is session
    assert Document().session == Session()


def test_an_edit_tells_the_old_and_the_new_session_and_then_the_history(document: Document) -> None:
    heard = Heard(document)
    document.apply("Change patch size", with_settings, patch_size=5)
    new = with_settings(Session(), patch_size=5)
    assert document.session == new
    assert heard.all == [(Session(), new), "history"]


def test_listeners_find_the_new_session_and_its_label_in_place(document: Document) -> None:
    seen = []
    document.changed.connect(lambda old, new: seen.append((document.session is new, document.undo_label)))
    document.apply("Mix red", with_share, 0, 0.2)
    assert seen == [(True, "Mix red")]


def test_an_edit_that_changes_nothing_is_no_step(document: Document) -> None:
    picture = from_pixels(np.zeros((2, 2, 3)), "photo")
    document.apply("Open photo", with_content, picture)
    heard = Heard(document)
    document.apply("Open photo", with_content, from_pixels(np.zeros((2, 2, 3)), "photo"))
    document.apply("Mix", with_share, 0, 0.7)
    assert heard.all == []
    document.undo()
    assert document.undo_label is None


def test_undo_and_redo_change_the_session_and_tell_it(document: Document) -> None:
    document.apply("Mix", with_share, 0, 0.2)
    mixed = document.session
    heard = Heard(document)
    document.undo()
    assert (document.session, document.undo_label, document.redo_label) == (Session(), None, "Mix")
    document.redo()
    assert (document.session, document.undo_label, document.redo_label) == (mixed, "Mix", None)
    assert heard.all == [(mixed, Session()), "history", (Session(), mixed), "history"]


def test_undo_without_edits_says_nothing(document: Document) -> None:
    heard = Heard(document)
    document.undo()
    document.redo()
    assert heard.all == []


def test_all_moves_of_one_drag_are_one_step(document: Document) -> None:
    for percent in (60, 50, 40):
        document.apply("Mix", with_share, 0, percent / 100, step=1)
    document.apply("Mix", with_share, 0, 0.3, step=2)
    document.undo()
    assert document.session == with_share(Session(), 0, 0.4)
    document.undo()
    assert document.session == Session()


def test_an_edit_that_is_refused_changes_nothing(document: Document) -> None:
    heard = Heard(document)
    with pytest.raises(SettingError):
        document.apply("Change size", with_settings, size=1)
    assert document.session == Session()
    assert heard.all == []
