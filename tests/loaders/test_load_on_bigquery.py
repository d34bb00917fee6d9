"""A load from BigQuery into MySQL, and what can go wrong on the way: one sentence, the old figures, repaired next time.

The real client over HTTP to bqemulator, which computes the statements; between the two, a proxy that refuses, breaks
off and says what a dry run would. MySQL is real. What the emulator cannot do is left out as in test_contract.py.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY, DEFAULT_RETRY

from loaders.bigquery_prices import MIB
from loaders.errors import BudgetError, LoaderError
from loaders.plan import Request
from loaders.planning import make_plan
from loaders.run import Inputs, Loaded, load
from loaders.store.connection import connected
from loaders.store.ledger import spent_this_month
from loaders.store.query import ask
from loaders.warehouse.bigquery_budget import Budget
from loaders.warehouse.bigquery_jobs import Patience
from tests import definitions
from tests.bigquery.fake import Fault
from tests.bigquery.proxy import JOBS, Proxy, running_proxy
from tests.conftest import Stack
from tests.loaders.store.conftest import drop_all
from tests.loaders.warehouse.engines import BigQueryBench, client_at, event, warehouse_at
from tests.loaders.warehouse.small_catalog import TALLY, small_catalog

FIRST, SECOND, THIRD = (dt.date(2026, 3, day) for day in (1, 2, 3))
QUICK = {"initial": 0.001, "maximum": 0.002}
PATIENCE = Patience(
    DEFAULT_RETRY.with_delay(**QUICK).with_timeout(1), DEFAULT_JOB_RETRY.with_delay(**QUICK).with_timeout(1)
)
ALWAYS = 10**6


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    with running_proxy(tmp_path_factory.mktemp("bqemulator") / "log") as proxy:
        yield proxy


class Company:
    """Two sources at BigQuery, of which two days are loaded."""

    def __init__(self, store: Stack, proxy: Proxy, root: Path) -> None:
        self.proxy, self.store, self.root = proxy, store, root
        self.bench = BigQueryBench(proxy.address)
        self.catalog = small_catalog(root)
        self.deliver("ios", FIRST, "a", "b")
        self.deliver("android", FIRST, "c")
        self.deliver("ios", SECOND, "a")
        self.deliver("android", SECOND, "c", "d")

    def deliver(self, source: str, day: dt.date, *users: str, **columns: Any) -> None:
        rows = [event(user, day, source.upper()) | columns for user in users]
        self.bench.deliver(source, day, rows)

    def load(self, **settings: Any) -> Loaded:
        """As another process would: with a client and a ledger of its own."""
        client = client_at(self.proxy.address)
        with warehouse_at(client, self.bench.sources, self.bench.dataset, patience=PATIENCE, **settings) as warehouse:
            return load(self.store.environment, warehouse, self.inputs, Request())

    @property
    def inputs(self) -> Inputs:
        sources = self.bench.sources
        return Inputs(self.catalog, definitions.metrics(), sources, frozenset(sources))

    @property
    def figures(self) -> list[tuple[Any, ...]]:
        return list(ask(self.store.environment, "SELECT date, platform, visits FROM tally ORDER BY 1, 2").rows)


LOADED = [(FIRST, "ANDROID", 1), (FIRST, "IOS", 2), (SECOND, "ANDROID", 2), (SECOND, "IOS", 1)]
RESTATED = [*LOADED[:3], (SECOND, "IOS", 3)]


@pytest.fixture
def company(store: Stack, proxy: Proxy, tmp_path: Path) -> Iterator[Company]:
    proxy.faults, proxy.processed = [], 0
    with connected(store.environment, "loader") as connection:
        drop_all(connection)
    made = Company(store, proxy, tmp_path)
    made.load()
    assert made.figures == LOADED
    yield made
    proxy.faults, proxy.processed = [], 0
    with connected(store.environment, "loader") as connection:
        drop_all(connection)


def refused(company: Company, **settings: Any) -> str:
    """A load that fails: the sentence; MySQL holds what it held."""
    with pytest.raises(LoaderError) as error:
        company.load(**settings)
    assert company.figures == LOADED
    [(status, said)] = ask(company.store.environment, "SELECT status, error FROM loads ORDER BY id DESC LIMIT 1").rows
    assert (status, said) == ("failed", str(error.value))
    assert "\n" not in said
    return said


def test_a_restated_day_is_read_again_and_nothing_else_is(company: Company) -> None:
    company.proxy.statements.clear()
    assert company.load().steps == []
    assert company.proxy.statements == []
    company.deliver("ios", SECOND, "a", "e", "f")
    steps = company.load().steps
    assert [(step.table, step.start, step.end) for step in steps if step.step == "compute"] == [
        ("visits", SECOND, SECOND),
        ("arrivals", SECOND, SECOND),
        ("tally", SECOND, SECOND),
    ]
    assert company.figures == RESTATED
    raw = [sql for sql in company.proxy.statements if "events_*" in sql]
    assert len(raw) == 1


def test_the_plan_foretells_the_load(company: Company) -> None:
    company.deliver("ios", SECOND, "a", "e", "f")
    company.proxy.processed = 3 * MIB
    with warehouse_at(
        client_at(company.proxy.address), company.bench.sources, company.bench.dataset, patience=PATIENCE
    ) as warehouse:
        plan = make_plan(company.store.environment, warehouse, company.inputs, Request())
    planned = [(step.step, step.table, step.start, step.reason) for step in plan.steps]
    assert [step.bytes for step in plan.steps if step.step == "compute"] == [10 * MIB] * 3
    assert planned == [(step.step, step.table, step.start, step.reason) for step in company.load().steps]


FAULTS: dict[str, tuple[Callable[[], Fault], str]] = {
    "a wrong project": (
        lambda: Fault("POST", JOBS, 404, "notFound", "Not found: Project acme", times=ALWAYS),
        "correct GROUNDUP_BIGQUERY_PROJECT",
    ),
    "no permission": (
        lambda: Fault("POST", JOBS, 403, "accessDenied", "Access Denied: no bigquery.jobs.create", times=ALWAYS),
        "grant the account BigQuery Job User",
    ),
    # The emulator lists no tables of a dataset that is not there; Google answers 404.
    "a missing dataset": (
        lambda: Fault("GET", "/datasets/analytics_ios_.*/tables", 404, "notFound", "Not found: Dataset", times=ALWAYS),
        "Not found: Dataset",
    ),
    "the quota": (
        lambda: Fault("POST", JOBS, 403, "quotaExceeded", "Quota exceeded", times=ALWAYS),
        "wait until the quota is renewed",
    ),
    "the network, gone amid an answer": (
        lambda: Fault("GET", "/queries/", times=ALWAYS, broken=True),
        "check the network",
    ),
    "Google, out of order": (
        lambda: Fault("POST", JOBS, 503, "backendError", "Down", times=ALWAYS),
        "the fault is on Google's side",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_goes_wrong_at_google_is_one_sentence_and_the_next_load_repairs_it(company: Company, name: str) -> None:
    fault, sentence = FAULTS[name]
    company.deliver("ios", SECOND, "a", "e", "f")
    company.proxy.faults = [fault()]
    assert sentence in refused(company)
    company.proxy.faults = []
    company.load()
    assert company.figures == RESTATED


def test_half_of_a_days_tables(company: Company) -> None:
    company.deliver("ios", THIRD, "a")
    found = company.load()
    assert (found.calendar.held_back, found.calendar.awaited) == ((THIRD,), ("android",))
    assert company.figures == LOADED
    company.deliver("android", THIRD, "c")
    company.load()
    assert company.figures == [*LOADED, (THIRD, "ANDROID", 1), (THIRD, "IOS", 1)]


def test_a_query_that_names_a_column_that_is_gone(company: Company) -> None:
    company.catalog = small_catalog(company.root, tally=TALLY.replace("AS visits,", "AS visits, gone,"))
    assert "tally/query.sql" in refused(company)
    company.catalog = small_catalog(company.root)
    company.load()
    assert company.figures == LOADED


def test_a_budget_that_is_spent(company: Company) -> None:
    company.deliver("ios", SECOND, "a", "e", "f")
    company.proxy.processed = 2**40
    company.proxy.statements.clear()
    said = refused(company, budget=Budget(50.0, 2**41, lambda: 45.0))
    assert "would cost $6.25, and $45.00 of this month's $50.00 are spent" in said
    assert company.proxy.statements == []
    company.proxy.processed = 0
    company.load()
    assert company.figures == RESTATED
    with pytest.raises(BudgetError):
        Budget(1.0, 2**41, lambda: 1.0).allow("Anything", 2**40)


def test_the_month_is_what_all_its_loads_have_cost(company: Company) -> None:
    with connected(company.store.environment, "loader") as connection:
        before = spent_this_month(connection, dt.datetime.now(dt.UTC))
        with connection.cursor() as cursor:
            for started, usd in (("2026-02-28 23:59:59", 9), ("2026-03-01 00:00:00", 1.5), ("2026-03-31 12:00", 2.25)):
                cursor.execute(
                    "INSERT INTO loads (run, `table`, step, reason, usd, seconds, source_version, code_version, "
                    "status, started_at, finished_at) "
                    "VALUES ('r', 't', 'compute', 'new', %s, 1, '', '', 'done', %s, %s)",
                    (usd, started, started),
                )
        connection.commit()
        assert before == 0.0
        assert spent_this_month(connection, dt.datetime(2026, 3, 15, tzinfo=dt.UTC)) == pytest.approx(3.75)
