"""Assets written, deleted and remembered in one transaction of the metadata database."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from superset import db
from superset.charts.schemas import ImportV1ChartSchema
from superset.commands.database.utils import add_permissions
from superset.connectors.sqla.models import SqlaTable, SqlMetric, TableColumn
from superset.daos.report import ReportScheduleDAO
from superset.dashboards.schemas import ImportV1DashboardSchema
from superset.databases.schemas import ImportV1DatabaseSchema
from superset.databases.utils import make_url_safe
from superset.datasets.schemas import ImportV1DatasetSchema
from superset.exceptions import SupersetSecurityException
from superset.models.core import Database, Theme
from superset.models.slice import Slice
from superset.security.analytics_db_safety import check_sqlalchemy_uri
from superset.utils.decorators import transaction

from superset_config.assets_alerts import write_alert
from superset_config.assets_live import MODELS, OWNED, digest, named, stored, uuid_of, wanted_owners
from superset_config.assets_roles import delete_role, write_role
from superset_config.errors import RefusedError, StaleError
from superset_config.ledger import ASSETS_TABLE
from superset_config.look import EXTRA_CATEGORICAL_COLOR_SCHEMES
from superset_sync.annotations import layers
from superset_sync.assets import NAMED, Asset, identity
from superset_sync.instance_form import (
    Numbers,
    stored_chart,
    stored_dashboard,
    stored_database,
    stored_dataset,
    table_names,
)
from superset_sync.normalise import canonical, comparable, from_live
from superset_sync.normalise import text as as_text

_SCHEMAS = {
    "databases": ImportV1DatabaseSchema(),
    "datasets": ImportV1DatasetSchema(),
    "charts": ImportV1ChartSchema(),
    "dashboards": ImportV1DashboardSchema(),
}
# What no two assets of a kind share.
_NAMES = {
    "databases": ("database_name",),
    "datasets": ("database_id", "catalog", "schema", "table_name"),
    "charts": (),
    "dashboards": ("slug",),
    "roles": (),
    "alerts": (),
}
# What a file of ours says and Superset's import does not know.
_OURS = {("dashboards", "roles")}
_SCHEMES = {scheme["id"]: scheme["colors"] for scheme in EXTRA_CATEGORICAL_COLOR_SCHEMES}


def apply_assets(order: dict[str, Any]) -> None:
    """Do what a plan says, all of it or nothing.

    `assets`: {kind, file, content, resolved} to write, the last where it is not the content; `delete`: {kind, uuid};
    `expected`: the digest of each asset that is written or deleted, null where there is none; `owned`: {kind, uuid} to
    give to the data team; `record`: the same as `assets`, of those that are as the folders say; `forget`: uuids that
    are in neither.

    Raises StaleError, RefusedError.
    """
    if order["superset"] != version("apache-superset"):
        raise StaleError(f"This is Superset {version('apache-superset')} now")
    try:
        databases = _in_one_transaction(order)
    except (IntegrityError, OperationalError) as error:
        # A deadlock, a lost connection, the same made meanwhile: nothing was changed; the next plan sees it.
        raise StaleError(f"its database ended it: {error.orig}") from error
    except DBAPIError as error:
        raise RefusedError(f"its database does not take it: {error.orig}") from error
    for number in databases:
        _add_permissions(number)


@transaction(on_error=None)
def _in_one_transaction(order: dict[str, Any]) -> list[int]:
    kinds = [(item["kind"], identity(item["kind"], item["content"])) for item in order["assets"]]
    kinds += [(item["kind"], item["uuid"]) for item in order["delete"]]
    found = _load(kinds, is_locking=True)
    for kind, uuid in kinds:
        seen = digest(stored(kind, found[uuid])) if uuid in found else None
        if seen != order["expected"].get(uuid):
            raise StaleError(f"{kind} {uuid} has changed meanwhile")
    owners = wanted_owners()
    numbers = _numbers(order)
    for kind, write in _WRITERS.items():
        # A mark needs the number of the chart that it comes from.
        for item in sorted(order["assets"], key=lambda item: bool(layers(Asset(item["file"], item["content"])))):
            if item["kind"] == kind:
                uuid = identity(kind, item["content"])
                asset = found.get(uuid) or (MODELS[kind]() if kind in NAMED else MODELS[kind](uuid=uuid))
                _write(item, asset, lambda asset, content, write=write: write(asset, content, numbers), owners)
                numbers.of(kind)[uuid] = asset.id
                if kind == "datasets":
                    numbers.tables[asset.table_name] = asset.id
    for kind in reversed(MODELS):
        for item in order["delete"]:
            if item["kind"] == kind:
                _delete(kind, found[item["uuid"]])
    for asset in _load([(item["kind"], item["uuid"]) for item in order["owned"]]).values():
        asset.owners = owners
    db.session.flush()
    _verify(order["assets"], numbers)
    _remember(order, numbers)
    return [numbers.databases[item["content"]["uuid"]] for item in order["assets"] if item["kind"] == "databases"]


def _load(kinds: Iterable[tuple[str, str]], *, is_locking: bool = False) -> dict[str, Any]:
    """The assets by uuid, as the database has them now; with a lock, nobody changes them before the end."""
    wanted = list(kinds)
    found = {}
    for kind, model in MODELS.items():
        uuids = sorted(uuid for other, uuid in wanted if other == kind)
        if uuids and kind in NAMED:
            rows = named(kind).populate_existing()
            known = {uuid_of(kind, asset): asset for asset in (rows.with_for_update() if is_locking else rows)}
            found |= {uuid: known[uuid] for uuid in uuids if uuid in known}
        elif uuids:
            rows = db.session.query(model).filter(model.uuid.in_(uuids)).order_by(model.id).populate_existing()
            found |= {str(asset.uuid): asset for asset in (rows.with_for_update() if is_locking else rows)}
    return found


def _write(
    item: dict[str, Any], asset: Any, write: Callable[[Any, dict[str, Any]], None], owners: Sequence[Any]
) -> None:
    kind, file, content = item["kind"], item["file"], item.get("resolved", item["content"])
    form = {key: value for key, value in canonical(kind, content).items() if (kind, key) not in _OURS}
    errors = _SCHEMAS[kind].validate(form) if kind in _SCHEMAS else {}
    if errors:
        raise RefusedError(f"{file}: Superset does not take it ({json.dumps(errors, default=str)}); correct the file")
    # Nothing is sent while the asset is half made.
    with db.session.no_autoflush:
        try:
            write(asset, content)
        except KeyError as error:
            raise RefusedError(f"{file}: it refers to {error}, which is neither here nor sent along") from error
        except RefusedError as error:
            raise RefusedError(f"{file}: {error}") from error
        _require_own_name(kind, file, asset)
        if kind in OWNED and list(asset.owners) != list(owners):
            asset.owners = list(owners)
        db.session.add(asset)
    db.session.flush()


def _require_own_name(kind: str, file: str, asset: Any) -> None:
    same = {name: getattr(asset, name) for name in _NAMES[kind]}
    if not any(same.values()):
        return
    model = MODELS[kind]
    other = db.session.query(model.uuid).filter_by(**same).filter(model.uuid != str(asset.uuid)).first()
    if other is not None:
        named = ", ".join(f"{name} {value}" for name, value in same.items() if isinstance(value, str))
        raise RefusedError(
            f"{file}: another one with {named} was made by hand (uuid {other.uuid}); rename or delete that, or give "
            "the file its uuid"
        )


def _write_database(asset: Any, content: dict[str, Any], _numbers: Numbers) -> None:
    fields = stored_database(content)
    address = fields.pop("sqlalchemy_uri")
    try:
        check_sqlalchemy_uri(make_url_safe(address))
    except SupersetSecurityException as error:
        raise RefusedError(error.message) from error
    _set(asset, fields)
    asset.set_sqlalchemy_uri(address)


def _write_dataset(asset: Any, content: dict[str, Any], numbers: Numbers) -> None:
    fields = stored_dataset(content)
    database = db.session.get(Database, numbers.databases[str(content["database_uuid"]).lower()])
    children = {"columns": (TableColumn, "column_name"), "metrics": (SqlMetric, "metric_name")}
    wanted = {name: fields.pop(name) for name in children}
    asset.database = database
    asset.database_id = database.id
    _set(asset, fields)
    for name, (model, key) in children.items():
        known = {getattr(child, key): child for child in getattr(asset, name)}
        kept = []
        for item in wanted[name]:
            child = known.get(item[key]) or model()
            _set(child, item)
            kept.append(child)
        setattr(asset, name, kept)


def _write_chart(asset: Any, content: dict[str, Any], numbers: Numbers) -> None:
    dataset = db.session.get(SqlaTable, numbers.datasets[str(content["dataset_uuid"]).lower()])
    _set(asset, stored_chart(content, numbers))
    asset.datasource_id, asset.datasource_type, asset.datasource_name = dataset.id, "table", dataset.name


def _write_dashboard(asset: Any, content: dict[str, Any], numbers: Numbers) -> None:
    titles = {str(uuid): title for uuid, title in db.session.query(Slice.uuid, Slice.slice_name)}
    _set(asset, stored_dashboard(content, numbers, schemes=_SCHEMES, titles=titles))
    theme = content.get("theme_uuid")
    found = db.session.query(Theme).filter(Theme.uuid == theme).one_or_none() if theme else None
    if theme and found is None:
        raise KeyError(theme)
    asset.theme_id = found.id if found else None
    names = content.get("roles") or []
    roles = {role.name: role for role in db.session.query(Role).filter(Role.name.in_(names))} if names else {}
    asset.roles = [roles[name] for name in sorted(names)]
    placed = {
        component["meta"]["chartId"]
        for component in json.loads(asset.position_json).values()
        if isinstance(component, dict) and component.get("type") == "CHART"
    }
    asset.slices = db.session.query(Slice).filter(Slice.id.in_(placed)).order_by(Slice.id).all() if placed else []


_WRITERS: dict[str, Callable[[Any, dict[str, Any], Numbers], None]] = {
    "databases": _write_database,
    "datasets": _write_dataset,
    "roles": write_role,
    "charts": _write_chart,
    "dashboards": _write_dashboard,
    "alerts": write_alert,
}


def _set(asset: Any, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        if getattr(asset, name) != value:
            setattr(asset, name, value)


def _delete(kind: str, asset: Any) -> None:
    """Refuses what somebody still uses, as Superset's own dialogs do."""
    if kind == "roles":
        delete_role(asset)
        return
    reports = {
        "charts": ReportScheduleDAO.find_by_chart_ids,
        "dashboards": ReportScheduleDAO.find_by_dashboard_ids,
    }
    scheduled = reports[kind]([asset.id]) if kind in reports else []
    if scheduled:
        raise RefusedError(f"{asset} has alerts or reports ({', '.join(r.name for r in scheduled)}); delete them first")
    db.session.refresh(asset)
    # A page of the folders does not show it any more by now.
    users = list(asset.dashboards) if kind == "charts" else []
    if kind == "datasets":
        users = db.session.query(Slice).filter_by(datasource_id=asset.id, datasource_type="table").all()
    elif kind == "databases":
        users = db.session.query(SqlaTable).filter_by(database_id=asset.id).all()
    if users:
        raise RefusedError(
            f"{kind.removesuffix('s')} {asset} is used by {', '.join(str(user) for user in users)}; that comes first"
        )
    db.session.delete(asset)
    db.session.flush()


def _numbers(order: dict[str, Any]) -> Numbers:
    found: dict[str, dict[str, int]] = {}
    for kind, model in MODELS.items():
        if kind in NAMED:
            found[kind] = {uuid_of(kind, asset): asset.id for asset in named(kind)}
        else:
            found[kind] = {str(uuid): number for uuid, number in db.session.query(model.uuid, model.id)}
    managed = {identity(item["kind"], item["content"]) for item in [*order["assets"], *order["record"]]}
    managed |= {uuid for (uuid,) in db.session.execute(text(f"SELECT uuid FROM {ASSETS_TABLE}"))}
    rows = db.session.query(SqlaTable.id, SqlaTable.uuid, SqlaTable.table_name)
    tables = table_names([(number, str(uuid), name) for number, uuid, name in rows], managed)
    return Numbers(**found, tables={name: number for number, name in tables.items()})


def _verify(assets: Sequence[dict[str, Any]], numbers: Numbers) -> None:
    """What Superset stores must be what was sent: it shortens and defaults some of it without a word."""
    names = numbers.names()
    found = _load((item["kind"], identity(item["kind"], item["content"])) for item in assets)
    for item in assets:
        kind = item["kind"]
        sent = comparable(kind, item.get("resolved", item["content"]))
        shown = comparable(kind, from_live(kind, stored(kind, found[identity(kind, sent)]), names))
        changed = [key for key in {**sent, **shown} if as_text(sent.get(key)) != as_text(shown.get(key))]
        if changed:
            raise RefusedError(f"{item['file']}: Superset would store {', '.join(changed)} differently; correct it")


def remember(applied: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Note what was applied, each with its number here."""
    rows = [
        {
            "uuid": identity(item["kind"], item["content"]),
            "kind": item["kind"],
            "number": number,
            "file": item["file"],
            "content": json.dumps(_remembered(item), ensure_ascii=False),
        }
        for number, item in applied
    ]
    if rows:
        statement = f"REPLACE INTO {ASSETS_TABLE} VALUES (:uuid, :kind, :number, :file, :content, UTC_TIMESTAMP())"
        db.session.execute(text(statement), rows)


def _remember(order: dict[str, Any], numbers: Numbers) -> None:
    remember(
        (numbers.of(item["kind"])[identity(item["kind"], item["content"])], item)
        for item in [*order["assets"], *order["record"]]
    )
    gone = [*order["forget"], *(item["uuid"] for item in order["delete"])]
    if gone:
        db.session.execute(text(f"DELETE FROM {ASSETS_TABLE} WHERE uuid = :uuid"), [{"uuid": uuid} for uuid in gone])


def _remembered(item: dict[str, Any]) -> dict[str, Any]:
    """The file, and of those that do not say in full what they amount to, that as well."""
    if item["kind"] not in NAMED and "resolved" not in item:
        return dict(item["content"])
    return {"file": item["content"], "resolved": item.get("resolved", item["content"])}


def _add_permissions(number: int) -> None:
    """The rights to a database's schemas. Superset commits while it writes them, and needs the database to answer."""
    database = db.session.query(Database).filter_by(id=number).one_or_none()
    try:
        add_permissions(database)
    except Exception:
        logging.getLogger(__name__).warning("The schemas of %s could not be listed", database, exc_info=True)
        db.session.rollback()
