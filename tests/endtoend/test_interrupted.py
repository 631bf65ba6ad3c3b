"""The program itself, ended by what nothing can hear, and started again."""

import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from artist import ROOT

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL.")

PROGRAM = textwrap.dedent(
    """
    import hashlib, json, os, sys
    from pathlib import Path
    from PySide6.QtCore import QTimer
    from stylestudio.gui import program as programs
    from stylestudio.progress import Progress
    from stylestudio.studio.recipe import Shares
    from stylestudio.studio.render import target
    from stylestudio.studio.session import with_shares

    runs = []

    class Negative:
        remark = ""

        def overfit(self, content, style, settings, **more):
            runs.append(settings)
            yield Progress("Painting", 0.5)
            return (1 - content.pixels) * 0.987654321

    programs.Renderer = Negative
    programs.EngineLoader.start = lambda self: None
    program = programs.Program(["stylestudio"])
    said = []
    program.restorer.said.connect(said.append)

    def watch():
        if not program.runs.is_settled or program.runs.busy or not program.autosaver.is_settled:
            return
        if files and program.document.session.linked:
            program.document.apply("Shares", with_shares, Shares(0.9, 0.25, 0.4))
            return
        timer.stop()
        overfit = program.runs.overfit
        pixels = target(overfit.content, overfit.pixels, program.document.session.mix)
        facts = {
            "target": hashlib.sha256(pixels.tobytes()).hexdigest(),
            "shares": program.document.session.shares,
            "runs": len(runs),
            "said": said[-1:],
            "title": program.window.windowTitle(),
        }
        print(json.dumps(facts), flush=True)
        if sys.argv[1] == "closes":
            program.window.close()

    timer = QTimer(interval=10)
    timer.timeout.connect(watch)
    timer.start()
    QTimer.singleShot(60_000, lambda: os._exit(70))  # nothing more is coming
    files = [Path(name) for name in sys.argv[2:]]
    code = program.run(files)
    program.close()
    os._exit(code)
    """
)


@contextmanager
def started(folder: Path, ending: str, *files: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """The program with its folders in `folder`, and what it tells as soon as the target is there and kept."""
    own = {"XDG_CONFIG_HOME": str(folder / "config"), "XDG_DATA_HOME": str(folder / "data")}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, ending, *files],
        cwd=folder,
        env=os.environ | own | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_killed_and_started_again_it_has_the_very_target_without_running_the_networks(folder: Path) -> None:
    with started(folder, "waits", "photo.png", "style.png") as (process, lost):
        assert lost["runs"] == 1
        process.send_signal(signal.SIGKILL)
    with started(folder, "waits") as (process, found):
        assert found["target"] == lost["target"]
        assert (found["shares"], found["title"]) == (lost["shares"], "Style Studio – photo in the style of style")
        assert found["runs"] == 0
        assert found["said"] == ["The program was interrupted. Your work is back."]
        process.send_signal(signal.SIGKILL)
    with started(folder, "closes") as (process, found):
        assert (found["target"], found["runs"]) == (lost["target"], 0)
        assert process.wait(20) == 0
    with started(folder, "closes") as (_, found):
        assert (found["target"], found["said"]) == (lost["target"], ["Your last work is back."])


def test_files_given_at_the_start_come_instead_of_the_last_work(folder: Path) -> None:
    with started(folder, "closes", "photo.png", "style.png") as (process, first):
        assert process.wait(20) == 0
    with started(folder, "closes", "style.png", "photo.png") as (process, second):
        assert second["title"] == "Style Studio – style in the style of photo" and second["said"] == []
        assert process.wait(20) == 0
    with started(folder, "closes") as (_, last):
        assert (last["target"], last["runs"]) == (second["target"], 0)
        assert last["target"] != first["target"]
