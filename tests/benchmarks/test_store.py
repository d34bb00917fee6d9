"""The store's benchmark compares like with like: the same rows for everybody, and a look at what MySQL then holds."""

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from benchmarks.store import Result, figures, measure
from benchmarks.store_loaders import BARE, EXECUTEMANY, OURS, Contender, Spent
from benchmarks.store_rows import ROWS_A_DAY, checksum, event_params
from loaders.store.connection import connected


@pytest.fixture(scope="module")
def two_days() -> pa.Table:
    return event_params(2)


def test_the_rows_are_the_same_every_time(two_days):
    assert two_days.num_rows == 2 * ROWS_A_DAY
    assert event_params(2).equals(two_days)


def test_the_rows_have_distinct_keys_in_the_warehouses_order(two_days):
    keys = list(zip(*(column.to_pylist() for column in two_days.columns[:6]), strict=True))
    assert keys == sorted(set(keys))


def test_the_rows_hold_what_breaks_a_loader_that_escapes_by_half(two_days):
    texts = set(pc.unique(two_days["param_value"]).to_pylist())
    for hostile in ("\t", "\n", "\r", "\\", "\0", "'", '"', "%s"):
        assert any(hostile in text for text in texts), f"no value holds {hostile!r}"
    assert {"\\N", "NULL"} <= texts


def test_a_changed_row_changes_the_checksum(two_days):
    place = two_days.column_names.index("param_value")
    changed = two_days.set_column(
        place, "param_value", pc.replace_substring(two_days["param_value"], "back\\slash", "backslash")
    )
    assert checksum(changed) != checksum(two_days)


def took(count, *seconds):
    return Result(count, [Spent(duration, cpu=duration / 2) for duration in seconds])


def test_the_bounds_are_set_against_the_fastest_floor_and_the_best_peer():
    slow, fast = Contender("slow peer", OURS.load), Contender("fast peer", OURS.load, limit=100)
    results = {
        OURS: took(1000, 1.0, 9.0, 2.0),
        BARE[0]: took(1000, 1.0),
        BARE[1]: took(1000, 4.0),
        EXECUTEMANY: took(1000, 4.0),
        slow: took(1000, 10.0),
        fast: took(100, 0.5),
    }
    clocked = [figure for figure in figures(results, [slow, fast]) if figure.unit == "rows/s"]
    assert [(figure.peer, figure.value, figure.peer_value, figure.bound) for figure in clocked] == [
        (BARE[0].name, 500.0, 1000.0, "≥ 0.7"),
        (EXECUTEMANY.name, 500.0, 250.0, "≥ 1.5"),
        ("fast peer, 100 rows", 500.0, 200.0, "≥ 2"),
        (BARE[1].name, 500.0, 250.0, ""),
        ("slow peer", 500.0, 100.0, ""),
    ]


def careless(job, count):
    """Loads as we do, then loses a row and clips another."""
    spent = OURS.load(job, count)
    with connected(job.environment, "loader") as connection, connection.cursor() as cursor:
        cursor.execute("DELETE FROM event_params ORDER BY users LIMIT 1")
        cursor.execute("UPDATE event_params SET country = 'Türkei' WHERE country = 'Türkiye' LIMIT 1")
        connection.commit()
    return spent


def test_it_measures_a_real_server_and_tells_who_changed_rows(tmp_path):
    measured = measure(tmp_path, days=1, rounds=1, peers=[Contender("careless peer", careless)])
    rates = {figure.peer: figure for figure in measured if figure.unit == "rows/s"}
    assert set(rates) == {
        *(contender.name for contender in (*BARE, EXECUTEMANY)),
        "careless peer (changed rows)",
    }
    assert all(figure.value > 0 and (figure.peer_value or 0) > 0 for figure in rates.values())
    assert not list(tmp_path.glob("store-*")), "its files are left behind"
