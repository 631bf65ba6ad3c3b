"""The recipe in the files of every format: there to the last byte, beside all else, and read from nothing hostile."""

import json
import struct
import subprocess
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path
from shutil import which
from typing import Any

import numpy as np
import pytest
from exported import ALPHA, SAID, exif_of, photo, said
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import ExifTags, Image

from stylestudio.images import export
from stylestudio.images.decode import Picture, read
from stylestudio.images.limits import TEXT_LIMIT
from stylestudio.images.metadata import NO_METADATA, Metadata
from stylestudio.images.output import ExportOptions, Ingredients
from stylestudio.images.recipe_chunk import KEYWORD, recipe_in

RECIPE = json.dumps({"name": 'Jörg\'s <harbour> & "wave"', "shares": [0.1, 0.2, 0.3]}, ensure_ascii=False).encode()
LONG = json.dumps(np.random.default_rng(1).random(20_000).tolist()).encode()
ALL = [".png", ".jpg", ".webp", ".tif", ".ora"]
WAYS: list[tuple[str, dict[str, Any]]] = [(suffix, {}) for suffix in ALL]
WAYS += [(".png", {"bits": 16}), (".tif", {"bits": 16}), (".webp", {"lossless": False}), (".ora", {"bits": 16})]


def written(path: Path, told: bytes = RECIPE, content: Picture | None = None, **options: Any) -> Path:
    content = content or photo()
    made_of = Ingredients(content, 1 - content.pixels, (0.5, 0.5, 0.5), told)
    export.write(path, content.pixels, content.alpha, "", made_of, ExportOptions(**options))
    return path


@pytest.mark.parametrize("recipe", [RECIPE, LONG], ids=["short", "long"])
@pytest.mark.parametrize("metadata", [True, False])
@pytest.mark.parametrize(("suffix", "options"), WAYS)
def test_a_file_has_its_recipe_with_and_without_what_the_photo_said(
    tmp_path: Path, suffix: str, options: dict[str, Any], metadata: bool, recipe: bytes
) -> None:
    path = written(tmp_path / f"a{suffix}", recipe, **options, metadata=metadata)
    assert recipe_in(path) == recipe


@pytest.mark.parametrize("suffix", ALL)
def test_a_switch_leaves_it_out(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path / f"a{suffix}", b"SECRET", photo(NO_METADATA))
    bare = written(tmp_path / f"b{suffix}", b"SECRET", photo(NO_METADATA), recipe=False)
    assert recipe_in(path) == b"SECRET" and recipe_in(bare) is None
    assert b"SECRET" not in bare.read_bytes()


@pytest.mark.parametrize("recipe", [RECIPE, LONG], ids=["short", "long"])
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_the_photos_own_xmp_and_exif_are_there_as_without_it(tmp_path: Path, suffix: str, recipe: bytes) -> None:
    path = written(tmp_path / f"a{suffix}", recipe)
    found, plain = said(path), said(written(tmp_path / f"b{suffix}", b""))
    assert found.xmp and b'xmp:Rating="4"' in found.xmp and (found.iptc, found.dpi) == (plain.iptc, plain.dpi)
    assert exif_of(path)[ExifTags.Base.Make] == "Camera"
    assert np.array_equal(read(path).stored, read(tmp_path / f"b{suffix}").stored)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_a_target_made_of_a_target_has_its_own_recipe_alone(tmp_path: Path, suffix: str) -> None:
    older = read(written(tmp_path / f"a{suffix}", b'{"older":1}'))
    path = written(tmp_path / f"b{suffix}", RECIPE, older)
    assert recipe_in(path) == RECIPE and b"older" not in path.read_bytes()
    bare = written(tmp_path / f"c{suffix}", RECIPE, older, recipe=False)
    assert recipe_in(bare) is None and b"older" not in bare.read_bytes()


def test_a_packet_that_is_none_gives_way_to_one_with_the_recipe(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jpg", RECIPE, photo(Metadata(xmp=b"no packet")))
    assert recipe_in(path) == RECIPE


def test_a_long_packet_of_the_photos_goes_into_parts_together_with_the_recipe(tmp_path: Path) -> None:
    assert SAID.xmp
    long = SAID.xmp.replace(b'xmp:Rating="4"', b'xmp:Rating="4" xmp:Nickname="%s"' % (b"x" * 100_000))
    path = written(tmp_path / "a.jpg", RECIPE, photo(replace(SAID, xmp=long)))
    assert recipe_in(path) == RECIPE and path.read_bytes().count(b"ns.adobe.com/xmp/extension/") == 2


def test_another_program_may_write_it_as_an_attribute_under_another_prefix(tmp_path: Path) -> None:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<r:Description xmlns:q="urn:stylestudio:ns:1.0/" q:Recipe="{&quot;a&quot;:1}"/></r:RDF></x:xmpmeta>'
    )
    path = tmp_path / "a.webp"
    Image.new("RGB", (2, 2)).save(path, xmp=packet.encode())
    assert recipe_in(path) == b'{"a":1}'


@pytest.mark.skipif(not which("exiftool"), reason="exiftool is not there")
@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".tif"])
def test_exiftool_finds_it_where_it_is_short_and_where_it_is_long(tmp_path: Path, suffix: str) -> None:
    for recipe in (RECIPE, LONG):
        path = written(tmp_path / f"a{suffix}", recipe)
        done = subprocess.run(["exiftool", "-b", "-XMP:Recipe", str(path)], capture_output=True, check=True)
        assert done.stdout.strip() == recipe


def test_a_transparent_photo_is_no_different(tmp_path: Path) -> None:
    for suffix in ALL:
        assert recipe_in(written(tmp_path / f"a{suffix}", content=photo(alpha=ALPHA))) == RECIPE


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    made = b"\x89PNG\r\n\x1a\n"
    for kind, data in chunks:
        made += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return made


BOMB = KEYWORD.encode() + b"\0\1\0\0\0" + zlib.compress(b"a" * (TEXT_LIMIT + 1), 9)
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "c">]><a xmlns="urn:stylestudio:ns:1.0/"><Recipe>&b;</Recipe></a>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"words",
        b"\xff\xd8\xff",
        b"\xff\xd8" + b"\xff" * 1000,
        b"\xff\xd8\xff\xe1\0\0" * 9,
        b"RIFF\xff\xff\xff\xffWEBPXMP \xff\xff\xff\xff",
        b"RIFF\0\0\0\0WEBPXMP " + struct.pack("<I", len(ENTITIES)) + ENTITIES,
        b"II*\0\x08\0\0\0\1\0" + struct.pack("<HHII", 700, 1, 1 << 31, 0),
        b"II*\0\xff\xff\xff\xff",
        b"PK\3\4" + b"\0" * 40,
        b"PK\3\4PK\5\6" + b"\0" * 8 + b"\xff" * 10,
        png((b"IHDR", b""), (b"iTXt", BOMB), (b"IEND", b"")),
        png((b"IHDR", b""), (b"iTXt", KEYWORD.encode() + b"\0"), (b"IEND", b"")),
    ],
)
def test_where_there_is_none_or_too_much_of_it_none_is_found(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a"
    path.write_bytes(data)
    assert recipe_in(path) is None


def test_a_zip_file_that_unpacks_to_more_than_a_recipe_has_none(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.ora", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("recipe.json", b"a" * (TEXT_LIMIT + 1))
    assert recipe_in(tmp_path / "a.ora") is None


def test_what_is_no_file_has_none(tmp_path: Path) -> None:
    assert recipe_in(tmp_path) is None and recipe_in(tmp_path / "gone.png") is None


def test_only_the_header_is_read(tmp_path: Path) -> None:
    """The pixels of a picture may be missing altogether."""
    for suffix in (".png", ".jpg"):
        path = written(tmp_path / f"a{suffix}")
        data = path.read_bytes()
        start = data.index(b"IDAT") if suffix == ".png" else data.index(b"\xff\xda")
        path.write_bytes(data[:start])
        assert recipe_in(path) == RECIPE


@pytest.mark.parametrize("suffix", ALL)
def test_altered_files_are_no_trouble(tmp_path: Path, suffix: str) -> None:
    sound = written(tmp_path / f"a{suffix}").read_bytes()
    path = tmp_path / f"b{suffix}"

    @settings(max_examples=60, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.lists(st.tuples(st.integers(0, len(sound) - 1), st.integers(0, 255)), min_size=1), st.integers(0, 99))
    def check(changes: list[tuple[int, int]], cut: int) -> None:
        data = bytearray(sound)
        for place, value in changes:
            data[place] = value
        path.write_bytes(data[: len(data) - cut])
        found = recipe_in(path)
        assert found is None or isinstance(found, bytes)

    check()
