"""The command line's options for the files that are written, and which of them goes with which format."""

import argparse

from stylestudio.errors import SettingError
from stylestudio.images.formats import Format, in_words, writable
from stylestudio.images.output import PROFILES, USUAL, ExportOptions


def add_export(parser: argparse.ArgumentParser) -> None:
    """How files are written. No option has a default: what was not given goes with any format."""
    group = parser.add_argument_group("the files that are written")
    group.add_argument(
        "--quality", metavar="N", help=f"1 to 100; {USUAL.quality} if not given, but WebP is lossless then"
    )
    group.add_argument("--bits", metavar="8|16", help="of each channel; 8 if not given")
    group.add_argument("--profile", metavar="srgb|photo", help="in whose colours; sRGB if not given")
    kept = group.add_mutually_exclusive_group()
    about = "what the photo's file says: EXIF, XMP, IPTC, author, copyright, dpi; kept if not given"
    kept.add_argument("--keep-metadata", dest="metadata", action="store_true", default=None, help=about)
    kept.add_argument("--strip-metadata", dest="metadata", action="store_false", help="write nothing of that")


def export_of(options: argparse.Namespace, formats: list[Format]) -> ExportOptions:
    """How to write files in these formats. Raises `SettingError`, also for what none of them knows."""
    given = {
        "quality": quality(options.quality),
        "bits": one_of("--bits", options.bits, ("8", "16")),
        "profile": one_of("--profile", options.profile, PROFILES),
        "metadata": options.metadata,
    }
    if given["bits"] is not None:
        given["bits"] = int(given["bits"])
    wanted = {name: value for name, value in given.items() if value is not None}
    for name, value in wanted.items():
        if formats and value != AS_ALWAYS.get(name) and not any(name in one.knows for one in formats):
            raise unknown(name, formats)
    return ExportOptions(**wanted, lossless="quality" not in wanted)  # pyright: ignore[reportArgumentType]


AS_ALWAYS = {"bits": 8, "profile": "srgb", "metadata": False}
"""What a format does that does not know the option."""
WORDS = {"quality": "quality", "bits": "16 bits", "profile": "profile of its own", "metadata": "metadata"}


def unknown(name: str, formats: list[Format]) -> SettingError:
    """That these formats do not know the option of this name, and which do."""
    labels = in_words(sorted({one.label for one in formats}))
    suffixes = in_words([suffix for suffix, one in writable().items() if name in one.knows])
    option = "--keep-metadata" if name == "metadata" else f"--{name}"
    return SettingError(f"{labels} files have no {WORDS[name]}.", hint=f"Write {suffixes}, or leave {option} away.")


def quality(text: str | None) -> int | None:
    """1 to 100, None where nothing was said. Raises `SettingError`."""
    if text is None:
        return None
    if not (text.isdecimal() and 1 <= int(text) <= 100):
        raise SettingError(f"{text or 'Nothing'} is no quality.", hint="Give a whole number from 1 to 100, such as 92.")
    return int(text)


def one_of(option: str, text: str | None, words: tuple[str, ...]) -> str | None:
    """One of the words, None where nothing was said. Raises `SettingError`."""
    if text is not None and text not in words:
        raise SettingError(f"{text or 'Nothing'} does not go with {option}.", hint=f"Give {in_words(list(words))}.")
    return text


def format_named(text: str | None) -> str:
    """The usual suffix of the format that is called so, such as ".jpg" for "jpeg". Raises `SettingError`."""
    asked = "png" if text is None else text.lower().removeprefix(".")
    for suffix, one in writable().items():
        if f".{asked}" in one.suffixes or asked == one.label.lower():
            return suffix
    names = in_words([suffix.removeprefix(".") for suffix in writable()])
    raise SettingError(f"{text or 'Nothing'} is no format that can be written.", hint=f"Give {names}.")
