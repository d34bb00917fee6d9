"""Superset's configuration, one module a concern; Superset reads every name in capitals from here."""

import sys
from importlib.util import find_spec

from superset_config import (
    application,
    background,
    bigquery,
    cache,
    datasource,
    delivery,
    environment,
    errors,
    features,
    look,
    metadata,
    rollups,
    security,
    sessions,
)
from superset_config.application import *  # noqa: F403
from superset_config.background import *  # noqa: F403
from superset_config.bigquery import *  # noqa: F403
from superset_config.cache import *  # noqa: F403
from superset_config.datasource import *  # noqa: F403
from superset_config.delivery import *  # noqa: F403
from superset_config.features import *  # noqa: F403
from superset_config.look import *  # noqa: F403
from superset_config.metadata import *  # noqa: F403
from superset_config.rollups import *  # noqa: F403
from superset_config.security import *  # noqa: F403
from superset_config.sessions import *  # noqa: F403

# Superset runs `from superset_config import *`: only settings, or our modules would replace its own names.
__all__ = [  # noqa: PLE0604 - all of them are texts
    "CUSTOM_SECURITY_MANAGER",  # noqa: F405 - see __getattr__
    "EVENT_LOGGER",  # noqa: F405 - see __getattr__
    *(
        name
        for module in (
            application,
            background,
            bigquery,
            cache,
            datasource,
            delivery,
            features,
            look,
            metadata,
            rollups,
            security,
            sessions,
        )
        for name in vars(module)
        if name.isupper() and not name.startswith("_")
    ),
]


def __getattr__(name: str) -> object:
    # They are of Superset's own classes, which the boot, asking for the other settings, can do without.
    if name == "CUSTOM_SECURITY_MANAGER":
        from superset_config.permissions import RememberingSecurityManager  # noqa: PLC0415

        return RememberingSecurityManager
    if name == "EVENT_LOGGER":
        from superset_config.event_log import BundlingEventLogger  # noqa: PLC0415

        return BundlingEventLogger()
    raise AttributeError(name)


# Where Superset is not installed, only the pure parts are being tested.
if find_spec("superset") is not None:
    try:
        environment.check(environment.settings_in_force())
    except errors.BootError as error:
        sys.exit(str(error))
    metadata.use_pymysql()
