"""The command line's options for the files that are written, and which of them goes with which format."""

import argparse
from dataclasses import replace

from stylestudio.errors import SettingError
from stylestudio.images.formats import Format, join_labels, writable_formats
from stylestudio.images.output import ALLOWED, USUAL, ExportOptions

AS_ALWAYS = {"bits": 8, "profile": "srgb", "metadata": False, "recipe": False}
"""What a format does that does not know the option."""
WORDS = {
    "quality": "quality",
    "bits": "16 bits",
    "profile": "profile of their own",
    "metadata": "metadata",
    "recipe": "recipe",
}
SUCH_AS = {"quality": "a whole number from 1 to 100, such as 92", "bits": "8 or 16", "profile": "srgb or photo"}


def add_export(parser: argparse.ArgumentParser) -> None:
    """How files are written. No option has a default: what was not given goes with any format."""
    group = parser.add_argument_group("the files that are written")
    quality = f"1 to 100, for {supporting_endings('quality')}; {USUAL.quality} if not given, but WebP is lossless then"
    group.add_argument("--quality", metavar="N", help=quality)
    group.add_argument(
        "--bits", metavar="8|16", help=f"of each channel, for {supporting_endings('bits')}; 8 if not given"
    )
    group.add_argument("--profile", metavar="srgb|photo", help="in whose colours; sRGB if not given")
    kept = group.add_mutually_exclusive_group()
    about = "what the photo's file says: EXIF, XMP, IPTC, author, copyright, dpi; kept if not given"
    kept.add_argument("--keep-metadata", dest="metadata", action="store_true", default=None, help=about)
    kept.add_argument("--strip-metadata", dest="metadata", action="store_false", help="write nothing of that")
    without = "leave out how the file was made: settings, shares, mask, names and hashes of both pictures"
    group.add_argument("--no-recipe", dest="recipe", action="store_false", default=None, help=without)


def parse_export_options(options: argparse.Namespace, formats: list[Format]) -> ExportOptions:
    """How to write files in these formats. Raises `SettingError`, also for what none of them knows."""
    words = {name: text for name in ALLOWED if (text := getattr(options, name, None)) is not None}
    wanted = {name: parse_option_value(name, text) for name, text in words.items()}
    for name, value in wanted.items():
        if formats and value != AS_ALWAYS.get(name) and not any(name in one.knows for one in formats):
            raise unknown_option_error(name, formats)
    return replace(USUAL, lossless="quality" not in wanted, **wanted)  # pyright: ignore[reportArgumentType]


def parse_option_value(name: str, text: object) -> object:
    """The value of an option that is written so. Raises `SettingError`."""
    for value in ALLOWED[name]:
        if str(value) == str(text):
            return value
    raise SettingError(f"{text or 'Nothing'} does not go with --{name}.", hint=f"Give {SUCH_AS[name]}.")


def unknown_option_error(name: str, formats: list[Format]) -> SettingError:
    """That these formats do not know the option of this name, and which do."""
    labels = join_labels(sorted({one.label for one in formats}))
    option = "--keep-metadata" if name == "metadata" else f"--{name}"
    return SettingError(
        f"{labels} files have no {WORDS[name]}.", hint=f"Write {supporting_endings(name)}, or leave {option} away."
    )


def supporting_endings(name: str) -> str:
    """Such as ".jpg or .webp": of the formats that know this option."""
    return join_labels([suffix for suffix, one in writable_formats().items() if name in one.knows])


def suffix_of_format(text: str | None) -> str:
    """The usual suffix of the format that is called so, such as ".jpg" for "jpeg". Raises `SettingError`."""
    asked = "png" if text is None else text.lower().removeprefix(".")
    for suffix, one in writable_formats().items():
        if f".{asked}" in one.suffixes or asked == one.label.lower():
            return suffix
    names = join_labels([suffix.removeprefix(".") for suffix in writable_formats()])
    raise SettingError(f"{text or 'Nothing'} is no format that can be written.", hint=f"Give {names}.")
