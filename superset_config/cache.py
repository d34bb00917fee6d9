"""What Superset keeps in Redis: figures, filter states, half-made charts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from superset_config.environment import setting


def _redis_cache(prefix: str, lifetime: timedelta, **more: Any) -> dict[str, Any]:
    return {
        "CACHE_TYPE": "RedisCache",
        "CACHE_KEY_PREFIX": f"superset:{prefix}:",
        "CACHE_DEFAULT_TIMEOUT": int(lifetime.total_seconds()),
        "CACHE_REDIS_HOST": setting("GROUNDUP_REDIS_HOST"),
        "CACHE_REDIS_PORT": int(setting("GROUNDUP_REDIS_PORT")),
        "CACHE_REDIS_PASSWORD": setting("GROUNDUP_REDIS_PASSWORD"),
        "CACHE_REDIS_DB": 0,
        **more,
    }


CACHE_CONFIG = _redis_cache("metadata", timedelta(days=1))
# For databases that say nothing else. The report store's file does, since its figures follow the loads by themselves.
DATA_CACHE_CONFIG = _redis_cache(
    "figures", timedelta(minutes=1), CACHE_TYPE="superset_config.data_cache.FollowingDataCache"
)
FILTER_STATE_CACHE_CONFIG = _redis_cache("filters", timedelta(days=90), REFRESH_TIMEOUT_ON_RETRIEVAL=True)
EXPLORE_FORM_DATA_CACHE_CONFIG = _redis_cache("explore", timedelta(days=7), REFRESH_TIMEOUT_ON_RETRIEVAL=True)
