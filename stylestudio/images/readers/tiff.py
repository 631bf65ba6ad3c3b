"""TIFF of every usual kind: 1 to 64 bits, integers and floats, planes, tiles, any compression, by tifffile.

It gives the samples as they are stored; what they mean is worked out here. Chroma subsampled without JPEG, and JPEG in
its first, withdrawn form, are left to Pillow.
"""

from typing import BinaryIO

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from stylestudio.errors import PictureError
from stylestudio.images import encodings, exif
from stylestudio.images.limits import PART_LIMIT, check_memory, check_pixels
from stylestudio.images.raster import CHANNELS, Raster, Samples, deep_room
from stylestudio.images.readers import by_pillow, raw
from stylestudio.images.readers.png_chunks import iptc_of_photoshop
from stylestudio.images.readers.tiff_samples import PALETTE, SPACES, SampleRows, alpha_of, space_of

_PAGES = 1000
_ORIENTATION, _XMP, _IPTC, _PHOTOSHOP, _PROFILE = 274, 700, 33723, 34377, 34675
_REDUCED, _MASK = 1, 4
_YCBCR = 6
_RAW = (32803, 34892)
_JPEG_FIRST_FORM, _JPEGS = 6, (7, 34892, 33007)
_FACTS = (270, 271, 272, 282, 283, 296, 305, 306, 315, 316, 33432, 34665, 34853)
"""Of the picture's own tags those that are about it, not about how it is stored."""


def read(stream: BinaryIO, label: str, length: int) -> Raster:
    """The picture at its full size: pages that are thumbnails or masks are passed over."""
    with tifffile.TiffFile(stream) as file:
        page, number = _full_page(file)
        size = page.imagewidth, page.imagelength
        if int(page.photometric) in _RAW or _has_raw_beside(page):
            return raw.read(stream, label, length)
        check_pixels(label, size, length)
        by_tifffile = int(page.photometric) in SPACES and not _left_to_pillow(page)
        check_memory(label, size, *(_bytes_needed(page) if by_tifffile else (8, length)))
        _check_whole(page, length)
        if not by_tifffile:
            return _by_pillow(stream, number)
        if page.imagedepth != 1:
            raise _of_unknown_kind(label)
        facts = exif_record(stream, number)
        samples, room = _samples(page)
        return _meaning(page, samples, room, facts)


def _full_page(file: tifffile.TiffFile) -> tuple[tifffile.TiffPage, int]:
    for number in range(_PAGES):
        try:
            page = file.pages[number]
        except IndexError:
            break
        if isinstance(page, tifffile.TiffPage) and not int(page.subfiletype) & (_REDUCED | _MASK):
            return page, number
    first = file.pages[0]
    if not isinstance(first, tifffile.TiffPage):
        raise ValueError("no page")
    return first, 0


def _has_raw_beside(page: tifffile.TiffPage) -> bool:
    """Whether it is the preview of a camera's own picture."""
    if not int(page.subfiletype) & _REDUCED or not page.subifds:
        return False
    return any(isinstance(part, tifffile.TiffPage) and int(part.photometric) in _RAW for part in page.pages or ())


def _left_to_pillow(page: tifffile.TiffPage) -> bool:
    if int(page.compression) == _JPEG_FIRST_FORM:
        return True
    return int(page.photometric) == _YCBCR and int(page.compression) not in _JPEGS


def _bytes_needed(page: tifffile.TiffPage) -> tuple[float, int]:
    """For each pixel, and besides: one strip or tile, packed and not."""
    width, height, samples = page.imagewidth, page.imagelength, page.samplesperpixel
    item = 1 if page.bitspersample <= 8 else 2 if page.bitspersample <= 16 else 8
    stored = item * samples
    rows = page.tilelength or min(page.rowsperstrip or height, height)
    strip = 2 * rows * (page.tilewidth or width) * stored
    if page.is_contiguous and page.planarconfig == 1:
        strip = 0
    if item == 1:
        return stored + 3 + (samples > CHANNELS[space_of(page)]), strip
    if item == 2 and samples <= 6 and page.bitspersample == 16:
        return 12 + 4 * (samples > CHANNELS[space_of(page)]), strip
    return 16 + stored, strip


def _check_whole(page: tifffile.TiffPage, length: int) -> None:
    """Raise `ValueError` where a strip or tile is missing, or not all of it in the file."""
    if _segments(page) > PART_LIMIT or len(page.dataoffsets) != _segments(page) or _count(page) < _segments(page):
        raise ValueError("strips or tiles are missing")
    ends = np.add(page.dataoffsets, page.databytecounts, dtype=np.float64)
    if not len(ends) or min(page.databytecounts) == 0 or ends.max() > length:
        raise ValueError("data are missing")


def _segments(page: tifffile.TiffPage) -> int:
    """How many strips or tiles it must have."""
    planes = page.samplesperpixel if page.planarconfig == 2 else 1
    if page.is_tiled:
        return planes * -(-page.imagelength // page.tilelength) * -(-page.imagewidth // page.tilewidth)
    return planes * -(-page.imagelength // max(1, min(page.rowsperstrip or page.imagelength, page.imagelength)))


def _count(page: tifffile.TiffPage) -> int:
    """How many the file lists; tifffile makes up what lacks."""
    tag = page.tags.get(324) or page.tags.get(273)
    return tag.count if tag else 0


def _of_unknown_kind(label: str) -> PictureError:
    return PictureError(f"{label} is a TIFF of a kind that cannot be read.", hint="Save it as an ordinary TIFF or PNG.")


def _by_pillow(stream: BinaryIO, number: int) -> Raster:
    stream.seek(0)
    image = Image.open(stream, formats=("TIFF",))
    if number:
        image.seek(number)
    image.load()
    return by_pillow.raster_of(image)


def _samples(page: tifffile.TiffPage) -> tuple[Samples, NDArray[np.float32] | None]:
    """(H, W, S) as stored, in the end of the room for the result where there is one."""
    size, count = (page.imagewidth, page.imagelength), page.samplesperpixel
    assert page.dtype is not None
    room, out = deep_room(size, count) if page.dtype == np.uint16 and count <= 6 else (None, None)
    if out is None:
        out = np.empty((size[1], size[0], count), page.dtype)
    if page.is_contiguous and page.planarconfig == 1:
        page.asarray(out=out.reshape(page.shaped), squeeze=False)
        return out, room
    for segment, (plane, _, top, left, _), _shape in page.segments(maxworkers=1):
        if segment is None:
            raise ValueError("data are missing")
        part = segment[0, : size[1] - top, : size[0] - left]
        first = plane if page.planarconfig == 2 else 0
        out[top : top + part.shape[0], left : left + part.shape[1], first : first + part.shape[2]] = part
    return out, room


def _meaning(
    page: tifffile.TiffPage, samples: Samples, room: NDArray[np.float32] | None, facts: Image.Exif | None
) -> Raster:
    space = space_of(page)
    count = 1 if int(page.photometric) == PALETTE else CHANNELS[space]
    if samples.shape[2] < count:
        raise ValueError("too few samples")
    has_alpha = samples.shape[2] > count and alpha_of(page) is not None
    levels = SampleRows(page, samples, count + has_alpha)
    own = _bytes(page, _PROFILE)
    adobe = own is None and space == "rgb" and exif.is_adobe_rgb(facts)
    deep = page.bitspersample > 8 or (space == "lab")
    return Raster(
        levels.rows,
        (page.imagewidth, page.imagelength),
        space,
        alpha=has_alpha,
        deep=deep,
        profile=encodings.adobe_rgb() if adobe else own,
        own_profile=own,
        orientation=_orientation(page),
        metadata=exif.metadata(facts, _bytes(page, _XMP), _iptc(page)),
        room=room if levels.as_stored else None,
    )


def _bytes(page: tifffile.TiffPage, tag: int) -> bytes | None:
    value = page.tags.valueof(tag)
    if isinstance(value, bytes):
        return value or None
    return np.asarray(value, ">u4").tobytes() if isinstance(value, tuple) and tag == _IPTC else None


def _iptc(page: tifffile.TiffPage) -> bytes | None:
    photoshop = _bytes(page, _PHOTOSHOP)
    return _bytes(page, _IPTC) or (iptc_of_photoshop(photoshop) if photoshop else None)


def _orientation(page: tifffile.TiffPage) -> int:
    value = page.tags.valueof(_ORIENTATION)
    return int(value) if isinstance(value, int) and 1 <= value <= 8 else 1


def exif_record(stream: BinaryIO, number: int) -> Image.Exif | None:
    """The page's tags as an EXIF record, without those that are about storage."""
    place = stream.tell()
    stream.seek(0)
    try:
        with Image.open(stream, formats=("TIFF",)) as image:
            if number:
                image.seek(number)
            exif_of_page = image.getexif()
            exif.load_parts(exif_of_page)  # while the file is open
            for tag in list(exif_of_page):
                if tag not in _FACTS:
                    del exif_of_page[tag]
            return exif.parse_exif(exif.to_bytes(exif_of_page)) if len(exif_of_page) else None
    except MemoryError:
        raise
    except Exception:  # broken metadata is no reason to refuse a whole picture
        return None
    finally:
        stream.seek(place)
