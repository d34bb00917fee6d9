"""What the checks know of Superset 6.1's kinds of charts, by viz_type."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class VizType:
    """The controls by whose columns it groups, and those without which it shows nothing.

    `is_whole`: its parts make up a whole that is seen, as the slices of a pie do.
    """

    groups: tuple[str, ...]
    needs: tuple[str, ...] = ()
    is_whole: bool = False


_SERIES = VizType(("x_axis", "groupby", "granularity_sqla"), ("x_axis", "metrics"))
_SLICES = VizType(("groupby",), ("metric",), is_whole=True)

KNOWN: dict[str, VizType] = {
    "ag-grid-table": VizType(("groupby",)),
    "big_number": VizType(("x_axis", "granularity_sqla"), ("metric", "x_axis")),
    "big_number_total": VizType((), ("metric",)),
    "box_plot": VizType(("columns", "groupby"), ("metrics",)),
    "bubble_v2": VizType(("series", "entity"), ("x", "y", "size")),
    "country_map": VizType(("entity",), ("metric", "entity")),
    "echarts_area": _SERIES,
    "echarts_timeseries": _SERIES,
    "echarts_timeseries_bar": _SERIES,
    "echarts_timeseries_line": _SERIES,
    "echarts_timeseries_scatter": _SERIES,
    "echarts_timeseries_smooth": _SERIES,
    "echarts_timeseries_step": _SERIES,
    "funnel": VizType(("groupby",), ("metric",)),
    "gauge_chart": VizType(("groupby",), ("metric",)),
    "heatmap_v2": VizType(("x_axis", "groupby"), ("metric", "x_axis")),
    "mixed_timeseries": VizType(("x_axis", "groupby", "granularity_sqla"), ("x_axis", "metrics", "metrics_b")),
    "pie": _SLICES,
    "pivot_table_v2": VizType(("groupbyRows", "groupbyColumns"), ("metrics",)),
    "pop_kpi": VizType((), ("metric",)),
    "radar": VizType(("groupby",), ("metrics",)),
    "rose": VizType(("groupby", "granularity_sqla"), ("metrics",), is_whole=True),
    "sunburst_v2": VizType(("columns",), ("metric", "columns"), is_whole=True),
    "table": VizType(("groupby",)),
    "treemap_v2": _SLICES,
    "waterfall": VizType(("x_axis", "groupby"), ("metric", "x_axis"), is_whole=True),
    "word_cloud": VizType(("series",), ("metric", "series")),
    "world_map": VizType(("entity",), ("metric", "entity")),
}
# Of these the checks know no more than the name.
_BY_NAME = (
    "bubble bullet cal_heatmap cartodiagram chord compare gantt_chart graph_chart handlebars histogram_v2 horizon",
    "mapbox paired_ttest para partition sankey_v2 time_pivot time_table tree_chart",
    "deck_arc deck_contour deck_geojson deck_grid deck_heatmap deck_hex deck_multi deck_path deck_polygon",
    "deck_scatter deck_screengrid",
)
OTHERS = frozenset(name for line in _BY_NAME for name in line.split())


@cache
def controls() -> frozenset[str]:
    """The controls of all kinds of charts, and what Superset's pages keep beside them."""
    text = (Path(__file__).parent / "controls.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))
