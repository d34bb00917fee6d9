"""Start Superset: prepare the metadata database where that is needed, then become the web server.

`python -m superset_config.boot`; with `prepare` or `serve`, one of the two. All boot work happens in one process, since
each start of Superset costs seconds; what is current is skipped, without even importing Superset.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from superset_config.accounts import ACCOUNTS
from superset_config.environment import is_debug, setting
from superset_config.errors import BootError, ServiceUnreachableError
from superset_config.fingerprint import ACCOUNTS as ACCOUNTS_STEP
from superset_config.fingerprint import MIGRATIONS, STEPS, fingerprints, outdated
from superset_config.fingerprint import ROLES as ROLES_STEP
from superset_config.ledger import ASSETS_TABLE, Ledger, open_ledger
from superset_sync.roles import BUILT_IN

_PROJECT = Path(__file__).resolve().parent.parent
PREPARE, SERVE = PARTS = ("prepare", "serve")
WORKERS = 2
THREADS = 8


def main(parts: Sequence[str] = PARTS) -> None:
    """Prepare, then serve. Ends the process with one sentence on stderr when that is impossible."""
    try:
        if SERVE in parts:
            check_port()
        check_redis()
        if PREPARE in parts:
            with open_ledger() as ledger:
                prepare(ledger)
    except BootError as error:
        if is_debug():
            raise
        sys.exit(str(error))
    if SERVE in parts:
        serve()


def prepare(ledger: Ledger) -> tuple[str, ...]:
    """Do the boot work that is due; returns the steps done. Raises BootError when Superset's own code fails."""
    wanted = fingerprints(
        version=version("apache-superset"),
        package=Path(__file__).parent,
        accounts=ACCOUNTS,
        secret=setting("GROUNDUP_SUPERSET_SECRET_KEY"),
    )
    steps = outdated(wanted, ledger.fingerprints(), is_complete=ledger.is_complete())
    # Whoever forgot it at the first start with a new key may set it at the next.
    if setting("GROUNDUP_SUPERSET_PREVIOUS_SECRET_KEY"):
        steps = STEPS
    if not steps:
        return ()
    if MIGRATIONS in steps:
        ledger.begin_migration()
    works = {MIGRATIONS: migrate, ROLES_STEP: define_roles, ACCOUNTS_STEP: create_accounts}
    from superset.app import create_app  # noqa: PLC0415 - costs seconds; only where there is work

    # Until the tables are there, Superset logs an error for every one of them that it looks for.
    logging.disable(logging.CRITICAL if MIGRATIONS in steps and not is_debug() else logging.NOTSET)
    try:
        app = create_app()
        with app.app_context():
            for step in steps:
                try:
                    works[step](app)
                except Exception as error:
                    if is_debug():
                        raise
                    raise BootError(
                        f"Preparing Superset's metadata database failed at its {step} "
                        f"({type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}); "
                        "set GROUNDUP_DEBUG=1 and start again to see where."
                    ) from error
                if step == MIGRATIONS:
                    ledger.end_migration()
                ledger.record(step, wanted[step])
    finally:
        logging.disable(logging.NOTSET)
    return steps


def migrate(_app: Any) -> None:
    """Bring the tables of the metadata database up to date, and what is encrypted in them to the key in force."""
    from flask_migrate import upgrade  # noqa: PLC0415

    from superset_config.keys import encrypt_anew  # noqa: PLC0415
    from superset_config.security import PREVIOUS_SECRET_KEY  # noqa: PLC0415

    upgrade()
    # What the key in force decrypts already is left alone.
    if PREVIOUS_SECRET_KEY:
        encrypt_anew(PREVIOUS_SECRET_KEY)


def define_roles(_app: Any) -> None:
    """Write Superset's permissions and built-in roles, and the accounts' roles until `groundup assets apply` has them.

    What was applied once is apply's: what somebody changed since is shown before it is overwritten.
    """
    from sqlalchemy import text  # noqa: PLC0415
    from superset.extensions import appbuilder, db, security_manager  # noqa: PLC0415

    from superset_config.assets_apply import remember  # noqa: PLC0415
    from superset_config.assets_roles import give_permissions, judged_permissions  # noqa: PLC0415
    from superset_sync.assets import identity, read_assets  # noqa: PLC0415
    from superset_sync.roles import permissions_of  # noqa: PLC0415

    appbuilder.add_permissions(update_perms=True)
    security_manager.sync_role_definitions()
    assets = {str(asset.content.get("name")): asset for asset in read_assets(_PROJECT).roles}
    files = {name: asset.content for name, asset in assets.items()}
    judged = {name: frozenset(having) for name, having in judged_permissions().items()}
    applied = {uuid for (uuid,) in db.session.execute(text(f"SELECT uuid FROM {ASSETS_TABLE} WHERE kind = 'roles'"))}
    for name in sorted({account.role for account in ACCOUNTS} - set(BUILT_IN)):
        role = security_manager.add_role(name)
        if identity("roles", {"name": name}) not in applied or not role.permissions:
            # What is about a database or a dataset comes with that, by the first apply, which knows this as its own.
            wanted = permissions_of(files[name], judged, files)
            given = wanted - set(give_permissions(role, wanted))
            resolved = {"name": name, "permissions": sorted(given), "row_filters": []}
            db.session.flush()
            item = {"kind": "roles", "file": assets[name].file, "content": files[name], "resolved": resolved}
            remember([(role.id, item)])
    db.session.commit()


def create_accounts(_app: Any) -> None:
    """Create the accounts, or give them the role and the password that the environment names."""
    from superset.extensions import db, security_manager  # noqa: PLC0415
    from werkzeug.security import check_password_hash  # noqa: PLC0415

    for account in ACCOUNTS:
        role = security_manager.find_role(account.role)
        user = security_manager.find_user(username=account.username)
        if user is None:
            password = account.password or secrets.token_urlsafe(32)
            security_manager.add_user(account.username, account.name, "", account.email, role, password=password)
            continue
        if role not in user.roles:
            user.roles = [*user.roles, role]
        if account.password and not check_password_hash(user.password or "", account.password):
            security_manager.reset_password(user.id, account.password)
    db.session.commit()


def check_port() -> None:
    """Raises ServiceUnreachableError when another process listens where Superset should."""
    host, port = setting("GROUNDUP_SUPERSET_HOST"), int(setting("GROUNDUP_SUPERSET_PORT"))
    with socket.socket() as probe:
        # As the web server will do it: connections of a server that has just stopped do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise ServiceUnreachableError(
                f"Superset cannot listen on {host}:{port} ({error.strerror}); stop what listens there, "
                "or set GROUNDUP_SUPERSET_PORT to a free port."
            ) from error


def check_redis() -> None:
    """Raises ServiceUnreachableError when Redis does not answer or refuses the password."""
    import redis  # noqa: PLC0415

    from superset_config.sessions import redis_client  # noqa: PLC0415

    try:
        redis_client().ping()
    except redis.RedisError as error:
        place = f"{setting('GROUNDUP_REDIS_HOST')}:{setting('GROUNDUP_REDIS_PORT')}"
        raise ServiceUnreachableError(
            f"Redis at {place} does not answer ({error}); start it with `groundup up redis`."
        ) from error


def serve() -> None:
    """Become gunicorn: the process keeps its number, so whoever started it can stop it."""
    command = [
        sys.executable,
        *("-m", "gunicorn", "superset.app:create_app()"),
        *("--bind", f"{setting('GROUNDUP_SUPERSET_HOST')}:{setting('GROUNDUP_SUPERSET_PORT')}"),
        *("--workers", str(WORKERS), "--worker-class", "gthread", "--threads", str(THREADS)),
        # A proxy or a browser that uses a connection again must not find it closed that moment: theirs wait a minute.
        *("--timeout", "120", "--graceful-timeout", "5", "--keep-alive", "75"),
        *("--log-level", "info" if is_debug() else "warning"),
        *("--name", "groundup-superset"),
    ]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, command)  # noqa: S606 - nothing for a shell to do


if __name__ == "__main__":
    main(sys.argv[1:] or PARTS)
