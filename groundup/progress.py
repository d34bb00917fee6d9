"""What a verb says while it works: on a terminal something that moves, else one plain line a step, on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """Gives the function that takes the step that begins now."""
    console = Console(stderr=True, highlight=False, markup=False)
    if not console.is_terminal:
        yield lambda step: console.print(step, soft_wrap=True)
        return
    with console.status("Looking at what runs") as status:
        yield status.update


@contextmanager
def counted(title: str, total: int | None, *, quiet: bool = False) -> Iterator[Callable[[str], None]]:
    """Gives the function that takes what has just been done; a bar on a terminal, pulsing when the end is not known."""
    console = Console(stderr=True, highlight=False, markup=False)
    if quiet:
        yield lambda _: None
        return
    if not console.is_terminal:
        yield lambda done: console.print(f"{title}: {done}", soft_wrap=True)
        return
    columns = [TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn()]
    if total is not None:
        columns.insert(2, MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda done: bar.update(task, advance=1, description=f"{title}: {done}")


def details(say: Callable[[str], None]) -> Callable[[str], None]:
    """Gives the function that takes what passes by within a step: for a terminal, and too much for a log."""
    return say if Console(stderr=True).is_terminal else lambda _: None
