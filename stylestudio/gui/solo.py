"""Which channels' changes are looked at: solo and mute, as on a mixing desk. What is exported is another matter."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stylestudio.gui.words import tr
from stylestudio.studio.mix import Mix
from stylestudio.studio.recipe import Shares

CHANNELS = range(3)


@dataclass(frozen=True)
class SoloMute:
    """Channels 0..2 with solo, those that are muted, and the one whose key is held, which goes before both."""

    solo: frozenset[int] = frozenset()
    muted: frozenset[int] = frozenset()
    held: int | None = None

    @property
    def visible_channels(self) -> frozenset[int]:
        """Those that are seen."""
        if self.held is not None:
            return frozenset({self.held})
        return frozenset(self.solo or CHANNELS) - self.muted

    def toggled(self, button: str, channel: int) -> "SoloMute":
        """With "solo" or "muted" of a channel changed."""
        return replace(self, **{button: getattr(self, button) ^ {channel}})

    def apply_to(self, mix: Mix) -> Mix:
        """The mix with all but the passing channels as they are in the photo."""
        shares = [share if channel in self.visible_channels else 0.0 for channel, share in enumerate(mix.shares)]
        return replace(mix, shares=Shares(*shares))

    def describe(self, names: Sequence[str]) -> str:
        """What is seen, for channels of these names; empty where it is all."""
        missing = [name for channel, name in enumerate(names) if channel not in self.visible_channels]
        if len(missing) == len(CHANNELS):
            return tr("All muted")
        if len(missing) == 1:
            return tr("Without {channel}").format(channel=missing[0].lower())
        alone = [names[channel] for channel in self.visible_channels]
        return tr("{channel} alone").format(channel=alone[0]) if missing else ""
