"""What `render` works on, and what it knows its results by."""

from dataclasses import dataclass, replace

from stylestudio.images.decode import Picture
from stylestudio.images.resize import size_for
from stylestudio.studio.looks import Look
from stylestudio.studio.recipe import RunKey, run_key
from stylestudio.studio.settings import Settings

Size = tuple[int, int]


@dataclass(frozen=True)
class FeatureKey:
    """Which features these are: of which picture, at which size in pixels, at which layers, and in which role."""

    picture: str
    size: Size
    layers: tuple[str, ...]
    role: str


@dataclass(frozen=True)
class RenderJob:
    """An overfit picture to be made, with the sizes (width, height) at which its two pictures are looked at.

    `look` is that of the set which the content belongs to, if it is to have that. So many `others` of the same content
    are to be made after it, and held beside it.
    """

    content: Picture
    style: Picture
    content_size: Size
    style_size: Size
    settings: Settings
    look: Look | None = None
    others: int = 0

    @property
    def key(self) -> RunKey:
        """All that the overfit picture depends on."""
        return run_key(self.content, self.style, self.settings, look=self.look.key if self.look else "")

    @property
    def look_key(self) -> RunKey:
        """All that the look's statistics depend on: none of the one content."""
        assert self.look is not None
        return self.key._replace(content="", content_side=0, style_side=0)

    def of_look(self, photo: Picture) -> "RenderJob":
        """The same with this photo of the look, at its own small size, and the style as much smaller."""
        side = round(max(self.style_size) * max(photo.size) / max(self.content_size))
        return replace(
            self, content=photo, content_size=photo.size, style_size=size_for(self.style_size, max(1, side)), look=None
        )
