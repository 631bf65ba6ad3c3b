"""The tools on the target: brush, test strip and dropper, joined to the session, the menus and the bar of the brush."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from stylestudio.gui.canvas.brush import HARDNESS_STEP, OTHER, SIZE_STEP, Brush, BrushTip
from stylestudio.gui.canvas.dropper import Dropper
from stylestudio.gui.canvas.pointer import Tool
from stylestudio.gui.canvas.strip_overlay import StripTool
from stylestudio.gui.document import Document
from stylestudio.gui.menus import Menus
from stylestudio.gui.workspace import Workspace
from stylestudio.images.blend import blend
from stylestudio.images.mask import NO_MASK, ByLightness, Gradient, Mask, Stroke, inverted, with_stroke
from stylestudio.studio.colour_constraint import mean_colour, solve_shares_keeping_colour
from stylestudio.studio.mix import Mix
from stylestudio.studio.session import Session, with_mask, with_mix
from stylestudio.studio.strip import mix_at_strip_point

_OF_THE_BRUSH: Final = ("brush_smaller", "brush_larger", "brush_softer", "brush_harder", "brush_swap")
_OF_THE_MASK: Final = ("mask_show", "mask_invert", "mask_clear")
_MUCH: Final = 0.06
"""How far a held colour may still be from the photo's, in 0..1, before the artist is told why."""


class Tools(QObject):
    """At most one tool is on. What is done with them are edits of the document."""

    changed = Signal()
    """Another tool is on, or none."""

    def __init__(self, document: Document, space: Workspace) -> None:
        super().__init__(space)
        self._document, self._space, self._target = document, space, space.target
        self.brush, self.strip = Brush(self._target), StripTool(self._target)
        self.dropper = Dropper(self._target, self._target.colours_at)
        self._by_name: dict[str, Tool] = {"brush": self.brush, "strip": self.strip, "dropper": self.dropper}
        self._stroke: Stroke | None = None
        self._menu: Menus | None = None
        self._join()

    @property
    def is_on(self) -> bool:
        return self._target.tool is not None

    def deactivate(self) -> bool:
        """Put the tool away; returns whether there was one."""
        was_on = self.is_on
        self._use(None)
        return was_on

    def command_handlers(self) -> dict[str, Callable[[], object]]:
        """What each of its commands does, by name."""
        return {
            **{name: partial(self._toggle, tool) for name, tool in self._by_name.items()},
            "brush_smaller": lambda: self._take_tip(self.brush.tip.resized(1 / SIZE_STEP)),
            "brush_larger": lambda: self._take_tip(self.brush.tip.resized(SIZE_STEP)),
            "brush_softer": lambda: self._take_tip(self.brush.tip.hardened(-HARDNESS_STEP)),
            "brush_harder": lambda: self._take_tip(self.brush.tip.hardened(HARDNESS_STEP)),
            "brush_swap": lambda: self._take_tip(replace(self.brush.tip, goal=OTHER[self.brush.tip.goal])),
            "mask_show": lambda: self._show_mask(self._commands()["mask_show"].isChecked()),
            "mask_invert": lambda: self._edit_mask(self.tr("Invert the mask"), inverted),
            "mask_clear": lambda: self._edit_mask(self.tr("Clear the mask"), lambda _: NO_MASK),
        }

    def set_up_menus(self, menu: Menus) -> None:
        """Take the menus, which these handlers are in."""
        self._menu = menu
        self._space.brush_bar.fill([menu[name] for name in _OF_THE_MASK])
        self._show_session(self._document.session, self._document.session)

    def _join(self) -> None:
        bar = self._space.brush_bar
        self._document.changed.connect(self._show_session)
        self._target.ready.connect(self._enable)
        self.brush.painted.connect(self._paint)
        self.brush.drawn.connect(self._draw_gradient)
        self.strip.chosen.connect(self._take_band)
        self.dropper.picked.connect(self._hold_colour)
        bar.brush_tip_edited.connect(self._take_tip)
        bar.gradient_wanted.connect(self._want_gradient)
        bar.lightness_edited.connect(self._edit_lightness)
        bar.entered.connect(lambda: self.brush.hover(None))
        for control in (bar.thickness, bar.hardness, bar.strength, *bar.tones):
            control.slider.installEventFilter(self._target)  # Space and O, as on the canvas

    def _commands(self) -> Menus:
        assert self._menu
        return self._menu

    def _toggle(self, tool: Tool) -> None:
        self._use(None if self._target.tool is tool else tool)

    def _use(self, tool: Tool | None) -> None:
        self._target.set_tool(tool)
        self._space.show_brush_bar(tool is self.brush)
        if tool is self.dropper:
            self._space.notice.show_text(self.tr("Click a place that is to keep the photo's colour"))
        elif tool is self.strip:
            self._space.notice.show_text(self.tr("Click the band that you like"))
        else:
            self._space.notice.show_text("")
        self._target.setFocus()
        self._enable()
        self.changed.emit()

    def _enable(self) -> None:
        if self._menu is None:
            return
        if self.is_on and not self._target.has_target:
            self._use(None)
            return
        for name, tool in self._by_name.items():
            self._menu[name].setEnabled(self._target.has_target)
            self._menu[name].setChecked(self._target.tool is tool)
        for name in _OF_THE_BRUSH:
            self._menu[name].setEnabled(self._target.tool is self.brush)
        for name in _OF_THE_MASK:
            self._menu[name].setEnabled(not self._document.session.mask.is_empty)

    def _show_session(self, old: Session, new: Session) -> None:
        bar = self._space.brush_bar
        if old.content is not new.content or old is new:
            bar.show_brush(self.brush.tip, max(new.content.size) if new.content else None)
        if old.mask != new.mask or old is new:
            bar.show_mask(new.mask)
            self.brush.set_gradient(new.mask.gradient)
            self._enable()
        self.strip.names = self._row_names(new.axes == "ycc")

    def _row_names(self, by_lightness: bool) -> tuple[str, ...]:
        apart = (
            (self.tr("Lightness"), self.tr("Blue–yellow"), self.tr("Red–green"))
            if by_lightness
            else (self.tr("Red"), self.tr("Green"), self.tr("Blue"))
        )
        return (self.tr("All"), *apart)

    def _take_tip(self, tip: BrushTip) -> None:
        self.brush.tip = tip
        self._space.brush_bar.show_brush(tip)

    def _want_gradient(self, wanted: bool) -> None:
        self.brush.draws_gradient = wanted
        if wanted and self.brush.tip.goal == "none":
            self._take_tip(replace(self.brush.tip, goal="more"))

    def _show_mask(self, shown: bool) -> None:
        self._target.show_mask(shown)

    def _paint(self, stroke: Stroke, step: object) -> None:
        """Lay down a stroke as far as it is drawn, in place of what there was of it."""
        labels = {"more": self.tr("Paint more"), "less": self.tr("Paint less"), "none": self.tr("Erase paint")}
        strokes = self._document.session.mask.strokes
        again = bool(strokes) and strokes[-1] is self._stroke and len(stroke.points) > 1
        try:
            self._document.apply(labels[stroke.goal], _with_stroke, stroke, again, step=step)
        except ValueError:
            self._space.notice.show_text(self.tr("The mask holds no more strokes. Clear it, or undo some."))
            return
        self._stroke = self._document.session.mask.strokes[-1]

    def _draw_gradient(self, gradient: Gradient, step: object) -> None:
        self._edit_mask(self.tr("Gradient"), lambda mask: replace(mask, gradient=gradient), step)

    def _edit_lightness(self, curve: ByLightness | None, step: object) -> None:
        self._edit_mask(self.tr("Mask by lightness"), lambda mask: replace(mask, lightness=curve), step)

    def _edit_mask(self, label: str, edit: Callable[[Mask], Mask], step: object = None) -> None:
        self._document.apply(label, lambda session: with_mask(session, edit(session.mask)), step=step)

    def _take_band(self, x: float, y: float) -> None:
        mix = mix_at_strip_point((x, y), self._document.session.mix)
        self._use(None)
        self._take(self.tr("Test strip"), mix, self.tr("Taken from the test strip: {shares}"))

    def _hold_colour(self, x: float, y: float) -> None:
        pictures = self._target.pictures
        if pictures is None:
            return
        photo, *layers = (mean_colour(pixels, (x, y)) for pixels in (pictures[0].stored, *pictures[1]))
        overfit = layers[0] + (layers[-1] - layers[0]) * self._document.session.balance
        mix = solve_shares_keeping_colour(self._document.session.mix, photo, overfit)
        one, other = (colour[None, None].astype(np.float32) for colour in (photo, overfit))
        left = np.abs(blend(one, other, mix.shares, axes=mix.axes) - photo).max()
        text = self.tr("This place keeps the photo's colour: {shares}")
        if left > _MUCH:
            text = self.tr("As near to the photo's colour as this mean share allows: {shares}")
        self._take(self.tr("Hold a colour"), mix, text)

    def _take(self, label: str, mix: Mix, text: str) -> None:
        """Mix so, and say it with a way back."""
        self._document.apply(label, with_mix, mix)
        names = self._row_names(mix.axes == "ycc")[1:]
        shares = ", ".join(f"{name} {round(100 * share)} %" for name, share in zip(names, mix.shares, strict=True))
        self._space.notice.show_text(text.format(shares=shares), [(self.tr("Undo"), partial(self._undo, label))])

    def _undo(self, label: str) -> None:
        """Take it back, unless something else was done since."""
        if self._document.undo_label == label:
            self._document.undo()


def _with_stroke(session: Session, stroke: Stroke, again: bool) -> Session:
    return with_mask(session, with_stroke(session.mask, stroke, again))
