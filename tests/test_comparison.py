"""A comparison that cannot find a difference proves nothing."""

from tests.comparison import differences

ROW = {"date": "2024-05-01", "country": "Turkey", "dau": 1}


def test_the_same_rows_in_another_order_are_no_difference() -> None:
    other = {**ROW, "country": "India"}
    assert differences([ROW, other], [other, ROW], key=("date", "country")) == []


def test_a_cell_that_differs_is_named_by_its_key() -> None:
    assert differences([ROW], [{**ROW, "dau": 2}], key=("date", "country")) == ["2024-05-01, Turkey: dau is 2, not 1"]


def test_null_is_not_zero() -> None:
    assert differences([{**ROW, "dau": None}], [{**ROW, "dau": 0}], key=("date", "country")) == [
        "2024-05-01, Turkey: dau is 0, not None"
    ]


def test_missing_and_unexpected_rows_are_named() -> None:
    lines = differences([ROW], [{**ROW, "country": "India"}], key=("date", "country"))
    assert [line.partition(":")[0] for line in lines] == ["missing", "unexpected"]


def test_a_row_that_comes_twice_is_unexpected_once() -> None:
    assert len(differences([ROW], [ROW, ROW], key=("date", "country"))) == 1


def test_lists_are_compared_as_often_as_they_hold_something_in_any_order() -> None:
    a, b = {"key": "a", "value": "1"}, {"key": "b", "value": "2"}
    assert differences([{"params": [a, b]}], [{"params": [b, a]}]) == []
    assert differences([{"params": [a]}], [{"params": [a, a]}]) != []
    assert differences([{"params": []}], [{"params": None}]) != []


def test_a_column_too_many_is_a_difference() -> None:
    assert differences([ROW], [{**ROW, "wau": 1}]) != []
