"""What the artist changes on sliders and settings, as edits of the document with the names that Undo shows."""

from PySide6.QtCore import QObject

from stylestudio.gui.document import Document
from stylestudio.studio.presets import Preset
from stylestudio.studio.session import swapped, with_link, with_settings, with_share, with_shares


class Edits(QObject):
    """All edits but those that open pictures."""

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self._document = document

    def set_share(self, channel: int, share: float, step: object) -> None:
        """Style share 0..1 of a channel 0..2; all changes with one `step` are undone together."""
        names = (self.tr("Red"), self.tr("Green"), self.tr("Blue"))
        name = self.tr("All") if self._document.session.linked else names[channel]
        label = self.tr("{channel} style share").format(channel=name)
        self._document.apply(label, with_share, channel, share, step=step)

    def use_preset(self, preset: Preset) -> None:
        self._document.apply(self.tr("Preset {name}").format(name=preset.label), with_shares, preset.shares)

    def link(self, linked: bool) -> None:
        label = self.tr("Link the sliders") if linked else self.tr("Unlink the sliders")
        self._document.apply(label, with_link, linked)

    def swap(self) -> None:
        self._document.apply(self.tr("Swap photo and style"), swapped)

    def set_settings(self, changes: dict[str, object], step: object = None) -> None:
        """Fields of the settings by name; all changes with one `step` that is not None are undone together."""
        names = {
            "size": self.tr("Size"),
            "texture_scale": self.tr("Texture scale"),
            "patch_size": self.tr("Patch size"),
            "method": self.tr("Method"),
            "fidelity": self.tr("Fidelity"),
            "finest_layer": self.tr("Finest layer"),
            "refine": self.tr("Refine"),
        }
        label = self.tr("Change {settings}").format(settings=", ".join(names[field] for field in changes))
        self._document.apply(label, with_settings, step=step, **changes)
