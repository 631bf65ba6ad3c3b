"""The whole library as values that JSON knows, for other programs and for keeping."""

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from pathlib import Path

from stylestudio.studio.library import Library


def library_as_json(library: Library) -> dict[str, object]:
    """Everything in the library but the thumbnails. Raises `LibraryError`."""
    runs = [{**_mapping(run), "recipe": _recipe(run.recipe)} for run in library.runs()]
    return {
        "styles": [_plain(style) for style in library.styles()],
        "folders": [_plain(folder) for folder in library.folders()],
        "runs": runs,
        "exports": [_plain(export) for export in library.exports()],
        "presets": [_plain(preset) for preset in library.presets()],
        "pictures": [_plain(picture) for picture in library.pictures()],
    }


def _mapping(record: object) -> dict[str, object]:
    assert is_dataclass(record)
    return {field.name: _plain(getattr(record, field.name)) for field in fields(record)}


def _plain(value: object) -> object:
    if is_dataclass(value):
        return _mapping(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    return value


def _recipe(text: str) -> object:
    """As text where it is no JSON: another program may have written it."""
    try:
        return json.loads(text)
    except ValueError:
        return text
