"""Which photos share one look, by their files alone: none is opened for it."""

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from msgspec import Meta

MOST_PHOTOS = 5000
"""Of a set, and of a look that is read from a file."""


@dataclass(frozen=True)
class LookReference:
    """The look that a target was made with: that of how many photos, and a hash of their files' names.

    The names themselves are the artist's own: what is sent to somebody else does not tell them.
    """

    photos: Annotated[int, Meta(ge=1, le=1 << 31)]
    sha256: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]


@dataclass(frozen=True)
class LookFiles:
    """The files of the photos that share a look, in any order. Raises `ValueError` for none."""

    paths: Annotated[tuple[Path, ...], Meta(max_length=MOST_PHOTOS)]

    def __post_init__(self) -> None:
        if not self.paths:
            raise ValueError("a look of no photos")

    @cached_property
    def key(self) -> str:
        """By which looks of the same files are equal; 64 hexadecimal digits."""
        return _hash_of(map(os.fsencode, self.paths))

    @cached_property
    def reference(self) -> LookReference:
        """What a recipe says of it: the same wherever the files lie."""
        return LookReference(len(self.paths), _hash_of(os.fsencode(path.name) for path in self.paths))


def _hash_of(names: Iterable[bytes]) -> str:
    return hashlib.sha256(b"\0".join(sorted(names))).hexdigest()
