import tomllib
from collections import Counter
from pathlib import Path

import pytest

from stylestudio.errors import PictureError, SettingError
from stylestudio.evaluation.pairs import Pair, check_names, draw_balanced_pairs, read_pairs

CONTENTS = [Path(f"photos/{name}.jpg") for name in ("castle", "koala", "bridge", "cat", "moon")]
EVALUATION = Path(__file__).parents[2] / "packaging" / "evaluation"
STYLES = [Path(f"paintings/{name}.png") for name in ("wave", "ink", "circles")]


def test_every_picture_occurs_and_about_as_often_as_the_others() -> None:
    for seed in range(20):
        pairs = draw_balanced_pairs(CONTENTS, STYLES, 6, seed)
        contents, styles = Counter(pair.content for pair in pairs), Counter(pair.style for pair in pairs)
        assert set(contents) == set(CONTENTS)
        assert set(styles) == set(STYLES)
        assert max(contents.values()) <= 2
        assert max(styles.values()) <= 3


def test_no_pair_is_drawn_twice_and_never_more_than_there_are() -> None:
    pairs = draw_balanced_pairs(CONTENTS, STYLES, 100, 0)
    assert len(set(pairs)) == len(pairs) == 15


def test_the_seed_alone_decides_not_the_order_of_the_pictures() -> None:
    assert draw_balanced_pairs(CONTENTS, STYLES, 8, 1) == draw_balanced_pairs(CONTENTS[::-1], STYLES[::-1], 8, 1)
    assert draw_balanced_pairs(CONTENTS, STYLES, 8, 1) != draw_balanced_pairs(CONTENTS, STYLES, 8, 2)


def test_a_list_is_read_in_its_order_without_remarks(tmp_path: Path) -> None:
    file = tmp_path / "pairs.txt"
    file.write_text("# twenty\n\nkoala / wave\ncastle/ink # the hard one\n")
    assert read_pairs(file, CONTENTS, STYLES) == [Pair(CONTENTS[1], STYLES[0]), Pair(CONTENTS[0], STYLES[1])]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("koala wave", '"koala wave" is not a pair'),
        ("koala / wave / ink", "is not a pair"),
        ("wolf / wave", "no content wolf"),
        ("koala / koala", "no style koala"),
        ("# nothing", "no pair in pairs.txt"),
    ],
)
def test_a_list_that_fits_no_pictures_is_refused(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "pairs.txt"
    file.write_text(text)
    with pytest.raises(SettingError, match=words):
        read_pairs(file, CONTENTS, STYLES)


def test_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="cannot be read"):
        read_pairs(tmp_path / "pairs.txt", CONTENTS, STYLES)


def test_two_pictures_of_one_name_are_refused() -> None:
    with pytest.raises(PictureError, match="castle occurs 2 times"):
        check_names([*CONTENTS, Path("photos/castle.png")], STYLES, [])


def test_two_pairs_whose_results_would_be_called_the_same_are_refused() -> None:
    pairs = [Pair(Path("a_b.png"), Path("c.png")), Pair(Path("a.png"), Path("b_c.png"))]
    with pytest.raises(PictureError, match="a_b_c occurs 2 times"):
        check_names([pair.content for pair in pairs], [pair.style for pair in pairs], pairs)


def test_the_fixed_pairs_are_those_that_the_rule_draws_from_the_listed_pictures() -> None:
    with (EVALUATION / "pictures.toml").open("rb") as file:
        listed = tomllib.load(file)
    contents, styles = ([Path(f"{entry['name']}.jpg") for entry in listed[kind]] for kind in ("content", "style"))
    assert len(contents) >= 10
    assert len(styles) >= 10
    pairs = read_pairs(EVALUATION / "pairs.txt", contents, styles)
    assert pairs == draw_balanced_pairs(contents, styles, 20, 0)
    assert {pair.content for pair in pairs} == set(contents)
    assert {pair.style for pair in pairs} == set(styles)


def test_every_listed_picture_tells_its_licence_and_where_it_comes_from() -> None:
    with (EVALUATION / "pictures.toml").open("rb") as file:
        listed = tomllib.load(file)
    wanted = {"name", "kind", "title", "author", "licence", "registry", "package", "version", "file", "sha256"}
    for entry in listed["content"] + listed["style"]:
        assert wanted <= entry.keys(), entry["name"]
        assert len(entry["sha256"]) == 64
        assert all(entry[key] for key in wanted)
