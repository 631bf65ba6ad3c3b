"""Tables of figures on the terminal, or in a file."""

from collections.abc import Iterable

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

WIDTH = 120
"""Of tables that go to a file, in characters."""


def table(first: str, headings: Iterable[str], title: str | None = None) -> Table:
    """Without rows yet: a column of names headed `first`, then numbers."""
    made = Table(title=title, title_justify="left", box=SIMPLE)
    made.add_column(first, no_wrap=True)
    for name in headings:
        made.add_column(name, justify="right")
    return made


def show(tables: Iterable[Table]) -> None:
    """Write tables to stdout."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDTH
    for one in tables:
        console.print(one)
