"""The dashboards that a visitor may see, what they answer, and how fresh they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from superset import db
from superset.dashboards.filters import DashboardAccessFilter
from superset.models.dashboard import Dashboard

from superset_config.freshness import NewestDays, age, as_of, in_words, is_old
from superset_config.statement_tables import tables_of

# What most people come for stands first, and what tells of the machinery last.
FIRST = "daily-report"
LAST = "pipeline-health"

_newest = NewestDays()


@dataclass(frozen=True)
class Page:
    """A dashboard as the home page shows it."""

    title: str
    address: str
    description: str
    is_certified: bool
    is_draft: bool
    by: str
    day: dt.date | None

    def words(self, today: dt.date) -> str:
        """The day and its age, in words."""
        return f"{in_words(self.day, today)}, {age(self.day, today)}" if self.day else "No figures yet"

    def is_old(self, today: dt.date) -> bool:
        """Whether somebody should wonder."""
        return self.day is not None and is_old(self.day, today)


def visible_pages() -> list[Page]:
    """In the order in which they are shown."""
    query = DashboardAccessFilter("id", SQLAInterface(Dashboard, db.session)).apply(db.session.query(Dashboard), None)
    return sorted((_page(dashboard) for dashboard in query), key=_place)


def _page(dashboard: Dashboard) -> Page:
    return Page(
        title=dashboard.dashboard_title or "Untitled",
        address=f"/superset/dashboard/{dashboard.slug or dashboard.id}/",
        description=dashboard.description or "",
        is_certified=bool(dashboard.certified_by),
        is_draft=not dashboard.published,
        by=", ".join(sorted(str(owner) for owner in dashboard.owners)),
        day=as_of(_tables(dashboard.datasources), _newest.by_table()),
    )


def _tables(datasets: Iterable[Any]) -> set[str]:
    found: set[str] = set()
    for dataset in datasets:
        found |= tables_of(dataset.sql) if dataset.sql else {dataset.table_name}
    return found


def _place(page: Page) -> tuple[bool, bool, str]:
    return not page.address.endswith(f"/{FIRST}/"), page.address.endswith(f"/{LAST}/"), page.title.casefold()
