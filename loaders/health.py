"""How the data are: what is late, stale, held back or failed, and what to type. Pure decisions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from loaders.clock import clock_warning
from loaders.journal import Attempt, Journal
from loaders.sources import Source

# Less than this is soon used up by a load's recovery log, a rewritten warehouse or a day of logs.
LITTLE_ROOM = 1 << 30


@dataclass(frozen=True)
class Problem:
    """What is wrong, as one sentence, and what to type; `fails` when `groundup status` should end with 1."""

    text: str
    remedy: str
    fails: bool = False


@dataclass(frozen=True)
class Worker:
    """The command that has the warehouse open."""

    verb: str
    pid: int
    since: dt.datetime


@dataclass(frozen=True)
class WarehouseFacts:
    """What the warehouse says: the newest day of each source and report, and what a load would do."""

    sources: Mapping[str, dt.date]
    reports: Mapping[str, dt.date]
    held_back: tuple[dt.date, ...] = ()
    awaited: tuple[str, ...] = ()
    # Report → days that a load would bring up to date; None while MySQL's side is not known.
    stale: Mapping[str, int] | None = None


@dataclass(frozen=True)
class Broken:
    """A check that warns of what the reports hold, or that has failed a load; `run` is the load that found it."""

    report: str
    check: str
    message: str
    failed: bool
    run: str


@dataclass(frozen=True)
class StoreFacts:
    """What MySQL says: the newest day of each report and source, days that are partial, the ledger's last word."""

    reports: Mapping[str, dt.date]
    sources: Mapping[str, dt.date]
    partial: tuple[tuple[dt.date, str], ...] = ()
    newest_entry: dt.datetime | None = None
    unfinished_tables: tuple[str, ...] = ()
    checks: tuple[Broken, ...] = ()


@dataclass(frozen=True)
class Facts:
    """Everything that `judge` looks at. `now` in UTC, with its time zone; disk in bytes."""

    now: dt.datetime
    declared: Mapping[str, Source] = field(default_factory=dict)
    journal: Journal = field(default_factory=Journal)
    worker: Worker | None = None
    warehouse: WarehouseFacts | None = None
    warehouse_trouble: str = ""
    store: StoreFacts | None = None
    store_trouble: str = ""
    disk_free: int | None = None
    disk_total: int | None = None
    home: Path = Path()
    leftovers: tuple[Path, ...] = ()

    @property
    def has_data(self) -> bool:
        """Whether warehouse or store holds a day of anything."""
        return any(known and (known.sources or known.reports) for known in (self.warehouse, self.store))


@dataclass(frozen=True)
class Delivery:
    """A source: the last day it has delivered, and the one it should have; None where it is not declared."""

    source: str
    newest: dt.date | None
    expected: dt.date | None

    @property
    def days_late(self) -> int:
        """How many days are missing at its end; one that has never delivered is not awaited yet."""
        if self.newest is None or self.expected is None:
            return 0
        return max(0, (self.expected - self.newest).days)


def deliveries(facts: Facts) -> list[Delivery]:
    """Every source that is declared or has delivered, by name."""
    known = facts.warehouse or facts.store
    newest = known.sources if known else {}
    return [
        Delivery(name, newest.get(name), facts.declared[name].due_day(facts.now) if name in facts.declared else None)
        for name in sorted({*newest, *facts.declared})
    ]


def judge(facts: Facts) -> list[Problem]:
    """Everything that somebody should know or do, the gravest first."""
    found = [
        *_loads(facts),
        *_checks(facts),
        *_engines(facts),
        *_late(facts),
        *_stale(facts),
        *_held_back(facts),
        *_machine(facts),
    ]
    return sorted(found, key=lambda problem: not problem.fails)


def _loads(facts: Facts) -> Iterable[Problem]:
    newest = facts.journal.newest
    if newest is None:
        return
    if newest.outcome == "failed" and _failed_checks(facts):
        # Each of them is named, with what to do about it.
        return
    if newest.outcome == "failed":
        yield Problem(f"The newest load failed {ago(facts.now, newest)}: {newest.error}", "groundup load", fails=True)
    elif newest.outcome == "unfinished" and facts.worker is None and not facts.warehouse_trouble:
        yield Problem(
            f"The newest load, begun {ago(facts.now, newest)}, was cut off; the reports are as they were before.",
            "groundup load",
            fails=True,
        )


def _failed_checks(facts: Facts) -> list[Broken]:
    """The checks that failed the newest load; those of an earlier one no longer matter."""
    run = facts.journal.newest.run if facts.journal.newest else None
    return [check for check in (facts.store.checks if facts.store else ()) if check.failed and check.run == run]


def _checks(facts: Facts) -> Iterable[Problem]:
    for check in _failed_checks(facts):
        folder = f"loaders/reports/{check.report}"
        yield Problem(
            f"{check.report}: the check {check.check!r} failed ({check.message}); all reports keep their old rows.",
            f"groundup load, when the export or {folder}/query.sql is corrected, or the check lowered to level: "
            f"warn in {folder}/report.yaml",
            fails=True,
        )
    for check in facts.store.checks if facts.store else ():
        if not check.failed:
            yield Problem(
                f"{check.report}: the check {check.check!r} warns ({check.message}).",
                f"groundup runs --checks; where it is right so, change the check in loaders/reports/{check.report}/"
                "report.yaml",
            )


def _engines(facts: Facts) -> Iterable[Problem]:
    if facts.warehouse_trouble:
        yield Problem(facts.warehouse_trouble, "docs/runbook.md has the steps", fails=True)
    if facts.store_trouble:
        yield Problem(facts.store_trouble, "groundup up mysql")


def _late(facts: Facts) -> Iterable[Problem]:
    shown = facts.store.sources if facts.store else {}
    for delivery in deliveries(facts):
        if delivery.days_late:
            days = counted(delivery.days_late, "day")
            yield Problem(
                f"{delivery.source} is {days} late: it has delivered up to {delivery.newest}, "
                f"and {delivery.expected} is due.",
                f"groundup ingest FILE… --source {delivery.source}, then groundup load",
                fails=True,
            )
        elif delivery.newest and delivery.expected and facts.store and not facts.worker:
            last = shown.get(delivery.source)
            if last is None or last < min(delivery.newest, delivery.expected):
                upto = f"end with {last}" if last else "have no day"
                yield Problem(
                    f"The reports {upto} of {delivery.source}, which has delivered up to {delivery.newest}.",
                    "groundup load",
                    fails=True,
                )


def _stale(facts: Facts) -> Iterable[Problem]:
    stale = (facts.warehouse.stale if facts.warehouse else None) or {}
    behind = {name: days for name, days in stale.items() if days}
    if behind:
        names = ", ".join(sorted(behind))
        days = counted(max(behind.values()), "day")
        yield Problem(f"MySQL is behind the warehouse by {days} or more: {names}.", "groundup load")
    if facts.store and facts.store.unfinished_tables and not facts.worker:
        yield Problem(
            f"A load was cut off while it filled {', '.join(facts.store.unfinished_tables)}, which nobody reads yet.",
            "groundup load",
        )


def _held_back(facts: Facts) -> Iterable[Problem]:
    if facts.warehouse and facts.warehouse.held_back:
        held = facts.warehouse.held_back
        yield Problem(
            f"{span(held)} {'are' if len(held) > 1 else 'is'} held back until "
            f"{', '.join(facts.warehouse.awaited)} delivers.",
            f"groundup ingest FILE… --source {facts.warehouse.awaited[0]}, then groundup load; "
            "or, without it, groundup load --partial",
        )
    partial = facts.store.partial if facts.store else ()
    if partial:
        sources = sorted({source for _, source in partial})
        days = sorted({day for day, _ in partial})
        yield Problem(
            f"{span(days)}: published without {', '.join(sources)}, which has not delivered "
            f"{counted(len(partial), 'day')}.",
            f"groundup ingest FILE… --source {sources[0]}, then groundup load",
        )


def _machine(facts: Facts) -> Iterable[Problem]:
    if facts.disk_free is not None and facts.disk_free < LITTLE_ROOM:
        yield Problem(
            f"Only {size(facts.disk_free)} are free on the disk of {facts.home}.",
            f"du -xh --max-depth=2 {facts.home} | sort -h, then make room",
        )
    warning = clock_warning(facts.now.replace(tzinfo=None), facts.store.newest_entry if facts.store else None)
    if warning:
        yield Problem(warning, "timedatectl set-ntp true")
    if facts.leftovers and not facts.worker:
        names = " ".join(str(path) for path in facts.leftovers)
        yield Problem(f"A command that was cut off has left {names}.", "groundup load, which removes it")


def ago(now: dt.datetime, attempt: Attempt) -> str:
    """How long ago the load began, in the largest unit that says enough."""
    return since(now, attempt.started)


def since(now: dt.datetime, moment: dt.datetime) -> str:
    """How long ago a moment was; both with a time zone."""
    seconds = (now - moment).total_seconds()
    if seconds < 0:
        return "in the future of this clock"
    for unit, length in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length or (unit == "minute" and seconds >= length):
            return f"{counted(int(seconds // length), unit)} ago"
    return "a moment ago"


def counted(number: int, noun: str) -> str:
    """The number with its noun."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def span(days: Iterable[dt.date]) -> str:
    """The days as one, or as the first and the last."""
    ordered = sorted(days)
    return str(ordered[0]) if ordered[0] == ordered[-1] else f"{ordered[0]} to {ordered[-1]}"


def size(count: int) -> str:
    """Bytes as a person reads them."""
    return f"{count / (1 << 30):,.1f} GB" if count >= LITTLE_ROOM else f"{count / (1 << 20):,.0f} MB"
