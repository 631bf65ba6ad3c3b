"""The settings of a run, as one table: controls, command line, checks, labels and the run key are made of it.

To add one: a field of `Settings` with what is to be known `about` it, and the engine's field of the same name.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any

from stylestudio.engine.methods import DEFAULT_METHOD, METHODS
from stylestudio.errors import SettingError

SMALLEST_SIZE = 64
MOST_REFINING = 200
MOST_SEED = 9999
LARGEST = 1_000_000
"""No setting means anything beyond, and sizes are multiplied."""
SHOWN = 1e18
"""The largest number that an error repeats: a whole number of 400 digits is no float."""
OWN_SIZE_BELOW = 1.5
"""A photo less than so many times as large as the size asked for is worked on at its own: enlarged by so little, a
picture would not come out visibly finer than by Lanczos, and its own size is the honest answer."""
MOST_OF_STYLE = 1 << 21
"""Pixels: of a larger style, so many are taken in excerpts from all over it, at their own scale."""

Kind = type[int] | type[float] | type[str]


@dataclass(frozen=True)
class Choice:
    """A value that is offered, its label in the window, and its `word` on the command line, "" for the value itself."""

    value: object
    label: str
    word: str = ""


@dataclass(frozen=True)
class Setting:
    """What is known of a setting, beside its name and its default.

    `label` and `tip` are the window's words, `noun` and `help` the command line's. It has one of the `choices`, which
    are asked for each time, or where there is a `least` a number of this `kind` from there on, up to `most` if given.
    `unit` follows a number, `step` is what an arrow key changes it by; a `percent` is shown as such, on a slider with
    these words at its `ends`. What is `advanced` the window shows only to who asks for it.
    """

    label: str
    tip: str
    help: str
    kind: Kind
    noun: str
    choices: Callable[[], tuple[Choice, ...]] = tuple
    least: float | None = None
    most: float | None = None
    unit: str = ""
    step: float = 1
    percent: bool = False
    ends: tuple[str, str] = ("", "")
    advanced: bool = False

    @property
    def values(self) -> str:
        """What may be given, in words: "64 or more, or full"."""
        words = [choice.word or str(choice.value) for choice in self.choices()]
        if self.least is None:
            return f"{', '.join(words[:-1])} or {words[-1]}"
        most = "or more" if self.most is None else f"to {self.most:g}"
        return ", or ".join([f"{self.least:g} {most}", *(choice.word for choice in self.choices() if choice.word)])

    @property
    def metavar(self) -> str:
        """The same in short, for the command line's help."""
        words = [choice.word or str(choice.value) for choice in self.choices() if choice.word or self.least is None]
        return "|".join([*([] if self.least is None else ["N" if self.kind is int else "X"]), *words])

    def word(self, value: object) -> str:
        """The value as the command line takes it."""
        found = [choice.word for choice in self.choices() if choice.value == value and choice.word]
        return found[0] if found else f"{value:g}" if isinstance(value, float) else str(value)

    def parse(self, text: str) -> Any:
        """The value that a person has written. Raises `SettingError` for what is none."""
        words = {choice.word or str(choice.value): choice.value for choice in self.choices()}
        if text in words:
            return words[text]
        try:
            return self.kind(text)
        except ValueError:
            raise SettingError(f"{text or 'Nothing'} is no {self.noun}.", hint=f"Give {self.values}.") from None

    def check(self, value: object) -> None:
        """Raise `SettingError` for a value that makes no sense."""
        if any(choice.value == value for choice in self.choices()):
            return
        if self.least is None or not isinstance(value, int | float):
            raise SettingError(f"There is no {self.noun} {value or 'without a name'}.", hint=f"Give {self.values}.")
        if not self.least <= value <= (LARGEST if self.most is None else self.most):
            shown = max(-SHOWN, min(value, SHOWN))
            text = f"A {self.noun} of {shown:g}{self.unit and ' '}{self.unit} is out of range."
            raise SettingError(text, hint=f"Give {self.values}.")


def about(label: str, tip: str, help: str, kind: Kind, **facts: Any) -> dict[str, Setting]:
    """The metadata of a field of `Settings`."""
    facts.setdefault("noun", label.lower())
    return {"setting": Setting(label, tip, help, kind, **facts)}


def number_choices(values: tuple[int, ...], form: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, form.format(value)) for value in values)


def method_choices() -> tuple[Choice, ...]:
    return tuple(Choice(name, method.label) for name, method in METHODS.items())


SIZES = (*number_choices((512, 1024, 2048), "{} px"), Choice(None, "Full size", "full"))
PATCHES = number_choices((1, 3, 5, 7), "{0} × {0}")
LAYERS = tuple(
    Choice(layer, word, word.lower())
    for layer, word in (("relu4_1", "Coarse"), ("relu3_1", "Middle"), ("relu2_1", "Fine"))
)
REFINING = (Choice(0, "Off"), Choice(15, "Light"), Choice(30, "Medium"), Choice(60, "Strong"))


@dataclass(frozen=True)
class Settings:
    """What a run is asked for; raises `SettingError` where a value makes no sense.

    `size` is the long side in pixels at which features are computed, None for the content's own, which a content that
    is hardly larger gets too, see `content_side`; `texture_scale` enlarges the style before its features are computed;
    `patch_size` is in positions of a feature map. Coarse to fine, `fidelity` 0..1 is how far the photo's forms
    hold, and `finest_layer` the last one where features are replaced. `refine` is how many steps of refining follow.
    `seed` is that of every random choice.
    """

    size: int | None = field(
        default=1024,
        metadata=about(
            "Size",
            "How large the photo's long side is worked on. "
            "A photo less than one and a half times as large is worked on at its own size.",
            "long side to work at",
            int,
            choices=lambda: SIZES,
            least=SMALLEST_SIZE,
            unit="px",
            advanced=True,
        ),
    )
    texture_scale: float = field(
        default=1.0,
        metadata=about(
            "Texture size",
            "How large the style's strokes are against the photo.",
            "enlarge the style's texture so many times",
            float,
            least=0.25,
            most=4.0,
            unit="×",
            step=0.25,
        ),
    )
    fidelity: float = field(
        default=0.5,
        metadata=about(
            "Fidelity",
            "How far the photo's forms hold against the style's. Double click: 50 %.",
            "how far the photo's forms hold",
            float,
            least=0.0,
            most=1.0,
            percent=True,
            ends=("style leads", "photo leads"),
        ),
    )
    finest_layer: str = field(
        default="relu2_1",
        metadata=about(
            "Finest layer",
            "How fine the pieces of the style go: coarse is softer, fine has every stroke.",
            "how fine the pieces go",
            str,
            noun="layer",
            choices=lambda: LAYERS,
            advanced=True,
        ),
    )
    patch_size: int = field(
        default=3,
        metadata=about(
            "Patch size",
            "How large the pieces taken from the style are.",
            "size of the pieces that are matched",
            int,
            choices=lambda: PATCHES,
            advanced=True,
        ),
    )
    method: str = field(
        default=DEFAULT_METHOD,
        metadata=about(
            "Method",
            "Coarse to fine keeps brush strokes; single is smoother.",
            "how pieces are matched",
            str,
            noun="matching method",
            choices=method_choices,
            advanced=True,
        ),
    )
    refine: int = field(
        default=15,
        metadata=about(
            "Refine",
            "Brings the finished picture closer to the style, step by step. Cancel keeps the last step.",
            "steps of refining afterwards",
            int,
            noun="number of steps",
            choices=lambda: REFINING,
            least=0,
            most=MOST_REFINING,
            unit="steps",
        ),
    )
    seed: int = field(
        default=0,
        metadata=about(
            "Variation",
            "Another number makes another picture of the same two, out of other pieces.",
            "another number makes another picture of the same two",
            int,
            noun="variation",
            least=0,
            most=MOST_SEED,
            advanced=True,
        ),
    )

    def __post_init__(self) -> None:
        for name, setting in SETTINGS.items():
            setting.check(getattr(self, name))

    def has_effect(self, name: str) -> bool:
        """Whether the method goes by this setting."""
        return name in METHODS[self.method].knows or not any(name in method.knows for method in METHODS.values())

    def content_side(self, content_size: tuple[int, int]) -> int:
        """The long side at which this content (width, height) is worked on.

        Its own, unless that is `OWN_SIZE_BELOW` times the size asked for or more.
        """
        longest = max(content_size)
        return longest if self.size is None or longest < OWN_SIZE_BELOW * self.size else self.size

    def style_side(self, content_size: tuple[int, int], style_size: tuple[int, int]) -> int:
        """The long side that the style (width, height) is brought to for this content."""
        side = min(self.content_side(content_size), max(style_size))
        return max(1, round(side * self.texture_scale))


SETTINGS: dict[str, Setting] = {one.name: one.metadata["setting"] for one in fields(Settings)}
DEFAULTS = Settings()
