"""Faults of datasets, charts and dashboards, to plant in sound folders."""

from __future__ import annotations

from typing import Any

from superset_sync.rules import Rule
from tests.superset_sync.folders import OTHER_CHART
from tests.superset_sync.planting import (
    DATASET_FILE,
    LINE,
    MISSING,
    PAGE,
    TABLE,
    Fault,
    column,
    component,
    move,
    page_filter,
)

MARK = {"name": "Release", "sourceType": "table", "value": OTHER_CHART, "timeColumn": "date", "titleColumn": "country"}


def _own(sql: str) -> dict[str, Any]:
    return {"expressionType": "SQL", "sqlExpression": sql, "label": "Mine"}


def _sql_filter(sql: str, clause: str = "WHERE") -> dict[str, Any]:
    return {"expressionType": "SQL", "clause": clause, "sqlExpression": sql}


DATASETS: dict[str, Fault] = {
    "column that the report lacks": Fault(
        lambda f: f[DATASET_FILE]["columns"].append({"column_name": "revenue"}),
        Rule.TABLES,
        f"{DATASET_FILE}: column revenue is not in the declaration of active_users",
    ),
    "table that no report declares": Fault(
        lambda f: (f[DATASET_FILE].update(table_name="sales"), move(f, DATASET_FILE, "datasets/Reports/sales.yaml")),
        Rule.TABLES,
        "datasets/Reports/sales.yaml: no report declares the table sales",
    ),
    "query without a column": Fault(
        lambda f: f[DATASET_FILE].update(sql="SELECT date, country, platform, dau FROM active_users"),
        Rule.TABLES,
        f"{DATASET_FILE}: column new_users is not in its SQL",
    ),
    "figure that is a text": Fault(
        lambda f: column(f, 3).update(type="VARCHAR(255)"),
        Rule.TYPES,
        f"{DATASET_FILE}: column dau is VARCHAR(255), and report.yaml declares active_users.dau as INT64: "
        "set its type to BIGINT",
    ),
    "figure that is a text, through SQL": Fault(
        lambda f: (
            f[DATASET_FILE].update(sql="SELECT date, country, platform, new_users, dau FROM active_users AS report"),
            column(f, 3).update(type="TEXT"),
        ),
        Rule.TYPES,
        f"{DATASET_FILE}: column dau is TEXT",
    ),
    "column without a type": Fault(
        lambda f: column(f, 1).pop("type"), Rule.TYPES, f"{DATASET_FILE}: column country is of no type"
    ),
    "time that is a text": Fault(
        lambda f: column(f, 1).update(is_dttm=True), Rule.TYPES, f"{DATASET_FILE}: column country is_dttm and is no"
    ),
    "column described otherwise": Fault(
        lambda f: column(f, 3).update(description="People."),
        Rule.DESCRIPTIONS,
        f"{DATASET_FILE}: column dau is described otherwise than in report.yaml: run `python -m",
    ),
    "chart described otherwise": Fault(
        lambda f: f[LINE].update(description="A line a country.\nDAU: Visits."),
        Rule.DESCRIPTIONS,
        f"{LINE}: describes its figures otherwise than report.yaml",
    ),
    "query that is no SQL": Fault(
        lambda f: f[DATASET_FILE].update(sql="SELECT date FRM (active_users"),
        Rule.DATASET_SQL,
        f"{DATASET_FILE}: the SQL cannot be parsed",
    ),
    "query that deletes": Fault(
        lambda f: f[DATASET_FILE].update(sql="DELETE FROM active_users"),
        Rule.DATASET_SQL,
        f"{DATASET_FILE}: the SQL is not a query",
    ),
    "query of an unknown column": Fault(
        lambda f: f[DATASET_FILE].update(
            sql="SELECT date, country, platform, dau, first AS new_users FROM active_users"
        ),
        Rule.DATASET_SQL,
        f"{DATASET_FILE}: the SQL does not fit the tables",
    ),
    "query of an unknown table": Fault(
        lambda f: f[DATASET_FILE].update(sql="SELECT date FROM sales"),
        Rule.DATASET_SQL,
        f"{DATASET_FILE}: the SQL reads `sales`, which no report declares",
    ),
    "metric of an unknown column": Fault(
        lambda f: f[DATASET_FILE]["metrics"][0].update(expression="SUM(dua)"),
        Rule.EXPRESSIONS,
        f"{DATASET_FILE}: metric daily_users uses dua",
    ),
    "metric that is no SQL": Fault(
        lambda f: f[DATASET_FILE]["metrics"][0].update(expression="SUM(dau"),
        Rule.EXPRESSIONS,
        f"{DATASET_FILE}: metric daily_users: `SUM(dau` cannot be parsed",
    ),
    "metric of nothing": Fault(
        lambda f: f[DATASET_FILE]["metrics"][0].update(expression=" "),
        Rule.EXPRESSIONS,
        f"{DATASET_FILE}: metric daily_users: ",
    ),
    "computed column of an unknown one": Fault(
        lambda f: f[DATASET_FILE]["columns"].append({"column_name": "place", "expression": "CONCAT(city)"}),
        Rule.EXPRESSIONS,
        f"{DATASET_FILE}: column place uses city",
    ),
    "computed column that is no SQL": Fault(
        lambda f: f[DATASET_FILE]["columns"].append({"column_name": "place", "expression": "CASE WHEN country"}),
        Rule.EXPRESSIONS,
        f"{DATASET_FILE}: column place: `CASE WHEN country` cannot be parsed",
    ),
    "metric declared twice": Fault(
        lambda f: f[DATASET_FILE]["metrics"].append({"metric_name": "daily_users", "expression": "SUM(dau)"}),
        Rule.NAMES,
        f"{DATASET_FILE}: declares metric_name daily_users twice",
    ),
    "column declared twice": Fault(
        lambda f: f[DATASET_FILE]["columns"].append(dict(column(f, 1))),
        Rule.NAMES,
        f"{DATASET_FILE}: declares column_name country twice",
    ),
    "metric called like a column": Fault(
        lambda f: f[DATASET_FILE]["metrics"].append({"metric_name": "DAU", "expression": "MAX(dau)"}),
        Rule.NAMES,
        f"{DATASET_FILE}: metric DAU is called like a column",
    ),
    "unknown time column": Fault(
        lambda f: f[DATASET_FILE].update(main_dttm_col="day"),
        Rule.NAMES,
        f"{DATASET_FILE}: main_dttm_col day is not a column",
    ),
    "two charts of one name": Fault(
        lambda f: (f[TABLE].update(slice_name="Daily users"), component(f, "CHART-2")["meta"].pop("sliceName", 0)),
        Rule.NAMES,
        f"{TABLE}: has the slice_name of {LINE}",
    ),
}

CHARTS: dict[str, Fault] = {
    "chart of an unknown metric": Fault(
        lambda f: f[LINE]["params"]["metrics"].append("revenue"),
        Rule.CHARTS,
        f"{LINE}: metric revenue is not in its dataset",
    ),
    "chart of an unknown column": Fault(
        lambda f: f[LINE]["params"]["groupby"].append("city"), Rule.CHARTS, f"{LINE}: column city is not in its dataset"
    ),
    "chart of a dropped column": Fault(
        lambda f: f[DATASET_FILE]["columns"].pop(1), Rule.CHARTS, f"{LINE}: column country is not in its dataset"
    ),
    "chart filtered by an unknown column": Fault(
        lambda f: f[LINE]["params"]["adhoc_filters"][0].update(subject="day"),
        Rule.CHARTS,
        f"{LINE}: column day is not in its dataset",
    ),
    "chart ordered by an unknown column": Fault(
        lambda f: f[TABLE]["params"].update(order_by_cols=['["city", true]']),
        Rule.CHARTS,
        f"{TABLE}: column city is not in its dataset",
    ),
    "chart limited by an unknown metric": Fault(
        lambda f: f[LINE]["params"].update(timeseries_limit_metric="revenue"),
        Rule.CHARTS,
        f"{LINE}: metric revenue is not in its dataset",
    ),
    "metric of the chart's own on an unknown column": Fault(
        lambda f: f[TABLE]["params"]["metrics"].append(
            {"expressionType": "SIMPLE", "aggregate": "SUM", "column": {"column_name": "revenue"}}
        ),
        Rule.CHARTS,
        f"{TABLE}: column revenue is not in its dataset",
    ),
    "format of an unknown column": Fault(
        lambda f: f[TABLE]["params"]["conditional_formatting"][0].update(column="first_user"),
        Rule.CHARTS,
        f"{TABLE}: formatted column first_user is not in its dataset",
    ),
    "own SQL with a typo in a column": Fault(
        lambda f: f[TABLE]["params"]["metrics"].append(_own("SUM(new_user)")),
        Rule.CHART_SQL,
        f"{TABLE}: metric Mine uses new_user, not a column of its dataset: write new_users",
    ),
    "own SQL that is none": Fault(
        lambda f: f[TABLE]["params"]["metrics"].append(_own("SUM(new_users")),
        Rule.CHART_SQL,
        f"{TABLE}: metric Mine: `SUM(new_users` cannot be parsed",
    ),
    "empty own SQL": Fault(
        lambda f: f[TABLE]["params"]["metrics"].append(_own("")), Rule.CHART_SQL, f"{TABLE}: metric Mine is empty"
    ),
    "filter in SQL with a typo": Fault(
        lambda f: f[LINE]["params"]["adhoc_filters"].append(_sql_filter("contry = 'Chad'")),
        Rule.CHART_SQL,
        f"{LINE}: its WHERE filter uses contry, not a column of its dataset: write country",
    ),
    "filter in SQL that is none": Fault(
        lambda f: f[LINE]["params"]["adhoc_filters"].append(_sql_filter("SUM(dau) >", "HAVING")),
        Rule.CHART_SQL,
        f"{LINE}: its HAVING filter: `SUM(dau) >` cannot be parsed",
    ),
    "column in SQL with a typo": Fault(
        lambda f: f[LINE]["params"]["groupby"].append(_own("UPPER(platfrom)")),
        Rule.CHART_SQL,
        f"{LINE}: groupby Mine uses platfrom, not a column of its dataset: write platform",
    ),
    "table of markup": Fault(
        lambda f: f[TABLE]["params"].pop("allow_render_html"),
        Rule.MARKUP,
        f"{TABLE}: would show texts as HTML: set allow_render_html: false",
    ),
    "table of markup and of a text that is none": Fault(
        lambda f: (
            f[DATASET_FILE]["columns"].append({"column_name": "country_html", "expression": "CONCAT(country)"}),
            f[TABLE]["params"].update(allow_render_html=True, groupby=["country_html", "country"]),
        ),
        Rule.MARKUP,
        f"{TABLE}: would show the texts of country as HTML: show a column country_html that escapes them",
    ),
    "mark from an unknown chart": Fault(
        lambda f: f[LINE]["params"].update(annotation_layers=[{**MARK, "value": MISSING}]),
        Rule.MARKS,
        f"{LINE}: mark Release comes from no chart of charts/",
    ),
    "mark from a chart that does not list what it shows": Fault(
        lambda f: f[LINE]["params"].update(annotation_layers=[MARK]),
        Rule.MARKS,
        f"{LINE}: mark Release takes date from {TABLE}, which does not list it",
    ),
}

PAGES: dict[str, Fault] = {
    "chart in no row": Fault(
        lambda f: component(f, "ROW-1")["children"].remove("CHART-2"), Rule.LAYOUT, f"{PAGE}: CHART-2 is in no row"
    ),
    "chart in two places": Fault(
        lambda f: component(f, "ROW-1")["children"].append("CHART-2"),
        Rule.LAYOUT,
        f"{PAGE}: CHART-2 stands in 2 places",
    ),
    "row with an unknown child": Fault(
        lambda f: component(f, "ROW-1")["children"].append("CHART-9"),
        Rule.LAYOUT,
        f"{PAGE}: ROW-1 holds CHART-9, which is not in position",
    ),
    "part with the id of another": Fault(
        lambda f: component(f, "CHART-1").update(id="CHART-2"), Rule.LAYOUT, f"{PAGE}: CHART-1 has the id CHART-2"
    ),
    "part of an unknown type": Fault(
        lambda f: component(f, "ROW-1").update(type="LINE"), Rule.LAYOUT, f"{PAGE}: ROW-1 is a LINE, which no layout"
    ),
    "old name of a chart": Fault(
        lambda f: component(f, "CHART-1")["meta"].update(sliceName="Users"),
        Rule.LAYOUT,
        f"{PAGE}: CHART-1 is called Users, and the chart Daily users",
    ),
    "no layout": Fault(lambda f: f[PAGE].pop("position"), Rule.LAYOUT, f"{PAGE}: has no position with a ROOT_ID"),
    "filter of an unknown column": Fault(
        lambda f: page_filter(f)["targets"][0]["column"].update(name="city"),
        Rule.FILTERS,
        f"{PAGE}: filter Country filters city, not a column of {DATASET_FILE}",
    ),
    "filter on a dropped column": Fault(
        lambda f: (f[DATASET_FILE]["columns"].pop(1), f[LINE]["params"].update(groupby=[])),
        Rule.FILTERS,
        f"{PAGE}: filter Country filters country, not a column of {DATASET_FILE}",
    ),
    "filter whose time is unknown": Fault(
        lambda f: page_filter(f).update(granularity_sqla="day"),
        Rule.FILTERS,
        f"{PAGE}: filter Country reads its time from",
    ),
    "filter that begins with an unknown column": Fault(
        lambda f: page_filter(f).update(defaultDataMask={"extraFormData": {"filters": [{"col": "city"}]}}),
        Rule.FILTERS,
        f"{PAGE}: filter Country begins with city, not a column",
    ),
    "filter sorted by an unknown metric": Fault(
        lambda f: page_filter(f).update(sortMetric="revenue"), Rule.FILTERS, f"{PAGE}: filter Country sorts by revenue"
    ),
    "filter of an unknown kind": Fault(
        lambda f: page_filter(f).update(filterType="filter_text"),
        Rule.FILTERS,
        f"{PAGE}: filter Country is a filter_text",
    ),
    "filter that spares an unknown chart": Fault(
        lambda f: page_filter(f)["scope"].update(excluded=[MISSING]),
        Rule.FILTERS,
        f"{PAGE}: filter Country leaves out {MISSING}",
    ),
    "filter that spares a number": Fault(
        lambda f: page_filter(f)["scope"].update(excluded=[12]), Rule.FILTERS, f"{PAGE}: filter Country leaves out 12"
    ),
    "filter of a tab that there is not": Fault(
        lambda f: page_filter(f)["scope"].update(rootPath=["TAB-1"]),
        Rule.FILTERS,
        f"{PAGE}: filter Country reaches what",
    ),
    "filter that depends on none": Fault(
        lambda f: page_filter(f).update(cascadeParentIds=["NATIVE_FILTER-x"]),
        Rule.FILTERS,
        f"{PAGE}: filter Country depends on NATIVE_FILTER-x",
    ),
    "two filters of one id": Fault(
        lambda f: page_filter(f).update(id="NATIVE_FILTER-dates"), Rule.FILTERS, f"{PAGE}: has 2 filters with the id"
    ),
}
