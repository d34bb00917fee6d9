"""When a statement reads a rollup, and when only the report itself can answer it."""

from __future__ import annotations

import re

import pytest
import yaml

from settings.environment import PROJECT
from superset_config.rollup_sql import choose
from superset_config.rollups import read_rollups

SMALLEST_FIRST = (
    "daily_report_by_platform",
    "daily_report_by_country",
    "active_users_by_country",
    "growth_by_platform",
    "versions",
    "places",
    "events_by_version",
    "events_by_place",
    "param_values",
    "param_places",
)
REPORTS, _declared = read_rollups()
ROLLUPS = sorted(_declared, key=lambda rollup: SMALLEST_FIRST.index(rollup.name))
DATASETS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))["sql"]
    for path in (PROJECT / "datasets" / "Reports").glob("*.yaml")
}


def asked(select: str, rest: str = "", dataset: str = "events") -> str:
    """A chart's statement as Superset writes it."""
    return f"SELECT {select} \nFROM ({DATASETS[dataset]}) AS virtual_table \n{rest}"


def tables(sql: str) -> list[str]:
    """What the chosen statement reads FROM."""
    return re.findall(r"FROM ([a-z_]+)", choose(sql, REPORTS, ROLLUPS))


@pytest.mark.parametrize(
    ("select", "rest", "table"),
    [
        ("event_name, SUM(events)", "GROUP BY event_name", "events_by_version"),
        ("DATE(date), platform, SUM(users)", "GROUP BY DATE(date), platform", "events_by_version"),
        ("app_version, SUM(events)", "GROUP BY app_version", "versions"),
        ("app_version, SUM(users)", "GROUP BY app_version", "events_by_version"),
        ("country, SUM(events)", "GROUP BY country", "places"),
        ("country, SUM(events) / NULLIF(SUM(users), 0)", "GROUP BY country", "events_by_place"),
        ("SUM(events)", "WHERE country IN ('Peru')", "places"),
        ("SUM(events)", "WHERE country IN ('Peru') AND event_name = 'open'", "events_by_place"),
        ("event_name, SUM(users) / NULLIF(COUNT(DISTINCT date), 0)", "GROUP BY event_name", "events_by_version"),
        ("SUM(CASE WHEN platform = 'iOS' THEN users END)", "", "events_by_version"),
        ("SUM(CASE WHEN platform = 'iOS' THEN users ELSE 0 END), -SUM(-events)", "", "events_by_version"),
        ("MIN(date), MAX(country)", "", "places"),
        ("DISTINCT country", "", "places"),
    ],
)
def test_a_sum_reads_the_smallest_table_that_tells_apart_what_it_needs(select: str, rest: str, table: str) -> None:
    assert tables(asked(select, rest)) == [table]


@pytest.mark.parametrize(
    ("select", "rest"),
    [
        ("country, app_version, SUM(events)", "GROUP BY country, app_version"),
        ("country, SUM(events)", "WHERE app_version IN ('2.0') GROUP BY country"),
        ("country, SUM(events)", "WHERE (app_version LIKE '2%') GROUP BY country"),
        ("country, SUM(events)", "GROUP BY country HAVING (MAX(app_version) > '2')"),
        ("country, SUM(events)", "GROUP BY country ORDER BY COUNT(DISTINCT app_version)"),
        ("country, SUM(CASE WHEN app_version = '2.0' THEN events END)", "GROUP BY country"),
    ],
)
def test_a_country_and_a_version_together_are_only_in_the_report(select: str, rest: str) -> None:
    assert tables(asked(select, rest)) == ["events"]
    assert choose(asked(select, rest), REPORTS, ROLLUPS) == asked(select, rest)


@pytest.mark.parametrize(
    "select",
    [
        "COUNT(*)",
        "COUNT(events)",
        "COUNT(country)",
        "AVG(events)",
        "MAX(events)",
        "SUM(DISTINCT events)",
        "SUM(events * events)",
        "SUM(events + users)",
        "SUM(events / users)",
        "SUM(1)",
        "SUM(CASE WHEN platform = 'iOS' THEN 1 END)",
        "SUM(CASE WHEN events > 5 THEN events END)",
        "SUM(CASE WHEN platform = 'iOS' THEN events ELSE 1 END)",
        "GROUP_CONCAT(country)",
        "STDDEV(events)",
        "JSON_ARRAYAGG(country)",
        "A_FUNCTION_THAT_NOBODY_KNOWS(country)",
        "SUM(events), (SELECT MAX(date) FROM days)",
        "*",
        "events",
        "date, country, events",
        "SUM(events) OVER (PARTITION BY date)",
    ],
)
def test_whatever_depends_on_single_rows_reads_the_report(select: str) -> None:
    assert choose(asked(select), REPORTS, ROLLUPS) == asked(select)


@pytest.mark.parametrize("rest", ["WHERE events > 5", "GROUP BY events"])
def test_a_figure_that_decides_is_a_single_row_s(rest: str) -> None:
    assert choose(asked("SUM(events)", rest), REPORTS, ROLLUPS) == asked("SUM(events)", rest)


def test_the_windows_that_a_dataset_joins_in_are_kept() -> None:
    sql = choose(asked("date, SUM(wau), SUM(dau)", "GROUP BY date", "daily_report"), REPORTS, ROLLUPS)
    assert "FROM daily_report_by_platform AS report" in sql
    assert "LEFT JOIN stretches AS loaded" in sql
    assert "INTERVAL '6' DAY" in sql or "INTERVAL 6 DAY" in sql
    assert "country" not in sql


def test_each_part_of_a_statement_chooses_for_itself() -> None:
    series = asked("country AS country__, SUM(events) AS n", "GROUP BY country ORDER BY SUM(events) DESC LIMIT 7")
    sql = asked(
        "DATE(date), CASE WHEN country__ IS NULL THEN 'Others' ELSE country END, SUM(events)",
        f"LEFT OUTER JOIN ({series}) AS series_limit ON country = country__ GROUP BY 1, 2",
    )
    assert tables(sql) == ["places", "places"]


def test_a_dataset_may_add_up_itself() -> None:
    assert tables(f"SELECT app_version FROM ({DATASETS['releases']}) AS virtual_table") == ["versions", "days"]


@pytest.mark.parametrize(
    "dataset",
    [
        "SELECT report.date, report.events * 2 AS twice FROM events AS report",
        "SELECT report.date, report.events AS twice FROM events AS report LIMIT 5",
        "SELECT report.date, SUM(report.events) OVER (PARTITION BY date) AS twice FROM events AS report",
        "SELECT report.date, report.events AS twice FROM events AS report WHERE report.events > 3",
        "SELECT date, report.events AS twice FROM events AS report JOIN days USING (date)",
        "SELECT report.date, d.rows AS twice FROM days AS d JOIN events AS report ON report.date = d.date",
    ],
)
def test_a_dataset_that_does_more_than_show_rows_reads_the_report(dataset: str) -> None:
    sql = f"SELECT date, SUM(twice) FROM ({dataset}) AS virtual_table GROUP BY date"
    assert choose(sql, REPORTS, ROLLUPS) == sql


@pytest.mark.parametrize("sql", ["SELECT events FROM", "events", "SELECT 1", "SELECT SUM(`rows`) FROM days"])
def test_what_is_not_understood_stays_as_it_is(sql: str) -> None:
    assert choose(sql, REPORTS, ROLLUPS) == sql


def test_the_text_around_a_report_stays_as_it_is() -> None:
    select = "DATE_FORMAT(date, '%%Y') /* a note */, SUM(events)"
    chosen = choose(asked(select, "GROUP BY 1"), REPORTS, ROLLUPS)
    assert chosen.startswith(f"SELECT {select} \nFROM (")
    assert chosen.endswith(") AS virtual_table \nGROUP BY 1")


def test_a_row_filter_stays_where_superset_puts_it() -> None:
    """Superset holds both the dataset and the table of its name to a role's clause."""
    clause = "country = 'Germany'"
    around = asked("DATE(date), SUM(dau)", f"WHERE ({clause}) GROUP BY DATE(date)", "daily_report")
    assert tables(around)[0] == "daily_report_by_country"
    within = re.sub(r"FROM daily_report\b", f"FROM (SELECT * FROM daily_report WHERE ({clause}))", around)
    assert within != around
    assert choose(within, REPORTS, ROLLUPS) == within
