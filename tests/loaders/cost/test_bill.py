"""What a statement is billed, worked out with a pencil."""

import datetime as dt
import json

import pytest

from loaders.bigquery_prices import MIB, TIB, bytes_to_bill
from loaders.cost.bill import Sized, bill
from loaders.cost.layout import Layout
from loaders.cost.month import after_the_gift, queries_usd, storage_usd
from loaders.errors import WarehouseError
from loaders.exports import Field
from settings.environment import PROJECT

FIRST, SECOND, THIRD = (dt.date(2026, 1, day) for day in (1, 2, 3))
FIELDS = (Field("date", "DATE", "NULLABLE"), Field("name", "STRING", "NULLABLE"), Field("n", "INT64", "NULLABLE"))
GIB = 2**30
A_DAY = {"date": 8 * GIB, "name": 5 * GIB, "n": 2 * GIB}
TABLES = {
    "t": Sized(Layout(FIELDS, "date"), dict.fromkeys((FIRST, SECOND, THIRD), A_DAY)),
    "small": Sized(Layout(FIELDS), {None: {"date": 1, "name": 1, "n": 1}}),
    "p.d.events_*": Sized(Layout(FIELDS, "_TABLE_SUFFIX"), dict.fromkeys((FIRST, SECOND, THIRD), A_DAY)),
    "p.d.small_*": Sized(Layout(FIELDS, "_TABLE_SUFFIX"), {day: {"n": 1} for day in (FIRST, SECOND, THIRD)}),
}
DATES = {"start_date": FIRST, "end_date": SECOND}
RECORDED_JOBS = PROJECT.parent / "shared" / "data" / "jobs" / "real_job_statistics.json"


@pytest.mark.parametrize(
    ("sql", "billed"),
    [
        # One column of three days.
        ("SELECT n FROM t", 3 * 2 * GIB),
        # And of two: the column that picks them is read, too.
        ("SELECT n FROM t WHERE date BETWEEN @start_date AND @end_date", 2 * (2 + 8) * GIB),
        ("SELECT n FROM t WHERE date > DATE_ADD(@start_date, INTERVAL 1 DAY)", (2 + 8) * GIB),
        # A condition on anything else reads everything.
        ("SELECT n FROM t WHERE name = 'x'", 3 * (2 + 5) * GIB),
        # Daily tables of an export; to pick them costs nothing.
        ("SELECT n FROM `p.d.events_*` WHERE _TABLE_SUFFIX = FORMAT_DATE('%Y%m%d', @start_date)", 2 * GIB),
        ("SELECT n FROM `p.d.events_*` WHERE _TABLE_SUFFIX BETWEEN '20260102' AND '20260103'", 2 * 2 * GIB),
        # The day in the rows does not pick tables.
        ("SELECT n FROM `p.d.events_*` WHERE date = @start_date", 3 * (2 + 8) * GIB),
        # Whoever names a table twice pays once: two columns of three days.
        ("SELECT n FROM t UNION ALL SELECT n FROM t WHERE date = @start_date", 3 * (2 + 8) * GIB),
        # 10 MiB at least for each table, in whole MiB.
        ("SELECT n FROM small", 10 * MIB),
        ("SELECT t.n FROM t CROSS JOIN small", 3 * 2 * GIB + 10 * MIB),
        ("SELECT n FROM `p.d.small_*` WHERE _TABLE_SUFFIX >= '20260102'", 2 * 10 * MIB),
        # What is written is free.
        ("INSERT INTO t (n) SELECT n FROM t WHERE date = @start_date", (2 + 8) * GIB),
        # Whole partitions go for nothing; a part of one is read, and what stays is written anew.
        ("DELETE FROM t WHERE date IN (DATE '2026-01-01', DATE '2026-01-02')", 0),
        ("DELETE FROM t WHERE date = DATE '2026-01-01' AND name = 'x'", (8 + 5) * GIB + (8 + 5 + 2) * GIB),
        ("TRUNCATE TABLE t", 0),
    ],
)
def test_bytes_billed(sql, billed):
    assert bill(sql, DATES, TABLES).billed == billed


def test_a_bill_says_what_was_read():
    (read,) = bill("SELECT n FROM t WHERE date BETWEEN @start_date AND @end_date", DATES, TABLES).reads
    assert (read.table, read.leaves, read.days) == ("t", {"n", "date"}, (FIRST, SECOND))


def test_a_table_without_sizes_is_not_guessed():
    with pytest.raises(WarehouseError, match=r"reads stranger, of which no sizes are known"):
        bill("SELECT 1 FROM stranger", {}, TABLES)


def test_the_rounding_is_that_of_real_jobs():
    if not RECORDED_JOBS.exists():
        pytest.skip("recorded statistics of real jobs are not beside this clone")
    jobs = [job for job in json.loads(RECORDED_JOBS.read_text()) if job["processed"]]
    assert [bytes_to_bill(job["processed"], 1) for job in jobs] == [job["billed"] for job in jobs]


def test_dollars_of_a_month():
    """30 nights of 200 GiB are 5.86 TiB, at $6.25; a TiB of them is Google's gift."""
    assert queries_usd(200 * GIB) == pytest.approx(36.62, abs=0.005)
    assert after_the_gift(queries_usd(200 * GIB)) == pytest.approx(30.37, abs=0.005)
    assert after_the_gift(1.0) == 0
    assert queries_usd(TIB, nights=1) == 6.25
    assert storage_usd(1000 * GIB, 1000 * GIB) == pytest.approx(20 + 10)
