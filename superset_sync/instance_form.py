"""An asset as an instance stores it, made from its form in the repository: `superset_sync.normalise` undone."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from superset_sync.annotations import FROM_A_CHART
from superset_sync.normalise import Names, canonical, rename_charts

# What the forms and the stripped keys are known to be right for.
SUPERSET_VERSION = "6.1.0"


@dataclass(frozen=True)
class Numbers:
    """Uuid of each asset → its number on the instance."""

    databases: dict[str, int] = field(default_factory=dict)
    datasets: dict[str, int] = field(default_factory=dict)
    charts: dict[str, int] = field(default_factory=dict)
    dashboards: dict[str, int] = field(default_factory=dict)
    roles: dict[str, int] = field(default_factory=dict)
    alerts: dict[str, int] = field(default_factory=dict)
    # Datasets by what row filters call them.
    tables: dict[str, int] = field(default_factory=dict)

    def of(self, kind: str) -> dict[str, int]:
        """Those of one kind."""
        found: dict[str, int] = getattr(self, kind)
        return found

    def names(self) -> Names:
        """The other way round."""
        kinds = ("databases", "datasets", "charts", "dashboards", "tables")
        return Names(**{kind: {number: uuid for uuid, number in self.of(kind).items()} for kind in kinds})


def stored_chart(content: Mapping[str, Any], numbers: Numbers) -> dict[str, Any]:
    """A chart's columns, without those that name its dataset. Raises KeyError for a chart that is not there."""
    form = canonical("charts", content)
    params = form["params"]
    for layer in params.get("annotation_layers") or []:
        if layer.get("sourceType") in FROM_A_CHART:
            layer["value"] = numbers.charts[str(layer["value"]).lower()]
    number = numbers.datasets[form["dataset_uuid"]]
    params = {**params, "datasource": f"{number}__table"}
    return {
        **{key: form[key] for key in ("slice_name", "description", "certified_by", "certification_details")},
        "viz_type": form["viz_type"],
        "params": _json(params),
        "query_context": stored_query(params, number),
        "cache_timeout": form["cache_timeout"],
    }


def stored_query(params: Mapping[str, Any], dataset: int) -> str | None:
    """The query of a table of plain rows: marks that come from its rows are read from there. None for all others."""
    if params.get("query_mode") != "raw":
        return None
    query: dict[str, Any] = {
        "columns": params.get("all_columns") or [],
        "metrics": [],
        "orderby": [json.loads(item) for item in params.get("order_by_cols") or []],
        "filters": [],
        "extras": {},
        "row_limit": params.get("row_limit"),
        "annotation_layers": [],
    }
    return _json(
        {
            "datasource": {"id": dataset, "type": "table"},
            "force": False,
            "queries": [query],
            "form_data": params,
            "result_format": "json",
            "result_type": "full",
        }
    )


def stored_dashboard(
    content: Mapping[str, Any],
    numbers: Numbers,
    *,
    schemes: Mapping[str, Sequence[str]] = MappingProxyType({}),
    titles: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, Any]:
    """A dashboard's columns. `schemes` are the colours of each scheme by name, `titles` the charts' names by uuid.

    Raises KeyError for a chart or dataset that is not there.
    """
    form = canonical("dashboards", content)
    position, metadata = form["position"], form["metadata"]
    for component in position.values():
        if isinstance(component, dict) and component.get("type") == "CHART":
            uuid = str(component["meta"]["uuid"]).lower()
            component["meta"]["chartId"] = numbers.charts[uuid]
            if uuid in titles:
                component["meta"]["sliceName"] = titles[uuid]
    for item in metadata["native_filter_configuration"]:
        for target in item.get("targets") or []:
            if "datasetUuid" in target:
                target["datasetId"] = numbers.datasets[str(target.pop("datasetUuid")).lower()]
    # In these the browser looks charts up by number; a key is text all the same once it is JSON.
    rename_charts(metadata, lambda chart: numbers.charts[str(chart).lower()])
    for chart, own in metadata["chart_configuration"].items():
        own["id"] = chart
    metadata["map_label_colors"] = copy.deepcopy(metadata["label_colors"])
    metadata["shared_label_colors"] = []
    metadata["color_scheme_domain"] = list(schemes.get(metadata["color_scheme"], []))
    return {
        **{key: form[key] for key in ("dashboard_title", "description", "css", "slug", "published")},
        **{key: form[key] for key in ("certified_by", "certification_details")},
        "position_json": _json(position),
        "json_metadata": _json(metadata),
    }


def table_names(datasets: Iterable[tuple[int, str, str]], managed: Container[str]) -> dict[int, str]:
    """What row filters call each dataset, given as (number, uuid, table_name): a managed one by its table's name.

    Of those that somebody made by hand, one has it where no other does; all others go by their uuid.
    """
    rows = list(datasets)
    held = Counter(name for _, _, name in rows)
    return {number: name if uuid in managed or held[name] == 1 else uuid for number, uuid, name in rows}


def stored_alert(content: Mapping[str, Any], numbers: Numbers) -> dict[str, Any]:
    """An alert's columns, and its `recipients` as a list of such. Raises KeyError for what is not there."""
    form = canonical("alerts", content)
    for key, known in (("chart", numbers.charts), ("dashboard", numbers.dashboards), ("database", numbers.databases)):
        uuid = form.pop(key)
        form[f"{key}_id"] = None if uuid is None else known[uuid]
    form["validator_config_json"] = _json(form["validator_config_json"])
    form["extra_json"] = _json(form.pop("extra"))
    form["recipients"] = [
        {"type": item["type"], "recipient_config_json": _json(item["recipient_config_json"])}
        for item in form["recipients"]
    ]
    return form


def stored_filters(content: Mapping[str, Any], numbers: Numbers) -> list[dict[str, Any]]:
    """The columns of a role's row filters, their `datasets` as numbers. Raises KeyError for one that is not there."""
    return [
        {**item, "datasets": [numbers.tables[name] for name in item["datasets"]]}
        for item in canonical("roles", content)["row_filters"]
    ]


def stored_dataset(content: Mapping[str, Any]) -> dict[str, Any]:
    """A dataset's columns, and its `columns` and `metrics` as lists of such."""
    form = canonical("datasets", content)
    for key in ("params", "template_params", "extra"):
        form[key] = _json(form[key]) if form[key] is not None else None
    for item in [*form["columns"], *form["metrics"]]:
        item["extra"] = _json(item["extra"])
    return {key: value for key, value in form.items() if key not in {"uuid", "version", "database_uuid"}}


def stored_database(content: Mapping[str, Any]) -> dict[str, Any]:
    """A database's columns."""
    form = canonical("databases", content)
    extra = form["extra"]
    if "schemas_allowed_for_csv_upload" in extra:
        extra["schemas_allowed_for_file_upload"] = extra.pop("schemas_allowed_for_csv_upload")
    form["extra"] = _json(extra)
    form["allow_file_upload"] = form.pop("allow_csv_upload")
    return {key: value for key, value in form.items() if key not in {"uuid", "version"}}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
