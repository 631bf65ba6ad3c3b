"""What the window says about a session."""

from stylestudio.gui.words import tr
from stylestudio.studio.session import Session

NAME = "Style Studio"
MUCH_SMALLER = 1.05
"""From this size over the style's own on, its strokes are visibly finer than the artist expects."""


def title(session: Session) -> str:
    """The window's title: the program and the pictures."""
    names = [picture.name for picture in (session.content, session.style) if picture]
    return " – ".join([NAME, tr(" in the style of ").join(names)] if names else [NAME])


def remark(session: Session) -> str:
    """What the artist should know of these settings; empty for nothing."""
    content, style = session.content, session.style
    if content is None or style is None or session.settings.texture_scale > 1:
        return ""
    own, wanted = max(style.size), session.settings.content_side(content.size)
    if wanted <= own * MUCH_SMALLER:
        return ""
    text = tr("The style has only {own} pixels. Raise the texture scale if its strokes are too fine.")
    return text.format(own=own)
