"""Bring a running Superset to what the asset folders, or a backup, say."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from settings.environment import Environment
from superset_sync.assets import Asset, Assets, read_assets
from superset_sync.backup import read_backup, write_backup
from superset_sync.client import SupersetClient
from superset_sync.errors import AssetError, ChangedMeanwhileError, ConflictError, SupersetUnreachableError
from superset_sync.instance_form import SUPERSET_VERSION
from superset_sync.live import PATH, Live, read_live
from superset_sync.plan import Change, Plan, as_json, make_plan, touched
from superset_sync.resolved import Instance, asset_settings, resolve
from superset_sync.show import touch

ADMINISTRATOR = "admin"
# A plan is made anew when something changed while it was carried out, or when Superset stopped answering.
_ATTEMPTS = 3


@dataclass(frozen=True)
class Source:
    """What to apply. `is_complete`: what it lacks was dropped; a backup lacks whatever was not replaced.

    `project` declares the reports that it may read.
    """

    assets: Assets
    is_complete: bool
    project: Path


@dataclass(frozen=True)
class Applied:
    """What was done: the changes that were sent, those that were left, and where the backup lies."""

    source: Source
    done: tuple[Change, ...] = ()
    left: tuple[Change, ...] = ()
    backup: Path | None = None


def read_source(project: Path, path: Path | None = None) -> Source:
    """The project's asset folders, or those below `path`, or the backup `path`. Raises BundleError."""
    if path is not None and not path.is_dir():
        return Source(read_backup(path), is_complete=False, project=project)
    return Source(read_assets(path or project), is_complete=True, project=project)


def check_source(source: Source) -> None:
    """Raises AssetError with all findings. A backup is not held to the folders' rules: it puts back what was there."""
    from superset_sync.check import check, read_declared_tables  # noqa: PLC0415 - takes as long as signing in does

    findings = check(source.assets, read_declared_tables(source.project)) if source.is_complete else []
    if findings:
        raise AssetError(findings)


def sign_in(environment: Environment) -> SupersetClient:
    """The administrator's session with the Superset of the environment."""
    return SupersetClient(environment.superset_url, ADMINISTRATOR, environment.admin_password)


def plan(environment: Environment, source: Source) -> Plan:
    """What `apply` would do. Raises SyncError."""
    client, live = _look(environment, source)
    with client:
        return make_plan(resolved(environment, source, live), live, is_complete=source.is_complete)


def apply(
    environment: Environment,
    source: Source,
    *,
    force: bool = False,
    prune: bool = False,
    leave: bool = False,
    say: Callable[[str], None] = lambda _: None,
) -> Applied:
    """Make the live assets equal to the source, in one transaction, owned by admin and the analysts.

    What was changed in the browser since it was last applied is overwritten only with `force`; with `leave`, it stays
    where the folders have not changed it as well. What the folders have dropped is deleted only with `prune`. What
    people made by hand is left alone. Before anything is replaced or deleted, it is kept in a backup. A Superset that
    stops answering is waited for; `say` takes what goes on.

    Raises AssetError with all findings; ConflictError when something was changed in the browser; SignInError,
    SupersetUnreachableError, VersionError, RefusedError, BundleError. Nothing is done then.
    """
    backup = None
    sent: tuple[Change, ...] = ()
    client, live = _look(environment, source)
    with client:
        for attempt in range(_ATTEMPTS):
            assets = resolved(environment, source, live)
            found = make_plan(assets, live, is_complete=source.is_complete)
            wanted, left = choose(found, prune=prune, leave=leave)
            if touched(wanted) and not force:
                raise ConflictError(conflict(touched(wanted)))
            order = make_order(assets, live, found, wanted)
            if not any(order[part] for part in ("assets", "delete", "owned", "record", "forget")):
                return Applied(source, done=sent, left=left, backup=backup)
            backup = _keep(environment.home / "asset-backups", live, wanted) or backup
            try:
                client.post_once(PATH, order)
                return Applied(source, done=wanted, left=left, backup=backup)
            except (ChangedMeanwhileError, SupersetUnreachableError) as error:
                if attempt == _ATTEMPTS - 1:
                    raise
                if isinstance(error, SupersetUnreachableError):
                    # Whether it was done is seen in the next plan; half of it never is.
                    say("Superset stopped answering; waiting for it")
                    client.wait()
                    sent = wanted
                live = read_live(client)
    raise AssertionError("unreachable")


def publish(environment: Environment, source: Source, say: Callable[[str], None]) -> ConflictError | None:
    """Apply, and leave what was changed in the browser. If the folders changed the same: who did, and nothing is done.

    Raises SyncError.
    """
    try:
        apply(environment, source, leave=True, say=say)
    except ConflictError as error:
        return error
    return None


def resolved(environment: Environment, source: Source, live: Live) -> Assets:
    """The source's files with what they amount to on this instance."""
    return resolve(source.assets, Instance(live.permissions, asset_settings(environment)))


def _look(environment: Environment, source: Source) -> tuple[SupersetClient, Live]:
    """A session and what it finds, once the source is checked; both at a time, since each is some waiting."""

    def look() -> tuple[SupersetClient, Live]:
        client = sign_in(environment)
        try:
            return client, read_live(client)
        except BaseException:
            client.close()
            raise

    with ThreadPoolExecutor(max_workers=1) as pool:
        looking = pool.submit(look)
        try:
            check_source(source)
        except AssetError:
            if looking.exception() is None:
                looking.result()[0].close()
            raise
        return looking.result()


def choose(plan: Plan, *, prune: bool, leave: bool) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
    """The changes to make, and those to leave."""
    wanted = [
        change
        for change in plan.changes
        if (prune or change.action != "delete") and not (leave and change.is_touched and not change.is_ours)
    ]
    return tuple(wanted), tuple(change for change in plan.changes if change not in wanted)


def conflict(changes: Iterable[Change]) -> str:
    """Who changed what, and what to do."""
    named = [f"{change.kind.removesuffix('s')} {change.name!r} ({change.file}; {touch(change)})" for change in changes]
    return (
        f"Nothing was applied, since this was changed in Superset and would be overwritten: {'; '.join(named)}. "
        "Take it into the repository with `groundup assets export`, or overwrite it with "
        "`groundup assets apply --force`; `groundup assets plan` shows what differs."
    )


def make_order(assets: Assets, live: Live, plan: Plan, wanted: Iterable[Change]) -> dict[str, Any]:
    """What is sent: `superset_config.assets_apply` reads it."""
    wanted = list(wanted)
    written = {change.uuid for change in wanted if change.action != "delete"}
    written |= {asset.uuid for _, asset in plan.resent}
    deleted = [change for change in wanted if change.action == "delete"]
    touched_uuids = [*written, *(change.uuid for change in deleted)]
    return {
        "superset": SUPERSET_VERSION,
        "expected": {uuid: live.assets[uuid].digest if uuid in live.assets else None for uuid in touched_uuids},
        "assets": [_sent(kind, asset) for kind, asset in assets if asset.uuid in written],
        "delete": [{"kind": change.kind, "uuid": change.uuid} for change in deleted],
        "owned": [{"kind": kind, "uuid": uuid} for kind, uuid in plan.unowned if uuid not in written],
        "record": [_sent(kind, asset) for kind, asset in plan.record if asset.uuid not in written],
        "forget": list(plan.forget),
    }


def _sent(kind: str, asset: Asset) -> dict[str, Any]:
    sent = {"kind": kind, "file": asset.file, "content": json.loads(as_json(asset.content))}
    return sent if asset.resolved is None else {**sent, "resolved": json.loads(as_json(asset.resolved))}


def _keep(folder: Path, live: Live, changes: Iterable[Change]) -> Path | None:
    replaced = [(change.file, live.assets[change.uuid].content) for change in changes if change.uuid in live.assets]
    if not replaced:
        return None
    now = dt.datetime.now(dt.UTC)
    return write_backup(folder, now.strftime("%Y-%m-%dT%H-%M-%S-%f"), replaced)
