"""Bring a language's words up to date: `.venv/bin/python packaging/translate.py de`.

New words come into `resources/translations/stylestudio_de.ts`, translated ones stay. Labels of settings, methods and
presets stand in records that know no Qt: they are written down for lupdate as calls of `tr`.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import PySide6

from stylestudio.engine.methods import METHODS
from stylestudio.studio.presets import presets
from stylestudio.studio.settings import SETTINGS

ROOT = Path(__file__).resolve().parent.parent
LUPDATE = Path(PySide6.__file__).with_name("lupdate")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language", help="as the system calls it: de, pt_BR")
    return update(ROOT / "resources" / "translations" / f"stylestudio_{parser.parse_args().language}.ts")


def update(file: Path) -> int:
    """Bring all words of the window into this file; the exit status of lupdate."""
    file.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        records = Path(folder) / "records.py"
        records.write_text("".join(f"tr({label!r})\n" for label in sorted(labels())), encoding="utf-8")
        sources = sorted(map(str, (ROOT / "stylestudio").rglob("*.py")))
        # without places: they would change with every edit, and those of the records mean nothing
        return subprocess.call([LUPDATE, *sources, str(records), "-locations", "none", "-ts", str(file)])


def labels() -> set[str]:
    """What the window says of records."""
    found = {method.label for method in METHODS.values()} | {preset.label for preset in presets().values()}
    for setting in SETTINGS.values():
        found |= {setting.label, setting.tip, setting.unit, *setting.ends}
        found |= {choice.label for choice in setting.choices()}
    return found - {""}


if __name__ == "__main__":
    sys.exit(main())
