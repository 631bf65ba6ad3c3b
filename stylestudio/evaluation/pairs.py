"""Which contents are shown in which styles: drawn by a seed before any result is seen, or read from a list."""

import random
from collections import Counter
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from stylestudio.errors import PictureError, SettingError

HINT = "Write one pair a line, as the names of a content and a style without their endings: castle / wave."


@dataclass(frozen=True)
class Pair:
    """A content and the style that it is shown in."""

    content: Path
    style: Path

    @property
    def name(self) -> str:
        """What the pair's result is called, less its ending."""
        return f"{self.content.stem}_{self.style.stem}"


def draw_balanced_pairs(contents: list[Path], styles: list[Path], count: int, seed: int) -> list[Pair]:
    """`count` different pairs, or all there are; every picture occurs if `count` is as large as their number.

    All pairs, sorted by name, are shuffled by `seed`; then again and again the first pair is taken whose pictures were
    used least so far.
    """
    pairs = [Pair(*both) for both in product(sorted(contents, key=_stem), sorted(styles, key=_stem))]
    random.Random(seed).shuffle(pairs)
    uses: Counter[Path] = Counter()
    found = []
    for _ in range(min(count, len(pairs))):
        pair = min(pairs, key=lambda pair: uses[pair.content] + uses[pair.style])
        pairs.remove(pair)
        uses.update((pair.content, pair.style))
        found.append(pair)
    return found


def read_pairs(file: Path, contents: list[Path], styles: list[Path]) -> list[Pair]:
    """The pairs that a text file lists, in its order; # begins a remark. Raises `SettingError`."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"The list of pairs {file} cannot be read.", hint="Give a text file.") from error
    known = {_stem(path): path for path in contents}, {_stem(path): path for path in styles}
    stripped = (line.partition("#")[0].strip() for line in lines)
    pairs = [_pair(line, *known) for line in stripped if line]
    if not pairs:
        raise SettingError(f"There is no pair in {file.name}.", hint=HINT)
    return pairs


def _pair(line: str, contents: dict[str, Path], styles: dict[str, Path]) -> Pair:
    names = [name.strip() for name in line.split("/")]
    if len(names) != 2:
        raise SettingError(f'"{line}" is not a pair.', hint=HINT)
    for name, known, kind in zip(names, (contents, styles), ("content", "style"), strict=True):
        if name not in known:
            raise SettingError(f"There is no {kind} {name}.", hint="Check the list of pairs and the folders.")
    return Pair(contents[names[0]], styles[names[1]])


def check_names(contents: list[Path], styles: list[Path], pairs: list[Pair]) -> None:
    """Raise `PictureError` unless every picture and every pair has a name of its own."""
    names = [_stem(path) for path in contents], [_stem(path) for path in styles], [pair.name for pair in pairs]
    for group in names:
        name, uses = Counter(group).most_common(1)[0]
        if uses > 1:
            raise PictureError(f"The name {name} occurs {uses} times.", hint="Rename a picture, or take it out.")


def _stem(path: Path) -> str:
    return path.stem
