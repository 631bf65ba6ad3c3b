"""OpenRaster: photo and overfit picture as layers that Krita or GIMP stack to the target, to go on painting.

https://www.openraster.org/baseline/layer-stack-spec.html and file-layout-spec.html, version 0.0.5.
"""

import io
import xml.etree.ElementTree as ET
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import IO

import numpy as np
from PIL import Image

from stylestudio.images.blend import Shares
from stylestudio.images.metadata import NO_METADATA
from stylestudio.images.output import Levels, Output, to_levels
from stylestudio.images.recipe_chunk import FILE
from stylestudio.images.tags import resolution
from stylestudio.images.writers import save_png

MERGED = "mergedimage.png"
"""What other programs show of the file."""
_THUMBNAIL = 256
"""Pixels of its longer side, as the specification demands."""
_MULTIPLY, _PLUS, _ATOP = "svg:multiply", "svg:plus", "svg:src-atop"


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer; the last attributes are OpenRaster's own."""

    name: str
    levels: Levels
    composite_op: str = "svg:src-over"
    opacity: float = 1.0
    visibility: str = "visible"


@dataclass(frozen=True)
class Stack:
    """Layers and stacks, the uppermost first, that are put together before they meet what lies below."""

    name: str
    content: tuple["Layer | Stack", ...]
    composite_op: str = "svg:src-over"


def save_openraster(output: Output, stream: IO[bytes]) -> None:
    """An OpenRaster file whose merged image is the target itself."""
    stack = Stack("", tuple(layers(output)))
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), "image/openraster")  # first and not compressed, to be recognised
        root = ET.Element("image", version="0.0.5", w=str(output.size[0]), h=str(output.size[1]))
        if dpi := resolution(output):
            root.set("xres", str(round(dpi[0])))
            root.set("yres", str(round(dpi[1])))
        once = replace(output, options=replace(output.options, recipe=False))
        if output.recipe:
            archive.writestr(zipfile.ZipInfo(FILE), output.recipe, zipfile.ZIP_DEFLATED)
        files = list(_described(stack, ET.SubElement(root, "stack"), [0]))
        described = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
        archive.writestr(zipfile.ZipInfo("stack.xml"), described, zipfile.ZIP_DEFLATED)
        for name, layer in files:
            _add_png(archive, name, replace(once, levels=layer.levels, metadata=NO_METADATA))
        _add_png(archive, MERGED, once)
        _add_png(archive, "Thumbnails/thumbnail.png", _thumbnail(output))


def layers(output: Output) -> Iterator[Layer | Stack]:
    """What is stacked, the uppermost first.

    With one share for all channels the overfit picture lies over the photo with the share as its opacity. Shares
    that differ are colours that both pictures are multiplied by, before they are added: no blend mode knows a weight
    for each channel. Where the photo is transparent, what lies over it is clipped to it. A target that was mixed in
    another way lies above both.
    """
    made_of, bits = output.made_of, output.options.bits
    if made_of is None:
        yield Layer("Target", output.levels)
        return
    alpha, shares = made_of.content.alpha, made_of.shares
    photo, overfit = to_levels(made_of.content.stored, bits), to_levels(made_of.overfit, bits)
    seen = photo if alpha is None else np.dstack((photo, to_levels(alpha, bits)))
    if shares is None or not all(0 <= share <= 1 for share in shares):
        yield Layer("Target", output.levels)
        yield Layer("Overfit picture", overfit, visibility="hidden")
        yield Layer("Photo", seen, visibility="hidden")
    elif len(set(shares)) == 1:
        yield Layer("Overfit picture", overfit, "svg:src-over" if alpha is None else _ATOP, shares[0])
        yield Layer("Photo", seen)
    elif alpha is None:
        yield from _weighted(photo, overfit, shares, bits)
    else:
        yield Stack("Target", tuple(_weighted(photo, overfit, shares, bits)), _ATOP)
        yield Layer("Photo", seen)


def _weighted(photo: Levels, overfit: Levels, shares: Shares, bits: int) -> Iterator[Layer | Stack]:
    most = 2**bits - 1
    style = np.rint(np.array(shares) * most).astype(photo.dtype)
    parts = Layer("How much of it", _plain(style, photo), _MULTIPLY), Layer("Overfit picture", overfit)
    yield Stack("Style", parts, _PLUS)
    yield Layer("How much of the photo", _plain(most - style, photo), _MULTIPLY)
    yield Layer("Photo", photo)


def _plain(colour: Levels, like: Levels) -> Levels:
    return np.broadcast_to(colour, like.shape)


def _described(stack: Stack, element: ET.Element, count: list[int]) -> Iterator[tuple[str, Layer]]:
    """Fills `element`, and gives each layer with the name of its file."""
    for part in stack.content:
        facts = {"name": part.name, "composite-op": part.composite_op}
        if isinstance(part, Stack):
            inner = ET.SubElement(element, "stack", {**facts, "isolation": "isolate"})
            yield from _described(part, inner, count)
            continue
        count[0] += 1
        name = f"data/layer{count[0]}.png"
        facts |= {"src": name, "x": "0", "y": "0", "visibility": part.visibility, "opacity": f"{part.opacity:.6g}"}
        ET.SubElement(element, "layer", facts)
        yield name, part


def _add_png(archive: zipfile.ZipFile, name: str, output: Output) -> None:
    data = io.BytesIO()
    save_png(output, data)
    archive.writestr(zipfile.ZipInfo(name), data.getbuffer())  # not compressed again


def _thumbnail(output: Output) -> Output:
    small = output.image.copy()
    small.thumbnail((_THUMBNAIL, _THUMBNAIL), Image.Resampling.LANCZOS)
    return Output(np.asarray(small), options=replace(output.options, bits=8))
