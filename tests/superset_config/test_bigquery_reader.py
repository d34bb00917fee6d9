"""The client that Superset has instead of Google's: what it sends, counts, cancels and says, over HTTP to a fake."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis
from google.cloud import bigquery

from loaders.bigquery_prices import MIB, TIB
from superset_config import bigquery_reader
from superset_config.bigquery_reader import Day, Limits, Reader
from superset_config.bigquery_rules import Estimate
from superset_config.errors import QueryFailedError, QueryRefusedError
from tests.bigquery.fake import Answer, FakeBigQuery, Fault, running_fake
from tests.waiting import wait_until

LABELS = {"app": "groundup", "from": "sql_lab", "user": "ada"}
ASKED = "SELECT 1 AS one"
TODAY = dt.date(2026, 11, 26)


class Counter:
    """As much of Redis as counting takes."""

    def __init__(self) -> None:
        self.days: dict[str, float] = {}
        self.is_away = False

    def hincrbyfloat(self, _: str, day: str, amount: float) -> float:
        if self.is_away:
            raise redis.ConnectionError("away")
        self.days[day] = self.days.get(day, 0.0) + amount
        return self.days[day]

    def hkeys(self, _: str) -> list[bytes]:
        return [day.encode() for day in self.days]

    def hdel(self, _: str, *days: str) -> None:
        for day in days:
            del self.days[day]


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeBigQuery]:
    with running_fake() as found:
        monkeypatch.setenv("GROUNDUP_SQLLAB_BIGQUERY_PROJECT", "acme")
        monkeypatch.setenv("GROUNDUP_BIGQUERY_ENDPOINT", found.address)
        monkeypatch.setattr(bigquery_reader, "_RETRY", bigquery_reader._RETRY.with_delay(0.001, 0.002).with_timeout(1))
        found.answers = [Answer("one", [("one", "INTEGER")], [[1]])]
        yield found


@pytest.fixture
def counter() -> Counter:
    return Counter()


def reader(counter: Counter, *, most: int = TIB, day: float = 10.0) -> Reader:
    return Reader(LABELS, Limits(most, day), Day(counter, day, lambda: TODAY))


def spent(counter: Counter) -> float:
    return counter.days.get("2026-11-26", 0.0)


def test_every_statement_is_asked_dry_and_then_sent_with_what_is_decided_here(
    fake: FakeBigQuery, counter: Counter
) -> None:
    rows = reader(counter, most=20 * MIB).query_and_wait(ASKED)
    assert [tuple(row) for row in rows] == [(1,)]
    dry, run = fake.sent("POST", "/jobs$")
    assert (dry.is_dry, run.is_dry) == (True, False)
    assert dry.body["configuration"]["labels"] == run.body["configuration"]["labels"] == LABELS
    assert run.config["maximumBytesBilled"] == str(20 * MIB)
    assert run.body["configuration"]["jobTimeoutMs"] == "50000"


def test_a_callers_own_wishes_are_dropped(fake: FakeBigQuery, counter: Counter) -> None:
    wish = bigquery.QueryJobConfig(
        maximum_bytes_billed=2**62,
        labels={"user": "boss"},
        destination="acme.game.copy",
        write_disposition="WRITE_TRUNCATE",
        query_parameters=[bigquery.ScalarQueryParameter("day", "STRING", "x")],
    )
    reader(counter, most=20 * MIB).query_and_wait(ASKED, job_config=wish, project="other", location="EU")
    run = fake.sent("POST", "/jobs$")[1]
    assert run.body["configuration"]["labels"] == LABELS
    assert run.config["maximumBytesBilled"] == str(20 * MIB)
    assert not {"destinationTable", "writeDisposition"} & run.config.keys()
    assert [each["name"] for each in run.config["queryParameters"]] == ["day"]


def test_only_reading_is_there() -> None:
    public = {name for name in vars(Reader) if not name.startswith("_")}
    assert public == {
        *("project", "estimate", "query_and_wait", "list_projects", "list_datasets", "list_tables", "get_table"),
        *("name_next_job", "stop", "close"),
    }


@pytest.mark.parametrize("sql", ["DELETE FROM game.scores WHERE TRUE", "SELECT 1; SELECT 2", "CALL game.x()"])
def test_what_does_more_than_read_is_not_sent(fake: FakeBigQuery, counter: Counter, sql: str) -> None:
    with pytest.raises(QueryRefusedError, match="Only a single SELECT"):
        reader(counter).query_and_wait(sql)
    assert fake.statements == []


def test_what_costs_too_much_is_not_sent(fake: FakeBigQuery, counter: Counter) -> None:
    fake.processed = TIB
    with pytest.raises(QueryRefusedError, match=r"would be billed 1\.0 TiB \(\$6\.25\)"):
        reader(counter, most=TIB - 1).query_and_wait(ASKED)
    assert fake.statements == []
    assert spent(counter) == 0.0


def test_bigquery_itself_holds_a_job_to_the_limit(fake: FakeBigQuery, counter: Counter) -> None:
    """As it does where a dry run has said too little."""
    told = reader(counter, most=20 * MIB)
    found = told.estimate

    def too_little(sql: str, parameters: Any = ()) -> Any:
        estimate = found(sql, parameters)
        fake.processed = TIB
        return estimate

    told.estimate = too_little  # type: ignore[method-assign]
    with pytest.raises(QueryRefusedError, match=r"would be billed more than 20\.0 MiB"):
        told.query_and_wait(ASKED)
    assert spent(counter) == pytest.approx(0.0)


def test_a_day_is_counted_by_what_was_billed_and_ends_at_its_limit(fake: FakeBigQuery, counter: Counter) -> None:
    fake.processed = TIB
    told = reader(counter, day=13.0)
    told.query_and_wait(ASKED)
    told.query_and_wait(ASKED)
    assert spent(counter) == pytest.approx(12.5)
    with pytest.raises(QueryRefusedError, match=r"\$6\.25, and \$12\.50 of the \$13\.00"):
        told.query_and_wait(ASKED)
    assert spent(counter) == pytest.approx(12.5)
    assert len(fake.statements) == 2
    fake.processed = 0
    told.query_and_wait(ASKED)


def test_a_new_day_begins_at_nothing_and_forgets_those_before_yesterday(counter: Counter) -> None:
    counter.days = {"2026-11-23": 9.0, "2026-11-24": 9.0, "2026-11-25": 9.0}
    day = Day(counter, 10.0, lambda: TODAY)
    assert day.take(Estimate("SELECT", TIB)) == "2026-11-26"
    assert counter.days == {"2026-11-25": 9.0, "2026-11-26": pytest.approx(6.25)}


def test_without_the_count_nothing_is_spent(fake: FakeBigQuery, counter: Counter) -> None:
    counter.is_away = True
    with pytest.raises(QueryFailedError, match="Redis does not answer"):
        reader(counter).query_and_wait(ASKED)
    assert fake.statements == []


def test_what_takes_too_long_is_cancelled(
    fake: FakeBigQuery, counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.looks = 10**6
    fake.processed = TIB
    monkeypatch.setattr(bigquery_reader, "SECONDS", 1)
    with pytest.raises(QueryFailedError, match="was ended after 1 seconds"):
        reader(counter).query_and_wait(ASKED)
    assert len(fake.sent("POST", "/cancel$")) == 1
    # What it was billed, nobody has said: it stays counted.
    assert spent(counter) == pytest.approx(6.25)


def test_another_connection_stops_the_job_that_was_named(fake: FakeBigQuery, counter: Counter) -> None:
    fake.looks = 10**6
    asking = reader(counter)
    job = asking.name_next_job()
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(asking.query_and_wait, ASKED)
        wait_until(lambda: job in fake.jobs)
        assert reader(counter).stop(job)
        with pytest.raises(QueryFailedError, match="it was stopped, or took 50 seconds"):
            asked.result(timeout=60)
    assert [each.job_id for each in fake.statements] == [job]


def test_what_has_not_begun_cannot_be_stopped(fake: FakeBigQuery, counter: Counter) -> None:
    asking = reader(counter)
    assert not asking.stop(asking.name_next_job())


def test_a_name_is_for_one_job(fake: FakeBigQuery, counter: Counter) -> None:
    asking = reader(counter)
    name = asking.name_next_job()
    for _ in range(2):
        asking.query_and_wait(ASKED)
    first, second = (each.job_id for each in fake.statements)
    assert first == name != second


@pytest.mark.parametrize("is_named", [True, False])
def test_a_lost_answer_costs_nothing_twice(fake: FakeBigQuery, counter: Counter, is_named: bool) -> None:
    asking = reader(counter)
    if is_named:
        asking.name_next_job()
    fake.faults = [Fault("POST", "/jobs$", 503, after=True)]
    assert [tuple(row) for row in asking.query_and_wait(ASKED)] == [(1,)]
    assert len(fake.jobs) == 1


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("POST", "/jobs$", 503, times=10**6), "The fault is on Google's side"),
        (Fault("POST", "/jobs$", 403, "quotaExceeded", "Quota exceeded", times=9), "Quota exceeded. Wait until"),
        (Fault("GET", "/queries/", times=10**6, broken=True), "BigQuery does not answer"),
    ],
)
def test_what_goes_wrong_is_one_sentence(fake: FakeBigQuery, counter: Counter, fault: Fault, sentence: str) -> None:
    fake.faults = [fault]
    with pytest.raises(QueryFailedError) as error:
        reader(counter).query_and_wait(ASKED)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)
    assert fake.address not in str(error.value)


def test_a_key_that_is_none(fake: FakeBigQuery, counter: Counter, tmp_path: Any, monkeypatch: Any) -> None:
    (tmp_path / "key.json").write_text("{}")
    monkeypatch.setenv("GROUNDUP_SQLLAB_BIGQUERY_CREDENTIALS_FILE", str(tmp_path / "key.json"))
    with pytest.raises(QueryFailedError, match="names no service account's key"):
        reader(counter).query_and_wait(ASKED)
