"""What a picture's file says beside its pixels, kept from the photo to the target."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metadata:
    """Each as the bytes that the file's format holds, None where there is none.

    `exif` begins with a TIFF header and has its orientation and thumbnail taken out; `xmp` is an XMP packet; `iptc` is
    an IPTC-IIM record list; `dpi` is the resolution across and down in pixels per inch.
    """

    exif: bytes | None = None
    xmp: bytes | None = None
    iptc: bytes | None = None
    dpi: tuple[float, float] | None = None


NO_METADATA = Metadata()
