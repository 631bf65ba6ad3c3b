"""What can go wrong, in the artist's words: one sentence of what happened and one of what to do."""


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
