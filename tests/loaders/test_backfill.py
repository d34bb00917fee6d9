"""A history in chunks: resumable, without a gap at any moment, equal to one load, and less read than day by day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders.backfill import Chunk, Estimate, estimate, make_chunks, require_budget
from loaders.errors import BudgetError, RangeError
from loaders.foresight import foresee
from loaders.plan import Request
from loaders.run import Inputs, calendar_of
from loaders.versions import expand
from tests import definitions
from tests.loaders.random_logs import DEFINITIONS, SCHEMAS, files, logs, search, worlds
from tests.pipeline import Pipeline, different_tables

YEAR = [dt.date(2025, 1, 1) + dt.timedelta(days=n) for n in range(365)]
ALL = Request()


def days(chunks: list[Chunk]) -> list[tuple[dt.date, dt.date]]:
    return [(chunk.days[0], chunk.days[-1]) for chunk in chunks]


def test_a_year_comes_oldest_first() -> None:
    chunks = make_chunks(YEAR, [], ALL, 100)
    assert days(chunks) == [(YEAR[0], YEAR[99]), (YEAR[100], YEAR[199]), (YEAR[200], YEAR[299]), (YEAR[300], YEAR[364])]
    assert [len(chunk.request.known or ()) for chunk in chunks] == [100, 200, 300, 365]


def test_what_lies_before_the_loaded_days_comes_newest_first() -> None:
    assert days(make_chunks(YEAR, YEAR[200:300], ALL, 90)) == [
        (YEAR[300], YEAR[364]),
        (YEAR[110], YEAR[199]),
        (YEAR[20], YEAR[109]),
        (YEAR[0], YEAR[19]),
    ]


def test_after_a_break_the_chunks_that_are_loaded_do_not_come_again() -> None:
    assert days(make_chunks(YEAR, YEAR[:200], ALL, 100)) == days(make_chunks(YEAR, [], ALL, 100))[2:]
    assert make_chunks(YEAR, YEAR, ALL, 100) == []


def test_only_the_days_asked_for_are_loaded_and_those_loaded_before_stay_known() -> None:
    [chunk] = make_chunks(YEAR, YEAR[:10], Request(YEAR[10], YEAR[19]), 31)
    assert chunk.days == tuple(YEAR[10:20])
    assert chunk.request == Request(known=frozenset(YEAR[:20]))


def test_a_gap_would_show_days_without_users_and_is_refused() -> None:
    with pytest.raises(RangeError, match=r"lie 2025-02-10 to 2025-04-10, which .* --from 2025-02-10 --to 2025-06-30"):
        make_chunks(YEAR, YEAR[:40], Request(YEAR[100], YEAR[180]), 31)


def test_a_backfill_that_the_month_cannot_pay_is_refused_with_the_figures() -> None:
    estimates = [Estimate(chunk, 9, 10**12, 6.5) for chunk in make_chunks(YEAR, [], ALL, 31)]
    require_budget(estimates, 21.9, 100.0)
    with pytest.raises(BudgetError, match=r"would cost \$78.00, and \$22.50 of this month's \$100.00 are spent"):
        require_budget(estimates, 22.5, 100.0)


@search(15)
@given(data=st.data())
def test_chunks_end_in_the_tables_of_one_load(data: st.DataObject) -> None:
    world = data.draw(worlds(), label="world")
    rows = data.draw(logs(world, data.draw(st.sampled_from(SCHEMAS))), label="rows")
    chosen = data.draw(st.sampled_from(DEFINITIONS), label="definitions")
    length = data.draw(st.integers(1, 40), label="days of a chunk")
    named = data.draw(files(rows), label="files")
    with Pipeline() as chunked, Pipeline() as clean:
        for pipeline in (chunked, clean):
            pipeline.ingest_rows("app", named)
        clean.load(chosen=chosen)
        everything = clean.warehouse.days()
        delivered = sorted({row.date for row in everything})
        # What is loaded first may lie in the middle.
        start = data.draw(st.sampled_from(delivered), label="loaded first")
        for chunk in make_chunks(delivered, [], replace(ALL, start=start), length)[:1]:
            chunked.load(chunk.request, chosen)
        chunks = make_chunks(delivered, {row.date for row in chunked.warehouse.days()}, ALL, length)
        for chunk in chunks:
            chunked.load(chunk.request, chosen)
        assert chunked.load(chosen=chosen) == []
        assert not (lines := different_tables(clean, chunked)), "\n".join(lines)


def days_read(pipeline: Pipeline, chunks: list[Chunk]) -> dict[str, int]:
    """How many days of each table the statements of the chunks would read, chunk after chunk."""
    inputs = Inputs(pipeline.catalog, definitions.metrics(None), pipeline.sources)
    partitions = {name: pipeline.warehouse.partitions(name) for name in inputs.catalog.tables}
    found: dict[str, int] = {}
    for chunk in chunks:
        calendar = calendar_of(pipeline.warehouse, inputs, chunk.request)
        tables = pipeline.warehouse.daily_tables()
        foreseen = foresee(inputs.catalog, calendar, tables, inputs.sources, partitions, chunk.request)
        for table, piece in foreseen.pieces:
            for upstream, offsets in table.reads.items():
                found[upstream] = found.get(upstream, 0) + len(set(expand(piece.stamps, offsets)) & set(calendar.days))
        partitions = foreseen.partitions
    return found


def test_chunks_read_the_export_once_and_windows_once_a_chunk() -> None:
    rows = [
        {"event_date": f"{day:%Y%m%d}", "event_timestamp": 1, "event_name": "open", "user_pseudo_id": "a"}
        for day in YEAR[:120]
    ]
    with Pipeline() as pipeline:
        pipeline.ingest_rows("app", {"all.ndjson": rows})
        by_month = days_read(pipeline, make_chunks(YEAR[:120], [], ALL, 30))
        by_day = days_read(pipeline, make_chunks(YEAR[:120], [], ALL, 1))
        assert by_month["export"] == by_day["export"] == 120
        assert by_month["user_days"] < by_day["user_days"] / 4
        inputs = Inputs(pipeline.catalog, definitions.metrics(None), pipeline.sources)
        estimates = estimate(pipeline.warehouse, inputs, make_chunks(YEAR[:120], [], ALL, 30))
        assert [each.usd for each in estimates] == [0.0] * 4
        assert all(each.statements >= len(pipeline.catalog.tables) for each in estimates)
