"""Faults of files, shapes, secrets and references, to plant in sound folders."""

from __future__ import annotations

from superset_sync.rules import Rule
from tests.superset_sync.folders import CHART, DATABASE, OTHER_CHART
from tests.superset_sync.planting import (
    DATABASE_FILE,
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

FILES: dict[str, Fault] = {
    "broken YAML": Fault(
        lambda f: f.update({LINE: "slice_name: [unclosed\nuuid: 1"}), Rule.YAML, f"{LINE}: cannot be read (line 2: "
    ),
    "no mapping": Fault(lambda f: f.update({LINE: "just text"}), Rule.YAML, f"{LINE}: holds no mapping"),
    "an empty file": Fault(lambda f: f.update({LINE: ""}), Rule.YAML, f"{LINE}: holds no mapping"),
    "a key twice": Fault(
        lambda f: f.update({"charts/x.yaml": "slice_name: a\nslice_name: b\n"}),
        Rule.YAML,
        "charts/x.yaml: cannot be read (line 2: slice_name stands there twice)",
    ),
    "a tag of Python's": Fault(
        lambda f: f.update({"charts/x.yaml": "slice_name: !!python/object:os.system {}\n"}),
        Rule.YAML,
        "charts/x.yaml: cannot be read (line 1: could not determine a constructor",
    ),
    "another ending": Fault(lambda f: f.update({"charts/a.yml": "a: 1"}), Rule.PLACE, "charts/a.yml: is no .yaml file"),
    "the name of an export": Fault(
        lambda f: move(f, LINE, "charts/Daily_users_12.yaml"),
        Rule.PLACE,
        "charts/Daily_users_12.yaml: is not where it stays: call it charts/daily_users.yaml",
    ),
    "a number behind the name": Fault(
        lambda f: move(f, LINE, "charts/daily_users_12.yaml"),
        Rule.PLACE,
        "charts/daily_users_12.yaml: is not where it stays",
    ),
    "a dataset beside its folder": Fault(
        lambda f: move(f, DATASET_FILE, "datasets/active_users.yaml"),
        Rule.PLACE,
        "datasets/active_users.yaml: is not where it stays: call it datasets/Reports/active_users.yaml",
    ),
    "the name of an exported dashboard": Fault(
        lambda f: move(f, PAGE, "dashboards/Users_3.yaml"),
        Rule.PLACE,
        "dashboards/Users_3.yaml: is not where it stays: call it dashboards/users.yaml",
    ),
    "a chart in a folder of its own": Fault(
        lambda f: move(f, LINE, "charts/users/daily_users.yaml"),
        Rule.PLACE,
        "charts/users/daily_users.yaml: is not where it stays: call it charts/daily_users.yaml",
    ),
    "what an instance invents": Fault(
        lambda f: f[LINE]["params"].update(slice_id=12), Rule.INSTANCE, f"{LINE}: params.slice_id is of one instance"
    ),
    "a chart's number on a page": Fault(
        lambda f: component(f, "CHART-1")["meta"].update(chartId=7),
        Rule.INSTANCE,
        f"{PAGE}: position.CHART-1.meta.chartId is of one instance alone",
    ),
    "no uuid": Fault(lambda f: f[LINE].pop("uuid"), Rule.UUIDS, f"{LINE}: has no valid uuid"),
    "uuid used twice": Fault(lambda f: f[TABLE].update(uuid=CHART), Rule.UUIDS, f"{TABLE}: has the uuid of {LINE}"),
    "uuid of another kind": Fault(
        lambda f: f[TABLE].update(uuid=DATABASE), Rule.UUIDS, f"{TABLE}: has the uuid of {DATABASE_FILE}"
    ),
}

SHAPES: dict[str, Fault] = {
    "unknown key of a chart": Fault(
        lambda f: f[LINE].update(slice_nam="x"),
        Rule.SHAPE,
        f"{LINE}: slice_nam is no key that Superset knows: write slice_name",
    ),
    "unknown key of a dataset": Fault(
        lambda f: f[DATASET_FILE].update(owner="me"),
        Rule.SHAPE,
        f"{DATASET_FILE}: owner is no key that Superset knows: take it out",
    ),
    "unknown key of a column": Fault(
        lambda f: column(f, 1).update(group_by=True),
        Rule.SHAPE,
        f"{DATASET_FILE}: columns[country].group_by is no key that Superset knows",
    ),
    "unknown key of a metric": Fault(
        lambda f: f[DATASET_FILE]["metrics"][0].update(format=",d"),
        Rule.SHAPE,
        f"{DATASET_FILE}: metrics[daily_users].format is no key that Superset knows",
    ),
    "unknown key of a dashboard": Fault(
        lambda f: f[PAGE].update(title="x"), Rule.SHAPE, f"{PAGE}: title is no key that Superset knows"
    ),
    "unknown key of a database": Fault(
        lambda f: f[DATABASE_FILE].update(expose_in_sql_lab=True),
        Rule.SHAPE,
        f"{DATABASE_FILE}: expose_in_sql_lab is no key that Superset knows: write expose_in_sqllab",
    ),
    "no name": Fault(lambda f: f[TABLE].pop("slice_name"), Rule.SHAPE, f"{TABLE}: slice_name is missing"),
    "no version": Fault(lambda f: f[PAGE].pop("version"), Rule.SHAPE, f"{PAGE}: version is missing"),
    "no params": Fault(lambda f: f[LINE].pop("params"), Rule.SHAPE, f"{LINE}: params is missing"),
    "column without a name": Fault(
        lambda f: column(f, 2).pop("column_name"),
        Rule.SHAPE,
        f"{DATASET_FILE}: columns[2].column_name is missing",
    ),
    "metric without SQL": Fault(
        lambda f: f[DATASET_FILE]["metrics"][0].pop("expression"),
        Rule.SHAPE,
        f"{DATASET_FILE}: metrics[daily_users].expression is missing",
    ),
    "columns that are a text": Fault(
        lambda f: f[DATASET_FILE].update(columns="date"), Rule.SHAPE, f"{DATASET_FILE}: columns is of the wrong type"
    ),
    "a version that is a number": Fault(
        lambda f: f[LINE].update(version=1.0), Rule.SHAPE, f"{LINE}: version is of the wrong type: it should be a valid"
    ),
    "a switch that is a text": Fault(
        lambda f: column(f, 0).update(is_dttm="yes"),
        Rule.SHAPE,
        f"{DATASET_FILE}: columns[date].is_dttm is of the wrong type",
    ),
    "params that are a text": Fault(
        lambda f: f[LINE].update(params='{"viz_type": "table"}'), Rule.SHAPE, f"{LINE}: params is of the wrong type"
    ),
    "metrics that are a number": Fault(
        lambda f: f[LINE]["params"].update(metrics=[1]), Rule.SHAPE, f"{LINE}: params.metrics is of the wrong type"
    ),
    "a limit that is none": Fault(
        lambda f: f[LINE]["params"].update(row_limit="many"), Rule.SHAPE, f"{LINE}: params.row_limit is of the wrong"
    ),
    "a filter without a kind": Fault(
        lambda f: f[LINE]["params"]["adhoc_filters"][0].pop("expressionType"),
        Rule.SHAPE,
        f"{LINE}: params.adhoc_filters[date].expressionType is missing",
    ),
    "a part of the layout without a type": Fault(
        lambda f: component(f, "ROW-1").pop("type"), Rule.SHAPE, f"{PAGE}: position.ROW-1.type is missing"
    ),
    "a filter of the page without a name": Fault(
        lambda f: page_filter(f).pop("name"),
        Rule.SHAPE,
        f"{PAGE}: metadata.native_filter_configuration[NATIVE_FILTER-country].name is missing",
    ),
    "viz_type of two kinds": Fault(
        lambda f: f[LINE]["params"].update(viz_type="table"), Rule.CONTROLS, f"{LINE}: names two different viz_type"
    ),
    "viz_type that there is not": Fault(
        lambda f: (f[TABLE].update(viz_type="pies"), f[TABLE]["params"].update(viz_type="pies")),
        Rule.CONTROLS,
        f"{TABLE}: viz_type pies is none of Superset's: write pie",
    ),
    "a control with a typo": Fault(
        lambda f: f[TABLE]["params"].update(row_limt=10),
        Rule.CONTROLS,
        f"{TABLE}: params.row_limt is no control that Superset knows: write row_limit",
    ),
    "a line of nothing": Fault(
        lambda f: f[LINE]["params"].update(metrics=[]),
        Rule.CONTROLS,
        f"{LINE}: a echarts_timeseries_line needs params.metrics",
    ),
    "a line without an axis": Fault(
        lambda f: f[LINE]["params"].update(x_axis=None, groupby=["date"]),
        Rule.CONTROLS,
        f"{LINE}: a echarts_timeseries_line needs params.x_axis",
    ),
    "a table of nothing": Fault(
        lambda f: f[TABLE]["params"].update(query_mode="raw"), Rule.CONTROLS, f"{TABLE}: shows no column"
    ),
}

SECRETS: dict[str, Fault] = {
    "password in the address": Fault(
        lambda f: f[DATABASE_FILE].update(sqlalchemy_uri="mysql://reader:secret@host/reports"),
        Rule.SECRETS,
        f"{DATABASE_FILE}: sqlalchemy_uri carries a password",
    ),
    "password hidden by an export": Fault(
        lambda f: f[DATABASE_FILE].update(sqlalchemy_uri="mysql://reader:XXXXXXXXXX@host/reports"),
        Rule.SECRETS,
        f"{DATABASE_FILE}: sqlalchemy_uri carries a password",
    ),
    "password": Fault(
        lambda f: f[DATABASE_FILE].update(password="hunter2"), Rule.SECRETS, f"{DATABASE_FILE}: password carries"
    ),
    "password of a connection": Fault(
        lambda f: f[DATABASE_FILE].update(extra={"engine_params": {"connect_args": {"password": "hunter2"}}}),
        Rule.SECRETS,
        f"{DATABASE_FILE}: extra.engine_params.connect_args.password carries a secret",
    ),
    "sealed settings": Fault(
        lambda f: f[DATABASE_FILE].update(masked_encrypted_extra='{"a": 1}'),
        Rule.SECRETS,
        f"{DATABASE_FILE}: masked_encrypted_extra carries a secret",
    ),
    "key of a tunnel": Fault(
        lambda f: f[DATABASE_FILE].update(ssh_tunnel={"username": "a", "private_key": "x"}),
        Rule.SECRETS,
        f"{DATABASE_FILE}: ssh_tunnel.private_key carries a secret",
    ),
    "private key in a text": Fault(
        lambda f: f[PAGE].update(description="-----BEGIN RSA PRIVATE KEY-----\nMII"),
        Rule.SECRETS,
        f"{PAGE}: description carries a private key",
    ),
    "no account": Fault(
        lambda f: f[DATABASE_FILE].update(sqlalchemy_uri="mysql://host/reports"),
        Rule.SECRETS,
        f"{DATABASE_FILE}: names no account",
    ),
}

REFERENCES: dict[str, Fault] = {
    "unknown database": Fault(
        lambda f: f[DATASET_FILE].update(database_uuid=MISSING),
        Rule.REFERENCES,
        f"{DATASET_FILE}: database_uuid {MISSING} is in no file of databases/",
    ),
    "unknown dataset": Fault(
        lambda f: f[LINE].update(dataset_uuid=MISSING),
        Rule.REFERENCES,
        f"{LINE}: dataset_uuid {MISSING} is in no file of datasets/",
    ),
    "no dataset": Fault(
        lambda f: f[LINE].pop("dataset_uuid"), Rule.REFERENCES, f"{LINE}: dataset_uuid (none) is in no file"
    ),
    "missing file of a database": Fault(
        lambda f: f.pop(DATABASE_FILE), Rule.REFERENCES, f"{DATASET_FILE}: database_uuid {DATABASE} is in no file"
    ),
    "missing file of a chart": Fault(
        lambda f: f.pop(TABLE), Rule.REFERENCES, f"{PAGE}: CHART-2 shows {OTHER_CHART}: name the uuid of a file"
    ),
    "unknown chart": Fault(
        lambda f: component(f, "CHART-1")["meta"].update(uuid=MISSING),
        Rule.REFERENCES,
        f"{PAGE}: CHART-1 shows {MISSING}",
    ),
    "filter of an unknown dataset": Fault(
        lambda f: page_filter(f)["targets"][0].update(datasetUuid=MISSING),
        Rule.REFERENCES,
        f"{PAGE}: filter Country reads no dataset of datasets/",
    ),
}
