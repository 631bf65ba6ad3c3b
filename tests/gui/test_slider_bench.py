import json
from itertools import pairwise

import pytest
from pytestqt.qtbot import QtBot

from stylestudio import cli
from stylestudio.gui import slider_bench


def test_bench_sliders_writes_its_figures_as_json_alone(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slider_bench, "MOVES", 5)
    monkeypatch.setattr(slider_bench, "VIEWS", {"1080p": (320, 180), "2160p": (640, 360)})
    assert cli.main(["bench", "--sliders", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["platform"] == "offscreen"
    for view in ("1080p", "2160p"):
        assert 0 < found[f"slider_ms_{view}"] <= found[f"slider_ms_{view}_p95"]


def test_every_move_is_another_value() -> None:
    values = [number * slider_bench.STRIDE % 101 for number in range(slider_bench.MOVES)]
    assert all(one != other for one, other in pairwise(values))
    assert set(values) == set(range(101))
