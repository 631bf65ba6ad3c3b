"""Words that no widget says of itself, in the artist's language."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication

STAGES = tuple(
    map(
        str,
        (
            QT_TRANSLATE_NOOP("Stages", "Getting ready"),
            QT_TRANSLATE_NOOP("Stages", "Looking at the photo"),
            QT_TRANSLATE_NOOP("Stages", "Looking at the style"),
            QT_TRANSLATE_NOOP("Stages", "Matching"),
            QT_TRANSLATE_NOOP("Stages", "Refining"),
            QT_TRANSLATE_NOOP("Stages", "Painting"),
            QT_TRANSLATE_NOOP("Stages", "Refining the picture"),
        ),
    )
)
"""What a run names, listed for lupdate: the engine, which knows no Qt, says it in English."""


def tr(text: str) -> str:
    """For what stands in no class: lupdate files `tr("…")` there under no context."""
    return QCoreApplication.translate("", text)


def stage_in_words(stage: str) -> str:
    """What the window says while this stage lasts."""
    return QCoreApplication.translate("Stages", stage)
