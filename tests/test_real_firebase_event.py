"""A real event of the Firebase export of 2017, from the file to the reports.

Google publishes it as an example of what its API delivers: the export's fields in camel case, lists by key as mappings,
integers as text. It is no part of the repository.
"""

import datetime as dt
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests import reference
from tests.conftest import Stack
from tests.definitions import PROJECT
from tests.pipeline import Pipeline, deviations, store_deviations

FILE = PROJECT.parent / "shared" / "data" / "firebase" / "google-cloudevents_AnalyticsLogData-complex.json"
DEFINITIONS = reference.Definitions(
    excluded_events=frozenset(),
    event_params=frozenset({("session_start", "firebase_screen", None), ("session_start", "ga_session_number", 1)}),
)
DAY = dt.date(2020, 12, 2)
PLACE = {"country": "Argentina", "platform": "ANDROID"}

pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason=f"Google's example is not part of the repository; it is looked for at {FILE}"
)


def as_exported(value: Any, name: str = "") -> Any:
    """The API's form of an event as the export's: names in snake case, mappings of parameters as lists by key."""
    if isinstance(value, list):
        return [as_exported(inner) for inner in value]
    if not isinstance(value, dict):
        return int(value) if re.search("(_micros|_usec|^int_value)$", name) else value
    if name in ("params", "user_properties"):
        return [{"key": key, "value": as_exported(inner)} for key, inner in value.items()]
    return {snake(key): as_exported(inner, snake(key)) for key, inner in value.items()}


def snake(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


@pytest.fixture
def bundle() -> dict[str, Any]:
    found: dict[str, Any] = as_exported(json.loads(FILE.read_text(encoding="utf-8")))
    return found


@pytest.fixture
def pipeline(bundle: dict[str, Any]) -> Iterator[Pipeline]:
    with Pipeline() as pipeline:
        pipeline.ingest_rows("app", {"app_events_20201203.ndjson": [bundle]})
        yield pipeline


def leaves(value: Any, place: str = "") -> dict[str, Any]:
    """Every value in a nested one by its place; NULL is none."""
    if isinstance(value, dict):
        return {p: v for name, inner in value.items() for p, v in leaves(inner, f"{place}.{name}").items()}
    if isinstance(value, list):
        return {p: v for n, inner in enumerate(value) for p, v in leaves(inner, f"{place}[{n}]").items()}
    return {} if value is None else {place: value}


def test_the_warehouse_keeps_every_field_of_it(pipeline: Pipeline, bundle: dict[str, Any]) -> None:
    """The schema knows every field that Google sends, each at its depth and of a type that holds it."""
    kept = pipeline.warehouse.connection.execute("SELECT user_dim, event_dim FROM exports.app").fetchall()
    assert [leaves({"user_dim": user, "event_dim": events}) for user, events in kept] == [leaves(bundle)]
    assert len(leaves(bundle)) > 50


def test_every_cell_is_what_the_reference_counts(pipeline: Pipeline, bundle: dict[str, Any], store: Stack) -> None:
    exports = {"app": [bundle]}
    pipeline.load_store(store.environment, chosen=DEFINITIONS)
    assert not (lines := deviations(pipeline, exports, DEFINITIONS)), "\n".join(lines)
    lines = store_deviations(store.environment, pipeline.catalog, exports, DEFINITIONS)
    assert not lines, "\n".join(lines)


def test_the_reports_say_what_one_reads_in_the_file(pipeline: Pipeline) -> None:
    """Somebody in Argentina opened version 1.67 on an Android phone for the 7th time."""
    pipeline.load(chosen=DEFINITIONS)
    at, event = {"date": DAY, **PLACE}, {"event_name": "session_start", "events": 1, "users": 1}
    assert pipeline.rows("active_users") == [{**at, "dau": 1, "wau": 1, "mau": 1, "new_users": 1}]
    assert pipeline.rows("growth") == [{**at, "new_users_7d": 1, "retained": 0, "resurrected": 0, "churned": 0}]
    assert pipeline.rows("events") == [{**at, **event, "app_version": "1.67"}]
    assert sorted(pipeline.rows("event_params"), key=lambda row: row["param_key"]) == [
        {**at, **event, "param_key": "firebase_screen", "param_value": "app_menu"},
        {**at, **event, "param_key": "ga_session_number", "param_value": "7"},
    ]
    assert pipeline.rows("retention") == [{**at, "cohort_date": DAY, "day_n": 0, "cohort_users": 1, "active_users": 1}]
