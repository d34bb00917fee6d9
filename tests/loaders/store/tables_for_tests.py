"""A small report, declared in code."""

from pathlib import Path

from loaders.catalog import Table
from loaders.columns import Column


def report(*columns: Column, name: str = "fruit", key: tuple[str, ...] = ("date", "kind")) -> Table:
    """A report of `date`, `kind` and a count, or of the columns given."""
    chosen = columns or (
        Column(name="date", type="DATE", description="The day."),
        Column(name="kind", type="STRING", description="What it is."),
        Column(name="eaten", type="INT64", description="How many were eaten.", nullable=True),
    )
    return Table(
        name=name,
        kind="report",
        folder=Path(),
        description="Fruit's days.",
        owner="data-team",
        columns=chosen,
        key=key,
        indexes=(),
        partition="date",
        per_source=False,
        onwards=False,
        parameters={},
        reads={},
    )
