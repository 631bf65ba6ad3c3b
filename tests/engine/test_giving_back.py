import sys

import pytest

from stylestudio.engine.runtime import heap


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the C library has no way to give memory back")
@pytest.mark.parametrize(("enough", "given_back"), [(0, [0]), (1 << 50, [])])
def test_free_memory_is_given_back_only_where_the_program_has_much(
    enough: int, given_back: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(heap, "find_malloc_trim", lambda: asked.append)
    monkeypatch.setattr(heap, "resident_bytes", lambda: 1 << 40)
    monkeypatch.setattr(heap, "ENOUGH", enough)
    heap.HeapTrimmer().give_back()
    assert asked == given_back


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the C library has no way to give memory back")
def test_what_is_asked_for_again_at_once_is_kept_until_there_is_much_more_than_was_needed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enough, slack = heap.ENOUGH, heap.SLACK
    asked: list[int] = []
    monkeypatch.setattr(heap, "find_malloc_trim", lambda: asked.append)
    keeper = heap.HeapTrimmer()

    def at(amount: int) -> bool:
        """Whether anything is given back where the program has so much, of which all is needed."""
        before = len(asked)
        monkeypatch.setattr(heap, "resident_bytes", lambda: amount)
        keeper.give_back()
        return len(asked) > before

    assert not at(enough)
    assert at(enough + 1)
    assert not at(enough + slack)
    assert at(enough + slack + 2)
    keeper.begin()  # another picture: what the last one needed counts no more
    assert at(enough + 1)
    assert not at(enough + slack)


@pytest.mark.skipif(sys.platform != "linux", reason="read from Linux's own files")
def test_what_the_program_has_is_told_in_bytes() -> None:
    assert 10_000_000 < heap.resident_bytes() < 1 << 40
