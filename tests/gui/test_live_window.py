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
    import json, os, sys
    from pathlib import Path
    from PySide6.QtCore import QSettings, Qt, QTimer
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, sys.argv[3])
    from stylestudio.gui.program import Program
    from stylestudio.studio.session import with_settings

    program = Program(["stylestudio"])
    program.document.apply("Size", with_settings, size=2048)
    beats, seconds = [], float(sys.argv[4])
    heart = QTimer(timerType=Qt.TimerType.PreciseTimer)
    heart.timeout.connect(lambda: beats.append(program.runs.busy))
    heart.start(5)
    program.engine.loaded.connect(lambda: QTimer.singleShot(round(1000 * seconds), program.window.close))
    program.run([Path(sys.argv[1]), Path(sys.argv[2])])
    busy = program.runs.busy
    program.close()
    print(json.dumps({"busy": busy, "beats": sum(beats)}), flush=True)
    os._exit(0)
    """
)


def test_the_event_loop_goes_on_while_a_large_picture_is_made(tmp_path: Path) -> None:
    content, style = sample_pair()
    with Image.open(content) as picture:
        picture.resize((2400, 1600)).save(tmp_path / "large.jpg")
    arguments = [str(tmp_path / "large.jpg"), str(style), str(tmp_path), "4"]
    found = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    facts = json.loads(found.stdout.splitlines()[-1])
    assert facts["busy"]
    assert facts["beats"] > 20, "the event loop stood still"
