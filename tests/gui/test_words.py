import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import PySide6
import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from stylestudio.engine.methods import METHODS
from stylestudio.engine.pipeline import stage_name
from stylestudio.gui import words
from stylestudio.gui.words import REMARKS, STAGES
from stylestudio.images.decode import from_pixels
from stylestudio.images.icc import BROKEN, UNFIT
from stylestudio.studio.fallback import ON_PROCESSOR, ONCE_MORE
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


GERMAN = """<?xml version="1.0" encoding="utf-8"?><!DOCTYPE TS><TS version="2.1" language="de_DE">
<context><name></name><message><source>&amp;Export…</source><translation>E&amp;xportieren…</translation></message></context>
</TS>"""


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: QApplication) -> Iterator[None]:
    """A translation of one word, made as CONTRIBUTING says; what a test installs goes with it."""
    (tmp_path / "stylestudio_de.ts").write_text(GERMAN, encoding="utf-8")
    release = Path(PySide6.__file__).parent / "lrelease"
    subprocess.run([release, tmp_path / "stylestudio_de.ts"], check=True, capture_output=True)
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
