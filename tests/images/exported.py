"""What tests of export share: a photo with all that a file can say, and what a written file says."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms

from stylestudio.images import export
from stylestudio.images.decode import Picture, from_pixels
from stylestudio.images.metadata import Metadata
from stylestudio.images.output import USUAL, ExportOptions, Ingredients

RNG = np.random.default_rng(3)
PIXELS = RNG.random((20, 30, 3), np.float32)
ALPHA = RNG.random((20, 30), np.float32)
ADOBE_RGB = imagecodecs.cms_profile("adobergb")
COPYRIGHT, AUTHOR = "© Jörg 2026", "Jörg"
IPTC = b"".join(
    b"\x1c\x02" + bytes([number]) + len(text.encode()).to_bytes(2) + text.encode()
    for number, text in ((80, AUTHOR), (116, COPYRIGHT), (120, "A harbour"))
)
XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/"
xmlns:xmp="http://ns.adobe.com/xap/1.0/" tiff:Orientation="6" exif:PixelXDimension="4000" xmp:Rating="4">
<tiff:ImageWidth>4000</tiff:ImageWidth><xmp:Thumbnails>old</xmp:Thumbnails>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def exif(**more: Any) -> bytes:
    """A camera's: in a TIFF header, turned, with place and interoperability; `more` are tags of IFD0 by their names."""
    made = Image.Exif()
    made[ExifTags.Base.Make] = "Camera"
    made[ExifTags.Base.Orientation] = 6
    made[ExifTags.Base.Copyright] = COPYRIGHT.encode()
    made[ExifTags.Base.StripOffsets] = 12345
    for name, value in more.items():
        made[ExifTags.Base[name]] = value
    made[ExifTags.IFD.Exif] = {
        ExifTags.Base.DateTimeOriginal: "2026:01:02 03:04:05",
        ExifTags.Base.ExifImageWidth: 4000,
        ExifTags.Base.ColorSpace: 65535,
        ExifTags.IFD.Interop: {ExifTags.Interop.InteropIndex: "R03"},
    }
    made[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: (53.0, 33.0, 0.0)}
    return made.tobytes().removeprefix(b"Exif\0\0")


SAID = Metadata(exif(), XMP, IPTC, (300.0, 240.0))


def photo(metadata: Metadata = SAID, profile: bytes | None = ADOBE_RGB, alpha: NDArray[np.float32] | None = None):
    """A photo whose pixels are `PIXELS`."""
    return replace(from_pixels(PIXELS, "photo", alpha), metadata=metadata, icc_profile=profile)


def written(path: Path, content: Picture | None = None, **options: Any) -> Path:
    """`content`, unmixed, as a file with these options."""
    content = content or photo()
    made_of = Ingredients(content, 1 - content.pixels, (0.0, 0.0, 0.0))
    export.write(path, content.pixels, content.alpha, "", made_of, ExportOptions(**options) if options else USUAL)
    return path


def levels(path: Path) -> NDArray[np.uint8 | np.uint16]:
    """The values in a PNG or TIFF, whatever their depth."""
    decode = imagecodecs.png_decode if path.suffix == ".png" else imagecodecs.tiff_decode
    return np.asarray(decode(path.read_bytes()))


def said(path: Path) -> Metadata:
    """What a written file says beside EXIF, for which there is `exif_of`."""
    with Image.open(path) as image:
        image.load()
        iptc = image.info.get("photoshop", {}).get(0x0404)
        if image.format == "TIFF":
            iptc = image.tag_v2.get(33723)  # pyright: ignore[reportAttributeAccessIssue]
        if text := image.info.get("Raw profile type iptc"):
            data = bytes.fromhex("".join(text.split("\n")[3:]))
            iptc = data[12 : 12 + int.from_bytes(data[8:12])]
        info = image.info
        xmp = info.get("xmp") or info.get("XML:com.adobe.xmp", "").encode()
        return Metadata(None, xmp or None, iptc, info.get("dpi"))


def exif_of(path: Path) -> Image.Exif:
    """With the file in memory, because Pillow reads what lies within only when it is asked for."""
    image = Image.open(io.BytesIO(path.read_bytes()))
    return image.getexif()


def profile_of(path: Path) -> bytes | None:
    with Image.open(path) as image:
        return image.info.get("icc_profile")


def as_srgb(path: Path) -> NDArray[np.uint8]:
    """The colours that a written file means, by Pillow's littleCMS."""
    with Image.open(path) as image:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(image.info["icc_profile"]))
        shown = ImageCms.profileToProfile(
            image.convert("RGB"),
            profile,
            ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")),
            renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
            flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
        )
        return np.asarray(shown)
