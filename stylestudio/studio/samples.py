"""The pictures that come with the program."""

import tomllib
from pathlib import Path

from stylestudio.paths import resource


def samples(kind: str) -> list[Path]:
    """The sample pictures of one kind, "content" or "style", the one to begin with first."""
    listed = tomllib.loads(resource("samples", "samples.toml").read_text(encoding="utf-8"))
    return [resource("samples", entry["file"]) for entry in listed[kind]]


def sample_pairs() -> list[tuple[Path, Path]]:
    """Each content with the style that shows it well, the pair to begin with first."""
    listed = tomllib.loads(resource("samples", "samples.toml").read_text(encoding="utf-8"))
    return [(resource("samples", one["file"]), resource("samples", one["style"])) for one in listed["content"]]


def sample_pair() -> tuple[Path, Path]:
    """The content and the style to begin with."""
    return sample_pairs()[0]
