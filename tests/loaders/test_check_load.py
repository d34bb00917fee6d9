"""A load is checked before it is committed: on a real MySQL, with a violation of each kind planted in the export."""

import datetime as dt
import shutil

import pytest
import yaml

from loaders.catalog import LOADERS, load_catalog
from loaders.errors import CheckFailedError, DeclarationError, StoreError
from loaders.run import Inputs
from loaders.sources import Source, name_source
from loaders.store.connection import connected
from loaders.warehouse.duckdb import DuckDBWarehouse
from tests.loaders.store.conftest import drop_all
from tests.loaders.test_run import APP, JUNE, METRICS, Bench, event

# A report that the export can make to violate whatever is wanted.
QUERY = """
SELECT
  date,
  country,
  SUM(events) AS visits,
  NULLIF(SUM(IF(event_name = 'seen', events, 0)), 0) AS seen
FROM events_flat
WHERE date BETWEEN @start_date AND @end_date
GROUP BY date, country
"""
PROBE = {
    "description": "Visits.",
    "owner": "data-team",
    "partition": "date",
    "key": ["date", "country"],
    "reads": {"events_flat": {"window": 1}},
    "columns": [
        {"name": "date", "type": "DATE", "description": "The day."},
        {"name": "country", "type": "STRING", "description": "Country."},
        {"name": "visits", "type": "INT64", "description": "Visits.", "additive_over": ["date", "country"]},
        {"name": "seen", "type": "INT64", "nullable": True, "description": "Seen.", "additive_over": ["date"]},
    ],
}
FEW_VISITS = "SELECT date, country, visits FROM probe WHERE date BETWEEN @start_date AND @end_date AND visits > 3"
AS_MANY = """
SELECT probe.date, SUM(visits) AS visits, SUM(events) AS events
FROM probe JOIN events ON events.date = probe.date AND events.country = probe.country
WHERE probe.date BETWEEN @start_date AND @end_date
GROUP BY probe.date HAVING SUM(visits) <> SUM(events)
"""
CHECKS = {
    "unique_key": {"columns": ["date"]},
    "not_null": {"columns": ["seen"]},
    "row_count": {"level": "fail", "smallest": 1, "at_most": 1.5},
    "identity": {"name": "few visits", "violations": FEW_VISITS},
}
GOOD = [event("a", day, name="seen") for day in JUNE[:29]]
PLANTED = {
    "unique_key": [event("b", JUNE[28], name="seen", country=country) for country in ("India", "Peru")],
    "not_null": [event("b", JUNE[28], name="take_photo", country="India")],
    "row_count": [event("b", JUNE[28], name="seen", country=country) for country in ("India", "Peru")],
    "identity": [event("b", JUNE[28], name="seen")] * 4,
}
MESSAGES = {
    "unique_key": "2026-06-29: rows 2",
    "not_null": "2026-06-29: empty_column seen",
    "row_count": "2026-06-29: 2 rows, usually 1 on the same weekday of the 4 weeks before",
    "identity": "2026-06-29: country India, visits 4",
}


class CheckedBench(Bench):
    """A bench whose reports are the project's events and the probe."""

    def declare(self, *checks, **changes):
        folder = self.folder / "project/reports/probe"
        if not folder.exists():
            for table in ("staging", "reports/events"):
                shutil.copytree(LOADERS / table, self.folder / "project" / table)
            folder.mkdir()
        (folder / "query.sql").write_text(QUERY)
        (folder / "report.yaml").write_text(yaml.safe_dump({**PROBE, "checks": list(checks), **changes}))
        self.inputs = Inputs(load_catalog(METRICS, self.folder / "project"), METRICS, {"app": APP})

    def everything(self):
        names = [*(table.name for table in self.inputs.catalog.reports), "days", "slices"]
        return {name: self.ask(f"SELECT * FROM {name} ORDER BY 1, 2, 3") for name in names}

    def results(self, condition="report = 'probe'"):
        return self.ask(f"SELECT `check`, status, message FROM checks WHERE {condition} ORDER BY id")


@pytest.fixture
def bench(store, tmp_path):
    with connected(store.environment, "loader") as connection:
        drop_all(connection)
    with DuckDBWarehouse(tmp_path / "warehouse.duckdb") as warehouse:
        yield CheckedBench(store.environment, warehouse, tmp_path)


@pytest.mark.parametrize("kind", CHECKS)
def test_a_violation_keeps_every_old_row_and_the_next_good_load_repairs(bench, kind):
    bench.declare({"kind": kind, **CHECKS[kind]})
    bench.ingest(*GOOD)
    bench.load()
    name = CHECKS[kind].get("name", kind)
    assert bench.results() == [(name, "passed", "")]
    before = bench.everything()
    bench.ingest(*PLANTED[kind])
    with pytest.raises(CheckFailedError, match=f"^probe: the check '{name}' failed .{MESSAGES[kind]}"):
        bench.load()
    assert bench.everything() == before
    assert bench.results()[1:] == [(name, "failed", MESSAGES[kind])]
    [(status, error)] = bench.ask("SELECT status, error FROM loads ORDER BY id DESC LIMIT 1")
    assert (status, MESSAGES[kind] in error) == ("failed", True)
    # As long as nothing is done about it, every load is red.
    with pytest.raises(CheckFailedError):
        bench.load()
    assert bench.everything() == before
    bench.ingest(event("c", JUNE[28], name="seen", country="Chile"))
    bench.load()
    assert bench.ask("SELECT country, visits FROM probe WHERE date = '2026-06-29'") == [("Chile", 1)]
    assert bench.results()[-1] == (name, "passed", "")


@pytest.mark.parametrize("kind", CHECKS)
def test_of_level_warn_the_violation_is_recorded_and_the_load_goes_on(bench, kind):
    bench.declare({"kind": kind, **CHECKS[kind], "level": "warn"})
    bench.ingest(*GOOD)
    bench.load()
    bench.ingest(*PLANTED[kind])
    [warning] = bench.load().warnings
    assert MESSAGES[kind] in warning
    assert bench.results()[-1][1:] == ("warned", MESSAGES[kind])
    assert bench.load().warnings == []


def test_a_check_that_was_lowered_lets_the_load_through(bench):
    bench.declare({"kind": "identity", **CHECKS["identity"]})
    bench.ingest(*GOOD, *[event("b", JUNE[3])] * 4)
    with pytest.raises(CheckFailedError):
        bench.load()
    bench.declare({"kind": "identity", **CHECKS["identity"], "level": "warn"})
    assert len(bench.load().warnings) == 1
    assert bench.ask("SELECT MAX(visits) FROM probe") == [(5,)]


def test_a_report_that_ends_too_early_is_named(bench):
    bench.declare({"kind": "freshness", "days": 3, "level": "fail"})
    bench.ingest(*GOOD)
    bench.load()
    declared = name_source("app", Source(schema="ga4", until=dt.date(2026, 7, 3)), "test")
    for inputs in (
        Inputs(bench.inputs.catalog, METRICS, {"app": declared}, frozenset({"app"})),
        Inputs(bench.inputs.catalog, METRICS, {"app": declared}),
    ):
        bench.inputs = inputs
        if inputs.declared:
            with pytest.raises(CheckFailedError, match="2026-06-29: the newest day is 4 days behind 2026-07-03"):
                bench.load()
            # Old days may be loaded all the same.
            bench.load(end=JUNE[20])
        else:
            bench.load()


def test_a_key_that_somebody_dropped_from_the_table_is_found_out(bench):
    """Without it MySQL itself takes both rows."""
    bench.declare({"kind": "unique_key"})
    bench.ingest(*GOOD[:2])
    bench.load()
    with connected(bench.environment, "loader") as connection, connection.cursor() as cursor:
        cursor.execute("ALTER TABLE probe DROP PRIMARY KEY")
    query = bench.folder / "project/reports/probe/query.sql"
    query.write_text(QUERY.replace("GROUP BY date, country", "GROUP BY date, country, event_name"))
    bench.ingest(event("b", JUNE[1], name="seen"), event("b", JUNE[1], name="take_photo"))
    with pytest.raises(CheckFailedError, match="2026-06-02: country India, rows 2"):
        bench.load()
    assert bench.ask("SELECT COUNT(*) FROM probe") == [(2,)]


def test_a_table_that_is_filled_beside_is_checked_before_people_read_it(bench):
    bench.declare()
    bench.ingest(*GOOD, *[event("b", JUNE[3])] * 4)
    bench.load()
    before = bench.everything()
    check = {"kind": "identity", **CHECKS["identity"]}
    for _ in range(2):
        bench.declare(check, description="Visits, described better.")
        with pytest.raises(CheckFailedError, match="2026-06-04: country India, visits 5"):
            bench.load()
        assert bench.everything().items() >= {key: rows for key, rows in before.items() if key != "slices"}.items()
        [(comment,)] = bench.ask("SELECT table_comment FROM information_schema.tables WHERE table_name = 'probe'")
        assert "described better" not in comment
    bench.ingest(event("b", JUNE[3], name="seen"))
    bench.load()
    [(comment,)] = bench.ask("SELECT table_comment FROM information_schema.tables WHERE table_name = 'probe'")
    assert "described better" in comment


def test_a_load_of_less_compares_nothing_with_what_it_has_left_behind(bench):
    check = {"kind": "identity", "name": "as many", "reads": {"events": {"days_ago": [0]}}, "violations": AS_MANY}
    bench.declare(check)
    bench.ingest(*GOOD)
    bench.load(report="probe")
    assert bench.results() == []
    bench.load()
    assert bench.results() == [("as many", "passed", "")]
    bench.ingest(*[event("b", JUNE[3])] * 2)
    bench.load(report="probe")
    assert len(bench.results()) == 1
    bench.load()
    assert len(bench.results()) == 2
    bench.ingest(*[event("b", JUNE[3])] * 3, *[event("b", JUNE[8])] * 3)
    bench.load(start=JUNE[8], end=JUNE[8])
    [(first, last)] = bench.ask("SELECT from_date, to_date FROM checks WHERE report = 'probe' ORDER BY id DESC LIMIT 1")
    assert (first, last) == (JUNE[8], JUNE[8])


def test_what_holds_between_the_real_reports_holds_in_loads_of_any_part(bench):
    bench.inputs = Inputs(load_catalog(METRICS), METRICS, {"app": APP})
    bench.ingest(*(event(user, day) for user, step in (("a", 1), ("b", 3), ("c", 9)) for day in JUNE[::step]))
    bench.load(report="growth")
    bench.load(start=JUNE[9], end=JUNE[20])
    bench.load(report="retention", end=JUNE[15])
    bench.load()
    bench.ingest(event("b", JUNE[12], country="Peru"))
    bench.load(report="daily_report")
    bench.load(report="growth", start=JUNE[20])
    bench.load()
    bench.ingest(event("c", JUNE[0], country="Peru"))
    bench.load()
    assert bench.results("status <> 'passed'") == []
    [(checked,)] = bench.ask("SELECT COUNT(DISTINCT report, `check`) FROM checks WHERE kind = 'identity'")
    assert checked == sum(check.kind == "identity" for each in bench.inputs.catalog.reports for check in each.checks)


def test_a_typo_in_a_column_is_refused_where_the_check_is_declared(bench):
    with pytest.raises(DeclarationError, match=r"probe/report\.yaml: the check 'few visits' does not fit .*vists"):
        bench.declare(
            {"kind": "identity", "name": "few visits", "violations": FEW_VISITS.replace("visits >", "vists >")}
        )


def test_a_query_that_only_mysql_can_judge_is_refused_at_the_first_load(bench):
    bench.declare({"kind": "identity", "name": "few", "violations": FEW_VISITS.replace("visits >", "LENGHT(visits) >")})
    bench.ingest(*GOOD[:1])
    with pytest.raises(StoreError, match=r"^probe: MySQL does not understand the check 'few' .*LENGHT.*report\.yaml"):
        bench.load()
    assert bench.ask("SELECT COUNT(*) FROM events") == [(0,)]


@pytest.mark.parametrize(
    ("check", "complaint"),
    [
        ({"kind": "uniqe_key"}, r"checks\.0: "),
        ({"kind": "not_null", "columms": ["date"]}, r"checks\.0\.not_null\.columms: "),
        ({"kind": "not_null", "columns": ["city"]}, "'not_null' names city, which is no column"),
        ({"kind": "freshness", "level": "error"}, r"checks\.0\.freshness\.level: "),
        ({"kind": "identity", "violations": FEW_VISITS}, r"checks\.0\.identity\.name: Field required"),
        (
            {"kind": "identity", "name": "x", "violations": FEW_VISITS, "reads": {"evnts": {"window": 1}}},
            "'x' reads evnts, which is no report",
        ),
    ],
)
def test_a_wrong_check_is_refused_by_its_key(bench, check, complaint):
    with pytest.raises(DeclarationError, match=rf"probe/report\.yaml: .*{complaint}"):
        bench.declare(check)


def test_two_checks_of_one_name_are_refused(bench):
    with pytest.raises(DeclarationError, match="two checks are called 'freshness'"):
        bench.declare({"kind": "freshness"}, {"kind": "freshness", "days": 3})
