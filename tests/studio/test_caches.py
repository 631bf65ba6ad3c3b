from stylestudio.studio.caches import LruCache


def test_what_is_kept_is_found_under_its_key() -> None:
    kept: LruCache[str, str] = LruCache(10)
    kept.put("photo", "features", 4)
    assert kept.get("photo") == "features"
    assert kept.get("another") is None


def test_what_was_not_asked_for_longest_goes_first() -> None:
    kept: LruCache[str, int] = LruCache(10)
    kept.put("a", 1, 4)
    kept.put("b", 2, 4)
    kept.get("a")
    kept.put("c", 3, 4)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]


def test_what_alone_is_too_large_is_not_kept_and_drives_nothing_out() -> None:
    kept: LruCache[str, int] = LruCache(10)
    kept.put("a", 1, 4)
    kept.put("b", 2, 11)
    assert [kept.get(key) for key in "ab"] == [1, None]


def test_a_new_value_takes_the_place_and_the_size_of_the_old_one() -> None:
    kept: LruCache[str, int] = LruCache(10)
    for size in (9, 3, 3):
        kept.put("a", size, size)
    kept.put("b", 2, 7)
    assert [kept.get(key) for key in "ab"] == [3, 2]
