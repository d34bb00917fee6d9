"""The runbook has an entry for whatever a user may read, and what it says to type can be typed."""

import datetime as dt
import re
from pathlib import Path

import pytest

from groundup import cli
from loaders.health import Broken, Facts, StoreFacts, WarehouseFacts, judge
from loaders.journal import Attempt, Journal
from loaders.sources import Source, name_source
from settings.environment import PROJECT
from tests.conditions import sentences
from tests.conditions.sentences import is_told

PAGE = (PROJECT / "docs/runbook.md").read_text()
ENTRIES = re.findall(r"^### (.+)\n((?:(?!^##).*\n)+)", PAGE, re.MULTILINE)
HEADINGS = [part.strip() for heading, _ in ENTRIES for part in heading.split(" / ")]

NOW = dt.datetime(2026, 11, 24, 3, tzinfo=dt.UTC)
DAY = dt.date(2026, 11, 20)


@pytest.mark.parametrize("sentence", sentences.ALL)
def test_every_sentence_has_an_entry(sentence):
    assert sentence in PAGE


CHECKS = (Broken("growth", "wau", "2026-11-20: wau 1", True, "run"), Broken("events", "row_count", "few", False, "run"))


def everything_wrong() -> list[str]:
    """What `groundup status` says when nothing is as it should be."""
    declared = {name: name_source(name, Source(schema="ga4"), "test") for name in ("app", "web")}
    failed = Attempt("run", "failed", NOW, error="It is full.")
    given = [
        Facts(
            now=NOW,
            declared=declared,
            journal=Journal(failed),
            warehouse=WarehouseFacts({"app": DAY, "web": NOW.date()}, {}, (DAY,), ("web",), {"events": 1}),
            store=StoreFacts(
                {}, {"app": DAY, "web": DAY}, ((DAY, "web"),), dt.datetime(2027, 1, 1), ("events__next",), CHECKS
            ),
            disk_free=1,
            leftovers=(Path("/srv/warehouse.new"),),
        ),
        Facts(now=NOW, journal=Journal(failed)),
        Facts(now=NOW, journal=Journal(Attempt("run", "unfinished", NOW))),
    ]
    return [problem.text for facts in given for problem in judge(facts)]


@pytest.mark.parametrize("text", everything_wrong())
def test_whatever_status_says_has_an_entry(text):
    text = re.sub(r"\b1 day\b", "1 days", text)
    assert any(is_told(heading, text) for heading in HEADINGS), text


@pytest.mark.parametrize(("heading", "entry"), ENTRIES, ids=[heading for heading, _ in ENTRIES])
def test_every_entry_says_what_it_means_what_to_type_and_when_it_is_repaired(heading, entry):
    parts = re.findall(r"^- \*\*(.+?):\*\*", entry, re.MULTILINE)
    assert parts == ["Means", "Type", "Repaired when"]


def test_every_command_exists():
    commands = re.findall(r"`groundup ([a-z]+)([^`]*)`", PAGE)
    assert len(commands) > 30
    for verb, rest in commands:
        assert verb in cli.VERBS
        module = (PROJECT / f"groundup/{verb}.py").read_text() + (PROJECT / "groundup/arguments.py").read_text()
        for option in re.findall(r"--[a-z-]+", rest):
            assert f'"{option}"' in module or f"{option.removeprefix('--')}: Annotated" in module, option
