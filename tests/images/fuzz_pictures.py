"""Strangers' pictures, made worse: `python tests/images/fuzz_pictures.py 30` for half a minute.

Nothing but `PictureError` may come out, no picture may take 5 seconds or a gigabyte, and the process must live. With
`--atheris`, where that is installed, its engine chooses the changes by what they reach; else they are drawn from a
seed. What fails is kept in the folder of `--keep`.
"""

import argparse
import hashlib
import os
import random
import resource
import struct
import sys
import time
import zlib
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Final

SECONDS: Final = 5.0
MEGABYTES: Final = 1000
NAMES = ("it.png", "it.dng")
_NUMBERS = (0, 1, 2, 127, 255, 256, 4095, 32767, 65535, 1 << 24, (1 << 31) - 1, (1 << 32) - 1)


class Slow(Exception):
    """A picture took too long or too much."""


def read_one(data: bytes) -> None:
    """Read `data` as a file; raises what must never be raised."""
    from stylestudio.errors import PictureError
    from stylestudio.images import decode

    began = time.process_time()
    with suppress(PictureError):
        decode.from_bytes(data, NAMES[len(data) % 8 == 0])
    if time.process_time() - began > SECONDS:
        raise Slow(f"{time.process_time() - began:.1f} seconds")
    if peak() > MEGABYTES:
        raise Slow(f"{peak():.0f} MB")


def peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def changed(data: bytes, others: list[bytes], random_: random.Random) -> bytes:
    """A few changes of the kinds that break decoders."""
    for _ in range(random_.choice((1, 1, 2, 3, 6))):
        made = bytearray(data)
        place = random_.randrange(len(made))
        kind = random_.randrange(7)
        if kind == 0:
            made[place] ^= 1 << random_.randrange(8)
        elif kind == 1:
            made[place : place + 4] = struct.pack(random_.choice(("<I", ">I")), random_.choice(_NUMBERS))
        elif kind == 2:
            made[place : place + 2] = struct.pack(random_.choice(("<H", ">H")), random_.choice(_NUMBERS) & 0xFFFF)
        elif kind == 3:
            del made[place : place + random_.randrange(1, 64)]
        elif kind == 4:
            part = made[place : place + random_.randrange(1, 200)]
            made[place:place] = part * random_.randrange(1, 4)
        elif kind == 5:
            other = random_.choice(others)
            made[place:] = other[random_.randrange(len(other)) :]
        else:
            del made[place:]
        data = with_checksums(bytes(made)) if random_.random() < 0.7 else bytes(made)
        if not data:
            return b"\0"
    return data


def with_checksums(data: bytes) -> bytes:
    """A PNG whose chunks all have right checksums, so that more than those is tried; anything else as it is."""
    if not data.startswith(b"\x89PNG\r\n\x1a\n"):
        return data
    parts, place = [data[:8]], 8
    while place + 12 <= len(data):
        length = int.from_bytes(data[place : place + 4])
        body = data[place + 4 : place + 8 + length]
        parts.append(data[place : place + 4] + body + struct.pack(">I", zlib.crc32(body)))
        place += 12 + length
    return b"".join(parts)


def by_seed(seconds: float, number: int, keep: Path) -> int:
    """Changes drawn from a seed; the last picture tried lies in `keep`, should the process die of it."""
    from fuzz_seeds import seeds

    random_, whole = random.Random(number), seeds()
    for data in whole:
        read_one(data)
    until, count, last = time.monotonic() + seconds, 0, keep / "last"
    while time.monotonic() < until:
        data = changed(random_.choice(whole), whole, random_)
        last.write_bytes(data)
        try:
            read_one(data)
        except Exception:
            (keep / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
            raise
        count += 1
    last.unlink(missing_ok=True)
    return count


def by_atheris(seconds: float, keep: Path) -> None:
    """Changes chosen by coverage; does not return."""
    import atheris

    with atheris.instrument_imports(  # type: ignore[attr-defined]
        include=["stylestudio.images", "tifffile"]
    ):
        from fuzz_seeds import seeds

        from stylestudio.images import decode
    assert decode.from_bytes
    corpus = keep / "corpus"
    corpus.mkdir(exist_ok=True)
    for data in seeds():
        (corpus / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
    options = [f"-max_total_time={seconds:.0f}", f"-timeout={SECONDS * 2:.0f}", f"-rss_limit_mb={MEGABYTES}"]
    atheris.Setup([sys.argv[0], str(corpus), f"-artifact_prefix={keep}{os.sep}", *options], read_one)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seconds", type=float, nargs="?", default=30)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-pictures"), help="folder for what fails")
    parser.add_argument("--atheris", action="store_true", help="let atheris choose the changes, where it is installed")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    if options.atheris and find_spec("atheris"):
        by_atheris(options.seconds, options.keep)
    count = by_seed(options.seconds, options.seed, options.keep)
    sys.stdout.write(f"{count} pictures, {peak():.0f} MB at most\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
