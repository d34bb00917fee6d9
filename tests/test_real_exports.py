"""Google's public exports, counted twice: by the product and by the reference in plain Python.

The data are no part of the repository: 847 events of the game Flood-It (96 users, 2018-06-12 to 2018-10-03) and 700 of
Google's merchandise shop (178 users, 2020-11-01 to 2021-01-31), both of them samples of daily tables in today's schema.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loaders.store.query import ask
from tests import reference
from tests.conftest import Stack
from tests.definitions import PROJECT
from tests.identities import violations
from tests.pipeline import Pipeline, deviations, store_deviations

FOLDER = PROJECT.parent / "shared" / "data" / "ga4"
FLOOD_IT = FOLDER / "floodit_union.ndjson"
SHOP = FOLDER / "ga4_ecommerce_union.ndjson"

# Neither app takes photos; any frequent events put the counting of takes to the test. The parameters are text, integers
# and doubles, or integers on one day and doubles on another; some are capped.
PARAMS = {
    ("level_complete_quickplay", "board", None),
    ("level_start_quickplay", "board", 2),
    ("post_score", "level_name", 1),
    ("post_score", "level", 3),
    ("post_score", "score", None),
    ("level_up", "value", None),
    ("level_start", "firebase_screen_id", None),
    ("screen_view", "firebase_screen_class", 1),
    ("session_start", "firebase_screen_class", None),
    ("page_view", "page_referrer", None),
    ("page_view", "session_engaged", None),
    ("page_view", "page_title", 2),
    ("page_view", "page_location", None),
    ("page_view", "ga_session_number", 1),
    ("view_item", "page_title", None),
    ("scroll", "percent_scrolled", None),
    ("user_engagement", "engagement_time_msec", 1),
    ("add_to_cart", "page_title", 1),
    ("add_to_cart", "page_referrer", None),
    ("add_to_cart", "all_data", None),
}
DEFINITIONS = reference.Definitions(
    take_events=frozenset({"level_complete_quickplay", "screen_view", "page_view"}), event_params=frozenset(PARAMS)
)

pytestmark = pytest.mark.skipif(
    not (FLOOD_IT.exists() and SHOP.exists()),
    reason=f"Google's public exports are not part of the repository; they are looked for in {FOLDER}",
)


def export_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    with Pipeline() as pipeline:
        yield pipeline


@pytest.mark.parametrize("path", [FLOOD_IT, SHOP], ids=["flood_it", "shop"])
def test_every_cell_is_what_the_reference_counts(pipeline: Pipeline, path: Path) -> None:
    pipeline.ingest_files("real", [path])
    pipeline.load(chosen=DEFINITIONS)
    exports = {"real": export_rows(path)}
    assert not (lines := deviations(pipeline, exports, DEFINITIONS)), "\n".join(lines)
    tables = {table.name: pipeline.rows(table.name) for table in pipeline.catalog.reports}
    assert not (lines := violations(tables, reference.Log(exports, DEFINITIONS))), "\n".join(lines)


@pytest.mark.parametrize("path", [FLOOD_IT, SHOP], ids=["flood_it", "shop"])
def test_forgetting_a_real_person(pipeline: Pipeline, path: Path) -> None:
    """Whoever has the most events: nothing is left of them, and everybody else's figures are as if they never were."""
    rows = export_rows(path)
    person = Counter(row["user_pseudo_id"] for row in rows).most_common(1)[0][0]
    pipeline.ingest_files("real", [path])
    pipeline.load(chosen=DEFINITIONS)
    assert pipeline.forget(person) > 0
    pipeline.load(chosen=DEFINITIONS)
    left = [row for row in rows if row["user_pseudo_id"] != person]
    assert not (lines := deviations(pipeline, {"real": left}, DEFINITIONS)), "\n".join(lines)


def test_both_exports_beside_each_other(pipeline: Pipeline) -> None:
    """Two sources whose ranges lie two years apart; what is between them is not loaded."""
    pipeline.ingest_files("flood_it", [FLOOD_IT])
    pipeline.load(chosen=DEFINITIONS)
    pipeline.ingest_files("shop", [SHOP])
    pipeline.load(chosen=DEFINITIONS)
    exports = {"flood_it": export_rows(FLOOD_IT), "shop": export_rows(SHOP)}
    assert not (lines := deviations(pipeline, exports, DEFINITIONS)), "\n".join(lines)


def test_mysql_holds_every_cell(store: Stack) -> None:
    """One export after the other in the same store: the second leaves nothing behind of the first."""
    for path in (FLOOD_IT, SHOP):
        with Pipeline() as pipeline:
            pipeline.ingest_files("real", [path])
            pipeline.load_store(store.environment, chosen=DEFINITIONS)
            lines = store_deviations(store.environment, pipeline.catalog, {"real": export_rows(path)}, DEFINITIONS)
        assert not lines, "\n".join(lines)
        run = "(SELECT run FROM checks ORDER BY id DESC LIMIT 1)"
        results = ask(store.environment, f"SELECT report, `check`, status, message FROM checks WHERE run = {run}").rows
        assert {row[0] for row in results} == {table.name for table in pipeline.catalog.reports if table.checks}
        assert [row for row in results if row[2] != "passed"] == []


@pytest.mark.parametrize(
    ("path", "last_day", "sum_of_dau", "new_users"),
    [
        # 96 users sent events; two of them nothing but events that fire without the user.
        pytest.param(FLOOD_IT, (1, 6, 33), 144, 94, id="flood_it"),
        pytest.param(SHOP, (3, 14, 48), 190, 178, id="shop"),
    ],
)
def test_known_figures(
    pipeline: Pipeline, path: Path, last_day: tuple[int, int, int], sum_of_dau: int, new_users: int
) -> None:
    """The last day's DAU, WAU and MAU and the sums over the whole export, as counted by hand in the raw files."""
    pipeline.ingest_files("real", [path])
    pipeline.load()
    rows = pipeline.rows("active_users")
    last = max(row["date"] for row in rows)
    assert tuple(sum(row[f] for row in rows if row["date"] == last) for f in ("dau", "wau", "mau")) == last_day
    assert sum(row["dau"] for row in rows) == sum_of_dau
    assert sum(row["new_users"] for row in rows) == new_users


@pytest.mark.parametrize(
    ("path", "uses"),
    [
        pytest.param(
            FLOOD_IT,
            {
                ("level_complete_quickplay", "board"): 130,
                ("post_score", "level"): 113,
                ("level_start", "firebase_screen_id"): 11,
            },
            id="flood_it",
        ),
        pytest.param(
            SHOP,
            # Of 229 pages viewed, 226 say their title, and 152 hold a referrer: 121 of them an empty one.
            {("page_view", "page_title"): 226, ("page_view", "page_referrer"): 152, ("add_to_cart", "all_data"): 7},
            id="shop",
        ),
    ],
)
def test_known_uses_of_parameters(pipeline: Pipeline, path: Path, uses: dict[tuple[str, str], int]) -> None:
    """How often a parameter occurs in the raw files, whatever its values, its type and its cap."""
    pipeline.ingest_files("real", [path])
    pipeline.load(chosen=DEFINITIONS)
    rows = pipeline.rows("event_params")
    found = {key: sum(row["events"] for row in rows if (row["event_name"], row["param_key"]) == key) for key in uses}
    assert found == uses


def test_known_values_of_parameters(pipeline: Pipeline) -> None:
    """Boards of Flood-It are small, medium and large; a level is a whole number, be it stored as one or as a double."""
    pipeline.ingest_files("real", [FLOOD_IT])
    pipeline.load(chosen=DEFINITIONS)
    values: dict[str, set[str]] = {"board": set(), "level": set()}
    for row in pipeline.rows("event_params"):
        values.get(row["param_key"], set()).add(row["param_value"])
    assert values["board"] == {"S", "M", "L"}
    # post_score.level is capped.
    assert "(other)" in values["level"]
    assert all(value.isdecimal() for value in values["level"] - {"(other)"}), values["level"]
