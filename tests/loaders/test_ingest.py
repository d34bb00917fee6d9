"""Export files into the embedded warehouse: whole or not at all, and broken ones named with their place."""

import datetime as dt
import gzip
import json
from pathlib import Path

import duckdb
import pytest

from loaders.errors import ExportFileError, WarehouseError
from loaders.export_days import IngestedDay
from loaders.ingest import ingest, remove_source
from loaders.sources import Source, name_source
from loaders.warehouse.duckdb import DuckDBWarehouse
from tests.hostile import TEXTS

DAY = dt.date(2026, 3, 1)
GA4 = name_source("app", Source(schema="ga4"), "test")


def event(day: str = "20260301", name: str = "open", **fields: object) -> dict[str, object]:
    return {"event_date": day, "event_timestamp": 1, "event_name": name, "user_pseudo_id": "u", **fields}


@pytest.fixture
def warehouse(tmp_path):
    with DuckDBWarehouse(tmp_path / "warehouse.duckdb") as warehouse:
        yield warehouse


@pytest.fixture
def write(tmp_path):
    def write(*rows: dict[str, object] | str, name: str = "events.ndjson") -> Path:
        lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
        data = "".join(line + "\n" for line in lines).encode()
        path = tmp_path / name
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
        return path

    return write


def rows(warehouse, columns="event_date, event_name, geo.country, app_info.version"):
    return warehouse.connection.execute(f"SELECT {columns} FROM exports.app ORDER BY ALL").fetchall()


def test_a_field_that_the_file_lacks_is_null_and_an_unknown_one_is_ignored(warehouse, write):
    ingest(warehouse, [write(event(geo={"country": "India", "planet": "Earth"}, mood="good"))], GA4)
    assert rows(warehouse) == [("20260301", "open", "India", None)]


def test_ndjson_gzip_and_parquet_give_the_same_rows(warehouse, write, tmp_path):
    events = [
        event(geo={"country": "Türkiye"}, event_params=[{"key": "n", "value": {"int_value": 7}}]),
        event(name="b"),
    ]
    plain = write(*events)
    duckdb.connect().execute(
        f"COPY (SELECT * FROM read_json('{plain}', format = 'newline_delimited')) TO '{tmp_path}/e.parquet'"
    )
    seen = []
    for path in (plain, write(*events, name="events.ndjson.gz"), tmp_path / "e.parquet"):
        ingest(warehouse, [path], GA4)
        seen.append(rows(warehouse, "event_name, geo.country, event_params[1].value.int_value"))
    assert seen[0] == seen[1] == seen[2] == [("b", None, None), ("open", "Türkiye", 7)]


def test_the_kind_of_a_file_is_read_from_its_content_not_from_its_name(warehouse, write):
    packed = write(event(), name="events.ndjson.gz").rename(Path(write(event()).parent) / "events.txt")
    assert ingest(warehouse, [packed], GA4) == [IngestedDay(DAY, 0, 1)]


def test_files_of_one_call_together_are_their_days_and_replace_what_was_there(warehouse, write):
    first = [write(event(), name="a"), write(event(name="b"), event("20260302"), name="b")]
    assert ingest(warehouse, first, GA4) == [IngestedDay(DAY, 0, 2), IngestedDay(dt.date(2026, 3, 2), 0, 1)]
    assert ingest(warehouse, [write(event(name="c"))], GA4) == [IngestedDay(DAY, 2, 1)]
    assert [row[:2] for row in rows(warehouse)] == [("20260301", "c"), ("20260302", "open")]


def test_identical_events_stay_apart(warehouse, write):
    assert ingest(warehouse, [write(event(), event())], GA4) == [IngestedDay(DAY, 0, 2)]


def test_replacing_a_source_drops_its_other_days(warehouse, write):
    ingest(warehouse, [write(event("20260228"), event())], GA4)
    ingest(warehouse, [write(event())], GA4, replace_source=True)
    assert [table.date for table in warehouse.daily_tables()] == [DAY]


def test_removing_a_source_removes_its_days(warehouse, write):
    ingest(warehouse, [write(event("20260228"), event())], GA4)
    assert remove_source(warehouse, "app") == 2
    assert warehouse.daily_tables() == []
    assert warehouse.sources() == {}


BROKEN = [
    (['{"event_date": "20260301", '], r"line 3: not a JSON object"),
    (["[1, 2]"], r"line 3: not a JSON object"),
    (
        ['{"event_date": "20260301", "event_timestamp": "noon"}'],
        r"line 3: event_timestamp is 'noon', which is no INTEGER",
    ),
    (['{"event_date": "20260301", "geo": "India"}'], r"line 3: geo is 'India', which is no RECORD"),
    (
        ['{"event_date": "20260301", "event_params": [{"key": "n", "value": {"int_value": [1]}}]}'],
        r"line 3: event_params\[0\]\.value\.int_value is \[1\], which is no INTEGER",
    ),
    (['{"event_date": "20260301", "items": {}}'], r"line 3: items is \{\}, which is no list"),
    (['{"event_date": "2026-03-01"}'], r"line 3: event_date '2026-03-01' is no day"),
    (['{"event_date": "20260230"}'], r"line 3: event_date '20260230' is no day"),
    (['{"event_name": "open"}'], r"line 3: event_date None is no day"),
    (['{"event_date": "20260301", "event_name": "\\ud800"}'], r"line 3: it holds half of a character"),
    (['{"event_date": "20260301", "event_name": "\\ude00\\ud83d"}'], r"line 3: it holds half of a character"),
    (
        ['{"event_timestamp": 9223372036854775808}'],
        r"line 3: event_timestamp is 9223372036854775808, which is no INTEGER",
    ),
]


def test_half_a_character_in_bytes_is_named_too(warehouse, tmp_path):
    path = tmp_path / "events.ndjson"
    path.write_bytes(b'{"event_date": "20260301"}\n{"event_date": "20260301", "event_name": "\xed\xa0\x80"}\n')
    with pytest.raises(ExportFileError, match=r"events\.ndjson, line 2: it holds half of a character"):
        ingest(warehouse, [path], GA4)


def test_texts_arrive_as_they_are_however_json_writes_them(warehouse, write):
    names = sorted({text for text in TEXTS if text})
    escaped = [json.dumps(event(name=name), ensure_ascii=True) for name in names]
    for lines in (escaped, [event(name=name) for name in names]):
        ingest(warehouse, [write(*lines)], GA4)
        assert sorted(row[0] for row in rows(warehouse, "event_name")) == names


def test_null_and_a_field_that_is_not_there_are_one_and_empty_is_another(warehouse, write):
    ingest(warehouse, [write(event(platform=None), event(), event(platform=""), event(platform="\0"))], GA4)
    assert rows(warehouse, "platform") == [("",), ("\0",), (None,), (None,)]


@pytest.mark.parametrize(("lines", "complaint"), BROKEN, ids=[line[0] for line, _ in BROKEN])
@pytest.mark.parametrize("name", ["events.ndjson", "events.ndjson.gz"])
def test_a_broken_line_is_named_and_nothing_is_changed(warehouse, write, lines, complaint, name):
    ingest(warehouse, [write(event())], GA4)
    before = rows(warehouse)
    path = write(event(), "", *lines, event("20260302"), name=name)
    with pytest.raises(ExportFileError, match=complaint) as caught:
        ingest(warehouse, [write(event("20260303"), name="good"), path], GA4)
    assert str(path) in str(caught.value)
    assert rows(warehouse) == before
    assert [table.date for table in warehouse.daily_tables()] == [DAY]


def test_a_broken_line_at_the_end_of_a_long_file_is_found_quickly(warehouse, write):
    path = write(*[event()] * 50_000, event("yesterday"))
    with pytest.raises(ExportFileError, match="line 50001: event_date 'yesterday' is no day"):
        ingest(warehouse, [path], GA4)


def test_a_row_of_a_parquet_file_without_a_day_is_named(warehouse, tmp_path):
    path = tmp_path / "e.parquet"
    duckdb.connect().execute(
        f"COPY (SELECT * FROM (VALUES ('20260301', 'a'), ('0', 'b')) t(event_date, event_name)) TO '{path}'"
    )
    with pytest.raises(ExportFileError, match=r"e\.parquet, row 2: event_date '0' is no day"):
        ingest(warehouse, [path], GA4)


def test_a_file_of_the_2017_schema_is_called_that(warehouse, write):
    path = write({"user_dim": {}, "event_dim": []})
    with pytest.raises(ExportFileError, match="is an export of schema firebase, not ga4; use --schema firebase"):
        ingest(warehouse, [path], GA4)


def test_a_file_of_another_schema_is_named_with_what_it_has(warehouse, write):
    with pytest.raises(ExportFileError, match=r"none of event_date, event_name, event_timestamp but id, price"):
        ingest(warehouse, [write({"id": 1, "price": 2})], GA4)


def test_what_is_no_file_is_named(warehouse, tmp_path):
    with pytest.raises(ExportFileError, match="nowhere cannot be read"):
        ingest(warehouse, [tmp_path / "nowhere"], GA4)
    with pytest.raises(ExportFileError, match="is a folder"):
        ingest(warehouse, [tmp_path], GA4)


def test_files_without_any_event_are_refused(warehouse, write):
    with pytest.raises(ExportFileError, match="There is no event"):
        ingest(warehouse, [write()], GA4)


def test_a_truncated_gzip_is_named(warehouse, write):
    path = write(*[event(name=str(n)) for n in range(100)], name="events.ndjson.gz")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ExportFileError, match=r"events\.ndjson\.gz"):
        ingest(warehouse, [path], GA4)
    assert warehouse.daily_tables() == []


def test_a_truncated_parquet_is_named(warehouse, tmp_path):
    (tmp_path / "e.parquet").write_bytes(b"PAR1 and nothing else")
    with pytest.raises(ExportFileError, match=r"e\.parquet cannot be read as Parquet"):
        ingest(warehouse, [tmp_path / "e.parquet"], GA4)


def test_of_many_parquet_files_the_broken_one_is_named(warehouse, tmp_path):
    values = ["(1::BIGINT)", "(1::BIGINT)", "(99999999999999999999::HUGEINT)"]
    for number, value in enumerate(values):
        duckdb.connect().execute(
            "COPY (SELECT '20260301' AS event_date, 'open' AS event_name, "
            f"t.v::DOUBLE AS event_timestamp FROM (VALUES ({value})) t(v)) TO '{tmp_path}/{number}.parquet'"
        )
    place = r"2\.parquet cannot be read as Parquet: row group 1 of 1, event_timestamp is 1e\+20, which is out of range"
    with pytest.raises(ExportFileError, match=place):
        ingest(warehouse, sorted(tmp_path.glob("*.parquet")), GA4)
    assert warehouse.daily_tables() == []


def test_a_warehouse_of_a_newer_version_is_left_alone(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    with DuckDBWarehouse(path) as warehouse:
        warehouse.connection.execute("UPDATE groundup.format SET version = 99")
    with pytest.raises(WarehouseError, match="written by a newer version"):
        DuckDBWarehouse(path)


def test_a_file_that_is_no_warehouse_is_left_alone(tmp_path):
    path = tmp_path / "warehouse.duckdb"
    path.write_text("a shopping list, long enough to be looked at " * 500)
    with pytest.raises(WarehouseError, match="is no warehouse"):
        DuckDBWarehouse(path)
    assert path.read_text().startswith("a shopping list")
