"""What a load sends to BigQuery, statement by statement, and what others would have to send."""

import json

import pytest

from benchmarks.cost_bills import BASELINES, naive_night
from benchmarks.cost_nights import DATASET, EXPORT_TABLE
from benchmarks.cost_volumes import DAYS_OF_ALL, WIDTHS, event_widths
from benchmarks.exports import make_export
from docs import bill
from loaders.cost.month import queries_usd
from settings.environment import PROJECT
from tests.definitions import catalog, metrics
from tests.pipeline import Pipeline

SAMPLE = PROJECT.parent / "shared" / "data" / "ga4" / "floodit_union.ndjson"

CATALOG = catalog()
DAYS = DAYS_OF_ALL


@pytest.fixture(scope="module")
def company():
    """A company with 90 days of history; `most` is the load of a night with a new day and three restated ones."""
    with bill.company() as found:
        yield found


def of_the_export(company):
    """The table for which a statement reads the export, and what it reads of it."""
    return [
        (sent.table, read) for sent, of in company.most.statements for read in of.reads if read.table == EXPORT_TABLE
    ]


def test_each_changed_day_of_the_export_is_read_once_and_nothing_else_of_it(company):
    reads = of_the_export(company)
    assert sorted(day for _, read in reads for day in read.days) == DAYS[-4:]
    assert {table for table, _ in reads} == {"events_flat"}
    assert sum(DATASET in sent.sql for sent, _ in company.most.statements) == len(reads)


def test_a_new_day_alone_is_read_alone(company):
    days = [read.days for _, of in company.quiet.statements for read in of.reads if read.table == EXPORT_TABLE]
    assert days == [(DAYS[-2],)]


def test_of_the_export_only_the_named_fields_are_read(company):
    [leaves] = {read.leaves for _, read in of_the_export(company)}
    assert not {leaf for leaf in leaves if leaf.startswith(("user_properties", "device", "traffic_source", "items"))}
    assert len(leaves) == 11


def test_restated_days_are_removed_for_nothing(company):
    deletes = [(sent, of) for sent, of in company.most.statements if sent.sql.startswith("DELETE")]
    assert {sent.table for sent, _ in deletes} == set(CATALOG.tables)
    assert {of.billed for _, of in deletes} == {0}


def test_none_but_the_table_of_first_days_is_read_over_its_whole_history(company):
    """It has a row a person, not one an event or a day."""
    reads = {(read.table, len(read.days)) for _, of in company.most.statements for read in of.reads}
    assert {table for table, days in reads if days > 60} == {"users"}


def test_the_page_shows_the_figures_of_now(company):
    page = (PROJECT / "docs" / "cost.md").read_text()
    assert bill.replace(page, company) == page


def test_a_month_of_queries_stays_under_fifty_dollars_where_days_are_not_restated(company):
    assert queries_usd(company.quiet.billed) < 50


def test_all_reports_from_the_export_would_read_fifty_times_as_much(company):
    assert sum(naive_night(company.volumes.tables).values()) > 50 * company.most.billed


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


def test_the_widths_are_those_of_the_public_export():
    if not SAMPLE.exists():
        pytest.skip("Google's public sample is not beside this clone")
    rows = map(json.loads, SAMPLE.read_text().splitlines())
    assert event_widths(rows) == pytest.approx(json.loads(WIDTHS.read_text()))
