"""What is really sent to BigQuery, and what happens when it answers badly: the real client over HTTP, to a fake."""

import datetime as dt

import pytest
from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY, DEFAULT_RETRY

from loaders.errors import BudgetError, DeclarationError, WarehouseError
from loaders.sources import Source, name_source
from loaders.warehouse import DayRow, Slot, Stamp
from loaders.warehouse import bigquery_ledger as ledger
from loaders.warehouse.bigquery_budget import Budget
from loaders.warehouse.bigquery_jobs import Patience
from tests.bigquery.fake import MIB, Answer, Fault, running_fake
from tests.loaders.warehouse.engines import client_at, warehouse_at
from tests.loaders.warehouse.small_catalog import TALLY_FOLDER, VISITS, column, small_catalog

FIRST, SECOND = dt.date(2026, 3, 1), dt.date(2026, 3, 2)
STAMP, OTHER = Stamp("code", "inputs"), Stamp("code", "others")
IOS = name_source("ios", Source(schema="ga4", dataset="acme.analytics_1"), "test")
QUICK = {"initial": 0.001, "maximum": 0.002}
PATIENCE = Patience(
    DEFAULT_RETRY.with_delay(**QUICK).with_timeout(1),
    DEFAULT_JOB_RETRY.with_delay(**QUICK).with_timeout(1),
    lambda seconds: None,
)
# One that no retry helps against, as a process that is killed sees none either.
KILLED = {"status": 400, "reason": "invalid", "message": "Killed"}


@pytest.fixture
def fake():
    with running_fake() as server:
        yield server


@pytest.fixture
def catalog(tmp_path):
    return small_catalog(tmp_path)


def opened(fake, **more):
    """As another process would open it."""
    more = {"patience": PATIENCE, "sources": {"ios": IOS}} | more
    return warehouse_at(client_at(fake.address), **more)


def compute(warehouse, catalog, stamp=STAMP, days=(FIRST,), name="visits"):
    table = catalog.tables[name]
    schema, source = ("ga4", "ios") if table.per_source else ("", "")
    return warehouse.replace(table, schema, source, dict.fromkeys(days, stamp))


# What a statement says of itself


def test_only_where_two_sources_share_a_day_is_a_source_looked_for(fake, catalog):
    """BigQuery drops whole partitions for nothing; any other condition reads them, and is billed."""
    android = name_source("android", Source(schema="ga4", dataset="acme.analytics_2"), "test")
    warehouse = opened(fake, sources={"ios": IOS, "android": android})
    table = catalog.tables["visits"]
    for source, day in (("ios", FIRST), ("ios", SECOND), ("android", SECOND)):
        warehouse.replace(table, "ga4", source, {day: STAMP})
    for day in (FIRST, SECOND):
        warehouse.replace(table, "ga4", "ios", {day: OTHER})
    deletes = [each.config["query"] for each in fake.statements if each.config["query"].startswith("DELETE")]
    assert deletes[-2:] == [
        "DELETE FROM `visits`\nWHERE `date` IN (DATE '2026-03-01')",
        "DELETE FROM `visits`\nWHERE (`date` IN (DATE '2026-03-02') AND source = @source_0)",
    ]


def test_every_statement_is_estimated_labelled_and_capped(fake, catalog):
    fake.processed = 3 * MIB + 1
    spent = compute(opened(fake), catalog)
    dry, real = (each for each in fake.sent("POST", "/jobs$") if each.config)
    assert (dry.is_dry, real.is_dry) == (True, False)
    assert real.config["query"] == dry.config["query"]
    assert real.body["configuration"]["labels"] == {
        "app": "groundup",
        "table": "visits",
        "day": "2026-03-01",
        "run": "20260301t000000-test",
    }
    assert int(real.config["maximumBytesBilled"]) == 2**40
    assert real.config["defaultDataset"] == {"projectId": "acme", "datasetId": "groundup"}
    assert real.config["useLegacySql"] is False
    assert real.body["jobReference"]["location"] == "US"
    assert (spent.rows, spent.bytes_billed) == (1, 10 * MIB)
    assert spent.usd == pytest.approx(10 * MIB / 2**40 * 6.25)


def test_the_files_text_is_sent_with_the_sources_tables_and_typed_parameters(fake, catalog):
    compute(opened(fake), catalog)
    config = fake.statements[0].config
    assert VISITS.rstrip().replace("`export.events_*`", "`acme.analytics_1.events_*`") in config["query"]
    assert config["query"].startswith("INSERT INTO `visits` (`date`, `source`, `platform`, `user_key`)\nSELECT `date`,")
    types = {each["name"]: each["parameterType"] for each in config["queryParameters"]}
    assert types == {
        "aliases": {
            "type": "ARRAY",
            "arrayType": {
                "type": "STRUCT",
                "structTypes": [
                    {"name": "name", "type": {"type": "STRING"}},
                    {"name": "alias", "type": {"type": "STRING"}},
                ],
            },
        },
        "end_date": {"type": "DATE"},
        "source": {"type": "STRING"},
        "start_date": {"type": "DATE"},
    }
    values = {each["name"]: each["parameterValue"] for each in config["queryParameters"]}
    assert values["start_date"] == {"value": "2026-03-01"}


def test_an_intraday_export_is_read_from_its_own_tables(fake, catalog):
    source = name_source("ios", Source(schema="ga4", dataset="acme.analytics_1", tables="intraday"), "test")
    compute(opened(fake, sources={"ios": source}), catalog)
    assert "FROM `acme.analytics_1.events_intraday_*`" in fake.statements[0].config["query"]


def test_a_whole_export_is_never_read(fake, catalog):
    path = catalog.tables["visits"].folder / "ga4.sql"
    path.write_text("SELECT 1 FROM `export.events_*` -- WHERE _TABLE_SUFFIX BETWEEN 1 AND 2")
    with pytest.raises(WarehouseError, match="bound it by _TABLE_SUFFIX"):
        compute(opened(fake), catalog)
    assert fake.statements == []


# Money


def test_what_the_months_budget_lacks_is_not_spent(fake, catalog):
    fake.processed = 2**40
    with pytest.raises(BudgetError, match=r"would cost \$6\.25, and \$45\.00 of this month's \$50\.00 are spent"):
        compute(opened(fake, budget=Budget(50, 2**41, lambda: 45.0)), catalog)
    assert fake.statements == []


def test_this_runs_own_spending_counts(fake, catalog):
    fake.processed = 2**40
    warehouse = opened(fake, budget=Budget(10, 2**41, lambda: 0.0))
    compute(warehouse, catalog)
    with pytest.raises(BudgetError, match=r"\$6\.25 of this month's \$10\.00"):
        compute(warehouse, catalog, OTHER)


def test_a_statement_that_is_too_large_is_not_run(fake, catalog):
    fake.processed = 5 * 2**30
    with pytest.raises(BudgetError, match=r"billed 5\.0 GiB .* more than GROUNDUP_BIGQUERY_MAX_BYTES .*1\.0 GiB"):
        compute(opened(fake, budget=Budget(50, 2**30, lambda: 0.0)), catalog)
    assert fake.statements == []


def test_the_server_holds_a_statement_to_its_cap(fake, catalog):
    fake.processed = 20 * MIB
    warehouse = opened(fake, budget=Budget(50, 30 * MIB, lambda: 0.0))
    compute(warehouse, catalog)
    sent = fake.handle

    def grown(request):
        fake.processed = 20 * MIB if request.is_dry else 40 * MIB
        return sent(request)

    fake.handle = grown
    with pytest.raises(BudgetError, match=r"BigQuery did not run it .*limit for bytes billed"):
        compute(warehouse, catalog, OTHER)


def test_a_plans_estimate_is_a_dry_run_alone(fake, catalog):
    fake.processed = 3 * 2**30
    warehouse = opened(fake)
    assert warehouse.estimate(catalog.tables["visits"], "ga4", "ios", {FIRST: STAMP}).bytes_billed == 3 * 2**30
    assert [each.is_dry for each in fake.requests] == [True]


# Writing, killed anywhere


def test_a_write_is_recorded_as_open_before_and_as_done_after(fake, catalog):
    warehouse = opened(fake)
    compute(warehouse, catalog)
    assert fake.job_kinds == ["visits_open", "visits_insert", "visits_done"]
    compute(warehouse, catalog, OTHER)
    assert fake.job_kinds[3:] == ["visits_open", "visits_delete", "visits_insert", "visits_done"]
    assert fake.statements[1].config["query"] == "DELETE FROM `visits`\nWHERE `date` IN (DATE '2026-03-01')"


def test_data_that_the_ledger_does_not_know_of_is_deleted_first(fake, catalog):
    compute(opened(fake), catalog)
    del fake.tables["groundup", ledger.NAME]
    compute(opened(fake), catalog)
    assert fake.copies["visits"] == 1


def requests_of_a_write(catalog, stamp):
    with running_fake() as server:
        compute(opened(server), catalog)
        before = len(server.requests)
        compute(opened(server), catalog, stamp)
        return len([each for each in server.requests[before:] if not each.is_dry])


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("next_stamp", [OTHER, Stamp("code", "later")], ids=["the same again", "something else"])
def test_a_write_that_is_cut_off_anywhere_is_whole_after_the_next(catalog, done, next_stamp):
    for moment in range(requests_of_a_write(catalog, OTHER)):
        with running_fake() as fake:
            compute(opened(fake), catalog)
            fake.faults = [Fault("", "", skip=moment, after=done, **KILLED)]
            with pytest.raises(WarehouseError):
                compute(opened(fake), catalog, OTHER)
            if opened(fake).partitions("visits"):
                # A stamp means data, always.
                assert fake.copies["visits"] == 1
            compute(opened(fake), catalog, next_stamp)
            assert fake.copies["visits"] == 1, f"killed at request {moment}: {fake.job_kinds}"
            assert opened(fake).partitions("visits")[Slot(FIRST, "ios")].stamp == next_stamp


def test_the_export_is_not_read_again_where_the_statement_had_been_sent(fake, catalog):
    fake.processed = 12 * MIB
    fake.faults = [Fault("POST", "/jobs$", skip=1, after=True, **KILLED)]
    with pytest.raises(WarehouseError):
        compute(opened(fake), catalog)
    spent = compute(opened(fake), catalog)
    assert fake.job_kinds == ["visits_open", "visits_insert", "visits_done"]
    assert (spent.rows, spent.bytes_billed) == (1, 12 * MIB)


def test_a_statement_that_still_runs_for_an_older_purpose_is_cancelled_first(fake, catalog):
    fake.looks = 1000
    fake.failures = {}
    warehouse = opened(fake)
    warehouse._make()
    fake.looks = 0
    fake.faults = [Fault("POST", "/jobs$", skip=1, after=True, **KILLED)]
    sent = fake.handle

    def slow(request):
        fake.looks = 1000 if request.config.get("query", "").startswith("INSERT") else 0
        return sent(request)

    fake.handle = slow
    with pytest.raises(WarehouseError):
        compute(opened(fake), catalog)
    fake.handle = sent
    fake.looks = 0
    compute(opened(fake), catalog, OTHER)
    cancelled = fake.sent("POST", "_insert_.*/cancel$")
    assert [each.path.split("/")[-2] for each in cancelled] == [fake.statements[0].job_id]
    assert fake.copies["visits"] == 1


def test_coming_back_to_an_earlier_state_is_another_purpose(fake, catalog):
    for stamp in (STAMP, OTHER, STAMP, STAMP):
        compute(opened(fake), catalog, stamp)
    inserts = [each.job_id for each in fake.statements if "_insert_" in each.job_id]
    assert len(set(inserts)) == len(inserts) == 4
    assert all(job_id.endswith("_0") for job_id in inserts)


def test_the_ledger_is_rewritten_when_it_has_grown(fake, catalog, monkeypatch):
    monkeypatch.setattr(ledger, "_SMALL", 5)
    for number in range(4):
        compute(opened(fake), catalog, Stamp("code", str(number)))
    assert [kind for kind in fake.job_kinds if "compact" in kind or "groundup" in kind]
    assert len(fake.rows["groundup", ledger.NAME]) < 6
    assert opened(fake).partitions("visits")[Slot(FIRST, "ios")].stamp == Stamp("code", "3")
    assert fake.copies["visits"] == 1


def test_the_ledger_and_the_calendar_are_read_and_written_for_nothing(fake, catalog):
    warehouse = opened(fake)
    warehouse.write_days([DayRow(FIRST, "ios", None, 0, dt.datetime(2026, 3, 5))])
    warehouse.days()
    warehouse.partitions("visits")
    assert fake.statements == []


# Retries


@pytest.mark.parametrize(("status", "reason"), [(503, "backendError"), (429, "rateLimitExceeded")])
def test_what_can_be_retried_is(fake, catalog, status, reason):
    fake.faults = [Fault("", "", status, reason, skip=skip) for skip in range(12)]
    compute(opened(fake), catalog)
    assert fake.job_kinds.count("visits_insert") >= 1
    assert fake.copies["visits"] == 1


def test_an_answer_that_is_lost_does_not_run_the_statement_twice(fake, catalog):
    fake.faults = [Fault("POST", "v2/projects/acme/jobs$", after=True, skip=1)]
    compute(opened(fake), catalog)
    ids = [each.job_id for each in fake.statements]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert fake.copies["visits"] == 1


def test_a_job_that_fails_for_a_moment_has_another_attempt(fake, catalog):
    fake.failures = {"_insert_": ["backendError"]}
    compute(opened(fake), catalog)
    assert [each.job_id[-2:] for each in fake.statements] == ["_0", "_1"]
    assert fake.copies["visits"] == 1


def test_a_job_that_fails_for_good_has_none_until_it_is_asked_for_again(fake, catalog):
    fake.failures = {"_insert_": ["resourcesExceeded"]}
    with pytest.raises(WarehouseError, match=r"visits, 2026-03-01, of ios: BigQuery refuses .The job failed half-way"):
        compute(opened(fake), catalog)
    assert len(fake.statements) == 1
    assert opened(fake).partitions("visits") == {}
    compute(opened(fake), catalog)
    assert fake.copies["visits"] == 1


@pytest.mark.parametrize(
    ("status", "reason", "message", "sentence"),
    [
        (403, "accessDenied", "Access Denied: no bigquery.jobs.create", "grant the account BigQuery Job User"),
        (403, "quotaExceeded", "Exceeded your quota", "wait until the quota is renewed"),
        (404, "notFound", "Not found: Dataset acme:analytics_1", "correct GROUNDUP_BIGQUERY_PROJECT"),
        (404, "notFound", "Dataset acme:x was not found in location US", "set GROUNDUP_BIGQUERY_LOCATION"),
        (400, "invalidQuery", "Syntax error at [1:1]", r"correct .*visits/ga4\.sql"),
        (503, "backendError", "Down", "the fault is on Google's side"),
    ],
)
def test_what_cannot_be_retried_is_one_sentence(fake, catalog, status, reason, message, sentence):
    fake.faults = [Fault("POST", "v2/projects/acme/jobs$", status, reason, message, times=10_000, skip=1)]
    with pytest.raises(WarehouseError, match=sentence) as refused:
        compute(opened(fake), catalog)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_no_server_is_one_sentence(catalog):
    with running_fake() as gone:
        pass
    with pytest.raises(WarehouseError, match=r"BigQuery does not answer .* check the network"):
        opened(gone).partitions("visits")


def test_ctrl_c_cancels_the_job_at_the_server(fake, catalog):
    def interrupt(seconds):
        if fake.statements:
            raise KeyboardInterrupt

    fake.looks = 3
    with pytest.raises(KeyboardInterrupt):
        compute(opened(fake, patience=Patience(PATIENCE.request, PATIENCE.job, interrupt)), catalog)
    job_id = fake.statements[0].job_id
    assert fake.requests[-1].path.endswith(f"/jobs/{job_id}/cancel")
    assert fake.jobs[job_id]["status"]["errorResult"]["reason"] == "stopped"
    compute(opened(fake), catalog)
    assert fake.copies["visits"] == 1


# Results


TALLY_SCHEMA = [
    ("date", "DATE"),
    ("platform", "STRING"),
    ("visits", "INTEGER"),
    ("half", "FLOAT"),
    ("is_busy", "BOOLEAN"),
    ("midnight", "TIMESTAMP"),
    ("remark", "STRING"),
]


def tally_rows(number):
    return [("2026-03-01", f"p{n:03}", str(n), "0.5", "true", "1772323200000000", None) for n in range(number)]


def test_results_come_page_by_page_as_they_are_read(fake, catalog):
    fake.answers = [Answer("ORDER BY", TALLY_SCHEMA, tally_rows(50))]
    fake.page_rows = 10
    reader = opened(fake).rows(catalog.tables["tally"], FIRST, SECOND)
    first = reader.read_next_batch()
    assert first.num_rows == 10
    assert len(fake.sent("GET", "/queries/")) <= 3
    rest = reader.read_all()
    assert [*first.column("platform").to_pylist(), *rest.column("platform").to_pylist()] == [
        f"p{n:03}" for n in range(50)
    ]
    assert first.to_pylist()[0]["midnight"] == dt.datetime(2026, 3, 1)


def test_a_page_that_breaks_off_is_fetched_again(fake, catalog):
    fake.answers = [Answer("ORDER BY", TALLY_SCHEMA, tally_rows(50))]
    fake.page_rows = 10
    fake.faults = [Fault("GET", "/queries/", broken=True, skip=3)]
    rows = opened(fake).rows(catalog.tables["tally"], FIRST, SECOND).read_all()
    assert rows.column("visits").to_pylist() == list(range(50))


def test_reading_costs_and_says_so_once(fake, catalog):
    fake.processed = 1
    warehouse = opened(fake)
    warehouse.rows(catalog.tables["tally"], FIRST, SECOND)
    assert warehouse.read_cost().bytes_billed == 10 * MIB
    assert warehouse.read_cost().bytes_billed == 0


# Our dataset and its tables


def test_our_dataset_is_made_where_the_exports_lie(fake, catalog):
    compute(opened(fake), catalog)
    (made,) = fake.sent("POST", "/datasets$")
    assert (made.body["datasetReference"]["datasetId"], made.body["location"]) == ("groundup", "US")


def test_a_dataset_of_another_place_is_refused(fake, catalog):
    fake.datasets["groundup"] = {"location": "EU"}
    with pytest.raises(WarehouseError, match="lies in EU, and GROUNDUP_BIGQUERY_LOCATION says US"):
        compute(opened(fake), catalog)
    assert fake.statements == []


def test_tables_are_partitioned_and_clustered(fake, catalog):
    compute(opened(fake), catalog)
    compute(opened(fake), catalog, name="tally")
    made = {each.body["tableReference"]["tableId"]: each.body for each in fake.sent("POST", "/tables$")}
    assert made["visits"]["timePartitioning"] == {"type": "DAY", "field": "date"}
    assert made["visits"]["clustering"] == {"fields": ["source", "platform", "user_key"]}
    assert made["visits"]["requirePartitionFilter"] is True
    assert made["tally"]["clustering"] == {"fields": ["platform"]}
    assert not made["tally"].get("requirePartitionFilter")
    assert made["tally"]["schema"]["fields"][2] == {
        "name": "visits",
        "type": "INTEGER",
        "description": "The visits.",
        "mode": "NULLABLE",
    }


def test_a_new_column_is_added_in_place(fake, catalog, tmp_path):
    compute(opened(fake), catalog, name="tally")
    columns = [*TALLY_FOLDER["columns"][:3], column("twice", "INT64"), *TALLY_FOLDER["columns"][3:]]
    compute(opened(fake), small_catalog(tmp_path, columns=columns), OTHER, [SECOND], "tally")
    (changed,) = fake.sent("PATCH", "/tables/tally$")
    assert [each["name"] for each in changed.body["schema"]["fields"]][-2:] == ["remark", "twice"]
    assert set(opened(fake).partitions("tally")) == {Slot(FIRST), Slot(SECOND)}


# The exports


def test_days_are_known_by_free_metadata(fake):
    for day in range(1, 21):
        fake.put_table("analytics_1", f"events_202603{day:02}", rows=day)
    for name in ("events_intraday_20260321", "events_fresh_20260321", "pseudonymous_users_20260301"):
        fake.put_table("analytics_1", name)
    found = opened(fake).daily_tables()
    assert [(table.date.day, table.rows) for table in found] == [(day, day) for day in range(1, 21)]
    assert {each.method for each in fake.requests} == {"GET"}
    assert len(fake.sent("GET", "/tables/")) == 20


def test_a_day_has_another_version_when_its_table_has_changed(fake):
    fake.put_table("analytics_1", "events_20260301")
    before = opened(fake).daily_tables()
    assert opened(fake).daily_tables() == before
    fake.put_table("analytics_1", "events_20260301")
    assert opened(fake).daily_tables()[0].version != before[0].version


def test_an_intraday_day_counts_once_it_is_over_where_the_property_is(fake):
    for day in (1, 2, 3):
        fake.put_table("analytics_1", f"events_intraday_2026030{day}")
        fake.put_table("analytics_1", f"events_2026030{day}")
    declared = Source(schema="ga4", dataset="acme.analytics_1", tables="intraday", timezone="Asia/Seoul")
    warehouse = opened(
        fake,
        sources={"ios": name_source("ios", declared, "test")},
        now=lambda: dt.datetime(2026, 3, 2, 15, 30, tzinfo=dt.UTC),
    )
    assert [table.date.day for table in warehouse.daily_tables()] == [1, 2]
    assert all("intraday" in each.path for each in fake.sent("GET", "/tables/"))


def test_a_table_that_a_wildcard_would_take_for_a_day_is_refused(fake):
    fake.put_table("analytics_1", "events_20260301")
    fake.put_table("analytics_1", "events_20260301_backup")
    with pytest.raises(WarehouseError, match=r"acme.analytics_1.events_20260301_backup is no day's table"):
        opened(fake).daily_tables()


def test_a_late_bundle_of_2017_changes_the_days_before(fake):
    source = name_source("old", Source(schema="firebase", dataset="acme.analytics_1"), "test")
    for day in range(1, 6):
        fake.put_table("analytics_1", f"app_events_2026030{day}")
    before = {table.date.day: table.version for table in opened(fake, sources={"old": source}).daily_tables()}
    fake.put_table("analytics_1", "app_events_20260305")
    after = {table.date.day: table.version for table in opened(fake, sources={"old": source}).daily_tables()}
    assert [day for day in before if before[day] != after[day]] == [2, 3, 4, 5]


def test_a_source_says_where_its_export_lies(fake):
    with pytest.raises(DeclarationError, match="ios does not say where its export lies"):
        opened(fake, sources={"ios": name_source("ios", Source(schema="ga4"), "test")})
