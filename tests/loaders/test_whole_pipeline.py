"""Random small logs: whatever is ingested, in whatever order, every table holds what the reference counts."""

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.ingest import remove_source
from loaders.plan import Request
from tests.comparison import differences
from tests.conftest import Stack
from tests.loaders.random_logs import DEFINITIONS, SOURCES, Row, World, files, logs, search, worlds
from tests.pipeline import Pipeline, deviations, store_deviations
from tests.reference import Definitions, event_day


@search(80)
@given(data=st.data())
def test_every_cell_is_what_the_reference_counts(data: st.DataObject) -> None:
    world = data.draw(worlds(), label="world")
    sources = data.draw(st.sampled_from([SOURCES[:1], SOURCES]), label="sources")
    exports = {name: data.draw(logs(world), label=name) for name in sources}
    chosen = data.draw(st.sampled_from(DEFINITIONS), label="definitions")
    with Pipeline() as pipeline:
        for source, rows in exports.items():
            pipeline.ingest_rows(source, data.draw(files(rows)))
        pipeline.load(chosen=chosen)
        assert not (lines := deviations(pipeline, exports, chosen)), "\n".join(lines)


class Deliveries:
    """What each source has delivered by now: a day that comes again replaces what it held."""

    def __init__(self) -> None:
        self.by_day: dict[str, dict[str, list[Row]]] = {}

    def deliver(self, source: str, rows: list[Row], *, replace_source: bool) -> None:
        new: dict[str, list[Row]] = {}
        for row in rows:
            new.setdefault(row["event_date"], []).append(row)
        self.by_day[source] = new if replace_source else self.by_day.get(source, {}) | new

    def exports(self) -> dict[str, list[Row]]:
        return {source: [row for rows in days.values() for row in rows] for source, days in self.by_day.items()}

    def days(self) -> list[str]:
        return sorted({day for days in self.by_day.values() for day in days})


def live_through(
    data: st.DataObject,
    world: World,
    pipeline: Pipeline,
    load: Callable[[Request, Definitions, dict[str, list[Row]]], None],
) -> Deliveries:
    """Days come late, early, again, smaller or larger, and sources go; some loads want less, some redefine.

    `load` gets the request, the definitions, and the exports as they are by then.
    """
    delivered = Deliveries()
    for _ in range(data.draw(st.integers(2, 6), label="deliveries")):
        source = data.draw(st.sampled_from(SOURCES), label="source")
        if set(delivered.by_day) == set(SOURCES) and data.draw(st.integers(0, 5), label="remove if 0") == 0:
            remove_source(pipeline.warehouse, source)
            del delivered.by_day[source], pipeline.sources[source]
        else:
            some_days = data.draw(st.lists(st.sampled_from(world.days), min_size=1, max_size=3), label="days")
            rows = data.draw(logs(replace(world, days=some_days), max_size=6), label="rows")
            replace_source = data.draw(st.integers(0, 5), label="replace the source if 0") == 0
            pipeline.ingest_rows(source, data.draw(files(rows)), replace_source=replace_source)
            delivered.deliver(source, rows, replace_source=replace_source)
        if data.draw(st.booleans(), label="load"):
            request, chosen = data.draw(requests(delivered)), data.draw(st.sampled_from(DEFINITIONS))
            load(request, chosen, delivered.exports())
    return delivered


@st.composite
def requests(draw: st.DrawFn, delivered: Deliveries) -> Request:
    """A load of everything that changed, or of what lies between two delivered days, of all reports or of one."""
    if draw(st.booleans()):
        return Request()
    start, end = sorted(event_day(draw(st.sampled_from(delivered.days()))) for _ in range(2))
    return Request(start, end, report=draw(st.sampled_from([None, "active_users", "daily_report"])))


@search(40)
@given(data=st.data())
def test_restating_in_any_order_ends_in_what_one_clean_load_gives(data: st.DataObject) -> None:
    world = data.draw(worlds(), label="world")
    chosen = data.draw(st.sampled_from(DEFINITIONS), label="definitions in the end")
    with Pipeline() as pipeline, Pipeline() as clean:

        def load(request: Request, definitions: Definitions, exports: dict[str, list[Row]]) -> None:
            pipeline.load(request, definitions)
            assert not (lines := deviations(pipeline, exports, definitions, request)), "\n".join(lines)

        exports = live_through(data, world, pipeline, load).exports()
        load(Request(), chosen, exports)

        for source, rows in exports.items():
            clean.ingest_rows(source, {"all.ndjson": rows})
        clean.load(chosen=chosen)
        assert not (lines := different_tables(clean, pipeline)), "\n".join(lines)


@search(10)
@given(data=st.data())
def test_mysql_follows_through_all_restatements(store: Stack, data: st.DataObject) -> None:
    """The store is not emptied in between: each example also takes over from the warehouse of the one before."""
    world = data.draw(worlds(), label="world")
    chosen = data.draw(st.sampled_from(DEFINITIONS), label="definitions in the end")
    with Pipeline() as pipeline:

        def load(request: Request, definitions: Definitions, exports: dict[str, list[Row]]) -> None:
            pipeline.load_store(store.environment, request, definitions)
            lines = store_deviations(store.environment, pipeline.catalog, exports, definitions, request)
            assert not lines, "\n".join(lines)

        load(Request(), chosen, live_through(data, world, pipeline, load).exports())


def different_tables(clean: Pipeline, pipeline: Pipeline) -> list[str]:
    """Each cell of any declared table, those without a reference included, and of the calendar that differs."""
    lines = []
    for table in clean.catalog.tables.values():
        found = differences(clean.rows(table.name), pipeline.rows(table.name), table.key)
        lines += [f"{table.name}: {line}" for line in found]
    calendars = [
        [
            {"date": day.date, "source": day.source, "rows": day.rows, "missing": day.modified_at is None}
            for day in each.warehouse.days()
        ]
        for each in (clean, pipeline)
    ]
    return lines + [f"days: {line}" for line in differences(*calendars, key=("date", "source"))]


def take(day: str, user: str, country: str = "Turkey") -> Row:
    return {
        "event_date": day,
        "event_name": "take_photo",
        "event_timestamp": 1,
        "user_pseudo_id": user,
        "geo": {"country": country},
        "platform": "IOS",
    }


@pytest.mark.parametrize("order", list(permutations(["20240101", "20240108", "20240129"])), ids="-".join)
def test_days_in_any_order_with_a_load_after_each(order: tuple[str, ...]) -> None:
    """An earlier day that arrives late takes the new user away from a later one, and enters that day's windows."""
    by_day = {
        "20240101": [take("20240101", "a"), take("20240101", "b")],
        "20240108": [take("20240108", "a", "India"), take("20240108", "c")],
        "20240129": [take("20240129", "b", "India"), take("20240129", "a")],
    }
    with Pipeline() as pipeline:
        for day in order:
            pipeline.ingest_rows("ios", {"day.ndjson": by_day[day]})
            pipeline.load()
        exports = {"ios": [row for rows in by_day.values() for row in rows]}
        assert not (lines := deviations(pipeline, exports)), "\n".join(lines)


def test_a_day_restated_smaller_takes_back_what_it_had_counted() -> None:
    """b's only day loses b; a's first day moves to the next one."""
    with Pipeline() as pipeline:
        first = [take("20240101", "a"), take("20240101", "b"), take("20240101", "c")]
        second = [take("20240102", "a", "India")]
        pipeline.ingest_rows("ios", {"both.ndjson": first + second})
        pipeline.load()
        pipeline.ingest_rows("ios", {"again.ndjson": first[2:]})
        pipeline.load()
        assert not (lines := deviations(pipeline, {"ios": first[2:] + second})), "\n".join(lines)
        new = {(row["country"], row["date"].day): row["new_users"] for row in pipeline.rows("active_users")}
        assert new == {("Turkey", 1): 1, ("Turkey", 2): 0, ("India", 2): 1}


def test_a_first_load_of_the_last_day_alone_knows_who_is_not_new() -> None:
    """Nobody's first day ever seen can be known from the days that were asked for."""
    rows = [take("20240101", "a"), take("20240301", "a"), take("20240301", "b")]
    request = Request(event_day("20240301"), event_day("20240301"))
    with Pipeline() as pipeline:
        pipeline.ingest_rows("ios", {"all.ndjson": rows})
        pipeline.load(request)
        assert not (lines := deviations(pipeline, {"ios": rows}, request=request)), "\n".join(lines)


def test_two_users_who_swap_their_first_days_two_months_apart() -> None:
    """Restating 1 January changes who is new on 1 March, not how many: no window of 28 days connects the two."""
    march = [take("20240301", "a", "Turkey"), take("20240301", "b", "India")]
    with Pipeline() as pipeline:
        pipeline.ingest_rows("ios", {"all.ndjson": [take("20240101", "a"), *march]})
        pipeline.load()
        pipeline.ingest_rows("ios", {"again.ndjson": [take("20240101", "b")]})
        pipeline.load()
        assert not (lines := deviations(pipeline, {"ios": [take("20240101", "b"), *march]})), "\n".join(lines)


def test_a_load_without_changes_computes_nothing() -> None:
    with Pipeline() as pipeline:
        pipeline.ingest_rows("ios", {"day.ndjson": [take("20240101", "a")]})
        assert pipeline.load() != []
        assert pipeline.load() == []


def test_restating_a_day_leaves_alone_what_it_cannot_change() -> None:
    """Nobody's first day is touched: no day before, and none from the 28th day after, is computed again."""
    days = ["20240101", "20240201", "20240301", "20240401"]
    with Pipeline() as pipeline:
        pipeline.ingest_rows("ios", {"all.ndjson": [take(day, "a") for day in days]})
        pipeline.load()
        pipeline.ingest_rows("ios", {"again.ndjson": [take("20240201", "a", "India")]})
        steps = [step for step in pipeline.load() if step.table == "active_users"]
    assert {(step.start, step.end) for step in steps} == {(event_day("20240201"), event_day("20240228"))}
