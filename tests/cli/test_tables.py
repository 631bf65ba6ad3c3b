import pytest

from stylestudio.cli.console import print_tables
from stylestudio.cli.tables import timings_table, version_tables

SMALL = {
    "size": 512,
    "seconds": {"encode content": 0.25, "whole, coarse to fine": 2.5},
    "naive_ratio": 3.25,
    "naive_swap_ratio": 12.5,
    "megapixels_per_second": 0.07,
    "peak_memory": 600 * 2**20,
    "convolutions": 1.25,
    "convolution_ratios": {"whole, single": 1.5, "whole, coarse to fine": 2.0},
}
LARGE = {**SMALL, "size": 2048, "naive_ratio": None, "naive_swap_ratio": None}
FULL = {
    "size": "full",
    "width": 6000,
    "height": 4000,
    "seconds": {"whole, coarse to fine": 240.0},
    "cpu_seconds": 480.0,
    "cpu_seconds_per_megapixel": 20.0,
    "megapixels_per_second": 0.1,
    "peak_memory": None,
}


def rows(capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    """The cells of the table on stdout by the first one of their row."""
    lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
    cells = [[cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines if line]
    return {first: others for first, *others in cells}


def test_every_size_is_a_column_and_what_it_lacks_is_a_dash(capsys: pytest.CaptureFixture[str]) -> None:
    print_tables([timings_table([SMALL, LARGE, FULL])])
    found = rows(capsys)
    assert found["seconds"] == ["512 px", "2048 px", "6000 × 4000"]
    assert found["encode content"] == ["0.250", "0.250", "–"]
    assert found["whole, coarse to fine"] == ["2.500", "2.500", "240.000"]
    assert found["whole, coarse to fine / convolutions"] == ["2.00", "2.00", "–"]
    assert found["naive swap / swap"] == ["12.50", "–", "–"]
    assert found["processor's seconds per megapixel"] == ["–", "–", "20.00"]
    assert found["peak memory, MiB"] == ["600", "600", "–"]


def test_what_no_size_has_takes_no_row(capsys: pytest.CaptureFixture[str]) -> None:
    print_tables([timings_table([LARGE])])
    found = rows(capsys)
    assert "convolutions alone" in found
    assert not {"naive swap / swap", "processor's seconds"} & found.keys()


def test_two_versions_stand_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    compared = {
        "size": 512,
        "turns": 3,
        "seconds": {"swap": 2.0},
        "other_seconds": {"swap": 3.0},
        "ratios": {"swap": 1.5},
    }
    print_tables(version_tables([compared], "older"))
    found = rows(capsys)
    assert found["seconds, 512 px"] == ["this version", "older", "times longer there"]
    assert found["swap"] == ["2.000", "3.000", "1.50"]
