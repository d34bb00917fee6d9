from __future__ import annotations

from superset_config.filters import Verbatim, _texts_as


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
