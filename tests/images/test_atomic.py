"""Whatever fails or kills an export, and whenever: the old file or the new one, whole, and nothing left behind."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import faulty_files
import pytest
from exported import PIXELS
from faulty_files import failing

from stylestudio.errors import OutputError
from stylestudio.images import atomic, export
from stylestudio.unfinished import remove_unfinished

ALL = [".png", ".jpg", ".webp", ".tif", ".ora"]
WAYS = [(suffix, "write") for suffix in ALL] + [(".png", "write_new")]
posix = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal, permission or link.")


def parts(folder: Path) -> list[Path]:
    return list(folder.glob("*.part"))


@posix
@pytest.mark.parametrize(("suffix", "writer"), WAYS)
def test_a_fault_at_any_operation_leaves_the_old_file_or_the_new_one_whole(
    tmp_path: Path, suffix: str, writer: str
) -> None:
    path, other = tmp_path / f"a{suffix}", tmp_path / "other"
    other.mkdir()
    faulty_files.write(other / path.name, "new")
    new = (other / path.name).read_bytes()

    def fault() -> None:
        raise OSError(errno.EIO, "Input/output error")

    for number in range(1, 1000):
        path.write_bytes(b"old")
        with failing(number, fault) as done:
            try:
                faulty_files.write(path, "new", writer)
            except OutputError as error:
                assert error.hint
        names = sorted(one for one in tmp_path.iterdir() if one.is_file())
        assert parts(tmp_path) == []
        assert path.read_bytes() in ((b"old", new) if writer == "write" else (b"old",))
        assert all(one.read_bytes() == new for one in names if one != path)
        for one in names:
            one.unlink()
        if len(done) < number:
            assert len(done) >= 4
            return
    raise AssertionError("it never survives")


@posix
def test_a_kill_at_any_operation_leaves_the_old_file_or_the_new_one_whole(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    paths = os.pathsep.join(map(str, (root, root / "tests" / "images")))
    ways = [f"{suffix}:{writer}" for suffix, writer in WAYS]
    done = subprocess.run(
        [sys.executable, faulty_files.__file__, str(tmp_path), *ways],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = {way: (int(killed), int(left)) for way, killed, left in map(str.split, done.stdout.splitlines())}
    assert list(found) == ways
    for way, (killed, left) in found.items():
        assert killed >= 4, way
        assert left == 0, way  # the writer that survives removes what those before it have left


@posix
def test_the_unfinished_file_of_a_living_writer_is_never_taken(tmp_path: Path) -> None:
    with atomic.unfinished(tmp_path) as (stream, path):
        stream.write(b"half")
        atomic.remove_abandoned(tmp_path)
        export.write(tmp_path / "a.png", PIXELS)
        export.check_writable(tmp_path / "b.png")
        assert parts(tmp_path) == [path]
    assert parts(tmp_path) == []


@posix
def test_the_unfinished_file_of_a_dead_writer_goes_at_the_next_write(tmp_path: Path) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from stylestudio.images import atomic\n"
        "with atomic.unfinished(Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], env=environment, timeout=60, check=False)
    (tmp_path / ".stylestudio-0123456789ab.part").write_bytes(b"of an older version")
    (tmp_path / "mine.part").write_bytes(b"the artist's")
    assert len(parts(tmp_path)) == 3
    export.write(tmp_path / "a.png", PIXELS)
    assert parts(tmp_path) == [tmp_path / "mine.part"]


def test_a_folder_that_cannot_be_looked_through_stops_no_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "glob", denied)
    export.write(tmp_path / "a.png", PIXELS)
    assert (tmp_path / "a.png").exists()


@posix
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_an_existing_files_permissions_stay_also_while_it_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: int
) -> None:
    (tmp_path / "a.png").write_bytes(b"old")
    (tmp_path / "a.png").chmod(mode)
    meanwhile: list[int] = []
    save = export.encode

    def watched(*arguments: object) -> None:
        meanwhile.extend(stat.S_IMODE(path.stat().st_mode) for path in parts(tmp_path))
        save(*arguments)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(export, "encode", watched)
    export.write(tmp_path / "a.png", PIXELS)
    assert stat.S_IMODE((tmp_path / "a.png").stat().st_mode) == mode
    assert meanwhile == [mode]


@posix
def test_a_symbolic_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "real.png").write_bytes(b"old")
    (tmp_path / "a.png").symlink_to(Path("deep") / "real.png")
    export.write(tmp_path / "a.png", PIXELS)
    assert (tmp_path / "a.png").is_symlink()
    assert (tmp_path / "deep" / "real.png").read_bytes().startswith(b"\x89PNG")
    assert parts(tmp_path) + parts(tmp_path / "deep") == []


@posix
def test_a_link_to_what_is_not_there_yet_makes_it_there(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(tmp_path / "real.png")
    export.write(tmp_path / "a.png", PIXELS)
    assert (tmp_path / "a.png").is_symlink()
    assert (tmp_path / "real.png").is_file()


@posix
def test_a_link_into_a_folder_that_is_gone_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.png").symlink_to(tmp_path / "gone" / "real.png")
    with pytest.raises(OutputError, match="does not exist"):
        export.write(tmp_path / "a.png", PIXELS)


@posix
def test_without_hard_links_a_new_file_still_overwrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", unknown)
    (tmp_path / "a.png").write_bytes(b"old")
    assert export.write_new(tmp_path / "a.png", PIXELS) == tmp_path / "a 2.png"
    assert (tmp_path / "a.png").read_bytes() == b"old"
    assert parts(tmp_path) == []


@posix
@pytest.mark.parametrize("number", [errno.EINVAL, errno.EACCES])
def test_a_folder_that_cannot_be_synced_costs_no_export(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    sync = os.fsync

    def refused(file: int) -> None:
        if stat.S_ISDIR(os.fstat(file).st_mode):
            raise OSError(number, "no")
        sync(file)

    monkeypatch.setattr(os, "fsync", refused)
    export.write(tmp_path / "a.png", PIXELS)
    assert (tmp_path / "a.png").exists()


@posix
def test_the_folder_is_synced_after_the_file_is_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    sync = os.fsync

    def watched(file: int) -> None:
        if stat.S_ISDIR(os.fstat(file).st_mode):
            seen.append((tmp_path / "a.png").exists())
        sync(file)

    monkeypatch.setattr(os, "fsync", watched)
    export.write(tmp_path / "a.png", PIXELS)
    assert seen == [True]


def test_a_file_that_is_being_written_is_among_those_that_a_signal_removes(tmp_path: Path) -> None:
    with atomic.unfinished(tmp_path) as (stream, path):
        stream.write(b"half a picture")
        assert path.exists()
        remove_unfinished()
        assert not path.exists()
    assert list(tmp_path.iterdir()) == []
