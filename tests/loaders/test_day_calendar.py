"""Which days are published, which are partial, which are held back."""

import datetime as dt

from loaders.day_calendar import make_calendar
from loaders.sources import Source, name_source
from loaders.warehouse import DailyTable

DELIVERED_AT = dt.datetime(2026, 5, 20, 4)


def day(number: int) -> dt.date:
    return dt.date(2026, 5, number)


def tables(**sources: list[int]) -> list[DailyTable]:
    return [DailyTable(name, day(n), "v", 10, DELIVERED_AT) for name, days in sources.items() for n in days]


def source(name: str, until: dt.date | None = None, timezone: str = "UTC") -> Source:
    return name_source(name, Source(schema="ga4", timezone=timezone, until=until), "test")


def calendar(delivered, declared=(), partial=False, **until):
    names = {table.source for table in delivered}
    sources = {name: source(name, until.get(name)) for name in names}
    return make_calendar(delivered, sources, declared, 3, partial=partial)


def test_a_day_missing_inside_a_sources_range_is_loaded_as_empty_and_flagged():
    rows = calendar(tables(app=[1, 3])).rows
    assert [(row.date, row.rows, row.modified_at) for row in rows] == [
        (day(1), 10, DELIVERED_AT),
        (day(2), 0, None),
        (day(3), 10, DELIVERED_AT),
    ]


def test_days_between_the_ranges_of_two_sources_are_not_loaded():
    assert calendar(tables(old=[1, 2], new=[8, 9])).days == [day(1), day(2), day(8), day(9)]


def test_a_day_that_a_declared_source_has_not_delivered_is_held_back():
    found = calendar(tables(app=[1, 2], web=[1, 2, 3, 4]), declared=["app", "web"])
    assert found.days == [day(1), day(2)]
    assert (found.held_back, found.awaited) == ((day(3), day(4)), ("app",))


def test_a_held_back_day_is_published_as_partial_when_told_to():
    found = calendar(tables(app=[1, 2], web=[1, 2, 3]), declared=["app"], partial=True)
    assert found.days == [day(1), day(2), day(3)]
    assert [(row.source, row.modified_at) for row in found.rows if row.date == day(3)] == [
        ("app", None),
        ("web", DELIVERED_AT),
    ]


def test_a_partial_day_that_was_published_stays_published():
    delivered = tables(app=[1, 2], web=[1, 2, 3, 4])
    sources = {name: source(name) for name in ("app", "web")}
    found = make_calendar(delivered, sources, ["app"], 3, published={day(1), day(2), day(3)})
    assert found.days == [day(1), day(2), day(3)]
    assert found.held_back == (day(4),)


def test_a_source_that_has_ended_holds_nothing_back():
    found = calendar(tables(app=[1, 2], web=[1, 2, 3]), declared=["app"], app=day(2))
    assert found.days == [day(1), day(2), day(3)]
    assert found.held_back == ()


def test_a_source_that_is_not_declared_is_not_awaited():
    assert calendar(tables(app=[1, 2], web=[1, 2, 3]), declared=["web"]).days == [day(1), day(2), day(3)]


def test_a_day_is_final_some_days_after_its_midnight_in_the_propertys_time_zone():
    found = make_calendar(tables(app=[1]), {"app": source("app", timezone="Asia/Seoul")}, (), 3)
    assert found.rows[0].final_at == dt.datetime(2026, 5, 4, 15)
