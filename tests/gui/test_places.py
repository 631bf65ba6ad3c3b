import socket
import threading
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl

from stylestudio.gui.places import ask_with_timeout, path_of


@pytest.fixture(autouse=True)
def own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: "Atelier.example")


@pytest.mark.parametrize(
    "address",
    [
        "file:///a/é b.png",
        "file:/a/é b.png",
        "file:////a/é b.png",
        "FILE:///a/é b.png",
        "file://localhost/a/é b.png",
        "file://ATELIER.example/a/é b.png",
        "file://atelier/a/é b.png",
        "file://atelier.local/a/é b.png",
        "file://127.0.0.1/a/é b.png",
        "file:///a/%C3%A9%20b.png",
        "file:///a/é b.png\n",
        "file:///a/é b.png\r\n",
        "file:///a/é b.png#left",
        "file:///a/é b.png?size=full",
    ],
)
def test_every_spelling_of_an_address_is_the_same_file(address: str) -> None:
    assert path_of(QUrl(address)) == Path("/a/é b.png")


def test_a_name_that_is_no_valid_text_is_found_and_a_written_sign_is_part_of_it(tmp_path: Path) -> None:
    path = path_of(QUrl(f"file://{tmp_path}/%E9%23%3F.png"))
    assert path is not None
    path.write_bytes(b"x")
    assert [bytes(found)[-7:] for found in tmp_path.iterdir()] == [b"\xe9#?.png"]


@pytest.mark.parametrize("address", ["https://example.org/a.png", "file://elsewhere/a.png", "file:a.png", "/a.png", ""])
def test_other_addresses_are_no_file_of_this_computer(address: str) -> None:
    assert path_of(QUrl(address)) is None


def test_an_answer_is_given_and_asked_for_on_another_thread() -> None:
    assert ask_with_timeout(threading.get_ident, 0) not in (0, threading.get_ident())


def test_a_disk_that_does_not_answer_or_fails_gives_the_other_value() -> None:
    never = threading.Event()
    begun = time.thread_time()
    assert ask_with_timeout(never.wait, False) is False
    assert time.thread_time() - begun < 1  # it waited, and did not ask over and over
    never.set()

    def fail() -> bool:
        raise OSError

    assert ask_with_timeout(fail, True) is True
