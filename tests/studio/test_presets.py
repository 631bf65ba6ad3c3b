import pytest

from stylestudio.errors import SettingError
from stylestudio.paths import resource
from stylestudio.studio.presets import preset, presets


def test_the_presets_come_in_their_order() -> None:
    assert list(presets()) == ["whisper", "half", "full", "spring", "summer", "autumn", "winter"]


def test_every_file_is_a_preset_with_a_label_for_the_artist() -> None:
    assert {path.stem for path in resource("presets").iterdir()} == presets().keys()
    assert [found.label for found in presets().values()] == [name.capitalize() for name in presets()]


@pytest.mark.parametrize(("name", "share"), [("whisper", 0.25), ("half", 0.5), ("full", 1.0)])
def test_a_plain_preset_has_one_share_for_all_channels(name: str, share: float) -> None:
    assert preset(name).shares == (share,) * 3


def test_an_unknown_preset_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(SettingError) as caught:
        preset("monsoon")
    assert "monsoon" in caught.value.message
    assert "winter" in caught.value.hint
