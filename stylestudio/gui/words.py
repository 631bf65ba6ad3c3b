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
            QT_TRANSLATE_NOOP("Stages", "Out of graphics memory: once more"),
            QT_TRANSLATE_NOOP("Stages", "Out of graphics memory: processor"),
        ),
    )
)
"""What a run names, listed for lupdate: the engine, which knows no Qt, says it in English."""

REMARKS = (
    str(
        QT_TRANSLATE_NOOP(
            "Remarks", "The graphics card ran out of memory. From now on the processor does the work, more slowly."
        )
    ),
)
"""What the renderer says of its runs, likewise."""


def tr(text: str) -> str:
    """For what stands in no class: lupdate files `tr("…")` there under no context."""
    return QCoreApplication.translate("", text)


def stage_in_words(stage: str) -> str:
    """What the window says while this stage lasts."""
    return QCoreApplication.translate("Stages", stage)


def remark_in_words(remark: str) -> str:
    """What the window says of the runs so far."""
    return QCoreApplication.translate("Remarks", remark)
