"""One form of an asset, whether it comes from a file or from a running Superset: what two of them are compared by.

It has no number that an instance gave, nothing from `superset_sync.stripped`, and every default in its place. The
repository's files are this form with the defaults that they leave out left out.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from superset_sync import defaults, stripped
from superset_sync.annotations import FROM_A_CHART
from superset_sync.assets import NAMED

# A dataset's lists in which the order says nothing: Superset keeps none.
KEYED = {"columns": "column_name", "metrics": "metric_name"}
_JSON = {
    "databases": {"extra": "extra"},
    "datasets": {"params": "params", "template_params": "template_params", "extra": "extra"},
    "charts": {"params": "params"},
    "dashboards": {"position_json": "position", "json_metadata": "metadata"},
    "roles": {},
    "alerts": {"validator_config_json": "validator_config_json", "extra_json": "extra"},
}
_OPEN = {"charts": {"params": defaults.PARAMS}, "dashboards": {"metadata": defaults.METADATA}}
_REFERENCES = {
    "datasets": ("uuid", "database_uuid"),
    "charts": ("uuid", "dataset_uuid"),
    "alerts": ("chart", "dashboard", "database"),
}


@dataclass(frozen=True)
class Names:
    """Number of each asset of an instance → its uuid; of those that were deleted too, as far as it is known.

    `tables`: number of each dataset → what row filters call it.
    """

    databases: Mapping[int, str] = field(default_factory=dict)
    datasets: Mapping[int, str] = field(default_factory=dict)
    charts: Mapping[int, str] = field(default_factory=dict)
    dashboards: Mapping[int, str] = field(default_factory=dict)
    tables: Mapping[int, str] = field(default_factory=dict)


def from_live(kind: str, fields: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """The form of an asset as an instance stores it: `fields` are Superset's columns, with JSON as text."""
    content = copy.deepcopy(dict(fields))
    for stored, name in _JSON[kind].items():
        value = content.pop(stored, None)
        content[name] = json.loads(value) if isinstance(value, str) and value.strip() else value
    _FROM_LIVE[kind](content, names)
    if kind not in NAMED:
        content["version"] = defaults.VERSION
    return canonical(kind, _in_order(content, defaults.ORDER[kind]))


def canonical(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The form of what a file says: stripped, and with all defaults. The same again for what is in it already."""
    found = copy.deepcopy(dict(content))
    _fill(found, defaults.BY_KIND[kind])
    if kind not in NAMED:
        found.setdefault("version", defaults.VERSION)
    for key in _REFERENCES.get(kind, ("uuid",)):
        if isinstance(found.get(key), str):
            found[key] = found[key].lower()
    if kind in _STRIP:
        _STRIP[kind](found)
    return found


def comparable(kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """The form with lists whose order says nothing as mappings."""
    found = canonical(kind, content)
    if kind == "datasets":
        for key, name in KEYED.items():
            found[key] = {str(item[name]): item for item in found[key]}
    elif kind == "roles":
        # Superset keeps what the three amount to, and no description.
        for key in ("description", "based_on", "also", "never"):
            del found[key]
        found["permissions"] = dict.fromkeys(sorted(found["permissions"]), "allowed")
        found["row_filters"] = {
            str(item["name"]): {**item, "datasets": sorted(item["datasets"])} for item in found["row_filters"]
        }
    elif kind == "alerts":
        found["recipients"] = sorted(found["recipients"], key=text)
    return found


def text(form: Any) -> str:
    """What two forms are equal by."""
    return json.dumps(form, sort_keys=True, ensure_ascii=False, default=str)


def written(kind: str, content: Mapping[str, Any], file: Mapping[str, Any] | None) -> dict[str, Any]:
    """How a file says `content`: in the order of the file that is there, without defaults that it leaves out.

    Where there is no file yet, in the order in which Superset stores it; a chart's params and a dashboard's metadata,
    which have no end of keys, without defaults.
    """
    form = canonical(kind, content)
    for key, standard in _OPEN.get(kind, {}).items():
        form[key] = _without(form[key], standard, (file or {}).get(key) or {})
    if file is None and kind not in NAMED:
        return form
    file = file or {}
    form = _without(form, {**defaults.BY_KIND[kind], "version": defaults.VERSION}, file)
    if kind == "roles":
        known = {item.get("name"): item for item in file.get("row_filters") or []}
        items = form.get("row_filters", [])
        form |= (
            {"row_filters": [_without(i, defaults.ROW_FILTER, known.get(i["name"], {})) for i in items]}
            if items
            else {}
        )
    if kind == "datasets":
        for key, child in (("metrics", defaults.METRIC), ("columns", defaults.COLUMN)):
            known = {item.get(KEYED[key]): item for item in file.get(key) or []}
            if key in form:
                form[key] = [_without(item, child, known.get(item[KEYED[key]], child)) for item in form[key]]
    ordered: dict[str, Any] = _ordered_as(form, file)
    return ordered


def _in_order(content: Mapping[str, Any], order: Sequence[str]) -> dict[str, Any]:
    keys = [*(key for key in order if key in content), *(key for key in content if key not in order)]
    return {key: content[key] for key in keys}


def _fill(content: dict[str, Any], standard: Mapping[str, Any]) -> None:
    for key, value in standard.items():
        # Superset's forms store an empty text, or null, where nothing was ever said.
        if content.get(key) is None or (value is None and content[key] == ""):
            content[key] = copy.deepcopy(value)


def _drop(content: dict[str, Any], keys: Mapping[str, str]) -> None:
    for key in keys:
        content.pop(key, None)


def _strip_adhoc(value: Any) -> None:
    if isinstance(value, dict):
        if "expressionType" in value:
            _drop(value, stripped.ADHOC)
            if isinstance(value.get("column"), dict):
                _drop(value["column"], stripped.ADHOC_COLUMN)
        for inner in value.values():
            _strip_adhoc(inner)
    elif isinstance(value, list):
        for inner in value:
            _strip_adhoc(inner)


def _strip_metadata(metadata: dict[str, Any]) -> None:
    _drop(metadata, stripped.METADATA)
    _fill(metadata, defaults.METADATA)
    for item in metadata["native_filter_configuration"]:
        _drop(item, stripped.SCOPE)
        state = (item.get("defaultDataMask") or {}).get("filterState")
        if isinstance(state, dict):
            _drop(state, stripped.FILTER_STATE)
        _drop(item.get("defaultDataMask") or {}, stripped.FILTER_STATE)
    _drop(metadata["global_chart_configuration"], stripped.SCOPE)
    for chart, own in list(metadata["chart_configuration"].items()):
        filters = own.get("crossFilters") if isinstance(own, dict) else None
        if isinstance(filters, dict):
            _drop(filters, stripped.SCOPE)
            own.pop("id", None)
            # What the browser writes for every chart whose scope nobody has set.
            if own == {"crossFilters": {"scope": "global"}}:
                del metadata["chart_configuration"][chart]


def _strip_dataset(dataset: dict[str, Any]) -> None:
    for item in dataset["metrics"]:
        _fill(item, defaults.METRIC)
    for item in dataset["columns"]:
        _fill(item, defaults.COLUMN)


def _strip_chart(chart: dict[str, Any]) -> None:
    _drop(chart, stripped.CHART)
    _drop(chart["params"], stripped.PARAMS)
    _fill(chart["params"], defaults.PARAMS)
    _strip_adhoc(chart["params"])


def _strip_dashboard(dashboard: dict[str, Any]) -> None:
    for component in dashboard["position"].values():
        if isinstance(component, dict) and isinstance(component.get("meta"), dict):
            _drop(component["meta"], stripped.COMPONENT)
    _strip_metadata(dashboard["metadata"])
    dashboard["roles"] = sorted(dashboard["roles"])


def _strip_role(role: dict[str, Any]) -> None:
    for item in role["row_filters"]:
        _fill(item, defaults.ROW_FILTER)


def _strip_alert(alert: dict[str, Any]) -> None:
    # Superset's page writes empty copies, and whole numbers with or without a point.
    for item in alert["recipients"]:
        config = item.get("recipient_config_json") or {}
        item["recipient_config_json"] = {key: value for key, value in config.items() if value not in (None, "")}
    threshold = alert["validator_config_json"].get("threshold")
    if isinstance(threshold, float) and threshold.is_integer():
        alert["validator_config_json"]["threshold"] = int(threshold)
    alert["extra"] = {key: value for key, value in alert["extra"].items() if value not in (None, {}, [])}


def _name_marks(params: dict[str, Any], names: Names) -> None:
    for layer in params.get("annotation_layers") or []:
        if layer.get("sourceType") in FROM_A_CHART:
            layer["value"] = names.charts.get(layer.get("value"), layer.get("value"))


def _name_charts(dashboard: dict[str, Any], names: Names) -> None:
    for component in (dashboard["position"] or {}).values():
        if isinstance(component, dict) and component.get("type") == "CHART":
            meta = component["meta"]
            meta.setdefault("uuid", names.charts.get(meta.get("chartId"), ""))

    def name(chart: Any) -> Any:
        number = _number(chart)
        return names.charts.get(number) if isinstance(number, int) else chart

    metadata = dashboard["metadata"] or {}
    for item in metadata.get("native_filter_configuration") or []:
        for target in item.get("targets") or []:
            if "datasetId" in target:
                number = target.pop("datasetId")
                target["datasetUuid"] = names.datasets.get(number, number)
    rename_charts(metadata, name)


def rename_charts(metadata: dict[str, Any], name: Callable[[Any], Any]) -> None:
    """Call every chart that a dashboard's metadata mentions as `name` calls it; leave out those that it calls None."""
    scopes = [item.get("scope") for item in metadata.get("native_filter_configuration") or []]
    scopes.append((metadata.get("global_chart_configuration") or {}).get("scope"))
    for own in (metadata.get("chart_configuration") or {}).values():
        filters = own.get("crossFilters") if isinstance(own, dict) else None
        scopes.append((filters or {}).get("scope"))
    for scope in scopes:
        if isinstance(scope, dict) and scope.get("excluded"):
            scope["excluded"] = _named(scope["excluded"], name)
    for key in ("chart_configuration", "expanded_slices"):
        if metadata.get(key):
            metadata[key] = {name(chart): value for chart, value in metadata[key].items() if name(chart) is not None}
    if metadata.get("timed_refresh_immune_slices"):
        metadata["timed_refresh_immune_slices"] = _named(metadata["timed_refresh_immune_slices"], name)


def _named(charts: list[Any], name: Callable[[Any], Any]) -> list[Any]:
    return [name(chart) for chart in charts if name(chart) is not None]


def _number(value: Any) -> Any:
    """A chart's number is text where it is a key."""
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _without(content: dict[str, Any], standard: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in content.items()
        if key in kept or key not in standard or text(value) != text(standard[key])
    }


def _ordered_as(value: Any, model: Any) -> Any:
    if isinstance(value, dict) and isinstance(model, dict):
        keys = [*(key for key in model if key in value), *(key for key in value if key not in model)]
        return {key: _ordered_as(value[key], model.get(key)) for key in keys}
    if isinstance(value, list) and isinstance(model, list):
        for name in KEYED.values():
            if all(isinstance(item, dict) and name in item for item in [*value, *model]):
                return _items_ordered_as(value, model, name)
        models = [*model, *[None] * len(value)]
        return [_ordered_as(item, other) for item, other in zip(value, models, strict=False)]
    return value


def _items_ordered_as(items: list[dict[str, Any]], model: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    places = {item[name]: place for place, item in enumerate(model)}
    known = {item[name]: item for item in model}
    ordered = sorted(items, key=lambda item: places.get(item[name], len(places)))
    return [_ordered_as(item, known.get(item[name])) for item in ordered]


def _database_from_live(content: dict[str, Any], _names: Names) -> None:
    # `Database.set_sqlalchemy_uri` hides a password behind these letters; the environment has the real one.
    content["sqlalchemy_uri"] = str(content["sqlalchemy_uri"]).replace(":XXXXXXXXXX@", "@")
    content["allow_csv_upload"] = content.pop("allow_file_upload", False)
    extra = content["extra"] or {}
    if "schemas_allowed_for_file_upload" in extra:
        extra["schemas_allowed_for_csv_upload"] = extra.pop("schemas_allowed_for_file_upload")


def _dataset_from_live(content: dict[str, Any], names: Names) -> None:
    content["database_uuid"] = names.databases.get(content.pop("database_id"))
    for children, order in (("metrics", defaults.METRIC_ORDER), ("columns", defaults.COLUMN_ORDER)):
        content[children] = [_in_order(item, order) for item in content[children]]
        for item in content[children]:
            for key in ("extra", "currency"):
                if isinstance(item.get(key), str):
                    item[key] = json.loads(item[key]) if item[key].strip() else None


def _chart_from_live(content: dict[str, Any], names: Names) -> None:
    number = content.pop("datasource_id")
    if number is None:
        # Superset takes the number away with the dataset, and leaves it here.
        number = _number(str((content["params"] or {}).get("datasource", "")).partition("__")[0])
    content["dataset_uuid"] = names.datasets.get(number)
    _name_marks(content["params"] or {}, names)


def _role_from_live(content: dict[str, Any], names: Names) -> None:
    for item in content["row_filters"]:
        item["datasets"] = sorted(names.tables.get(number, str(number)) for number in item["datasets"])


def _alert_from_live(content: dict[str, Any], names: Names) -> None:
    for key, known in (("chart", names.charts), ("dashboard", names.dashboards), ("database", names.databases)):
        number = content.pop(f"{key}_id")
        content[key] = None if number is None else known.get(number, str(number))
    for item in content["recipients"]:
        item["recipient_config_json"] = json.loads(item["recipient_config_json"] or "{}")


_FROM_LIVE: dict[str, Callable[[dict[str, Any], Names], None]] = {
    "databases": _database_from_live,
    "datasets": _dataset_from_live,
    "roles": _role_from_live,
    "charts": _chart_from_live,
    "dashboards": _name_charts,
    "alerts": _alert_from_live,
}
_STRIP: dict[str, Callable[[dict[str, Any]], None]] = {
    "datasets": _strip_dataset,
    "roles": _strip_role,
    "charts": _strip_chart,
    "dashboards": _strip_dashboard,
    "alerts": _strip_alert,
}
