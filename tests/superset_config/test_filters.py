from __future__ import annotations

from superset_config.filters import NOTHING_YET, Verbatim, _texts_as, with_something_to_choose


def test_a_text_keeps_its_tabs_and_line_breaks_whatever_is_stripped() -> None:
    values = _texts_as(Verbatim, ["\r\n", "\ttab\t", 7, None])
    assert [value.strip("\t\n") if isinstance(value, str) else value for value in values] == [
        "\r\n",
        "\ttab\t",
        7,
        None,
    ]


def test_what_goes_on_is_plain_text_again() -> None:
    assert type(_texts_as(str, Verbatim("\t"))) is str
    assert [type(value) for value in _texts_as(str, (Verbatim("a"), 1))] == [str, int]


CHOICES = {"native_filter_id": "NATIVE_FILTER-event", "groupby": ["event_name"]}


def test_a_filter_that_must_have_a_value_always_has_one() -> None:
    required = CHOICES | {"enableEmptyFilter": True, "defaultToFirstItem": True}
    assert with_something_to_choose(required, []) == [{"event_name": NOTHING_YET}]
    assert with_something_to_choose(required, [{"event_name": "take"}]) == [{"event_name": "take"}]


def test_an_empty_filter_and_an_empty_chart_stay_empty() -> None:
    assert with_something_to_choose(CHOICES | {"enableEmptyFilter": False, "defaultToFirstItem": False}, []) == []
    assert with_something_to_choose({"groupby": ["event_name"]}, []) == []
