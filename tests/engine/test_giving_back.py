import sys

import pytest

from stylestudio.engine import memory


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the C library has no way to give memory back")
@pytest.mark.parametrize(("enough", "given_back"), [(0, [0]), (1 << 50, [])])
def test_free_memory_is_given_back_only_where_the_program_has_much(
    enough: int, given_back: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(memory, "trim", lambda: asked.append)
    monkeypatch.setattr(memory, "ENOUGH", enough)
    memory.give_back()
    assert asked == given_back


@pytest.mark.skipif(sys.platform != "linux", reason="read from Linux's own files")
def test_what_the_program_has_is_told_in_bytes() -> None:
    assert 10_000_000 < memory.resident() < 1 << 40
