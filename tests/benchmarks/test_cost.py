"""What a load sends to BigQuery, statement by statement, and what others would have to send."""

import datetime as dt

import pytest

from benchmarks.cost_bills import BASELINES
from benchmarks.cost_nights import DATASET, EXPORT_TABLE, nights
from benchmarks.exports import make_export
from loaders.cost.bill import Sized, bill
from loaders.cost.layout import Layout, export_layout, layout_of
from loaders.exports import Field, export_schema
from tests.definitions import DAYS_COLUMNS, catalog, metrics
from tests.pipeline import Pipeline

CATALOG = catalog()
DAYS = [dt.date(2026, 1, 1) + dt.timedelta(days=number) for number in range(91)]
# A byte in each leaf of each day: what counts here is what is read, not how much.
TABLES = {
    name: Sized(layout_of(table), {day: dict.fromkeys(layout_of(table).leaves, 1) for day in DAYS})
    for name, table in CATALOG.tables.items()
} | {
    "days": Sized(Layout(tuple(Field(name, kind, "NULLABLE") for name, kind in DAYS_COLUMNS.items())), {None: {}}),
    EXPORT_TABLE: Sized(
        export_layout(export_schema("ga4")),
        dict.fromkeys(DAYS, dict.fromkeys(export_layout(export_schema("ga4")).leaves, 1)),
    ),
}


@pytest.fixture(scope="module")
def night():
    """What a load sends when a day is new and three are restated, on top of 90 days."""
    with nights(CATALOG, metrics()) as company:
        company.deliver(*DAYS[:-1])
        company.load()
        company.deliver(*DAYS[-4:])
        sent = company.load()
        assert company.load() == []
        return sent


def test_each_changed_day_of_the_export_is_read_once_and_nothing_else_of_it(night):
    reads = [
        (each.table, read)
        for each in night
        for read in bill(each.sql, each.parameters, TABLES).reads
        if read.table == EXPORT_TABLE
    ]
    assert sorted(day for _, read in reads for day in read.days) == DAYS[-4:]
    assert {table for table, _ in reads} == {"events_flat"}
    assert [sum(DATASET in each.sql for each in night)] == [len(reads)]


def test_of_the_export_only_the_named_fields_are_read(night):
    [leaves] = {
        read.leaves
        for each in night
        for read in bill(each.sql, each.parameters, TABLES).reads
        if read.table == EXPORT_TABLE
    }
    assert not {leaf for leaf in leaves if leaf.startswith(("user_properties", "device", "traffic_source", "items"))}
    assert len(leaves) == 12


def test_restated_days_are_removed_for_nothing(night):
    deletes = [each for each in night if each.sql.startswith("DELETE")]
    assert len({each.table for each in deletes}) == len(CATALOG.tables)
    assert {bill(each.sql, each.parameters, TABLES).billed for each in deletes} == {0}


def test_no_report_reads_its_whole_history(night):
    """But those who look for when somebody came first, which is a row a person."""
    whole = {
        (each.table, read.table)
        for each in night
        for read in bill(each.sql, each.parameters, TABLES).reads
        if len(read.days) > 60
    }
    assert whole == {("growth", "users"), ("retention", "users"), ("users", "users")}


def test_staging_holds_the_listed_parameters_alone(tmp_path):
    with Pipeline() as pipeline:
        pipeline.ingest_files("app", make_export(tmp_path, users=300, days=3))
        pipeline.load()
        kept = pipeline.warehouse.read(
            "SELECT DISTINCT event_name, param.key FROM events_flat CROSS JOIN UNNEST(params) AS param"
        ).to_pylist()
    listed = metrics().settings()["event_params"].value
    assert kept, "there is something to keep"
    assert {f"{row['event_name']}.{row['key']}" for row in kept} <= set(listed)


# Of the naive statements, the columns to be compared: keys and figures.
COMPARED = {
    "active_users": ("date country platform", "dau wau mau new_users"),
    "daily_report": ("date country platform", "dau wau mau new_users takes"),
    "event_params": ("date event_name param_key param_value country platform", "events users"),
    "events": ("date event_name country platform app_version", "events users"),
    "growth": ("date country platform", "new_users_7d retained resurrected churned"),
    "retention": ("cohort_date day_n country platform", "cohort_users active_users"),
    "active_users_by_country": ("date country", "dau wau mau new_users"),
    "daily_report_by_country": ("date country", "dau wau mau new_users takes"),
    "daily_report_by_platform": ("date platform", "dau wau mau new_users takes"),
    "events_by_place": ("date event_name country platform", "events users"),
    "events_by_version": ("date event_name platform app_version", "events users"),
    "growth_by_platform": ("date platform", "new_users_7d retained resurrected churned"),
    "param_places": ("date event_name param_key country platform", "events"),
    "param_values": ("date event_name param_key param_value platform", "events users"),
    "places": ("date country platform", "events"),
    "versions": ("date app_version", "events"),
}


@pytest.fixture(scope="module")
def short_history(tmp_path_factory):
    with Pipeline() as pipeline:
        pipeline.ingest_files("app", make_export(tmp_path_factory.mktemp("export"), users=200, days=20))
        pipeline.load()
        yield pipeline


@pytest.mark.parametrize("report", COMPARED)
def test_the_naive_way_comes_to_the_same_figures(short_history, report):
    keys, figures = (names.split() for names in COMPARED[report])
    settings = metrics().settings()
    given = {
        "start_date": DAYS[0],
        "end_date": DAYS[19],
        "background_events": settings["activity.background_events"],
        "excluded": settings["events.excluded"],
        "event_params": settings["event_params"],
        "take_events": settings["report.take_events"],
        "day_ns": settings["retention.days"],
    }
    text = (BASELINES / "naive" / f"{report}.sql").read_text()
    naive = short_history.warehouse.read(text, given, source="app").to_pylist()

    def rows(table):
        # Ours has a row of zeros where only the day or the week before has figures.
        kept = [row for row in table if not row.get("days_ago") and any(row[name] for name in figures)]
        return sorted([*(str(row[name]) for name in keys), *(int(row[name]) for name in figures)] for row in kept)

    assert rows(naive) == rows(short_history.rows(report)) != []


def test_there_is_a_naive_statement_of_every_report():
    assert {path.stem for path in (BASELINES / "naive").glob("*.sql")} == {report.name for report in CATALOG.reports}
    assert set(COMPARED) == {report.name for report in CATALOG.reports}
