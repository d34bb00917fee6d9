"""A figure is judged by its ratio to a peer, or by itself where it has none."""

import json

import pytest

from benchmarks.figures import Figure, as_json, as_markdown

FASTER = Figure("store", "rows into MySQL", 300.0, "rows/s", "executemany", 150.0, "≥ 1.5")
SLOWER = Figure("store", "rows into MySQL", 300.0, "rows/s", "a bare load", 500.0, "≥ 0.7")
ALONE = Figure("charts", "a page", 1.25, "s", bound="≤ 5")
UNBOUND = Figure("pipeline", "a year", 12_345.6, "ms")


def test_the_ratio_is_the_figure_over_its_peer():
    assert [figure.ratio for figure in (FASTER, SLOWER, ALONE)] == [2.0, 0.6, None]


def test_a_peer_that_did_nothing_gives_no_ratio():
    assert Figure("store", "rows", 1.0, "rows/s", "nobody", 0.0).ratio is None


def test_a_bound_holds_for_the_ratio_and_without_a_peer_for_the_value():
    assert [figure.keeps_bound for figure in (FASTER, SLOWER, ALONE, UNBOUND)] == [True, False, True, None]


@pytest.mark.parametrize(("bound", "kept"), [("≥ 2", True), ("≤ 2", True), ("≥ 2.01", False), ("≤ 1.99", False)])
def test_a_bound_includes_its_limit(bound, kept):
    assert Figure("store", "rows", 2.0, "s", bound=bound).keeps_bound is kept


def test_the_table_says_whether_each_bound_is_kept():
    assert as_markdown([FASTER, SLOWER, ALONE, UNBOUND]) == (
        "| section | what | value | against | its value | ratio | bound |\n"
        "| --- | --- | ---: | --- | ---: | ---: | --- |\n"
        "| store | rows into MySQL | 300 rows/s | executemany | 150 rows/s | 2.00 | ≥ 1.5 ✓ |\n"
        "| store | rows into MySQL | 300 rows/s | a bare load | 500 rows/s | 0.60 | ≥ 0.7 ✗ |\n"
        "| charts | a page | 1.25 s |  |  |  | ≤ 5 ✓ |\n"
        "| pipeline | a year | 12,346 ms |  |  |  |  |\n"
    )


def test_json_holds_the_figures_and_what_follows_from_them():
    told = json.loads(json.dumps(as_json([FASTER, UNBOUND])))
    assert told[0] == {
        "section": "store",
        "what": "rows into MySQL",
        "value": 300.0,
        "unit": "rows/s",
        "peer": "executemany",
        "peer_value": 150.0,
        "bound": "≥ 1.5",
        "ratio": 2.0,
        "keeps_bound": True,
    }
    assert (told[1]["ratio"], told[1]["keeps_bound"]) == (None, None)
