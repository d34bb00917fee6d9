"""What is late, stale, held back or failed, and what to type about it."""

import datetime as dt
from pathlib import Path

import pytest

from loaders.health import Broken, Facts, StoreFacts, WarehouseFacts, Worker, deliveries, judge, since
from loaders.journal import Attempt, Journal
from loaders.sources import Source, name_source

# Three in the morning of the 24th in Seoul.
NOW = dt.datetime(2026, 11, 23, 18, 0, tzinfo=dt.UTC)
DAY = {number: dt.date(2026, 11, number) for number in range(1, 31)}


def app(**declared):
    return {"app": name_source("app", Source(schema="ga4", timezone="Asia/Seoul", **declared), "test")}


def facts(newest=DAY[23], shown=DAY[23], **others):
    return Facts(
        **{
            "now": NOW,
            "declared": app(),
            "warehouse": WarehouseFacts({"app": newest}, {"events": newest}, stale={"events": 0}),
            "store": StoreFacts({"events": shown}, {"app": shown}),
            "home": Path("/srv/home"),
            **others,
        }
    )


def told(given):
    return [(problem.text, problem.remedy, problem.fails) for problem in judge(given)]


def attempt(outcome, **others):
    return Attempt("run", outcome, NOW - dt.timedelta(hours=3), **others)


def test_nothing_is_said_when_all_is_well():
    assert told(facts(journal=Journal(attempt("done"), attempt("done")))) == []


def test_nothing_is_said_of_nothing():
    assert told(Facts(now=NOW)) == []


def test_a_day_is_due_when_it_has_ended_where_the_property_is():
    assert deliveries(facts())[0].expected == DAY[23]
    assert deliveries(facts(now=NOW - dt.timedelta(hours=4)))[0].expected == DAY[22]


def test_a_day_is_due_as_many_hours_later_as_the_source_declares():
    assert deliveries(facts(declared=app(due_after_hours=4)))[0].expected == DAY[22]


def test_nothing_is_due_after_the_last_day_of_a_source():
    assert deliveries(facts(declared=app(until=DAY[9])))[0].expected == DAY[9]
    assert told(facts(newest=DAY[9], shown=DAY[9], declared=app(until=DAY[9]))) == []


def test_a_late_source_fails_with_the_command_that_brings_it():
    [(text, remedy, fails)] = told(facts(newest=DAY[21], shown=DAY[21]))
    assert text == "app is 2 days late: it has delivered up to 2026-11-21, and 2026-11-23 is due."
    assert remedy == "groundup ingest FILE… --source app, then groundup load"
    assert fails


def test_a_source_that_is_not_declared_is_not_awaited():
    assert told(facts(newest=DAY[1], shown=DAY[1], declared={})) == []


def test_a_declared_source_that_never_delivered_is_not_awaited_yet():
    assert told(facts(warehouse=WarehouseFacts({}, {}), store=StoreFacts({}, {}))) == []


def test_lateness_is_seen_in_mysql_while_a_command_has_the_warehouse():
    busy = facts(warehouse=None, shown=DAY[21], worker=Worker("groundup load", 7, NOW))
    assert [fails for *_, fails in told(busy)] == [True]


def test_a_delivered_day_that_the_reports_lack_fails_until_it_is_loaded():
    [(text, remedy, fails)] = told(facts(shown=DAY[22]))
    assert text == "The reports end with 2026-11-22 of app, which has delivered up to 2026-11-23."
    assert (remedy, fails) == ("groundup load", True)


def test_stale_reports_are_named():
    stale = WarehouseFacts({"app": DAY[23]}, {}, stale={"events": 3, "growth": 0, "retention": 28})
    [(text, remedy, fails)] = told(facts(warehouse=stale))
    assert text == "MySQL is behind the warehouse by 28 days or more: events, retention."
    assert (remedy, fails) == ("groundup load", False)


def test_days_that_are_held_back_are_named_with_who_is_awaited():
    held = WarehouseFacts({"app": DAY[23]}, {}, held_back=(DAY[22], DAY[23]), awaited=("web",))
    [(text, remedy, fails)] = told(facts(warehouse=held))
    assert text == "2026-11-22 to 2026-11-23 are held back until web delivers."
    assert "groundup load --partial" in remedy
    assert not fails


def test_partial_days_are_named_with_who_is_missing():
    store = StoreFacts({}, {"app": DAY[23]}, partial=((DAY[21], "web"), (DAY[22], "web")))
    [(text, _, fails)] = told(facts(store=store))
    assert text == "2026-11-21 to 2026-11-22: published without web, which has not delivered 2 days."
    assert not fails


def test_a_failed_load_fails_with_its_own_sentence():
    [(text, remedy, fails)] = told(
        facts(journal=Journal(attempt("failed", error="The disk is full."), attempt("done")))
    )
    assert text == "The newest load failed 3 hours ago: The disk is full."
    assert (remedy, fails) == ("groundup load", True)


def test_a_load_that_was_cut_off_is_told_from_one_at_work():
    begun = Journal(attempt("unfinished"))
    [(text, _, fails)] = told(facts(journal=begun))
    assert "was cut off" in text
    assert fails
    assert told(facts(journal=begun, worker=Worker("groundup load", 7, NOW))) == []


def test_a_warehouse_that_cannot_be_opened_fails():
    assert [fails for *_, fails in told(facts(warehouse=None, warehouse_trouble="It is damaged."))] == [True]


def test_little_room_a_wrong_clock_and_leftovers_are_told_and_fail_nothing():
    store = StoreFacts({}, {"app": DAY[23]}, newest_entry=dt.datetime(2027, 1, 1))
    found = told(facts(store=store, disk_free=5 << 20, leftovers=(Path("/srv/home/warehouse.new"),)))
    assert [text.split(" ", 2)[:2] for text, *_ in found] == [["Only", "5"], ["This", "machine's"], ["A", "command"]]
    assert [fails for *_, fails in found] == [False, False, False]
    assert found[2][1] == "groundup load, which removes it"


def test_what_fails_comes_first():
    found = told(facts(newest=DAY[21], shown=DAY[20], disk_free=0))
    assert [fails for *_, fails in found] == sorted((fails for *_, fails in found), reverse=True)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (5, "a moment ago"),
        (60, "1 minute ago"),
        (7_199, "119 minutes ago"),
        (7_200, "2 hours ago"),
        (200_000, "2 days ago"),
        (-5, "in the future of this clock"),
    ],
)
def test_ages(seconds, text):
    assert since(NOW, NOW - dt.timedelta(seconds=seconds)) == text


def with_checks(*checks, **others):
    return facts(store=StoreFacts({"events": DAY[23]}, {"app": DAY[23]}, checks=checks), **others)


def test_a_failed_check_stands_for_the_load_that_it_failed():
    failed = Broken("growth", "wau = parts", "2026-11-23: wau 5, parts 6", True, "run")
    [(text, remedy, fails)] = told(with_checks(failed, journal=Journal(attempt("failed", error="It failed."))))
    assert text.startswith("growth: the check 'wau = parts' failed (2026-11-23: wau 5, parts 6)")
    assert "groundup load" in remedy
    assert "loaders/reports/growth/report.yaml" in remedy
    assert fails


def test_a_check_that_failed_an_earlier_load_no_longer_matters():
    failed = Broken("growth", "wau = parts", "2026-11-23: wau 5, parts 6", True, "an earlier run")
    assert told(with_checks(failed, journal=Journal(attempt("done"), attempt("done")))) == []
    [(text, _, _)] = told(with_checks(failed, journal=Journal(attempt("failed", error="The disk is full."))))
    assert "The disk is full." in text


def test_a_check_that_warns_is_told_and_fails_nothing():
    warned = Broken("events", "row_count", "2026-11-23: 5 rows, usually 90", False, "any run")
    [(text, remedy, fails)] = told(with_checks(warned, journal=Journal(attempt("done"), attempt("done"))))
    assert text == "events: the check 'row_count' warns (2026-11-23: 5 rows, usually 90)."
    assert "groundup runs --checks" in remedy
    assert not fails
