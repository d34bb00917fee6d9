"""What the asset files leave out, and what Superset does that makes it safe.

Each key stands with the behaviour of Superset 6.1.0 on which leaving it out rests; docs/dashboards.md shows the list.
Keys of a database's or dataset's own are Superset's export already; what else an instance invents is here.
"""

from __future__ import annotations

CHART = {
    "query_context": "Explore and dashboards make the query from params; only reports and GET /chart/<id>/data read "
    "the stored one, which apply sets anew for raw tables and empties for all others",
}
PARAMS = {
    "datasource": "the dataset's number on this instance; apply sets it from dataset_uuid",
    "slice_id": "the chart's number on this instance; Explore takes it from the address",
    "dashboards": "the numbers of the dashboards it is on; Superset reads dashboard_slices instead",
    "dashboardId": "the dashboard from which it was opened last; it comes with the request",
    "url_params": "the query string of whoever saved it; Explore takes the visitor's own",
}
# Of a filter or an ad-hoc metric inside of params.
ADHOC = {
    "filterOptionName": "a random name for the browser's list; the browser makes one where there is none",
    "optionName": "a random name for the browser's list; the browser makes one where there is none",
}
ADHOC_COLUMN = {
    "id": "the column's number on this instance; a metric finds its column by column_name",
    "uuid": "the column's on this instance: an import gives columns new ones",
    "changed_on": "a time stamp",
    "created_on": "a time stamp",
}
COMPONENT = {
    "chartId": "the chart's number on this instance; apply sets it from the uuid beside it",
    "sliceName": "a copy of the chart's name, which the page shows; apply copies it, also when a chart is renamed",
}
METADATA = {
    "map_label_colors": "the colours that labels have been given; apply sets label_colors, and the browser of whoever "
    "may edit the page adds the rest",
    "shared_label_colors": "labels that several charts show; the browser finds them when the page is drawn",
    "color_scheme_domain": "the scheme's colours; apply copies them from the scheme of this name",
    "show_native_filters": "since 2.1 nothing reads it; Superset's import deletes it",
    "positions": "a second copy of the layout that the editor sends; Superset reads position alone",
}
# Of filters, of chart_configuration and of global_chart_configuration.
SCOPE = {
    "chartsInScope": "the browser works it out from the scope when the page is drawn",
    "tabsInScope": "the browser works it out from the scope when the page is drawn",
}
FILTER_STATE = {
    "__cache": "what the browser showed last; it is made anew when the page is drawn",
}

ALL = {
    "a chart": CHART,
    "a chart's `params`": PARAMS,
    "a filter or metric in `params`": ADHOC,
    "the column of such a metric": ADHOC_COLUMN,
    "a chart's place on a dashboard": COMPONENT,
    "a dashboard's `metadata`": METADATA,
    "a filter's scope": SCOPE,
    "a filter's default": FILTER_STATE,
}
