"""What is asked of BigQuery through Superset: what runs, what it is labelled with, what people are told."""

from __future__ import annotations

import re

import pytest

from loaders.bigquery_prices import MIB, TIB
from superset_config.bigquery_rules import Estimate, advice, day_is_spent, job_labels, label_value, objection, shown

GIB = 1024 * MIB


@pytest.mark.parametrize(
    ("person", "label"),
    [
        ("analyst", "analyst"),
        ("Ada.Lovelace+x@Example.COM", "ada_lovelace_x_example_com"),
        ("김 철수@example.com", "김_철수_example_com"),
        ("ÉLODIE@example.com", "élodie_example_com"),
        ("İbrahim", "i_brahim"),
        ("a;b--c' OR 1=1", "a_b--c__or_1_1"),
        ("", ""),
    ],
)
def test_a_label_says_who_in_the_letters_that_labels_may_have(person: str, label: str) -> None:
    assert label_value(person) == label


def test_no_label_is_longer_than_bigquery_takes_or_holds_what_it_refuses() -> None:
    anything = "".join(map(chr, [*range(0x3000), 0x1F600, 0x10400]))
    for start in range(0, len(anything), 50):
        value = job_labels(anything[start : start + 90], "sql_lab")["user"]
        assert len(value) <= 63
        assert re.fullmatch(r"[\w-]*", value)
        assert value == value.lower()


def test_a_select_within_its_limit_runs() -> None:
    assert objection(Estimate("SELECT", 10 * GIB), 10 * GIB) == ""


@pytest.mark.parametrize("kind", ["INSERT", "SCRIPT", "EXPORT_DATA", "CREATE_TABLE_AS_SELECT", "CALL", ""])
def test_nothing_else_runs(kind: str) -> None:
    assert "Only a single SELECT is run here" in objection(Estimate(kind, 0), TIB)


def test_a_refusal_says_the_figure_and_what_to_do() -> None:
    assert objection(Estimate("SELECT", 10 * GIB + MIB), 10 * GIB).startswith(
        "This query would be billed 10.0 GiB ($0.06), and one query may be billed 10.0 GiB ($0.06): it was not run and "
        "cost nothing. Read fewer columns, or fewer days"
    )
    assert "$6.25, and $9.00 of the $10.00" in day_is_spent(Estimate("SELECT", TIB), 9.0, 10.0)


def test_what_is_shown_says_when_it_will_be_refused() -> None:
    fits, exceeds = shown(Estimate("SELECT", GIB), 10 * GIB), shown(Estimate("SELECT", TIB), 10 * GIB)
    assert fits == {"Billed": "1.0 GiB", "Costs": "$0.01", "At most": "10.0 GiB ($0.06)"}
    assert "would be billed 1.0 TiB ($6.25)" in exceeds["Refused"]


@pytest.mark.parametrize(
    ("code", "reason", "what"),
    [
        (403, "quotaExceeded", "quota"),
        (429, "", "quota"),
        (403, "accessDenied", "let its account read"),
        (404, "notFound", "dataset.table"),
        (503, "backendError", "Google's side"),
        (400, "invalidQuery", "Correct the query"),
    ],
)
def test_each_refusal_of_bigquerys_has_its_advice(code: int, reason: str, what: str) -> None:
    assert what in advice(code, reason)
