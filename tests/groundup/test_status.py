"""`groundup status` at three in the morning: what runs, how the data are, what to type."""

import datetime as dt
import json

import pytest

from loaders.store.connection import connected
from tests.conftest import Stack, new_stack
from tests.loaders.store.conftest import drop_all
from tests.pipeline import write_file


@pytest.fixture
def night(store: Stack, tmp_path):
    """The running MySQL, empty, and a home in which nothing was ingested yet."""
    with connected(store.environment, "loader") as connection:
        drop_all(connection)
    home = tmp_path / "night"
    home.mkdir()
    (home / "secrets.env").write_text((store.home / "secrets.env").read_text())
    sources = tmp_path / "sources.yaml"
    sources.write_text("sources:\n  app: {schema: ga4}\n  web: {schema: ga4}\n")
    return Stack(home, store.variables | {"GROUNDUP_HOME": str(home), "GROUNDUP_SOURCES_FILE": str(sources)})


def deliver(night, source, *days):
    rows = [
        {"event_date": f"{day:%Y%m%d}", "event_timestamp": 1, "event_name": "open", "user_pseudo_id": "u"}
        for day in days
    ]
    night.run("ingest", str(write_file(night.home / "events.ndjson", rows)), "--source", source)


def problems(night):
    result = night.run("status", "--json", check=False)
    told = json.loads(result.stdout)["problems"]
    assert result.returncode == int(any(problem["fails"] for problem in told))
    return [(problem["text"], problem["remedy"]) for problem in told]


def test_from_nothing_to_a_night_in_which_all_is_well(night):
    yesterday = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    before = yesterday - dt.timedelta(days=1)
    assert "none yet: groundup ingest" in night.run("status").stdout
    assert problems(night) == []

    deliver(night, "app", before, yesterday)
    assert [remedy for _, remedy in problems(night)] == ["groundup load", "groundup load"]

    night.run("load")
    assert problems(night) == []
    shown = night.run("status").stdout
    assert ["growth", str(yesterday), str(yesterday)] in [line.split() for line in shown.splitlines()]
    assert "rows in" in shown

    # Another source begins, and is a day late; what people have seen of that day stays.
    deliver(night, "web", before)
    night.run("load")
    (late, remedy), (partial, _) = problems(night)
    assert late.startswith(f"web is 1 day late: it has delivered up to {before}")
    assert partial.startswith(f"{yesterday}: published without web")
    assert remedy == "groundup ingest FILE… --source web, then groundup load"

    failed = night.run("load", "--force", check=False, GROUNDUP_MYSQL_PORT="1")
    assert failed.returncode == 1
    texts = [text for text, _ in problems(night)]
    assert any(failed.stderr.splitlines()[-1].removeprefix("groundup: ") in text for text in texts)

    deliver(night, "web", yesterday)
    night.run("load")
    assert problems(night) == []


def test_nothing_at_all_is_no_failure_and_leaves_no_trace(tmp_path):
    idle = new_stack(tmp_path / "home")
    told = json.loads(idle.run("status", "--json").stdout)
    assert told["problems"] == []
    assert {"services", "sources", "worker", "warehouse", "store", "journal", "disk"} <= set(told)
    assert not idle.home.exists()
