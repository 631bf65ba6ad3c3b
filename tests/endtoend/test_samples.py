import tomllib
from pathlib import Path

import pytest
from PIL import Image

from stylestudio.paths import resource

SAMPLES = resource("samples")
TABLES = tomllib.loads((SAMPLES / "samples.toml").read_text(encoding="utf-8"))
ENTRIES: list[dict[str, str]] = TABLES["content"] + TABLES["style"]
FILES = [entry["file"] for entry in ENTRIES]


def pictures_in(folder: str) -> set[str]:
    return {path.relative_to(SAMPLES).as_posix() for path in (SAMPLES / folder).iterdir()}


def test_there_are_enough_pictures_to_choose_from() -> None:
    assert len(TABLES["content"]) >= 2
    assert len(TABLES["style"]) >= 4


def test_no_picture_is_listed_twice() -> None:
    assert len(set(FILES)) == len(FILES)


@pytest.mark.parametrize(("table", "folder"), [("content", "contents"), ("style", "styles")])
def test_each_folder_holds_exactly_the_pictures_listed_for_it(table: str, folder: str) -> None:
    assert {entry["file"] for entry in TABLES[table]} == pictures_in(folder)


@pytest.mark.parametrize("entry", ENTRIES, ids=FILES)
def test_every_picture_names_its_origin_and_licence(entry: dict[str, str]) -> None:
    for key in ("title", "author", "source", "licence", "changes"):
        assert entry.get(key, "").strip(), key
    assert entry["licence_url"].startswith("https://creativecommons.org/")


@pytest.mark.parametrize("entry", ENTRIES, ids=FILES)
def test_the_table_for_people_agrees_with_the_listing(entry: dict[str, str]) -> None:
    lines = (SAMPLES / "README.md").read_text(encoding="utf-8").splitlines()
    [line] = [line for line in lines if f"`{entry['file']}`" in line]
    for name, value in entry.items():
        assert name == "style" or value in line


@pytest.mark.parametrize("file", FILES)
def test_every_picture_opens_in_full_colour_without_metadata(file: str) -> None:
    with Image.open(SAMPLES / file) as picture:
        picture.load()
        assert picture.mode == "RGB"
        assert min(picture.size) >= 400
        assert not picture.getexif()
        assert not {"icc_profile", "exif", "xmp", "comment"} & picture.info.keys()


def test_all_samples_together_stay_small() -> None:
    total = sum(Path(path).stat().st_size for path in SAMPLES.rglob("*") if path.is_file())
    assert total < 3_000_000
