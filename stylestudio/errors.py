"""What can go wrong, in the artist's words: one sentence of what happened and one of what to do."""

from errno import ENOMEM


class StudioError(Exception):
    """Something could not be done as asked.

    `message` says what happened and `hint` what to do about it; both are whole sentences for the artist.
    """

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}"


class PictureError(StudioError):
    """A picture could not be read."""


class SettingError(StudioError):
    """A setting has a value that makes no sense."""


class WeightsError(StudioError):
    """Network weights are missing, altered or not the expected ones."""


class OutputError(StudioError):
    """A result could not be written where it was asked for."""


class SystemLacks(StudioError):
    """The computer lacks something that the program needs."""


class LibraryError(StudioError):
    """The library of pictures and runs could not be opened, read or written."""


OF_MEMORY = (
    "allocate memory",
    "out of memory",
    "not enough memory",
    "std::bad_alloc",
    "failed to map segment",  # of a library that is being loaded
    "can't start new thread",
    "Resource temporarily unavailable",  # the same, in the C library's words
)
"""In what libraries say where memory runs out and they raise no `MemoryError`."""


def lacks_memory(error: BaseException | None) -> bool:
    """Whether memory has run out: whether that is the error, or the reason of the error."""
    while error is not None:
        if isinstance(error, OSError) and error.errno is not None:  # its text holds names of files
            found = error.errno == ENOMEM
        else:
            found = isinstance(error, MemoryError) or any(words in str(error) for words in OF_MEMORY)
        if found:
            return True
        error = error.__cause__ or error.__context__
    return False


def out_of_memory_error() -> SystemLacks:
    """For where no smaller size would help."""
    return SystemLacks(
        "There is not enough memory to run Style Studio.", hint="Close other programs, or allow it more memory."
    )
