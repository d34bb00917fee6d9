"""Sums of people over days, who may have come on each of them, in every kind of chart that adds."""

from __future__ import annotations

from typing import Any

from superset_sync.rules import Rule
from tests.superset_sync.planting import DATASET_FILE, LINE, TABLE, Fault, Folders

_SIMPLE = {"expressionType": "SIMPLE", "aggregate": "SUM", "column": {"column_name": "dau"}, "label": "Mine"}
_SQL = {"expressionType": "SQL", "sqlExpression": "SUM(dau) + 0", "label": "Mine"}


def _shown(viz_type: str, **params: Any) -> Any:
    """Makes a chart of another kind of the table."""

    def plant(folders: Folders) -> None:
        folders[TABLE]["viz_type"] = viz_type
        folders[TABLE]["params"] = {"viz_type": viz_type, "allow_render_html": False, **params}

    return plant


def _set(file: str, **params: Any) -> Any:
    return lambda folders: folders[file]["params"].update(**params)


def _fault(plant: Any, metric: str = "daily_users", how: str = "", file: str = TABLE) -> Fault:
    return Fault(plant, Rule.SUMS, f"{file}: metric {metric} sums dau over date{how}, over which it does not add: ")


_BY_DAY = {"x_axis": "date", "time_grain_sqla": "P1D"}
SUMS: dict[str, Fault] = {
    "sum in a table": _fault(_set(TABLE, metrics=["first_users", "daily_users"])),
    "sum under a condition": _fault(_set(TABLE, metrics=["first_users", "android_users"]), "android_users"),
    "sum in an own metric": _fault(_set(TABLE, metrics=["first_users", _SIMPLE]), "Mine"),
    "sum in own SQL": _fault(_set(TABLE, metrics=["first_users", _SQL]), "Mine"),
    "sum in a big number": _fault(_shown("big_number_total", metric="daily_users")),
    "sum in a big number with a line, by week": _fault(
        _shown("big_number", metric="daily_users", x_axis="date", time_grain_sqla="P1W", aggregation="LAST_VALUE")
    ),
    "sum of a big number's line": _fault(
        _shown("big_number", metric="daily_users", aggregation="sum", **_BY_DAY), how=" in its one figure"
    ),
    "big number of all days": _fault(
        _shown("big_number", metric="daily_users", aggregation="raw", **_BY_DAY), how=" in its one figure"
    ),
    "sum in a line, by week": _fault(_set(LINE, time_grain_sqla="1969-12-29T00:00:00Z/P1W"), file=LINE),
    "sum in a line by country": _fault(_set(LINE, x_axis="country", groupby=[]), file=LINE),
    "sum in bars": _fault(_shown("echarts_timeseries_bar", x_axis="country", metrics=["daily_users"])),
    "sum in an area, by month": _fault(
        _shown("echarts_area", x_axis="date", time_grain_sqla="P1M", metrics=["daily_users"])
    ),
    "sum in a heat map": _fault(_shown("heatmap_v2", x_axis="country", groupby="platform", metric="daily_users")),
    "sum in a pie": _fault(_shown("pie", groupby=["country"], metric="daily_users")),
    "days as slices of a pie": _fault(
        _shown("pie", groupby=["date"], metric="daily_users"), how=" as parts of a whole"
    ),
    "sum in a pivot table": _fault(_shown("pivot_table_v2", groupbyRows=["country"], metrics=["daily_users"])),
    "total of a pivot table's row": _fault(
        _shown(
            "pivot_table_v2",
            groupbyRows=["country"],
            groupbyColumns=["date"],
            metrics=["daily_users"],
            rowTotals=True,
        ),
        how=" in its rowTotals",
    ),
    "sum in the second part of a mixed chart": _fault(
        _shown("mixed_timeseries", x_axis="country", metrics=["first_users"], metrics_b=["daily_users"])
    ),
    "sum in a tree map": _fault(_shown("treemap_v2", groupby=["country"], metric="daily_users")),
    "sum in a kind that is not known": _fault(_shown("para", series="country", metrics=["daily_users"])),
    "others thrown together": _fault(
        _set(LINE, x_axis="country", groupby=["date"], group_others_when_limit_reached=True),
        how=" in Others",
        file=LINE,
    ),
    "days stacked": _fault(
        _set(LINE, x_axis="country", groupby=["date"], stack="Stack"), how=" by stacking", file=LINE
    ),
    "total in a tooltip": _fault(
        _set(LINE, x_axis="country", groupby=["date"], showTooltipTotal=True, rich_tooltip=True),
        how=" in the total of its tooltip",
        file=LINE,
    ),
    "shares of days": _fault(
        _set(LINE, x_axis="country", groupby=["date"], contributionMode="row"), how=" for shares", file=LINE
    ),
    "running sum": _fault(_set(LINE, rolling_type="cumsum"), how=" in its rolling window", file=LINE),
    "sum of days made into weeks": _fault(
        _set(LINE, resample_rule="1W", resample_method="sum"), how=" when it resamples", file=LINE
    ),
    "row of totals": _fault(
        _set(TABLE, groupby=["date"], metrics=["daily_users"], show_totals=True, column_config={}),
        how=" in its row of totals",
    ),
    "share of a sum": _fault(
        _set(TABLE, groupby=["date"], metrics=["first_users"], percent_metrics=["daily_users"]), how=" for its share"
    ),
    "columns that are not shown do not count": _fault(
        _set(TABLE, metrics=["first_users", "daily_users"], all_columns=["date"])
    ),
    "dataset without the key": _fault(
        lambda folders: (
            folders[DATASET_FILE]["columns"].pop(0),
            folders[DATASET_FILE].update(main_dttm_col=None),
            folders[TABLE]["params"].update(metrics=["first_users", "daily_users"]),
        )
    ),
    "sum of a computed column": _fault(
        lambda folders: (
            folders[DATASET_FILE]["columns"].append({"column_name": "twice", "expression": "dau * 2"}),
            folders[TABLE]["params"].update(
                metrics=["first_users", {"expressionType": "SQL", "sqlExpression": "SUM(twice)", "label": "Mine"}]
            ),
        ),
        "Mine",
    ),
    "sum in the dataset's SQL": Fault(
        lambda folders: folders[DATASET_FILE].update(
            sql="SELECT date, country, platform, dau, new_users, SUM(dau) OVER (PARTITION BY country) AS both "
            "FROM active_users"
        ),
        Rule.SUMS,
        f"{DATASET_FILE}: its SQL sums dau over date, over which it does not add: group by date, or hold",
    ),
}
SUMS["sum of a computed column"] = Fault(
    SUMS["sum of a computed column"].plant, Rule.SUMS, f"{TABLE}: metric Mine sums twice over date"
)
