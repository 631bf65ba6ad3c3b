from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from stylestudio.gui.theme import Theme, palette

Scheme, Role = Qt.ColorScheme, QPalette.ColorRole


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    before, style = qapp.palette(), qapp.style().objectName()
    yield qapp
    qapp.setStyle(style)
    qapp.setPalette(before)


def is_dark(application: QApplication) -> bool:
    return application.palette().color(Role.Window).lightness() < 128


def test_it_follows_the_system_and_its_changes(application: QApplication) -> None:
    scheme = Scheme.Dark
    theme = Theme(application, "system", lambda: scheme)
    assert is_dark(application)
    scheme = Scheme.Light
    application.styleHints().colorSchemeChanged.emit(scheme)
    assert not is_dark(application)
    theme.setParent(None)


def test_a_choice_overrides_the_system(application: QApplication) -> None:
    theme = Theme(application, "dark", lambda: Scheme.Light)
    assert is_dark(application)
    theme.choice = "light"
    assert not is_dark(application)
    theme.setParent(None)


@pytest.mark.parametrize("stored", ["", "blue"])
def test_an_unknown_choice_is_the_systems(application: QApplication, stored: str) -> None:
    theme = Theme(application, stored, lambda: Scheme.Unknown)
    assert theme.choice == "system"
    assert not theme.is_dark
    theme.setParent(None)


@pytest.mark.parametrize("dark", [False, True])
def test_greys_have_no_hue_and_text_stands_out(dark: bool) -> None:
    made = palette(dark)
    for role in (Role.Window, Role.Base, Role.Button, Role.Mid):
        assert made.color(role).saturation() == 0
    for text, ground in ((Role.WindowText, Role.Window), (Role.Text, Role.Base), (Role.PlaceholderText, Role.Window)):
        assert contrast(made, text, ground) >= 4.5


def contrast(made: QPalette, text: QPalette.ColorRole, ground: QPalette.ColorRole) -> float:
    """The contrast ratio of the Web Content Accessibility Guidelines 2.2."""
    one, other = sorted((luminance(made, text), luminance(made, ground)))
    return (other + 0.05) / (one + 0.05)


def luminance(made: QPalette, role: QPalette.ColorRole) -> float:
    colour = made.color(role)
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
