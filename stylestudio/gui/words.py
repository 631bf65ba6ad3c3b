"""Words that no widget says of itself, in the artist's language."""

from PySide6.QtCore import QT_TRANSLATE_NOOP, QCoreApplication, QLibraryInfo, QLocale, QTranslator

from stylestudio.gui.overfit import Overfit
from stylestudio.images.blend import Axes
from stylestudio.paths import resource
from stylestudio.studio.presets import Preset
from stylestudio.studio.result_names import styles_name
from stylestudio.studio.session import Session

STAGES = tuple(
    map(
        str,
        (
            QT_TRANSLATE_NOOP("Stages", "Getting ready"),
            QT_TRANSLATE_NOOP("Stages", "Looking at the photo"),
            QT_TRANSLATE_NOOP("Stages", "Looking at the style"),
            QT_TRANSLATE_NOOP("Stages", "Looking at the set"),
            QT_TRANSLATE_NOOP("Stages", "Large shapes"),
            QT_TRANSLATE_NOOP("Stages", "Smaller shapes"),
            QT_TRANSLATE_NOOP("Stages", "Strokes"),
            QT_TRANSLATE_NOOP("Stages", "Painting"),
            QT_TRANSLATE_NOOP("Stages", "Finishing touches"),
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
    str(QT_TRANSLATE_NOOP("Remarks", "Its colour profile is broken and was ignored.")),
    str(QT_TRANSLATE_NOOP("Remarks", "Its colour profile is made for another kind of picture and was ignored.")),
)
"""What the renderer says of its runs, and reading of pictures, likewise."""


def load_language(application: QCoreApplication, locale: QLocale | None = None) -> bool:
    """Say everything in the system's language, or that of `locale`; false, and English, where nobody translated it."""
    own, of_qt = QTranslator(application), QTranslator(application)
    wanted = locale or QLocale()
    if not own.load(wanted, "stylestudio", "_", str(resource("translations"))):
        return False
    of_qt.load(wanted, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    return application.installTranslator(of_qt) and application.installTranslator(own)


def tr(text: str) -> str:
    """For what stands in no class: lupdate files `tr("…")` there under no context."""
    return QCoreApplication.translate("", text)


def stage_in_words(stage: str) -> str:
    """What the window says while this stage lasts."""
    return QCoreApplication.translate("Stages", stage)


def preset_label(preset: Preset) -> str:
    """What a preset is called; the artist's own as they wrote it."""
    return preset.label if preset.own else tr(preset.label)


def remark_in_words(remark: str) -> str:
    """What the window says of the runs so far, or of a picture."""
    return QCoreApplication.translate("Remarks", remark)


NAME = "Style Studio"
MUCH_SMALLER = 1.05
"""From this size over the style's own on, its strokes are visibly finer than the artist expects."""


def title(session: Session) -> str:
    """The window's title: the program and the pictures."""
    style = session.style and styles_name(session.style.name, session.second and session.second.name)
    names = [name for name in (session.content and session.content.name, style) if name]
    return " – ".join([NAME, tr(" in the style of ").join(names)] if names else [NAME])


def unfinished_mark(overfit: Overfit | None) -> str:
    """What is still missing of an overfit picture; empty for nothing."""
    if overfit is not None and overfit.draft:
        return tr("Draft")
    return tr("Refining") if overfit is not None and overfit.refining else ""


def missing_style_note(session: Session, overfit: Overfit | None) -> str:
    """Which of the session's two styles is seen alone, as long as the other's picture is missing; empty for nothing."""
    if overfit is None or overfit.second is not None or session.second is None:
        return ""
    return tr("{style} alone").format(style=overfit.style.name)


def smaller_size_note(overfit: Overfit | None) -> str:
    """At which long side an overfit picture was made that is smaller than the photo; empty for any other."""
    if overfit is None or max(overfit.pixels.shape[:2]) >= max(overfit.content.size):
        return ""
    return tr("made at {side}").format(side=max(overfit.pixels.shape[:2]))


def channel_names(axes: Axes) -> tuple[str, str, str]:
    """What the three sliders mix on these axes."""
    if axes == "rgb":
        return tr("Red"), tr("Green"), tr("Blue")
    return tr("Light"), tr("Blue–yellow"), tr("Red–green")


def fixed_shortcuts() -> dict[str, str]:
    """Keys that are no command's, with what they do."""
    return {
        tr("Space, held"): tr("Show the photo"),
        tr("O, held"): tr("Show the overfit picture"),
        tr("1, 2, 3, held"): tr("Show what one slider alone does"),
        tr("Space, drag"): tr("Move the picture, whatever tool is on"),
        tr("Ctrl+Space, drag"): tr("Zoom"),
        tr("Wheel, + and −"): tr("Zoom"),
        tr("Arrows"): tr("Move the picture, or a slider by 1 %"),
        tr("Shift+arrows"): tr("Move a slider by 10 %"),
        tr("Alt, drag with the brush"): tr("Erase what is painted"),
        tr("Shift, click with the brush"): tr("Paint a straight line from the last stroke"),
        tr("Ctrl+left, Ctrl+right"): tr("Move the split line"),
        tr("Ctrl, drop on the style"): tr("Have it as a second style"),
        tr("Shift, drop"): tr("Apply the look that a picture tells of"),
        tr("Styles and history: Enter, S, F2, Del"): tr("Use, star, tags, take away"),
    }


def settings_remark(session: Session) -> str:
    """What the artist should know of these settings; empty for nothing."""
    content, style = session.content, session.style
    if content is None or style is None or session.settings.texture_scale > 1:
        return ""
    own = min(max(one.size) for one in (style, session.second) if one)
    wanted = session.settings.content_side(content.size)
    if wanted <= own * MUCH_SMALLER:
        return ""
    text = tr("The style has only {own} pixels. Raise the texture size if its strokes are too fine.")
    return text.format(own=own)
