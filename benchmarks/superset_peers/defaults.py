"""Superset with its own settings, and of ours only what it needs to find its metadata and the report store."""

from superset_config import datasource, metadata, security
from superset_config.environment import setting

SECRET_KEY = security.SECRET_KEY
SQLALCHEMY_DATABASE_URI = metadata.SQLALCHEMY_DATABASE_URI
SQLALCHEMY_CUSTOM_PASSWORD_STORE = datasource.find_password


def DB_CONNECTION_MUTATOR(uri, parameters, *_):  # type: ignore[no-untyped-def]  # noqa: N802
    """Host and port of the report store, and no more."""
    if datasource.is_report_store(uri):
        uri = uri.set(host=setting("GROUNDUP_MYSQL_HOST"), port=int(setting("GROUNDUP_MYSQL_PORT")))
    return uri, parameters
