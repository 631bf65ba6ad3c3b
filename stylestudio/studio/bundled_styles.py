"""The styles that come with the program, for the shelf: those made for it and the samples."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stylestudio.paths import resource


@dataclass(frozen=True)
class BundledStyle:
    """A style's file and what is to be known of it; `manner` groups the shelf, `tags` are what a search finds.

    `year` is as people write it, such as "about 1830". Whoever passes the file on keeps to `licence`.
    """

    path: Path
    title: str
    author: str
    year: str
    source: str
    licence: str
    licence_url: str
    manner: str
    tags: tuple[str, ...]


def bundled_styles() -> list[BundledStyle]:
    """All of them, in the order that the shelf shows them in."""
    samples = {entry["file"]: entry for entry in _listed("samples", "samples.toml")}
    return [_style(entry, samples) for entry in _listed("styles", "styles.toml")]


def _listed(*parts: str) -> list[dict[str, Any]]:
    return tomllib.loads(resource(*parts).read_text(encoding="utf-8"))["style"]


def _style(entry: dict[str, Any], samples: dict[str, dict[str, Any]]) -> BundledStyle:
    """Of an entry with a `file` of its own, or with the name of a `sample`, which is described in the samples' list."""
    described = {**samples[entry["sample"]], **entry} if "sample" in entry else entry
    path = resource("samples", entry["sample"]) if "sample" in entry else resource("styles", entry["file"])
    facts = {
        name: described[name] for name in ("title", "author", "year", "source", "licence", "licence_url", "manner")
    }
    return BundledStyle(path, **facts, tags=tuple(entry["tags"]))
