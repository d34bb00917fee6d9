"""The DAGs as Airflow reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestration.tasks import read_tasks
from settings.environment import PROJECT
from tests.conftest import Stack
from tests.dags.airflow_home import run_script


@pytest.fixture(scope="module")
def described(scheduled: Stack, tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("declared")
    (folder / "sources.yaml").write_text("sources: {app: {schema: ga4, timezone: Asia/Seoul}}")
    (folder / "metrics.yaml").write_text(
        (PROJECT / "metrics.yaml").read_text().replace("  charts: {}", "  charts: {HK: [top-free], KR: [top-paid]}")
    )
    return run_script(
        scheduled,
        "describe_dags.py",
        GROUNDUP_SOURCES_FILE=str(folder / "sources.yaml"),
        GROUNDUP_METRICS_FILE=str(folder / "metrics.yaml"),
    )


def test_they_are_read_without_an_error_and_without_anything_heavy(described: Any) -> None:
    assert described["errors"] == {}
    assert set(described["dags"]) == {"daily", "cost", "drift", "store_ranks"}
    assert described["heavy"] == []


def test_the_days_are_those_of_the_property(described: Any) -> None:
    daily = described["dags"]["daily"]
    assert daily["schedule"] == "0 0 * * *"
    assert "Seoul" in daily["timezone"]


def test_a_table_waits_for_what_it_reads_and_the_first_for_the_day(described: Any) -> None:
    tasks = described["dags"]["daily"]["tasks"]
    for task in read_tasks():
        assert tasks[task.table]["after"] == sorted(task.after or ("day_is_there",))
        assert tasks[task.table]["owner"] == task.owner
        assert tasks[task.table]["arguments"].startswith(f"compute {task.table} ")
    assert set(tasks) == {"day_is_there", "publish", *(task.table for task in read_tasks())}


def test_all_is_published_after_all_is_computed_and_every_report_is_an_asset(described: Any) -> None:
    tasks = described["dags"]["daily"]["tasks"]
    waits, seen = {"publish"}, set()
    while waits:
        name = waits.pop()
        seen.add(name)
        waits |= set(tasks[name]["after"]) - seen
    assert seen == set(tasks)
    reports = sorted(path.parent.name for path in Path(PROJECT / "loaders/reports").glob("*/report.yaml"))
    assert tasks["publish"]["outlets"] == [f"groundup://reports/{report}" for report in reports]


def test_what_opens_the_warehouse_has_it_to_itself(described: Any) -> None:
    assert {task["pool"] for task in described["dags"]["daily"]["tasks"].values()} == {"warehouse"}


def test_every_task_is_tried_again_and_somebody_is_told_at_last(described: Any) -> None:
    for dag in described["dags"].values():
        assert all(task["retries"] > 0 and task["tells"] == 1 for task in dag["tasks"].values())


def test_a_chart_of_the_store_is_a_task(described: Any) -> None:
    tasks = described["dags"]["store_ranks"]["tasks"]
    assert {name: task["arguments"] for name, task in tasks.items()} == {
        "HK_top-free": "store-ranks load --country HK --chart top-free",
        "KR_top-paid": "store-ranks load --country KR --chart top-paid",
    }
