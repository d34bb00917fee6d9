from __future__ import annotations

import pytest

from stack.errors import StackError
from stack.services import SERVICES, with_needs


def test_none_asked_for_means_the_usual_ones() -> None:
    assert with_needs([]) == ["mysql", "redis", "superset", "worker", "beat"]


def test_airflow_comes_when_it_is_asked_for_whole_and_with_the_reports() -> None:
    airflow = ["airflow", "airflow-scheduler", "airflow-dags"]
    assert with_needs(["airflow"]) == with_needs(["airflow-dags"]) == ["mysql", *airflow]
    assert with_needs(["superset", "airflow"]) == ["mysql", "redis", "superset", *airflow]
    assert with_needs(["beat", "airflow"]) == list(SERVICES)


def test_one_that_needs_nothing_comes_alone() -> None:
    assert with_needs(["mysql"]) == ["mysql"]


def test_superset_brings_the_servers_that_it_needs_before_it() -> None:
    assert with_needs(["superset"]) == ["mysql", "redis", "superset"]


def test_the_beat_brings_who_listens_to_it() -> None:
    assert with_needs(["worker"]) == ["mysql", "redis", "superset", "worker"]
    assert with_needs(["beat"]) == ["mysql", "redis", "superset", "worker", "beat"]


def test_order_and_repetition_do_not_matter() -> None:
    assert with_needs(["redis", "mysql", "redis"]) == ["mysql", "redis"]


def test_an_unknown_one_is_refused_with_the_choice() -> None:
    with pytest.raises(StackError, match="no service 'postgres': choose from mysql, redis, superset"):
        with_needs(["mysql", "postgres"])
