"""Faults of roles, their row filters, and alerts, to plant in sound folders."""

from __future__ import annotations

from typing import Any

from superset_sync.rules import Rule
from tests.superset_sync.planting import DATASET_FILE, MISSING, PAGE, Fault, Folders, move

ROLE_FILE = "roles/Partner.yaml"
ALERT_FILE = "alerts/No_users.yaml"


def _filter(folders: Folders, **changes: Any) -> None:
    folders[ROLE_FILE]["row_filters"][0].update(changes)


def _role(folders: Folders, name: str, **content: Any) -> None:
    folders[f"roles/{name}.yaml"] = {"name": name, **content}


def _alert(folders: Folders, **changes: Any) -> None:
    folders[ALERT_FILE].update(changes)


def _recipient(folders: Folders, target: str, kind: str = "Email") -> None:
    _alert(folders, recipients=[{"type": kind, "recipient_config_json": {"target": target}}])


def _report(folders: Folders) -> None:
    content = {key: value for key, value in folders[ALERT_FILE].items() if not key.startswith("validator")}
    folders[ALERT_FILE] = {**content, "type": "Report"}
    del folders[ALERT_FILE]["sql"]


ROLES: dict[str, Fault] = {
    "permission that there is not": Fault(
        lambda f: f[ROLE_FILE]["also"].append("can_reed on Chart"),
        Rule.ROLES,
        f"{ROLE_FILE}: can_reed on Chart is no permission of Superset: write can_read on Chart",
    ),
    "permission for a dataset that there is not": Fault(
        lambda f: f[ROLE_FILE]["also"].append("datasource_access on [Reports].[sales]"),
        Rule.ROLES,
        f"{ROLE_FILE}: datasource_access on [Reports].[sales] is no permission of Superset",
    ),
    "never a word": Fault(
        lambda f: f[ROLE_FILE]["never"].append("can_read"),
        Rule.ROLES,
        f"{ROLE_FILE}: can_read can be no permission of Superset",
    ),
    "based on a role that there is not": Fault(
        lambda f: f[ROLE_FILE].update(based_on=["Gama"]),
        Rule.ROLES,
        f"{ROLE_FILE}: is based on Gama, which is no role",
    ),
    "based on itself": Fault(
        lambda f: (f[ROLE_FILE].update(based_on=["Other"]), _role(f, "Other", based_on=["Partner"])),
        Rule.ROLES,
        f"{ROLE_FILE}: is based on Other, which is based on it",
    ),
    "Superset's own role": Fault(
        lambda f: _role(f, "Gamma"),
        Rule.ROLES,
        "roles/Gamma.yaml: is Superset's own role Gamma",
    ),
    "unknown key of a role": Fault(
        lambda f: f[ROLE_FILE].update(permissions=[]),
        Rule.SHAPE,
        f"{ROLE_FILE}: permissions is no key that Superset knows",
    ),
    "role without a name": Fault(
        lambda f: f[ROLE_FILE].pop("name"),
        Rule.SHAPE,
        f"{ROLE_FILE}: name is missing",
    ),
    "role under another name": Fault(
        lambda f: move(f, ROLE_FILE, "roles/Germany.yaml"),
        Rule.PLACE,
        "roles/Germany.yaml: is not where it stays: call it roles/Partner.yaml",
    ),
    "two roles of one name": Fault(
        lambda f: f.update({"roles/partner.yaml": {"name": "Partner"}}),
        Rule.NAMES,
        "roles/partner.yaml: has the name of roles/Partner.yaml",
    ),
    "dashboard for a role that there is not": Fault(
        lambda f: f[PAGE].update(roles=["Partners"]),
        Rule.REFERENCES,
        f"{PAGE}: is for Partners, which no file of roles/ is",
    ),
}
ROW_FILTERS: dict[str, Fault] = {
    "clause that cannot be parsed": Fault(
        lambda f: _filter(f, clause="country = = 'Germany'"),
        Rule.ROW_FILTERS,
        f"{ROLE_FILE}: row filter Germany alone: ",
    ),
    "clause on a column that there is not": Fault(
        lambda f: _filter(f, clause="land = 'Germany'"),
        Rule.ROW_FILTERS,
        f"{ROLE_FILE}: row filter Germany alone uses land, which is no column of active_users",
    ),
    "clause on a computed column": Fault(
        lambda f: (
            f[DATASET_FILE]["columns"].append({"column_name": "land", "type": "VARCHAR", "expression": "country"}),
            _filter(f, clause="land = 'Germany'"),
        ),
        Rule.ROW_FILTERS,
        f"{ROLE_FILE}: row filter Germany alone uses land",
    ),
    "clause on a column that the dataset shows in other words": Fault(
        lambda f: (
            f[DATASET_FILE].update(
                sql="SELECT date, country, CASE platform WHEN 'IOS' THEN 'iOS' ELSE platform END AS platform, dau, "
                "new_users FROM active_users"
            ),
            _filter(f, clause="platform = 'iOS'"),
        ),
        Rule.ROW_FILTERS,
        f"{ROLE_FILE}: row filter Germany alone uses platform, which the dataset active_users shows otherwise",
    ),
    "clause without a column": Fault(
        lambda f: _filter(f, clause="1 = 1"),
        Rule.ROW_FILTERS,
        f"{ROLE_FILE}: row filter Germany alone asks for no column",
    ),
    "filter for no dataset": Fault(
        lambda f: _filter(f, datasets=[]),
        Rule.ROW_FILTERS,
        f"{ROLE_FILE}: row filter Germany alone holds for no dataset",
    ),
    "filter for a dataset that there is not": Fault(
        lambda f: _filter(f, datasets=["sales"]),
        Rule.REFERENCES,
        f"{ROLE_FILE}: row filter Germany alone holds for sales, the table_name of no file of datasets/",
    ),
    "filter of another type": Fault(
        lambda f: _filter(f, filter_type="Strict"),
        Rule.SHAPE,
        f"{ROLE_FILE}: row_filters[Germany alone].filter_type is of the wrong type",
    ),
    "two filters of one name": Fault(
        lambda f: _role(f, "Second", row_filters=f[ROLE_FILE]["row_filters"]),
        Rule.NAMES,
        f"roles/Second.yaml: row filter Germany alone is called like one of {ROLE_FILE}",
    ),
    "filter beside SQL Lab": Fault(
        lambda f: f[ROLE_FILE].update(also=["can_sqllab on Superset"]),
        Rule.ROW_FILTERS,
        f"{ROLE_FILE}: has row filters and can_sqllab on Superset, with which all rows are seen",
    ),
}
ALERTS: dict[str, Fault] = {
    "alert that shows nothing": Fault(
        lambda f: f[ALERT_FILE].pop("dashboard"),
        Rule.ALERTS,
        f"{ALERT_FILE}: shows neither a chart nor a dashboard",
    ),
    "alert that shows a page that there is not": Fault(
        lambda f: _alert(f, dashboard=MISSING),
        Rule.REFERENCES,
        f"{ALERT_FILE}: dashboard {MISSING} is in no file of dashboards/",
    ),
    "alert that asks a database that there is not": Fault(
        lambda f: _alert(f, database=MISSING),
        Rule.REFERENCES,
        f"{ALERT_FILE}: database {MISSING} is in no file of databases/",
    ),
    "page sent as text": Fault(
        lambda f: _alert(f, report_format="CSV"),
        Rule.ALERTS,
        f"{ALERT_FILE}: sends a dashboard as CSV",
    ),
    "page as wide as a wall": Fault(
        lambda f: _alert(f, custom_width=10_000),
        Rule.ALERTS,
        f"{ALERT_FILE}: is 10000 pixels wide",
    ),
    "alert without a question": Fault(
        lambda f: f[ALERT_FILE].pop("sql"),
        Rule.ALERTS,
        f"{ALERT_FILE}: is an Alert without sql",
    ),
    "report with a question": Fault(
        _report,
        Rule.ALERTS,
        f"{ALERT_FILE}: is a Report and has database",
    ),
    "alert that compares with nothing": Fault(
        lambda f: _alert(f, validator_config_json={"op": "<"}),
        Rule.ALERTS,
        f"{ALERT_FILE}: compares with an operator, and validator_config_json does not say",
    ),
    "alert on a column that there is not": Fault(
        lambda f: _alert(f, sql="SELECT SUM(revenue) AS r FROM active_users"),
        Rule.ALERTS,
        f"{ALERT_FILE}: the SQL does not fit the tables",
    ),
    "alert on a table that there is not": Fault(
        lambda f: _alert(f, sql="SELECT COUNT(*) AS n FROM sales"),
        Rule.ALERTS,
        f"{ALERT_FILE}: the SQL reads `sales`, which no report declares",
    ),
    "alert on two values": Fault(
        lambda f: _alert(f, sql="SELECT MAX(date) AS d, SUM(dau) AS n FROM active_users"),
        Rule.ALERTS,
        f"{ALERT_FILE}: its SQL gives 2 columns",
    ),
    "crontab that is none": Fault(
        lambda f: _alert(f, crontab="0 25 * * *"),
        Rule.SCHEDULES,
        f"{ALERT_FILE}: crontab 0 25 * * * is none",
    ),
    "crontab with seconds": Fault(
        lambda f: _alert(f, crontab="0 9 * * * 30"),
        Rule.SCHEDULES,
        f"{ALERT_FILE}: crontab 0 9 * * * 30 is none",
    ),
    "time zone that is none": Fault(
        lambda f: _alert(f, timezone="Asia/Soul"),
        Rule.SCHEDULES,
        f"{ALERT_FILE}: timezone Asia/Soul is not known",
    ),
    "no grace": Fault(
        lambda f: _alert(f, grace_period=0),
        Rule.SCHEDULES,
        f"{ALERT_FILE}: grace_period is 0",
    ),
    "alert for nobody": Fault(
        lambda f: _alert(f, recipients=[]),
        Rule.RECIPIENTS,
        f"{ALERT_FILE}: tells nobody",
    ),
    "alert for a password": Fault(
        lambda f: _recipient(f, "${GROUNDUP_ADMIN_PASSWORD}"),
        Rule.RECIPIENTS,
        f"{ALERT_FILE}: names GROUNDUP_ADMIN_PASSWORD, which is no setting for alerts",
    ),
    "alert for no address": Fault(
        lambda f: _recipient(f, "team@example.com, boss"),
        Rule.RECIPIENTS,
        f"{ALERT_FILE}: boss is no address",
    ),
    "alert for an empty channel": Fault(
        lambda f: _recipient(f, " ", "SlackV2"),
        Rule.RECIPIENTS,
        f"{ALERT_FILE}: SlackV2 has no target",
    ),
    "alert by pigeon": Fault(
        lambda f: _recipient(f, "roof", "Pigeon"),
        Rule.SHAPE,
        f"{ALERT_FILE}: recipients[0].type is of the wrong type",
    ),
    "alert in a file of another name": Fault(
        lambda f: move(f, ALERT_FILE, "alerts/nobody.yaml"),
        Rule.PLACE,
        "alerts/nobody.yaml: is not where it stays: call it alerts/No_users.yaml",
    ),
    "unknown key of an alert": Fault(
        lambda f: _alert(f, cron="0 9 * * *"),
        Rule.SHAPE,
        f"{ALERT_FILE}: cron is no key that Superset knows: write crontab",
    ),
}
