"""Random small logs: whatever is ingested, in whatever order, every table holds what the reference counts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.ingest import remove_source
from loaders.plan import Request
from loaders.planning import make_plan
from loaders.run import Inputs
from tests import definitions
from tests.conftest import Stack
from tests.definitions import metrics
from tests.identities import violations
from tests.loaders.random_logs import (
    DEFINITIONS,
    SCHEMAS,
    SOURCES,
    Row,
    World,
    files,
    logs,
    search,
    stories,
    worlds,
    written,
)
from tests.pipeline import Pipeline, deviations, different_tables, store_deviations
from tests.reference import Definitions, Log, event_day

REPORTS = [table.name for table in definitions.catalog().reports]


@search(60)
@given(data=st.data())
def test_every_cell_is_what_the_reference_counts(data: st.DataObject) -> None:
    world = data.draw(worlds(), label="world")
    sources = data.draw(st.sampled_from([SOURCES[:1], SOURCES]), label="sources")
    exports = {name: data.draw(logs(world, data.draw(st.sampled_from(SCHEMAS))), label=name) for name in sources}
    chosen = data.draw(st.sampled_from(DEFINITIONS), label="definitions")
    with Pipeline() as pipeline:
        for source, rows in exports.items():
            pipeline.ingest_rows(source, data.draw(files(rows)))
        pipeline.load(chosen=chosen)
        assert not (lines := deviations(pipeline, exports, chosen)), "\n".join(lines)
        tables = {table.name: pipeline.rows(table.name) for table in pipeline.catalog.reports}
    assert not (lines := violations(tables, Log(exports, chosen))), "\n".join(lines)


@search(20)
@given(data=st.data())
def test_the_same_log_in_both_schemas_gives_the_same_tables(data: st.DataObject) -> None:
    world = data.draw(worlds(), label="world")
    told = {name: data.draw(stories(world), label=name) for name in data.draw(st.sampled_from([SOURCES[:1], SOURCES]))}
    chosen = data.draw(st.sampled_from(DEFINITIONS), label="definitions")
    with Pipeline() as today, Pipeline() as in_2017:
        for pipeline, schema in ((today, "ga4"), (in_2017, "firebase")):
            for source, story in told.items():
                pipeline.ingest_rows(source, data.draw(files(data.draw(written(story, schema)))))
            pipeline.load(chosen=chosen)
        assert not (lines := different_tables(today, in_2017)), "\n".join(lines)


def deliveries(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """The rows by the delivery that brings them, in files that do not name it."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(delivery("", row), []).append(row)
    return found


@search(20)
@given(data=st.data())
def test_days_in_any_order_and_some_of_them_twice(data: st.DataObject) -> None:
    """Each delivery of each source comes at any place as it is in the end, and some come before that, whole or not."""
    world = data.draw(worlds(), label="world")
    chosen = data.draw(st.sampled_from(DEFINITIONS), label="definitions")
    schemas = data.draw(st.permutations(SCHEMAS), label="schemas")
    exports = {name: data.draw(logs(world, schema)) for name, schema in zip(SOURCES, schemas, strict=True)}
    last = [(source, rows) for source, all_rows in exports.items() for rows in deliveries(all_rows).values()]
    drafts = [
        (source, rows if data.draw(st.booleans(), label="whole") else rows[:1])
        for source, rows in data.draw(st.lists(st.sampled_from(last), max_size=4), label="twice")
    ]
    with Pipeline() as pipeline, Pipeline() as clean:
        for source, rows in [*drafts, *data.draw(st.permutations(last), label="order")]:
            pipeline.ingest_rows(source, {"delivery.ndjson": rows})
            if data.draw(st.integers(0, 2), label="load if 0") == 0:
                pipeline.load(chosen=chosen)
        pipeline.load(chosen=chosen)
        for source, rows in exports.items():
            clean.ingest_rows(source, {"all.ndjson": rows})
        clean.load(chosen=chosen)
        assert not (lines := different_tables(clean, pipeline)), "\n".join(lines)
        assert not (lines := deviations(pipeline, exports, chosen)), "\n".join(lines)


class Deliveries:
    """What each source has delivered by now: a delivery that comes again replaces what it brought.

    A row of today's schema belongs to the delivery of its day; a bundle to the day in its file's name, else to the day
    of its last event, whatever days its other events lie on.
    """

    def __init__(self) -> None:
        self.by_day: dict[str, dict[str, list[Row]]] = {}

    def deliver(self, source: str, named: Mapping[str, Sequence[Row]], *, replace_source: bool = False) -> None:
        new: dict[str, list[Row]] = {}
        for name, rows in named.items():
            for row in rows:
                new.setdefault(delivery(name, row), []).append(row)
        self.by_day[source] = new if replace_source else self.by_day.get(source, {}) | new

    def exports(self) -> dict[str, list[Row]]:
        return {source: [row for rows in days.values() for row in rows] for source, days in self.by_day.items()}

    def days(self) -> list[date]:
        return sorted({event.day for event in Log(self.exports()).events})


def delivery(name: str, row: Row) -> str:
    """The delivery that a row of the file of that name belongs to."""
    if "event_date" in row:
        return str(row["event_date"])
    if name.startswith("app_events_"):
        return name.split("_")[2]
    return max(each["date"] for each in row["event_dim"])


def live_through(
    data: st.DataObject,
    world: World,
    pipeline: Pipeline,
    load: Callable[[Request, Definitions, dict[str, list[Row]]], None],
) -> Deliveries:
    """Days come late, early, again, smaller or larger, and sources go; some loads want less, some redefine.

    A source keeps its schema as long as it is there.

    `load` gets the request, the definitions, and the exports as they are by then.
    """
    delivered = Deliveries()
    schemas = {source: data.draw(st.sampled_from(SCHEMAS), label=source) for source in SOURCES}
    for _ in range(data.draw(st.integers(2, 6), label="deliveries")):
        source = data.draw(st.sampled_from(SOURCES), label="source")
        if set(delivered.by_day) == set(SOURCES) and data.draw(st.integers(0, 5), label="remove if 0") == 0:
            remove_source(pipeline.warehouse, source)
            del delivered.by_day[source], pipeline.sources[source]
        else:
            some_days = data.draw(st.lists(st.sampled_from(world.days), min_size=1, max_size=3), label="days")
            rows = data.draw(logs(replace(world, days=some_days), schemas[source], max_size=6), label="rows")
            replace_source = data.draw(st.integers(0, 5), label="replace the source if 0") == 0
            named = data.draw(files(rows, world), label="files")
            pipeline.ingest_rows(source, named, replace_source=replace_source)
            delivered.deliver(source, named, replace_source=replace_source)
        if data.draw(st.booleans(), label="load"):
            request, chosen = data.draw(requests(delivered)), data.draw(st.sampled_from(DEFINITIONS))
            load(request, chosen, delivered.exports())
    return delivered


@st.composite
def requests(draw: st.DrawFn, delivered: Deliveries) -> Request:
    """A load of everything that changed, or of what lies between two delivered days, of all reports or of one."""
    if draw(st.booleans()):
        return Request()
    start, end = sorted(draw(st.sampled_from(delivered.days())) for _ in range(2))
    return Request(start, end, report=draw(st.sampled_from([None, *REPORTS])))


@search(30)
@given(data=st.data())
def test_restating_in_any_order_ends_in_what_one_clean_load_gives(data: st.DataObject) -> None:
    world = data.draw(worlds(), label="world")
    chosen = data.draw(st.sampled_from(DEFINITIONS), label="definitions in the end")
    with Pipeline() as pipeline, Pipeline() as clean:

        def load(request: Request, definitions: Definitions, exports: dict[str, list[Row]]) -> None:
            pipeline.load(request, definitions)
            assert not (lines := deviations(pipeline, exports, definitions, request)), "\n".join(lines)
            assert pipeline.load(request, definitions) == []

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
            inputs = Inputs(pipeline.catalog, metrics(definitions), pipeline.sources)
            assert make_plan(store.environment, pipeline.warehouse, inputs, request).steps == []

        load(Request(), chosen, live_through(data, world, pipeline, load).exports())


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
        assert new == {("Türkiye", 1): 1, ("Türkiye", 2): 0, ("India", 2): 1}


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


def test_a_day_that_arrives_long_after_makes_new_users_resurrected() -> None:
    """A month lies between: only the first day that has moved connects 1 January with the week after 1 February."""
    february = [take("20240201", "a"), take("20240205", "b")]
    with Pipeline() as pipeline:
        pipeline.ingest_rows("ios", {"february.ndjson": february})
        pipeline.load()
        pipeline.ingest_rows("ios", {"late.ndjson": [take("20240101", "a")]})
        pipeline.load()
        assert not (lines := deviations(pipeline, {"ios": [take("20240101", "a"), *february]})), "\n".join(lines)
        last = [row for row in pipeline.rows("growth") if row["date"] == event_day("20240205")]
    assert [(row["new_users_7d"], row["resurrected"]) for row in last] == [(1, 1)]


def test_a_first_load_of_a_report_whose_inputs_lie_out_of_reach() -> None:
    chosen = Definitions(retention_days=frozenset({2, 28}))
    log = [take("20240227", "a"), take("20240228", "a")]
    with Pipeline() as pipeline:
        pipeline.ingest_rows("app", {"a.ndjson": log})
        day = date(2024, 2, 27)
        pipeline.load(Request(day, day, report="retention"), chosen)
        assert pipeline.rows("retention") == []
        pipeline.load(chosen=chosen)
        assert not (lines := deviations(pipeline, {"app": log}, chosen)), "\n".join(lines)


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
