"""The tasks follow from the folders, as the warehouse's own catalog does."""

from __future__ import annotations

from pathlib import Path

import pytest

from loaders.catalog import load_catalog
from loaders.metrics import load_metrics
from orchestration.tasks import last_tasks, read_charts, read_tasks
from settings.environment import PROJECT

TASKS = {task.table: task for task in read_tasks()}
CATALOG = load_catalog(load_metrics(PROJECT / "metrics.yaml"))


def test_every_table_is_computed_by_exactly_one_task() -> None:
    computed = [name for task in TASKS.values() for name in (task.table, *task.rollups)]
    assert sorted(computed) == sorted(CATALOG.tables)


def test_every_report_is_the_report_of_exactly_one_task() -> None:
    assert sorted(name for task in TASKS.values() for name in task.reports) == sorted(
        table.name for table in CATALOG.reports
    )


@pytest.mark.parametrize("name", sorted(TASKS))
def test_a_task_waits_for_those_of_the_tables_that_it_reads(name: str) -> None:
    read = {CATALOG.tables[table].rollup_of or table for table in CATALOG.tables[name].reads if table in CATALOG.tables}
    assert set(TASKS[name].after) == read


def test_a_new_folder_is_a_new_task(tmp_path: Path) -> None:
    for folder, text in {
        "staging/raw": "{description: d, owner: o, reads: {export: {window: 1}}}",
        "reports/installs": "{description: d, owner: team, reads: {raw: {window: 1}, days: {window: 1}}}",
        "reports/installs_by_place": "{description: d, owner: o, reads: {installs: {}}, rollup_of: installs}",
    }.items():
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / ("table.yaml" if folder.startswith("staging") else "report.yaml")).write_text(text)
    installs, raw = read_tasks(tmp_path)
    assert (raw.table, raw.after, raw.reports) == ("raw", (), ())
    assert (installs.after, installs.owner) == (("raw",), "team")
    assert installs.reports == ("installs", "installs_by_place")
    assert last_tasks([installs, raw]) == [installs]


def test_the_charts_are_those_of_metrics_yaml(tmp_path: Path) -> None:
    (tmp_path / "metrics.yaml").write_text('store_ranks: {charts: {HK: [top-free, top-paid], "NO": [top-free]}}')
    assert read_charts(tmp_path / "metrics.yaml") == [("HK", "top-free"), ("HK", "top-paid"), ("NO", "top-free")]
    assert read_charts(PROJECT / "metrics.yaml") == []
