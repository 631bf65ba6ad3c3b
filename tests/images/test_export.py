import errno
import os
import stat
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from stylestudio.errors import OutputError
from stylestudio.images import export
from stylestudio.images.output import USUAL
from stylestudio.images.resize import to_8bit

RNG = np.random.default_rng(3)
PIXELS = RNG.random((20, 30, 3), np.float32)
ALPHA = RNG.random((20, 30), np.float32)


def levels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_picture_is_written_as_an_eight_bit_png_marked_as_srgb(tmp_path: Path) -> None:
    export.write(tmp_path / "a.png", PIXELS)
    with Image.open(tmp_path / "a.png") as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGB", (30, 20))
        assert image.info["srgb"] == 1
    np.testing.assert_array_equal(levels(tmp_path / "a.png"), to_8bit(PIXELS))


def test_alpha_is_written_beside_the_colours(tmp_path: Path) -> None:
    export.write(tmp_path / "a.png", PIXELS, ALPHA)
    expected = np.dstack((to_8bit(PIXELS), to_8bit(ALPHA)))
    np.testing.assert_array_equal(levels(tmp_path / "a.png"), expected)


@pytest.mark.parametrize("size", [(1, 1), (20, 4000), (4000, 20)])
def test_odd_sizes_are_written_whole(tmp_path: Path, size: tuple[int, int]) -> None:
    export.write(tmp_path / "a.png", np.full((*size, 3), 0.2, np.float32))
    assert levels(tmp_path / "a.png").shape == (*size, 3)
    assert (levels(tmp_path / "a.png") == 51).all()


def test_an_older_file_gives_way_to_the_new_one(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"old")
    export.write(tmp_path / "a.png", PIXELS)
    np.testing.assert_array_equal(levels(tmp_path / "a.png"), to_8bit(PIXELS))
    assert names(tmp_path) == ["a.png"]


FAILURES = [
    (OSError(errno.ENOSPC, "No space left on device"), OutputError, "disk is full"),
    (OSError("encoder error"), OutputError, "could not be written"),
    (PermissionError(13, "Permission denied"), OutputError, "protected"),
    (KeyboardInterrupt("Ctrl-C"), KeyboardInterrupt, "Ctrl-C"),
]


@pytest.mark.parametrize("write", [export.write, export.write_new])
@pytest.mark.parametrize(("failure", "raised", "words"), FAILURES)
def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: type,
    failure: BaseException,
    raised: type[BaseException],
    words: str,
) -> None:
    def breaks(self: Image.Image, stream: BinaryIO, *_: object, **__: object) -> None:
        stream.write(b"half a picture")
        raise failure

    (tmp_path / "a.png").write_bytes(b"old")
    monkeypatch.setattr(Image.Image, "save", breaks)
    with pytest.raises(raised, match=words):
        write(tmp_path / "a.png", PIXELS)
    assert names(tmp_path) == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"old"


@pytest.mark.parametrize(("write", "step"), [(export.write, "replace"), (export.write_new, "hardlink_to")])
def test_a_failure_at_the_last_step_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: type, step: str
) -> None:
    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    (tmp_path / "a.png").write_bytes(b"old")
    monkeypatch.setattr(Path, step, breaks)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a.png", PIXELS)
    assert names(tmp_path) == ["a.png"]
    assert (tmp_path / "a.png").read_bytes() == b"old"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
@pytest.mark.parametrize("write", [export.write, export.write_new])
def test_the_file_has_an_ordinary_files_permissions(tmp_path: Path, write: type) -> None:
    (tmp_path / "ordinary").touch()
    write(tmp_path / "a.png", PIXELS)
    wanted = stat.S_IMODE((tmp_path / "ordinary").stat().st_mode)
    assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == wanted


def unwritable(folder: Path) -> dict[Path, str]:
    (folder / "file").touch()
    (folder / "sub").mkdir()
    return {
        folder / "sub": "sub is a folder. Give the name of a file.",
        folder / "none" / "a.png": f"The folder {folder / 'none'} does not exist. Make it, or choose another.",
        folder / "file" / "a.png": f"{folder / 'file'} is not a folder. Choose another place for the file.",
        folder / ("long" * 100 + ".png"): "The file's name is too long. Give it a shorter name.",
        Path("/dev/null"): "null is not an ordinary file. Give another name.",
    }


@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of other systems")
@pytest.mark.parametrize("check", [export.check_writable, lambda path: export.write(path, PIXELS)])
def test_an_impossible_place_is_refused_and_nothing_left(tmp_path: Path, check: type) -> None:
    for path, words in unwritable(tmp_path).items():
        with pytest.raises(OutputError) as caught:
            check(path)
        assert str(caught.value) == words
    assert names(tmp_path) == ["file", "sub"]
    assert names(tmp_path / "sub") == []


def test_a_place_that_can_be_written_is_accepted_and_nothing_left(tmp_path: Path) -> None:
    (tmp_path / "old.png").write_bytes(b"old")
    export.check_writable(tmp_path / "new.png")
    export.check_writable(tmp_path / "old.png")
    assert names(tmp_path) == ["old.png"]
    assert (tmp_path / "old.png").read_bytes() == b"old"


def test_a_protected_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(OutputError, match="protected"):
        export.check_writable(tmp_path / "a.png")


def test_a_protected_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.png").touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(OutputError, match="protected"):
        export.check_writable(tmp_path / "a.png")


def test_a_taken_name_gets_the_next_free_number(tmp_path: Path) -> None:
    path = tmp_path / "a.b.png"
    assert export.free_name(path) == path
    for name in ("a.b.png", "a.b 2.png", "a.b 4.png"):
        (tmp_path / name).touch()
    assert export.free_name(path) == tmp_path / "a.b 3.png"


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a right there")
def test_a_link_to_nothing_takes_a_name_too(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(tmp_path / "gone")
    assert export.write_new(tmp_path / "a.png", PIXELS) == tmp_path / "a 2.png"
    assert not (tmp_path / "gone").exists()


def test_a_new_file_never_overwrites_anything(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"old")
    (tmp_path / "a 2.png").mkdir()
    used = export.write_new(tmp_path / "a.png", PIXELS)
    assert used == tmp_path / "a 3.png"
    np.testing.assert_array_equal(levels(used), to_8bit(PIXELS))
    assert (tmp_path / "a.png").read_bytes() == b"old"
    assert names(tmp_path) == ["a 2.png", "a 3.png", "a.png"]


def test_a_new_file_is_refused_where_none_could_be_written_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"none does not exist\. Make it"):
        export.write_new(tmp_path / "none" / "a.png", PIXELS)


@pytest.mark.parametrize(
    ("name", "profile", "depends"),
    [("a.png", "srgb", False), ("a.png", "photo", True), ("a.webp", "srgb", True), ("a.webp", "photo", True)],
)
def test_only_a_format_s_longest_side_and_the_photo_s_own_profile_depend_on_the_photo(
    name: str, profile: str, depends: bool
) -> None:
    assert export.depends_on_photo(Path(name), replace(USUAL, profile=profile)) is depends


def test_a_name_taken_while_writing_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save = Image.Image.save

    def meanwhile(self: Image.Image, *arguments: object, **options: object) -> None:
        (tmp_path / "a.png").write_bytes(b"someone else's")
        save(self, *arguments, **options)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(Image.Image, "save", meanwhile)
    assert export.write_new(tmp_path / "a.png", PIXELS) == tmp_path / "a 2.png"
    assert (tmp_path / "a.png").read_bytes() == b"someone else's"


def test_writers_at_the_same_time_all_get_names_of_their_own(tmp_path: Path) -> None:
    used: list[Path] = []
    threads = [
        threading.Thread(target=lambda: used.append(export.write_new(tmp_path / "a.png", PIXELS))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(path.name for path in used) == names(tmp_path)
    assert len(set(used)) == 8
    for path in used:
        np.testing.assert_array_equal(levels(path), to_8bit(PIXELS))


PROPOSED = [
    ("harbour", "wave", "harbour in the style of wave.png"),
    ("Schöne Aussicht", "波", "Schöne Aussicht in the style of 波.png"),
    ('a/b\\c:d*e?f"g<h>i|j', "k\nl\tm\0n", "a b c d e f g h i j in the style of k l m n.png"),
    (" .hidden. ", "--wave. ", "hidden in the style of wave.png"),
    ("", "...", "picture in the style of style.png"),
    ("con.photo", "wave", "_con.photo in the style of wave.png"),
    ("comx.photo", "wave", "comx.photo in the style of wave.png"),
    ("Xanadu, MAX", "X", "Xanadu, MAX in the style of X.png"),
    ("broken \udcff name", "\u202egnp", "broken name in the style of gnp.png"),
]


@pytest.mark.parametrize(("content", "style", "expected"), PROPOSED)
def test_a_proposed_name_says_both_pictures_and_is_allowed_everywhere(content: str, style: str, expected: str) -> None:
    assert export.proposed_name(content, style) == expected


@pytest.mark.parametrize("device", ["con", "PRN", "aux", "nul", "com0", "LPT9", "com¹", "lpt³", "con "])
def test_a_name_that_windows_takes_for_a_device_begins_otherwise(device: str) -> None:
    assert export.proposed_name(f"{device}.photo", "wave") == f"_{device}.photo in the style of wave.png"


@pytest.mark.parametrize(
    ("content", "style", "suffix", "lengths"),
    [
        (300, 300, ".png", (49, 49)),
        (300, 10, ".png", (88, 10)),
        (10, 300, ".tiff", (10, 87)),
        (60, 37, ".png", (60, 37)),
    ],
)
def test_both_names_share_the_room_that_there_is(
    content: int, style: int, suffix: str, lengths: tuple[int, int]
) -> None:
    name = export.proposed_name("a" * content, "b" * style, suffix)
    assert name == "a" * lengths[0] + " in the style of " + "b" * lengths[1] + suffix


def test_a_name_is_never_cut_before_a_point_a_blank_or_a_dash() -> None:
    assert export.proposed_name("a" * 46 + " - b", "c" * 60).startswith("a" * 46 + " in the style of c")
    assert export.proposed_name("e\u0301", "-. wave -.") == "\u00e9 in the style of wave.png"


DISK_FULL = "The disk is full; a.png was not written. Make room on it first."
NOT_WRITTEN = "a.png could not be written. Choose another folder or another name."
PROTECTED = (
    "a.png could not be written because its folder or the file is protected."
    " Choose another folder, or close the program that has the file open."
)


@pytest.mark.parametrize("write", [export.write, export.write_new])
@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (OSError(errno.ENOSPC, "No space left"), DISK_FULL),
        (OSError(errno.EDQUOT, "Quota exceeded"), DISK_FULL),
        (OSError(errno.ENAMETOOLONG, "File name too long"), "The file's name is too long. Give it a shorter name."),
        (OSError(errno.EROFS, "Read-only file system"), "{folder} can only be read. Choose another folder."),
        (OSError(errno.EIO, "Input/output error"), NOT_WRITTEN),
        (ValueError("no such mode"), NOT_WRITTEN),
        (PermissionError(errno.EACCES, "Permission denied"), PROTECTED),
    ],
)
def test_each_reason_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, write: type, failure: Exception, words: str
) -> None:
    def breaks(*_: object) -> None:
        raise failure

    monkeypatch.setattr(export, "encode", breaks)
    with pytest.raises(OutputError) as caught:
        write(tmp_path / "a.png", PIXELS)
    assert str(caught.value) == words.format(folder=tmp_path)
    assert caught.value.__cause__ is failure


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a right there")
def test_a_place_is_looked_at_where_a_link_leads(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(tmp_path / "none" / "b.png")
    with pytest.raises(OutputError, match="none does not exist"):
        export.check_writable(tmp_path / "a.png")
    (tmp_path / "none").mkdir()
    export.check_writable(tmp_path / "a.png")


def test_a_name_without_an_ending_that_is_written_is_refused_with_those_that_are(tmp_path: Path) -> None:
    for name in ("a", "a.xyz", "a.gif"):
        with pytest.raises(OutputError) as caught:
            export.check_format(tmp_path / name)
        assert str(caught.value) == (
            f"{tmp_path / name} is no PNG, JPEG, WebP, TIFF or OpenRaster name."
            " Give a name that ends in .png, .jpg, .webp, .tif or .ora."
        )
    assert export.check_format(Path("a.JPEG")).label == "JPEG"


@pytest.mark.parametrize(("content", "style"), [("a" * 300, "b" * 300), ("a", "海" * 99), ("é" * 99, "b" * 45)])
def test_a_long_proposed_name_keeps_something_of_both(content: str, style: str) -> None:
    name = export.proposed_name(content, style)
    assert len(name.encode()) <= 120
    first, second = name.removesuffix(".png").split(" in the style of ")
    assert content.startswith(first)
    assert style.startswith(second)
    assert min(len(first.encode()), len(second.encode())) >= min(40, len(content.encode()), len(style.encode()))


def test_nothing_but_the_colour_space_and_the_program_is_written_without_a_photo(tmp_path: Path) -> None:
    export.write(tmp_path / "a.png", PIXELS)
    with Image.open(tmp_path / "a.png") as image:
        assert isinstance(image, PngImagePlugin.PngImageFile)
        assert set(image.info) == {"srgb", "Software"}
