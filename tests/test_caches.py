import gc

import pytest

from stylestudio import caches
from stylestudio.caches import FEATURES, Budget, CacheUsage, LruCache, cache_usage

TEN = Budget("ten", "ten bytes", 10)


def test_what_is_kept_is_found_under_its_key() -> None:
    kept: LruCache[str, str] = LruCache(TEN)
    kept.put("photo", "features", 4)
    assert kept.get("photo") == "features"
    assert kept.get("another") is None


def test_what_was_not_asked_for_longest_goes_first() -> None:
    kept: LruCache[str, int] = LruCache(TEN)
    kept.put("a", 1, 4)
    kept.put("b", 2, 4)
    kept.get("a")
    kept.put("c", 3, 4)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]


def test_what_alone_is_too_large_is_not_kept_and_drives_nothing_out() -> None:
    kept: LruCache[str, int] = LruCache(TEN)
    kept.put("a", 1, 4)
    kept.put("b", 2, 11)
    assert [kept.get(key) for key in "ab"] == [1, None]


def test_a_new_value_takes_the_place_and_the_size_of_the_old_one() -> None:
    kept: LruCache[str, int] = LruCache(TEN)
    for size in (9, 3, 3):
        kept.put("a", size, size)
    kept.put("b", 2, 7)
    assert [kept.get(key) for key in "ab"] == [3, 2]


def test_no_more_entries_are_kept_than_the_budget_allows_and_a_look_does_not_count() -> None:
    kept: LruCache[str, int] = LruCache(Budget("two", "two entries", entries=2))
    for number, key in enumerate("abc"):
        kept.peek("a")
        kept.put(key, number, 100)
    assert [kept.peek(key) for key in "abc"] == [None, 1, 2]
    assert kept.values == [1, 2]


def test_what_is_held_is_told_for_each_budget_as_long_as_its_cache_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caches, "BUDGETS", (TEN, FEATURES))
    one: LruCache[str, int] = LruCache(TEN)
    other: LruCache[str, int] = LruCache(TEN)
    one.put("a", 1, 4)
    one.put("a", 2, 3)
    other.put("b", 1, 6)
    other.put("c", 2, 5)
    assert [told for told in cache_usage() if told.name == "ten"] == [CacheUsage("ten", 2, 8)]
    one.keep_only("b".__eq__)
    del other
    gc.collect()
    assert [told for told in cache_usage() if told.name == "ten"] == [CacheUsage("ten", 0, 0)]


def test_budgets_have_names_of_their_own_and_words_for_what_they_are_for() -> None:
    assert len({one.name for one in caches.BUDGETS}) == len(caches.BUDGETS)
    assert all(one.about and min(one.bytes, one.entries) < float("inf") for one in caches.BUDGETS)
