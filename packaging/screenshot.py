"""Take the README's screenshot: the real window, the real engine, on an X server of its own.

`python packaging/screenshot.py [FILE]`; needs what the real-window tests need.
"""

import sys
import tempfile
import time
from pathlib import Path

from desktop import ROOT, Desktop, x_server

SIZE = "1280x800"
BLUE_SLIDER = -134, 218
"""Its place in the window, from the right and from the top."""
PICTURE = ROOT / "packaging" / "pictures" / "window.jpg"


def take(path: Path) -> None:
    """The window with the sample pair, its sliders apart and the target split, into `path`."""
    with tempfile.TemporaryDirectory() as name, x_server(SIZE, Path(name) / "xvfb.log") as display:
        samples = ROOT / "resources" / "samples"
        window = Desktop(
            display, Path(name), str(samples / "contents" / "castle.jpg"), str(samples / "styles" / "village.jpg")
        )
        try:
            window.wait_for_pictures()
            window.export("ctrl+e", Path(name) / "target.png")  # comes when the real picture is there
            window.keys("ctrl+l")
            window.click(*BLUE_SLIDER)
            window.keys("Home", *["shift+Right"] * 4, "ctrl+d")
            time.sleep(1)
            window.screenshot(path)
            window.close()
        finally:
            window.kill()


def main(arguments: list[str]) -> int:
    path = Path(arguments[0]) if arguments else PICTURE
    path.parent.mkdir(exist_ok=True)
    take(path)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
