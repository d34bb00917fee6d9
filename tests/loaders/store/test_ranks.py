"""A chart of a day is replaced whole; what no table of the warehouse could give again is never dropped."""

import datetime as dt

import pytest

from loaders.errors import StoreError
from loaders.metrics import StoreRanks
from loaders.store.connection import connected, transaction
from loaders.store.ranks import Chart, held_days, remove_store, write_charts, write_followed
from loaders.store.tables import drop_undeclared
from loaders.store_ranks.feed import App

MAY = [dt.date(2026, 5, day) for day in range(1, 4)]


def chart(
    *ids: str, date: dt.date = MAY[0], store: str = "apple", country: str = "HK", name: str = "top-free"
) -> Chart:
    return Chart(date, store, country, name, tuple(App(app, f"App {app}", "Publisher") for app in ids))


def write(connection, *charts):
    with transaction(connection):
        return write_charts(connection, charts)


def ids(connection, **where):
    condition = " AND ".join(["TRUE", *(f"`{key}` = %s" for key in where)])
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT `rank`, app_id FROM store_ranks WHERE {condition} ORDER BY 1, 2", list(where.values()))
        return list(cursor.fetchall())


def test_the_position_in_the_chart_is_the_rank(connection):
    write(connection, chart("7", "5", "6"))
    assert ids(connection) == [(1, "7"), (2, "5"), (3, "6")]


def test_a_chart_replaces_itself_and_no_other(connection):
    others = [
        chart("1", date=MAY[1]),
        chart("2", store="demo"),
        chart("3", country="KR"),
        chart("4", name="top-paid"),
    ]
    assert write(connection, chart("7", "5", "6"), *others) == 0
    assert write(connection, chart("9", "7")) == 3
    assert ids(connection, date=MAY[0], store="apple", country="HK", chart="top-free") == [(1, "9"), (2, "7")]
    assert len(ids(connection)) == 2 + len(others)


def test_names_come_back_as_they_were(connection):
    names = ["香港01", "a\\b", "tab", "'\"`%s", "🌈 <b>&amp;", "\\N", "ﬁ", "e\u0301", "x" * 255]
    apps = tuple(App(str(number), name, name) for number, name in enumerate(names))
    write(connection, Chart(MAY[0], "apple", "HK", "top-free", apps))
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, publisher FROM store_ranks ORDER BY `rank`")
        assert list(cursor.fetchall()) == [(name, name) for name in names]


def test_what_mysql_would_cut_is_refused_and_the_old_chart_stays(connection):
    write(connection, chart("7"))
    with pytest.raises(StoreError, match="store_ranks, 2026-05-01 to 2026-05-01"):
        write(connection, Chart(MAY[0], "apple", "HK", "top-free", (App("1", "x" * 256, "p"),)))
    assert ids(connection) == [(1, "7")]


def test_a_reader_sees_the_old_chart_until_the_new_one_is_whole(connection, store):
    write(connection, chart("7"))
    connection.begin()
    write_charts(connection, [chart("8", "9")])
    with connected(store.environment, "reader") as reader:
        assert ids(reader) == [(1, "7")]
        connection.commit()
        reader.rollback()
        assert ids(reader) == [(1, "8"), (2, "9")]


def test_tables_without_a_declaration_are_dropped_and_the_ranks_are_not(connection):
    write(connection, chart("7"))
    drop_undeclared(connection, [])
    assert ids(connection) == [(1, "7")]


def test_a_store_is_removed_alone(connection):
    write(connection, chart("7"), chart("8", store="demo"), chart("9", store="demo", date=MAY[2]))
    assert held_days(connection, "demo") == {MAY[0], MAY[2]}
    with transaction(connection):
        remove_store(connection, "demo")
    assert ids(connection) == [(1, "7")]


def test_the_apps_that_are_followed_are_exactly_those_of_the_settings(connection):
    def followed(store):
        with connection.cursor() as cursor:
            cursor.execute("SELECT app_id, role, name FROM store_apps WHERE store = %s ORDER BY 1", (store,))
            return list(cursor.fetchall())

    with transaction(connection):
        write_followed(connection, "demo", StoreRanks(ours={"1": "Demo"}))
        write_followed(connection, "apple", StoreRanks(ours={"1": "Ours"}, competitors={"2": "Theirs", "3": "More"}))
    assert followed("apple") == [("1", "ours", "Ours"), ("2", "competitor", "Theirs"), ("3", "competitor", "More")]
    with transaction(connection):
        write_followed(connection, "apple", StoreRanks(competitors={"1": "Ours no more"}))
    assert followed("apple") == [("1", "competitor", "Ours no more")]
    assert followed("demo") == [("1", "ours", "Demo")]
