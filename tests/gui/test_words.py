import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from html import escape, unescape
from pathlib import Path

import numpy as np
import PySide6
import pytest
import translate
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from stylestudio.engine.methods import METHODS
from stylestudio.engine.pipeline import stage_name
from stylestudio.gui import words
from stylestudio.gui.panes.settings_pane import SettingsPane
from stylestudio.gui.words import REMARKS, STAGES, preset_label
from stylestudio.images.decode import from_pixels
from stylestudio.images.icc import BROKEN, UNFIT
from stylestudio.studio.fallback import ON_PROCESSOR, ONCE_MORE
from stylestudio.studio.presets import presets
from stylestudio.studio.render import REMARK, Renderer
from stylestudio.studio.settings import SETTINGS, Settings


@pytest.mark.parametrize("method", METHODS)
def test_every_stage_that_a_run_names_is_among_those_that_are_translated(method: str) -> None:
    picture = from_pixels(np.random.default_rng(1).random((32, 48, 3), np.float32), "noise")
    named = {progress.stage for progress in Renderer().overfit(picture, picture, Settings(method=method))}
    assert named and named <= set(STAGES)


def test_what_is_said_of_a_full_graphics_card_is_translated_too() -> None:
    assert {ONCE_MORE, ON_PROCESSOR} <= set(STAGES)
    assert REMARK in REMARKS


def test_what_is_said_of_a_colour_profile_is_translated_too() -> None:
    assert {BROKEN, UNFIT} < set(REMARKS)


def test_the_scales_tell_a_story_of_words_that_are_translated() -> None:
    scales, stages = 5, ("Looking at the photo", "Looking at the style", "Strokes", "Painting")
    told = [[stage_name(number, scales, stage) for stage in stages] for number in range(scales)]
    assert told[0] == ["Looking at the photo", "Looking at the style", "Large shapes", "Large shapes"]
    assert [set(one) for one in told[1:4]] == [{"Large shapes"}, {"Smaller shapes"}, {"Smaller shapes"}]
    assert told[4] == list(stages)
    assert [stage_name(0, 1, stage) for stage in stages] == list(stages)
    assert {stage for one in told for stage in one} <= set(STAGES)


def test_no_stage_is_called_like_a_setting() -> None:
    settings = [word.casefold() for setting in SETTINGS.values() for word in (setting.label, setting.noun)]
    assert not [stage for stage in STAGES if any(word in stage.casefold() for word in settings)]


MISSING = '<translation type="unfinished"></translation>'
GERMAN = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE TS><TS version="2.1" language="de_DE">
<context><name></name><message><source>&amp;Export…</source><translation>E&amp;xportieren…</translation></message></context>
</TS>"""


def in_capitals(message: re.Match[str]) -> str:
    return f"<source>{message[1]}</source>{message[2]}<translation>{escape(unescape(message[1]).upper())}</translation>"


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[None]:
    """A translation made as CONTRIBUTING says, mostly in capitals; what a test installs goes with it."""
    file = tmp_path / "stylestudio_de.ts"
    file.write_text(GERMAN, encoding="utf-8")
    assert translate.update(file) == 0
    capitals = re.sub(
        r"<source>((?:[^<&{]|&apos;)+)</source>(\s*)" + MISSING, in_capitals, file.read_text(encoding="utf-8")
    )
    file.write_text(capitals, encoding="utf-8")
    subprocess.run([Path(PySide6.__file__).parent / "lrelease", file], check=True, capture_output=True)
    monkeypatch.setattr(words, "resource", lambda _: tmp_path)
    yield
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(("name", "said"), [("de_AT", "E&xportieren…"), ("fr_FR", "&Export…")])
def test_the_window_speaks_the_system_s_language_where_it_was_translated(
    name: str, said: str, qapp: QApplication
) -> None:
    assert words.load_language(qapp, QLocale(name)) is (name == "de_AT")
    assert words.tr("&Export…") == said


@pytest.mark.usefixtures("german")
def test_the_labels_of_settings_methods_and_presets_are_collected_too(qapp: QApplication, qtbot: QtBot) -> None:
    words.load_language(qapp, QLocale("de_DE"))
    pane = SettingsPane()
    qtbot.addWidget(pane)
    for name, control in pane.controls.items():
        assert control.accessibleName() == SETTINGS[name].label.upper()
        assert control.toolTip().isupper()
    methods = pane.controls["method"]
    assert isinstance(methods, QComboBox)
    assert [methods.itemText(index) for index in range(methods.count())] == [
        method.label.upper() for method in METHODS.values()
    ]
    built_in = presets()["winter"]
    assert preset_label(built_in) == built_in.label.upper()
    assert preset_label(replace(built_in, own=True)) == built_in.label
