"""Whatever is done in whatever order, nothing fails, nothing is said on stderr, and nothing is left behind.

`ACTIONS=1000 SEED=7 pytest tests/gui/test_random_actions.py --log-cli-level=INFO` goes on for longer, and says how much
memory it takes on the way.
"""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from random_artist import RandomArtist
from whole_window import Studio

ACTIONS, SEED = int(os.environ.get("ACTIONS", "60")), int(os.environ.get("SEED", "1"))
MEGABYTE = 1e6


def threads() -> set[threading.Thread]:
    """Python's own; those of Qt, which it knows as dummies for ever, are joined in `Studio.close`."""
    return {thread for thread in threading.enumerate() if not thread.name.startswith("Dummy")}


log = logging.getLogger(__name__)


@pytest.mark.qt_log_ignore("This plugin does not support")  # what the offscreen platform says of menus
def test_random_actions_raise_nothing_warn_of_nothing_and_leave_no_thread(
    new_studio: Callable[[], Studio], tmp_path: Path
) -> None:
    """pytest-qt fails it for exceptions in the event loop and for Qt's warnings."""
    before = threads()
    studio = new_studio()
    artist = RandomArtist(studio, tmp_path, SEED)
    for number in range(ACTIONS):
        artist.act()
        if number % 100 == 99:
            artist.come_to_an_end()
            log.info("%d actions, %.0f MB", number + 1, psutil.Process().memory_info().rss / MEGABYTE)
    artist.come_to_an_end()
    assert studio.window.isVisible(), artist.did[-5:]
    studio.close()
    assert threads() <= before
