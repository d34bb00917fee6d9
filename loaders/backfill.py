"""A long history in chunks: each is a load of its own, as if the later chunks had not been delivered yet.

Whatever ends it, the chunks that were loaded are shown, and the same command goes on with the next. The days before a
chunk that windows reach back to are read once for the chunk instead of once a day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from loaders.errors import BudgetError, RangeError
from loaders.foresight import foresee
from loaders.plan import Request
from loaders.run import Inputs, calendar_of
from loaders.versions import days_between
from loaders.warehouse import Partition, Slot, Warehouse


@dataclass(frozen=True)
class Chunk:
    """Consecutive days that become visible together, and the load that does it."""

    days: tuple[dt.date, ...]
    request: Request


@dataclass(frozen=True)
class Estimate:
    """What a chunk will take: statements, and the bytes and dollars that the warehouse bills for them."""

    chunk: Chunk
    statements: int
    bytes: int
    usd: float


def make_chunks(
    delivered: Collection[dt.date], published: Collection[dt.date], request: Request, length: int
) -> list[Chunk]:
    """The delivered days between those asked for that are not published, in chunks of at most `length` days.

    Chunks grow away from what is published, so that at no moment days are missing in the middle: later ones oldest
    first, then earlier ones newest first. Raises RangeError when days in between were not asked for.
    """
    waiting = sorted({day for day in delivered if request.wants(day)} - set(published))
    if not waiting:
        return []
    _require_no_gap(delivered, published, waiting)
    first = min(published, default=waiting[0])
    later, earlier = [day for day in waiting if day >= first], [day for day in waiting if day < first]
    pieces = [later[start : start + length] for start in range(0, len(later), length)]
    pieces += [earlier[max(end - length, 0) : end] for end in range(len(earlier), 0, -length)]
    known = set(published)
    chunks = []
    for piece in pieces:
        known |= set(piece)
        everything = replace(request, start=None, end=None, known=frozenset(known))
        chunks.append(Chunk(tuple(piece), everything))
    return chunks


def _require_no_gap(delivered: Collection[dt.date], published: Collection[dt.date], waiting: Sequence[dt.date]) -> None:
    asked = {*waiting, *published}
    left_out = [day for day in days_between(min(asked), max(asked)) if day in set(delivered) - asked]
    if left_out:
        raise RangeError(
            f"Between the days that are loaded and those asked for lie {left_out[0]} to {left_out[-1]}, which would "
            f"be shown as days without users; ask for them too, by --from {min(*waiting, left_out[0])} "
            f"--to {max(*waiting, left_out[-1])}."
        )


def estimate(warehouse: Warehouse, inputs: Inputs, chunks: Sequence[Chunk]) -> list[Estimate]:
    """What each chunk will take once those before it are loaded; found out for free, and nothing is changed."""
    partitions: Mapping[str, Mapping[Slot, Partition]]
    partitions = {name: warehouse.partitions(name) for name in inputs.catalog.tables}
    tables = warehouse.daily_tables()
    found = []
    for chunk in chunks:
        calendar = calendar_of(warehouse, inputs, chunk.request, tables)
        foreseen = foresee(inputs.catalog, calendar, tables, inputs.sources, partitions, chunk.request)
        spent = [
            warehouse.estimate(table, piece.schema, piece.source, piece.stamps) for table, piece in foreseen.pieces
        ]
        billed, usd = sum(each.bytes_billed for each in spent), sum(each.usd for each in spent)
        found.append(Estimate(chunk, len(spent), billed, usd))
        partitions = foreseen.partitions
    return found


def require_budget(estimates: Sequence[Estimate], spent: float, limit: float) -> None:
    """Raises BudgetError when the chunks cost more than is left of the month's dollars; nothing was spent then."""
    usd = sum(each.usd for each in estimates)
    if spent + usd > limit:
        raise BudgetError(
            f"The backfill would cost ${usd:.2f}, and ${spent:.2f} of this month's ${limit:.2f} are spent; nothing was "
            "spent on it. Ask for fewer days by --from and --to, or raise GROUNDUP_MONTHLY_BUDGET_USD."
        )
