"""With the real engine at work, the window stays live."""

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

from PIL import Image

from stylestudio.studio.samples import sample_pair

PROBE = textwrap.dedent(
    """
    import json, os, sys, time
    begun = time.monotonic()
    from pathlib import Path
    from PySide6.QtCore import QSettings, Qt, QTimer
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, sys.argv[3])
    from stylestudio.gui.program import Program
    from stylestudio.studio.session import with_settings

    program = Program(["stylestudio"])
    program.document.apply("Size", with_settings, size=2048)
    beats, facts, seconds = [time.monotonic()], {}, float(sys.argv[4])
    heart = QTimer(timerType=Qt.TimerType.PreciseTimer)
    heart.timeout.connect(lambda: beats.append(time.monotonic()))
    heart.start(5)

    def loaded():
        facts["loaded"] = time.monotonic()
        QTimer.singleShot(round(1000 * seconds), program.window.close)

    program.engine.loaded.connect(loaded)
    QTimer.singleShot(0, lambda: facts.setdefault("window", time.monotonic() - begun))
    program.run([Path(sys.argv[1]), Path(sys.argv[2])])
    facts["busy"] = program.runs.busy
    closing = time.monotonic()
    program.close()
    settled = facts["loaded"] + 0.3
    gaps = [(later - earlier, later) for earlier, later in zip(beats, beats[1:])]
    facts["closed"] = time.monotonic() - closing
    facts["loading_gap"] = max(gap for gap, at in gaps if at <= settled)
    facts["gap"] = max(gap for gap, at in gaps if at > settled)
    print(json.dumps(facts), flush=True)
    os._exit(0)
    """
)


def test_the_event_loop_never_stands_still_while_a_large_picture_is_made(tmp_path: Path) -> None:
    content, style = sample_pair()
    with Image.open(content) as picture:
        picture.resize((2400, 1600)).save(tmp_path / "large.jpg")
    arguments = [str(tmp_path / "large.jpg"), str(style), str(tmp_path), "4"]
    found = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=100,
        check=True,
    )
    facts = json.loads(found.stdout.splitlines()[-1])
    # Twice what is asked of a quiet machine, because tests run on busy ones too.
    assert facts["busy"]
    assert facts["window"] < 2
    assert facts["loading_gap"] < 1.2
    assert facts["gap"] < 0.2
    assert facts["closed"] < 2
