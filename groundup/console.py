"""Where the verbs write."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

# Without a terminal nothing is folded: whoever reads it may be a script.
_UNBOUNDED = 1000


def output() -> Console:
    """Standard output as wide as the terminal, or as the lines need where there is none."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _UNBOUNDED
    return console


def plain_table(*columns: str) -> Table:
    """A table without frame."""
    return Table(*columns, box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
