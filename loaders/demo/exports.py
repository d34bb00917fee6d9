"""The demo as a company would have it: the Firebase exports of 2017 until it moved to GA4, and GA4 from that day on."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from loaders.demo.app import DEMO_TIMEZONE, demo_app
from loaders.demo.files import DailyFile, write_files
from loaders.demo.firebase import firebase_files
from loaders.demo.ga4 import ga4_files

Schema = Literal["firebase", "ga4"]


@dataclass(frozen=True)
class DemoExport:
    """One of the demo's exports: its source's name, its schema and time zone, and its files in the order of days."""

    name: str
    schema: Schema
    timezone: str
    files: tuple[Path, ...]


def switch_day(days: int, end: datetime.date) -> datetime.date:
    """The first day in GA4: a third of the period lies before it, in the schema of 2017; of one or two days, none."""
    return end - datetime.timedelta(days - 1 - days // 3)


def demo_exports(
    folder: Path,
    *,
    days: int = 60,
    users: int = 5000,
    seed: int = 7,
    end: datetime.date,
    on_day: Callable[[datetime.date], None] | None = None,
) -> list[DemoExport]:
    """Write the app's whole log once: `demo_android` and `demo_ios` before `switch_day`, `demo` from it on.

    Each goes into a folder of its name in `folder`; one without a single row is left out. Every event is in exactly one
    of them. Equal arguments give equal bytes; `on_day` is called after each day, in order, in the caller's thread.

    Raises DemoError for a count out of range, or a folder that cannot be written.
    """
    with demo_app(folder, days=days, users=users, seed=seed, end=end) as app:
        switch = (switch_day(days, end) - app.first).days
        before, after = range(switch), range(switch, days)
        planned: list[tuple[str, Schema, list[DailyFile]]] = [
            ("demo_android", "firebase", firebase_files(app, folder / "demo_android", "ANDROID", before)),
            ("demo_ios", "firebase", firebase_files(app, folder / "demo_ios", "IOS", before)),
            ("demo", "ga4", ga4_files(app, folder / "demo", after)),
        ]
        files = sorted((file for *_, files in planned for file in files), key=lambda file: file.day)
        for path in {file.path.parent for file in files}:
            path.mkdir(exist_ok=True)
        rows = write_files(app.database, files, on_day)
        return [
            DemoExport(name, schema, DEMO_TIMEZONE, tuple(file.path for file in files))
            for name, schema, files in planned
            if any(rows[file.path] for file in files)
        ]
