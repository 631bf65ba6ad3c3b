import json
from dataclasses import asdict
from pathlib import Path

import pytest
from handmade_pictures import picture

from stylestudio.cli import parser
from stylestudio.engine.config import DEFAULT
from stylestudio.errors import SettingError
from stylestudio.evaluation.ablation import OFF, WHOLE, ablations, without_ingredient


@pytest.mark.parametrize("ingredient", OFF)
def test_every_ingredient_can_be_switched_off_alone(ingredient: str) -> None:
    shipped, off = asdict(DEFAULT), asdict(without_ingredient(ingredient))
    changed = {(record, field) for record in shipped for field in shipped[record] if shipped[record] != off[record]
               and shipped[record][field] != off[record][field]}  # fmt: skip
    assert changed == {(record, field) for record, fields in OFF[ingredient].items() for field in fields}


def test_all_means_every_ingredient_after_the_method_as_it_ships() -> None:
    found = ablations(["all"])
    assert list(found) == [WHOLE, *(f"without {name}" for name in OFF)]
    assert found[WHOLE] is DEFAULT


def test_an_unknown_ingredient_is_refused_with_those_there_are() -> None:
    with pytest.raises(SettingError, match="no ingredient glue") as refused:
        ablations(["glue"])
    assert all(name in str(refused.value.hint) for name in OFF)


def test_pairs_are_measured_once_more_for_each_ingredient_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for seed, kind in enumerate(("content", "style")):
        (tmp_path / kind).mkdir()
        picture(seed, 72, 96).save(tmp_path / kind / "one.png")
    folders = "--content", str(tmp_path / "content"), "--style", str(tmp_path / "style"), "-o", str(tmp_path / "run")
    options = "--size", "64", "--refine", "0", "--quiet", "--json", "--ablate", "photo", "palette"
    assert parser.main(["evaluate", *folders, *options]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == [WHOLE, "without photo", "without palette"]
    contents = [run["means"]["content"] for run in found.values()]
    assert len(set(contents)) == 3
    assert (tmp_path / "run" / "without-photo" / "one_one.png").exists()
