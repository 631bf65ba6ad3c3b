"""What was worked out lately, kept within a budget of memory, so that nothing is worked out twice.

Not functools.lru_cache, which counts values and not bytes, nor cachetools.LRUCache, which raises ValueError for a value
larger than the budget and would need a wrapper as long as this.
"""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class LruCache(Generic[K, V]):
    """Values by key; those not asked for longest go first when all together would be larger than `budget` bytes."""

    def __init__(self, budget: int) -> None:
        self.budget = budget
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def get(self, key: K) -> V | None:
        """What is kept under this key."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key][0]

    def put(self, key: K, value: V, size: int) -> None:
        """Keep a value of so many bytes, unless it alone is more than the budget."""
        self._values.pop(key, None)
        if size > self.budget:
            return
        self._values[key] = value, size
        while sum(size for _, size in self._values.values()) > self.budget:
            self._values.popitem(last=False)
