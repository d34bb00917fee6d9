"""Files that somebody made, or something broke, to take the machine down: refused quickly, in one sentence."""

import gzip
import json
import os
import socket
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from loaders.errors import ExportFileError
from loaders.export_days import IngestedDay
from loaders.export_files import FileKind
from loaders.export_lines import LONGEST_LINE, lines
from loaders.ingest import ingest
from loaders.sources import Source, name_source
from loaders.warehouse.duckdb import DuckDBWarehouse
from tests.fuzz.parquet import chunks, footer, with_footer
from tests.fuzz.samples import parquet_samples
from tests.fuzz.thrift import field
from tests.loaders.test_ingest import DAY, GA4, event, rows

FIREBASE = name_source("old_app", Source(schema="firebase"), "test")
EVENT = json.dumps(event()).encode() + b"\n"


@pytest.fixture
def warehouse(tmp_path):
    with DuckDBWarehouse(tmp_path / "home" / "warehouse.duckdb") as warehouse:
        yield warehouse


def gzipped(path: Path, start: bytes, block: bytes, times: int) -> Path:
    with gzip.open(path, "wb") as file:
        file.write(start)
        for _ in range(times):
            file.write(block)
    return path


BOMBS = {
    "newlines": b"\n",
    "spaces": b" ",
    "long events": json.dumps(event(user_id="x" * 9_999)).encode() + b"\n",
    "tiny events": EVENT,
}


@pytest.mark.parametrize("block", BOMBS.values(), ids=BOMBS)
def test_a_gzip_bomb_is_stopped(warehouse, tmp_path, block):
    path = gzipped(tmp_path / "bomb.gz", EVENT * (block != b"\n"), block * ((1 << 20) // len(block)), 200)
    with pytest.raises(ExportFileError, match=r"bomb\.gz unpacks to over 200 times its size"):
        ingest(warehouse, [path], GA4)
    assert warehouse.daily_tables() == []


@pytest.mark.parametrize("place", [-5, -1], ids=["checksum", "length"])
def test_a_gzip_that_does_not_match_its_checksum_is_refused(warehouse, tmp_path, place):
    data = bytearray(gzip.compress(EVENT))
    data[place] ^= 1
    (tmp_path / "e.gz").write_bytes(data)
    with pytest.raises(ExportFileError, match=r"e\.gz is damaged: its gzip data does not match its checksum"):
        ingest(warehouse, [tmp_path / "e.gz"], GA4)
    assert warehouse.daily_tables() == []


def test_bytes_behind_gzip_data_are_refused_and_padding_is_not(warehouse, tmp_path):
    path = tmp_path / "e.gz"
    path.write_bytes(gzip.compress(EVENT) + b"\0" * 512)
    assert ingest(warehouse, [path], GA4) == [IngestedDay(DAY, 0, 1)]
    path.write_bytes(gzip.compress(EVENT) + b"something else altogether")
    with pytest.raises(ExportFileError, match=r"e\.gz has bytes behind its gzip data"):
        ingest(warehouse, [path], GA4)


def test_a_line_of_100_mb_is_named_and_passed_in_bounded_memory(warehouse, tmp_path):
    path = tmp_path / "e.ndjson"
    path.write_bytes(EVENT + b'{"event_name": "' + b"x" * (100 << 20) + b'"}\n' + EVENT)
    with pytest.raises(ExportFileError, match="line 2: it has over 16 MB, which is no event"):
        ingest(warehouse, [path], GA4)
    found = list(lines(path, FileKind.JSON))
    assert [line.number for line in found] == [1, 2, 3]
    assert [len(line.text) for line in found] == [len(EVENT) - 1, LONGEST_LINE + 1, len(EVENT) - 1]


@pytest.mark.parametrize(("begin", "end"), [("[", "]"), ('{"a":', "}")])
@pytest.mark.parametrize("name", ["user_id", "unknown"])
def test_deep_nesting_does_not_overflow_anything(warehouse, tmp_path, begin, end, name):
    deep = f'{{"event_date": "20260301", "{name}": {begin * 1_000_000}1{end * 1_000_000}}}\n'.encode()
    path = tmp_path / "e.ndjson"
    path.write_bytes(EVENT + deep)
    assert ingest(warehouse, [path], GA4) == [IngestedDay(DAY, 0, 2)]
    path.write_bytes(EVENT + deep + b"{\n")
    with pytest.raises(ExportFileError, match="line 3: not a JSON object"):
        ingest(warehouse, [path], GA4)
    path.write_bytes(deep[:1_000_000])
    with pytest.raises(ExportFileError, match="line 1: not a JSON object"):
        ingest(warehouse, [path], GA4)


LINES = {
    "null": ("null", "not a JSON object"),
    "a key twice": ('{"event_date": "20260301", "event_date": "20260301"}', "it has the key 'event_date' twice"),
    "half a character": ('{"event_date": "20260301", "user_id": "\\ud83d"}', "it holds half of a character"),
    "year 0": ('{"event_date": "00000101"}', "event_date '00000101' is no day"),
    "a far year": ('{"event_date": "99991231"}', "event_date '99991231' is no day"),
    "5,000 digits": (f'{{"event_timestamp": {"9" * 5_000}}}', "event_timestamp is inf, which is no INTEGER"),
}


@pytest.mark.parametrize(("line", "complaint"), LINES.values(), ids=LINES)
def test_what_only_duckdb_or_only_python_minds_is_named(warehouse, tmp_path, line, complaint):
    path = tmp_path / "e.ndjson"
    path.write_bytes(EVENT + b"\n" + line.encode() + b"\n" + EVENT)
    with pytest.raises(ExportFileError, match=f"line 3: {complaint}"):
        ingest(warehouse, [path], GA4)


@pytest.mark.parametrize("line", ["{}", "null", '{"user_dim": {}}', '{"event_dim": null}'])
def test_a_bundle_without_a_list_of_events_does_not_go_unnoticed(warehouse, tmp_path, line):
    path = tmp_path / "e.ndjson"
    path.write_text('{"event_dim": [{"date": "20170301"}]}\n' + line + "\n")
    with pytest.raises(ExportFileError, match="line 2: "):
        ingest(warehouse, [path], FIREBASE)


@pytest.mark.parametrize(
    ("encoding", "complaint"), [("utf-8-sig", "begins with a byte order mark"), ("utf-16", "is written in UTF-16")]
)
def test_another_encoding_is_named(warehouse, tmp_path, encoding, complaint):
    path = tmp_path / "e.ndjson"
    path.write_bytes(EVENT.decode().encode(encoding))
    with pytest.raises(ExportFileError, match=rf"e\.ndjson {complaint}"):
        ingest(warehouse, [path], GA4)


NAMES = [b"e[1].x", b"e*.x", b"e?.x", b"~", b"it's.x", b"two\nlines.x", b"\xff\xfe.x", b"event_name=other.x"]


@pytest.mark.parametrize("content", ["ndjson", "gz", "parquet"])
@pytest.mark.parametrize("name", NAMES, ids=repr)
def test_a_file_may_have_any_name_and_no_other_is_read(warehouse, tmp_path, name, content, monkeypatch):
    folder = tmp_path / "event_name=other"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for other in ("e1.x", "exx.x"):
        Path(other).write_bytes(EVENT * 2)
    path = Path(os.fsdecode(name))
    pq.write_table(pa.Table.from_pylist([event()]), folder / "e.parquet")
    data = {"ndjson": EVENT, "gz": gzip.compress(EVENT), "parquet": (folder / "e.parquet").read_bytes()}[content]
    path.write_bytes(data)
    assert ingest(warehouse, [path], GA4) == [IngestedDay(DAY, 0, 1)]
    assert rows(warehouse, "event_name") == [("open",)]
    path.write_bytes(data[:-20])
    with pytest.raises(ExportFileError) as caught:
        ingest(warehouse, [path], GA4)
    assert str(caught.value).isprintable()


def test_what_is_no_regular_file_is_refused_at_once(warehouse, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        for path in (tmp_path / "pipe", Path("/dev/zero"), tmp_path / "socket"):
            with pytest.raises(ExportFileError, match=rf"{path.name} is no file but a pipe or a device"):
                ingest(warehouse, [path], GA4)
    with pytest.raises(ExportFileError, match="loop cannot be read"):
        ingest(warehouse, [tmp_path / "loop"], GA4)


def test_a_file_that_vanishes_meanwhile_is_named(warehouse, tmp_path):
    first, second = tmp_path / "a.ndjson", tmp_path / "b.ndjson"
    first.write_bytes(EVENT)
    second.write_bytes(EVENT)
    with pytest.raises(ExportFileError, match=r"b\.ndjson"):
        ingest(warehouse, [first, second], GA4, on_file=lambda _: second.unlink(missing_ok=True))
    assert warehouse.daily_tables() == []


def test_the_row_group_and_the_column_of_damaged_data_are_named(warehouse, tmp_path):
    table = pa.Table.from_pylist([event(name=f"{n:050}") for n in range(9_000)])
    path = tmp_path / "e.parquet"
    pq.write_table(table, path, row_group_size=3_000, use_dictionary=False)
    data = bytearray(path.read_bytes())
    chunk = chunks(footer(data))[table.num_columns + table.column_names.index("event_name")]
    start = field(chunk, 9).value
    data[start + 60 : start + field(chunk, 7).value] = b"\xff" * (field(chunk, 7).value - 60)
    path.write_bytes(data)
    with pytest.raises(ExportFileError, match="row group 2 of 3, event_name: its data is damaged"):
        ingest(warehouse, [path], GA4)


def test_a_parquet_file_of_more_rows_than_its_bytes_can_hold_is_refused(warehouse, tmp_path):
    path = tmp_path / "e.parquet"
    days = pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), 20_000_000), ["20260301"])
    pq.write_table(pa.table({"event_date": days}), path)
    with pytest.raises(ExportFileError, match="claims 20,000,000 values a column"):
        ingest(warehouse, [path], GA4)


def test_a_parquet_bomb_is_refused(warehouse, tmp_path):
    path = tmp_path / "e.parquet"
    bomb = pa.table({"event_date": ["20260301"], "user_id": ["x" * (100 << 20)]})
    pq.write_table(bomb, path, compression="zstd", use_dictionary=False)
    with pytest.raises(ExportFileError, match="unpacks to over 200 times its size"):
        ingest(warehouse, [path], GA4)


def test_the_warehouse_outlives_an_inner_error_of_duckdb(warehouse, tmp_path):
    good, path = tmp_path / "good.ndjson", tmp_path / "e.parquet"
    good.write_bytes(EVENT)
    ingest(warehouse, [good], GA4)
    before = warehouse.daily_tables()
    sample = next(each for each in parquet_samples() if each.label == "DuckDB snappy")
    for number in range(len(chunks(footer(sample.data)))):
        node = footer(sample.data)
        # A chunk of a negative size: DuckDB 2.0 takes that for an error of its own, and shuts the database.
        field(chunks(node)[number], 7).value = -67
        path.write_bytes(with_footer(sample.data, node))
        with pytest.raises(ExportFileError, match=r"e\.parquet cannot be read as Parquet"):
            ingest(warehouse, [path], GA4)
        assert warehouse.daily_tables() == before
    assert ingest(warehouse, [good], GA4) == [IngestedDay(DAY, 1, 1)]
