"""A process that is killed while it writes loses at most the entry that it was writing."""

import json
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import library_entries

from stylestudio.studio.library import Library

KILLS = 10


def test_a_killed_writer_loses_at_most_the_entry_being_written(tmp_path: Path) -> None:
    moments, before, runs = random.Random(0), 0, []
    for kills in range(1, KILLS + 1):
        said = runs_of_a_killed_writer(tmp_path, at_least=moments.randrange(3), longer=moments.uniform(0, 0.02))
        with Library(tmp_path) as library:
            assert library.set_aside is None
            runs, exported = library.runs(), {export.run for export in library.exports()}
        written = {run.id for run in runs}
        assert set(said) <= exported  # which is written after the run
        assert exported <= written and len(written - exported) <= kills
        assert before + len(said) <= len(written) <= before + len(said) + 1
        before = len(written)
    assert before >= KILLS // 2
    for run in runs:
        number = json.loads(run.recipe)["number"]
        assert (run.content_name, run.style_name) == (f"photo {number}", f"style {number}")


def runs_of_a_killed_writer(folder: Path, at_least: int, longer: float) -> list[int]:
    """The runs whose writing it said was done before it was killed, some moments after the first so many."""
    with subprocess.Popen(
        [sys.executable, library_entries.__file__, str(folder)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout
        said = [writer.stdout.readline() for _ in range(at_least)]
        with suppress(subprocess.TimeoutExpired):
            writer.wait(longer)
        writer.kill()
        return [int(line) for line in [*said, *writer.stdout]]
