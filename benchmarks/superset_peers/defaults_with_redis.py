"""The same with a cache of figures in Redis, as Superset's documentation shows it."""

from benchmarks.superset_peers.defaults import *  # noqa: F403
from superset_config.environment import setting

DATA_CACHE_CONFIG = {
    "CACHE_TYPE": "RedisCache",
    "CACHE_DEFAULT_TIMEOUT": 86400,
    "CACHE_KEY_PREFIX": "peer:",
    "CACHE_REDIS_HOST": setting("GROUNDUP_REDIS_HOST"),
    "CACHE_REDIS_PORT": int(setting("GROUNDUP_REDIS_PORT")),
    "CACHE_REDIS_PASSWORD": setting("GROUNDUP_REDIS_PASSWORD"),
    "CACHE_REDIS_DB": 5,
}
