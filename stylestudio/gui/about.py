"""What the program is, and whose work is in it."""

import json
import tomllib

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QTextBrowser, QVBoxLayout, QWidget

from stylestudio import __version__
from stylestudio.gui.words import tr
from stylestudio.paths import resource

SIZE = 560, 420
LIBRARIES = (
    ("Qt for Python (PySide6)", "LGPL-3.0"),
    ("PyTorch", "BSD-3-Clause"),
    ("NumPy", "BSD-3-Clause"),
    ("Pillow", "MIT-CMU"),
    ("torchvision", "BSD-3-Clause"),
    ("imagecodecs", "BSD-3-Clause"),
    ("tifffile", "BSD-3-Clause"),
    ("pillow-heif, with libheif and libde265", "BSD-3-Clause, LGPL-3.0"),
    ("pillow-jxl-plugin, with libjxl", "GPL-3.0-or-later, BSD-3-Clause"),
    ("rawpy, with LibRaw", "MIT, LGPL-2.1"),
    ("safetensors", "Apache-2.0"),
    ("msgspec", "BSD-3-Clause"),
    ("filelock", "MIT"),
    ("rich", "MIT"),
    ("psutil", "BSD-3-Clause"),
)


def about() -> str:
    """Markdown: what the program does."""
    lines = (
        f"## Style Studio {__version__}",
        tr("Rebuilds a photo out of pieces of a style, and lets you mix the two by eye."),
        tr("Drop a photo and a style. The overfit picture appears by itself; mix it with the sliders, then export."),
        tr("Hold **Space** for the photo and **O** for the overfit picture."),
    )
    return "\n\n".join(lines)


def licences() -> str:
    """Markdown: the licences of the program, of what it is built on, of the weights and of the samples."""
    networks = json.loads(resource("weights", "manifest.json").read_text(encoding="utf-8"))
    listed = tomllib.loads(resource("samples", "samples.toml").read_text(encoding="utf-8"))
    lines = ["## " + tr("Licences"), "Style Studio: MIT", "### " + tr("Built on")]
    lines += [f"- {name}: {licence}" for name, licence in LIBRARIES]
    lines += ["### " + tr("Weights")]
    lines += [f"- {file['role']}: {file['licence']}. {file['source']}" for file in networks["weights"]]
    lines += ["### " + tr("Sample pictures")]
    entries = listed["content"] + listed["style"]
    lines += [
        f"- {entry['title']}, {entry['author']}: [{entry['licence']}]({entry['licence_url']})" for entry in entries
    ]
    return "\n\n".join(lines)


def show_text(parent: QWidget, title: str, markdown: str) -> QDialog:
    """A dialog to read, which keeps no other window from being used."""
    dialog = QDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.resize(*SIZE)
    text = QTextBrowser(dialog)
    text.setOpenExternalLinks(True)
    text.setAccessibleName(title)
    text.setMarkdown(markdown)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, dialog)
    buttons.rejected.connect(dialog.close)
    layout = QVBoxLayout(dialog)
    layout.addWidget(text)
    layout.addWidget(buttons)
    dialog.show()
    return dialog
