"""The demo's three exports tell one story: 2017's schema until a day, GA4 from it on, of the same people."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from loaders.demo import DEMO_TIMEZONE, DemoExport, demo_exports, switch_day, write_ga4
from tests.loaders.demo.conftest import END, FIREBASE_LOG, GA4_LOG, add_log, difference

DAY = datetime.timedelta(days=1)
SWITCH = END - 19 * DAY


@pytest.fixture(scope="module")
def story_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("story")


@pytest.fixture(scope="module")
def exports(story_folder: Path) -> list[DemoExport]:
    return demo_exports(story_folder, days=30, users=400, end=END)


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_ga4(tmp_path_factory.mktemp("whole"), days=30, users=400, end=END)


@pytest.fixture(scope="module")
def logs(exports: list[DemoExport], whole_files: list[Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """`story`: the events of the three exports; `whole`: those of the same app in GA4 from the first day."""
    with duckdb.connect() as connection:
        add_log(connection, "whole", GA4_LOG, whole_files)
        for export in exports:
            add_log(connection, "story", {"firebase": FIREBASE_LOG, "ga4": GA4_LOG}[export.schema], export.files)
        yield connection


def test_there_are_two_exports_of_2017_and_one_of_ga4(exports: list[DemoExport], story_folder: Path) -> None:
    assert [(export.name, export.schema, export.timezone) for export in exports] == [
        ("demo_android", "firebase", DEMO_TIMEZONE),
        ("demo_ios", "firebase", DEMO_TIMEZONE),
        ("demo", "ga4", DEMO_TIMEZONE),
    ]
    before = [f"app_events_{SWITCH - DAY * back:%Y%m%d}.parquet" for back in range(10, 0, -1)]
    after = [f"events_{SWITCH + DAY * day:%Y%m%d}.parquet" for day in range(20)]
    for export, names in zip(exports, (before, before, after), strict=True):
        assert export.files == tuple(story_folder / export.name / name for name in names)
        assert sorted((story_folder / export.name).iterdir()) == list(export.files)


def test_no_event_is_lost_or_told_twice(logs: duckdb.DuckDBPyConnection) -> None:
    assert difference(logs, "whole", "story") == 0
    assert logs.execute("SELECT count(*) > 30000 FROM story").fetchone() == (True,)


def test_ga4_is_byte_for_byte_what_it_would_be_without_the_others(
    exports: list[DemoExport], whole_files: list[Path]
) -> None:
    assert [path.read_bytes() for path in exports[2].files] == [path.read_bytes() for path in whole_files[10:]]


def test_people_go_on_under_their_key_and_platform_after_the_switch(logs: duckdb.DuckDBPyConnection) -> None:
    stayed, moved, gap, opened_again = logs.execute(
        """
        WITH told AS (
            SELECT
                *, date >= $switch AS after,
                [p.value.int_value FOR p IN params IF p.key = 'ga_session_number'][1] AS session
            FROM story WHERE user IS NOT NULL
        ),
        users AS (
            SELECT
                user,
                count(DISTINCT platform) AS platforms,
                max(session) FILTER (NOT after) AS last_before,
                min(session) FILTER (after) AS first_after,
                bool_or(name = 'first_open') FILTER (after) AS opened_after
            FROM told GROUP BY user HAVING bool_or(after) AND NOT bool_and(after)
        )
        SELECT
            count(*), count(*) FILTER (platforms <> 1), count(*) FILTER (first_after <> last_before + 1),
            count(*) FILTER (opened_after)
        FROM users
        """,
        {"switch": f"{SWITCH:%Y%m%d}"},
    ).fetchone() or (0, 1, 1, 1)
    assert stayed > 100
    assert (moved, gap, opened_again) == (0, 0, 0)


@pytest.mark.parametrize(("days", "before"), [(1, 0), (2, 0), (3, 1), (4, 1), (60, 20), (61, 20), (365, 121)])
def test_a_third_of_the_period_lies_before_the_switch(days: int, before: int) -> None:
    first = END - DAY * (days - 1)
    assert switch_day(days, END) == first + DAY * before


@pytest.mark.parametrize("days", [1, 2])
def test_one_or_two_days_are_in_ga4_only(tmp_path: Path, days: int) -> None:
    exports = demo_exports(tmp_path, days=days, users=20, end=END)
    assert [(export.name, len(export.files)) for export in exports] == [("demo", days)]
    assert [path.name for path in tmp_path.iterdir()] == ["demo"]


def test_an_export_without_a_single_row_is_left_out(tmp_path: Path) -> None:
    exports = demo_exports(tmp_path, days=3, users=1, end=END)
    rows = [
        duckdb.execute(
            "SELECT count(*) FROM read_parquet($paths)", {"paths": [str(path) for path in export.files]}
        ).fetchone()
        for export in exports
    ]
    assert 1 <= len(exports) < 3
    assert (0,) not in rows


def test_a_day_is_reported_once_when_all_its_files_are_there(tmp_path: Path) -> None:
    seen = []

    def note(day: datetime.date) -> None:
        names = {str(path.relative_to(tmp_path)) for path in tmp_path.glob(f"*/*{day:%Y%m%d}.parquet")}
        seen.append((day, names))

    demo_exports(tmp_path, days=3, users=50, end=END, on_day=note)
    assert seen == [
        (END - 2 * DAY, {"demo_android/app_events_20261119.parquet", "demo_ios/app_events_20261119.parquet"}),
        (END - DAY, {"demo/events_20261120.parquet"}),
        (END, {"demo/events_20261121.parquet"}),
    ]
