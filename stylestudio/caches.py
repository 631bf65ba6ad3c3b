"""The caches: which there are, what each may hold, and what they hold now.

What `functools.cache` remembers besides are a few small values each: profiles, tables, drawings. Drawn icons are in
Qt's own `QPixmapCache`. What is kept on the disk for the artist is no cache.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from math import inf
from typing import Generic, Protocol, TypeVar
from weakref import WeakSet

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True)
class Budget:
    """What one cache of this name may hold at most, in bytes, in entries or in both; `about` says what for."""

    name: str
    about: str
    bytes: float = inf
    entries: float = inf


FEATURES = Budget("features", "of photo and style at each scale, both up to about 1800 pixels a side", 1 << 30)
IMAGES = Budget("working pictures", "overfit pictures at the size they were worked on, before enlarging", 1 << 28)
LOOKS = Budget("looks", "statistics of sets of photos that are to look alike", entries=4)
LOOK_PHOTOS = Budget("photos of looks", "small versions of sets' photos, some 500: each file is read once", 1 << 26)
PHOTO_MAP = Budget(
    "photo's map", "one layer of a large photo, up to 25 megapixels, while it is painted", 800_000_000, 1
)
RESULTS = Budget("overfit pictures", "those shown last, at the photo's size: undoing a setting runs nothing", entries=4)
SNAPSHOT_PARTS = Budget("snapshots' overfit pictures", "small ones; the session's snapshots are mixed of them", 1 << 25)
SNAPSHOTS = Budget("snapshots' pictures", "small targets in the strip", 1 << 25)
TRIALS = Budget("trials", "small photos in the shelf's styles", 96 << 20)
TILES = Budget("thumbnails", "of one page of the shelf, some 250 of the library's", 48 << 20)
BUDGETS = (FEATURES, IMAGES, LOOKS, LOOK_PHOTOS, PHOTO_MAP, RESULTS, SNAPSHOT_PARTS, SNAPSHOTS, TRIALS, TILES)


class Cache(Protocol):
    """What can be asked how much it holds, on any thread."""

    budget: Budget

    @property
    def entries(self) -> int: ...
    @property
    def bytes(self) -> int: ...


@dataclass(frozen=True)
class CacheUsage:
    """What all caches of one budget's name hold together."""

    name: str
    entries: int
    bytes: int


_all: WeakSet[Cache] = WeakSet()
_lock = threading.Lock()


def register(cache: Cache) -> None:
    """Let `cache_usage` count this one as long as somebody uses it."""
    with _lock:
        _all.add(cache)


def cache_usage() -> list[CacheUsage]:
    """What this process holds, for each budget of which there is a cache; empty ones too."""
    with _lock:
        there = list(_all)
    found: list[CacheUsage] = []
    for name in dict.fromkeys([one.name for one in BUDGETS]):
        caches = [one for one in there if one.budget.name == name]
        if caches:
            found.append(CacheUsage(name, sum(one.entries for one in caches), sum(one.bytes for one in caches)))
    return found


class LruCache(Generic[K, V]):
    """Values by key within a budget; those not asked for longest go first.

    Not functools.lru_cache, which counts values and not bytes, nor cachetools.LRUCache, which raises ValueError for a
    value larger than the budget and would need a wrapper as long as this.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._bytes = 0
        register(self)

    @property
    def entries(self) -> int:
        return len(self._values)

    @property
    def bytes(self) -> int:
        return self._bytes

    @property
    def values(self) -> list[V]:
        """All of them, the one asked for longest ago first."""
        return [value for value, _ in self._values.values()]

    def get(self, key: K) -> V | None:
        """What is kept under this key."""
        if key in self._values:
            self._values.move_to_end(key)
        return self.peek(key)

    def peek(self, key: K) -> V | None:
        """The same, without that it counts as asked for."""
        return self._values[key][0] if key in self._values else None

    def put(self, key: K, value: V, size: int) -> None:
        """Keep a value of so many bytes, unless it alone is more than the budget."""
        self._remove(key)
        if size > self.budget.bytes:
            return
        self._values[key] = value, size
        self._bytes += size
        while self._bytes > self.budget.bytes or len(self._values) > self.budget.entries:
            self._remove(next(iter(self._values)))

    def keep_only(self, wanted: Callable[[K], bool]) -> None:
        """Let go of all values but those with such keys."""
        for key in [key for key in self._values if not wanted(key)]:
            self._remove(key)

    def clear(self) -> None:
        """Let go of everything."""
        self.keep_only(lambda _: False)

    def _remove(self, key: K) -> None:
        _, size = self._values.pop(key, (None, 0))
        self._bytes -= size
