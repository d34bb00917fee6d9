import datetime
import hashlib
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from loaders.demo import DEMO_TIMEZONE, DemoError, write_ga4
from tests.loaders.demo.conftest import END, read

DAY = datetime.timedelta(days=1)

# Top-level columns in order; None where a test of every nested field would only repeat the declaration.
COLUMNS = {
    "event_date": "VARCHAR",
    "event_timestamp": "BIGINT",
    "event_name": "VARCHAR",
    "event_params": 'STRUCT("key" VARCHAR, "value" STRUCT('
    "string_value VARCHAR, int_value BIGINT, float_value DOUBLE, double_value DOUBLE))[]",
    "event_previous_timestamp": "BIGINT",
    "event_value_in_usd": "DOUBLE",
    "event_bundle_sequence_id": "BIGINT",
    "event_server_timestamp_offset": "BIGINT",
    "user_id": "VARCHAR",
    "user_pseudo_id": "VARCHAR",
    "privacy_info": "STRUCT(analytics_storage VARCHAR, ads_storage VARCHAR, uses_transient_token VARCHAR)",
    "user_properties": 'STRUCT("key" VARCHAR, "value" STRUCT(string_value VARCHAR, int_value BIGINT, '
    "float_value DOUBLE, double_value DOUBLE, set_timestamp_micros BIGINT))[]",
    "user_first_touch_timestamp": "BIGINT",
    "user_ltv": "STRUCT(revenue DOUBLE, currency VARCHAR)",
    "device": None,
    "geo": "STRUCT(city VARCHAR, country VARCHAR, continent VARCHAR, region VARCHAR, "
    "sub_continent VARCHAR, metro VARCHAR)",
    "app_info": 'STRUCT(id VARCHAR, "version" VARCHAR, install_store VARCHAR, '
    "firebase_app_id VARCHAR, install_source VARCHAR)",
    "traffic_source": 'STRUCT("name" VARCHAR, medium VARCHAR, "source" VARCHAR)',
    "stream_id": "VARCHAR",
    "platform": "VARCHAR",
    "event_dimensions": "STRUCT(hostname VARCHAR)",
    "ecommerce": None,
    "items": None,
    "collected_traffic_source": None,
    "is_active_user": "BOOLEAN",
    "batch_event_index": "BIGINT",
    "batch_page_id": "BIGINT",
    "batch_ordering_id": "BIGINT",
    "session_traffic_source_last_click": None,
    "publisher": None,
    "event_original_occurrence_timestamp": "BIGINT",
}


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_there_is_a_file_a_day_named_after_it(tmp_path: Path) -> None:
    files = write_ga4(tmp_path, days=3, users=10, end=datetime.date(2026, 3, 1))
    assert [file.name for file in files] == [
        "events_20260227.parquet",
        "events_20260228.parquet",
        "events_20260301.parquet",
    ]
    assert sorted(tmp_path.iterdir()) == files


def test_the_columns_are_those_of_the_export(tmp_path: Path) -> None:
    write_ga4(tmp_path, days=1, users=10, end=END)
    described = read(tmp_path).execute("DESCRIBE events").fetchall()
    found = {name: kind for name, kind, *_ in described}
    assert list(found) == list(COLUMNS)
    assert {name: kind for name, kind in found.items() if COLUMNS[name]} == {
        name: kind for name, kind in COLUMNS.items() if kind
    }


def test_each_file_holds_its_own_day_in_the_time_zone_of_the_property(whole: duckdb.DuckDBPyConnection) -> None:
    rows = whole.execute(
        "SELECT event_date, min(event_timestamp), max(event_timestamp) FROM events GROUP BY 1 ORDER BY 1"
    ).fetchall()
    assert len(rows) == 60
    for text, first, last in rows:
        zone = ZoneInfo(DEMO_TIMEZONE)
        day = datetime.datetime.strptime(text, "%Y%m%d").replace(tzinfo=zone)
        assert day.timestamp() * 1_000_000 <= first <= last < (day + DAY).timestamp() * 1_000_000


_WRITE = """
import datetime, os, sys
from pathlib import Path
if sys.argv[2] == "one":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from loaders.demo import demo_exports, write_ga4
app = {"days": 9, "users": 150, "seed": 11, "end": datetime.date(2026, 11, 21)}
write_ga4(Path(sys.argv[1]), **app)
demo_exports(Path(sys.argv[1]), **app)
"""


def test_bytes_are_the_same_in_another_process_with_another_hash_seed_zone_and_number_of_cores(tmp_path: Path) -> None:
    project = Path(__file__).resolve().parents[3]
    for name, seed, zone, cores in (("a", "1", "UTC", "all"), ("b", "2", "America/New_York", "one")):
        environment = {**os.environ, "PYTHONPATH": str(project), "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}
        subprocess.run(
            [sys.executable, "-c", _WRITE, str(tmp_path / name), cores], check=True, env=environment, cwd=tmp_path
        )
    assert len(digests(tmp_path / "a")) == 9 + 2 * 3 + 6
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_rows_are_the_same_on_every_machine(tmp_path: Path) -> None:
    # A change here changes everybody's screenshots. It is right after a change of the model, or of DuckDB's hash().
    write_ga4(tmp_path, days=4, users=40, seed=3, end=datetime.date(2026, 1, 2))
    rows = duckdb.execute(
        f"SELECT COLUMNS(* EXCLUDE file_row_number)::VARCHAR "
        f"FROM read_parquet('{tmp_path}/*.parquet', file_row_number = true) ORDER BY event_date, file_row_number"
    ).fetchall()
    assert (
        hashlib.sha256(repr(rows).encode()).hexdigest()
        == "a3938e394ac456519f71a2be0eda43c74bc51cda080d7d12f1359e8cf6d92733"
    )


def test_only_the_days_asked_for_are_written_and_their_bytes_are_those_of_the_whole(tmp_path: Path) -> None:
    write_ga4(tmp_path / "whole", days=6, users=60, end=END)
    part = write_ga4(tmp_path / "part", days=6, users=60, end=END, first_day=END - 3 * DAY, last_day=END - DAY)
    assert [path.name for path in part] == [f"events_202611{day}.parquet" for day in (18, 19, 20)]
    assert digests(tmp_path / "part").items() < digests(tmp_path / "whole").items()


@pytest.mark.parametrize(
    ("first_day", "last_day", "message"),
    [
        (END - 6 * DAY, None, "The demo app has no 2026-11-15; ask for a day from 2026-11-16 to 2026-11-21."),
        (None, END + DAY, "The demo app has no 2026-11-22; ask for a day from 2026-11-16 to 2026-11-21."),
        (END, END - DAY, "No day of the demo lies between 2026-11-21 and 2026-11-20; swap them."),
    ],
)
def test_days_out_of_range_are_refused(
    tmp_path: Path, first_day: datetime.date | None, last_day: datetime.date | None, message: str
) -> None:
    with pytest.raises(DemoError, match=f"^{re.escape(message)}$"):
        write_ga4(tmp_path, days=6, users=5, end=END, first_day=first_day, last_day=last_day)
    assert list(tmp_path.iterdir()) == []


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    people = []
    for seed in (1, 2):
        write_ga4(tmp_path / str(seed), days=2, users=20, seed=seed, end=END)
        people.append({user for (user,) in read(tmp_path / str(seed)).execute("SELECT user FROM cohorts").fetchall()})
    assert [len(some) for some in people] == [20, 20]
    assert people[0].isdisjoint(people[1])


@pytest.mark.parametrize(("days", "users"), [(1, 1), (1, 30), (2, 3), (8, 50), (100, 10), (30, 400)])
def test_exactly_as_many_users_as_asked_for_are_active(tmp_path: Path, days: int, users: int) -> None:
    files = write_ga4(tmp_path, days=days, users=users, end=END)
    assert len(files) == days
    with read(tmp_path) as export:
        assert export.execute("SELECT count(DISTINCT user_pseudo_id) FROM events").fetchone() == (users,)
        assert export.execute("SELECT count(*) FROM cohorts").fetchone() == (users,)


def test_days_are_reported_in_order_in_the_callers_thread_and_whole(tmp_path: Path) -> None:
    seen = []

    def note(day: datetime.date) -> None:
        path = tmp_path / f"events_{day:%Y%m%d}.parquet"
        seen.append((day, threading.current_thread(), duckdb.execute(f"SELECT count(*) > 0 FROM '{path}'").fetchone()))

    write_ga4(tmp_path, days=5, users=50, end=END, on_day=note)
    assert seen == [(END - DAY * back, threading.main_thread(), (True,)) for back in (4, 3, 2, 1, 0)]


def test_an_interruption_leaves_whole_files_only(tmp_path: Path) -> None:
    def stop(day: datetime.date) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_ga4(tmp_path, days=30, users=50, end=END, on_day=stop)
    left = list(tmp_path.iterdir())
    assert 1 <= len(left) < 30
    assert {path.suffix for path in left} == {".parquet"}


def test_files_of_the_same_name_are_replaced_and_others_left_alone(tmp_path: Path) -> None:
    other, same = tmp_path / "notes.txt", tmp_path / "events_20261121.parquet"
    other.write_text("mine")
    same.write_text("not Parquet")
    write_ga4(tmp_path, days=1, users=5, end=END)
    assert other.read_text() == "mine"
    assert read(tmp_path).execute("SELECT count(*) FROM cohorts").fetchone() == (5,)


def test_a_folder_with_a_quote_and_a_space_in_its_name_will_do(tmp_path: Path) -> None:
    folder = tmp_path / "the people's export"
    assert [path.exists() for path in write_ga4(folder, days=1, users=5, end=END)] == [True]


@pytest.mark.parametrize(("days", "users"), [(0, 10), (-1, 10), (1_001, 10), (5, 0), (5, 1_000_001)])
def test_counts_out_of_range_are_refused(tmp_path: Path, days: int, users: int) -> None:
    with pytest.raises(DemoError, match="ask for 1 to"):
        write_ga4(tmp_path, days=days, users=users, end=END)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("")
    with pytest.raises(DemoError, match=f"cannot be written to {occupied}"):
        write_ga4(occupied, days=1, users=5, end=END)
