"""The bill at BigQuery by arithmetic, for a company of 200 GB of logs a day, against how it is done elsewhere."""

from __future__ import annotations

from pathlib import Path

from benchmarks.cost_bills import blind_base, naive_night, our_nights, stored
from benchmarks.cost_nights import EXPORT_TABLE
from benchmarks.cost_volumes import volumes
from benchmarks.figures import Figure
from loaders.catalog import load_catalog
from loaders.cost.month import queries_usd, storage_usd
from loaders.metrics import load_metrics
from settings.environment import PROJECT


def measure(workspace: Path) -> list[Figure]:
    """A night's bytes and a month's dollars; nothing is sent to Google."""
    metrics = load_metrics(PROJECT / "metrics.yaml")
    catalog = load_catalog(metrics)
    company = volumes(workspace / "export-cost", catalog, EXPORT_TABLE)
    tables = company.tables
    quiet, most = our_nights(catalog, metrics, tables)
    naive = sum(naive_night(tables).values())
    staging = most.billed - most.raw
    figures = [
        _gb("one new and three restated days: of the export", most.raw),
        _gb("one new and three restated days: of staging and reports", staging),
        _gb("every report from the export (a), against ours", naive, "ours", most.billed, "≥ 50"),
    ]
    for name in ("narrow_base", "wide_base"):
        blind = blind_base(name, tables)
        for night in (quiet, most):
            what = f"a blind re-read of four days (b, {name}), {night.restated} of them restated"
            # The same tables follow from the same four days.
            figures.append(_gb(what, blind + staging, "ours", night.billed))
    figures += [
        Figure(
            "cost",
            f"a month of queries, {night.restated} days restated every night",
            queries_usd(night.billed),
            "USD",
            bound="≤ 50",
        )
        for night in (quiet, most)
    ]
    own = [name for name in tables if name != EXPORT_TABLE]
    figures += [
        Figure("cost", "a month of queries (a)", queries_usd(naive), "USD"),
        Figure("cost", "a month of storage, our tables of 91 days", storage_usd(stored(tables, own)), "USD"),
        Figure("cost", "a month of storage, the export of 91 days", storage_usd(stored(tables, [EXPORT_TABLE])), "USD"),
    ]
    return figures


def _gb(what: str, size: float, peer: str = "", other: float | None = None, bound: str = "") -> Figure:
    return Figure("cost", what, size / 1e9, "GB", peer, None if other is None else other / 1e9, bound)
