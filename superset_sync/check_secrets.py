"""No password, key or token in an asset file: the environment has them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from superset_sync.assets import Asset
from superset_sync.rules import Finding, Rule

_REMEDY = "take it out; the environment has it"
_NAMES = re.compile(r"(?i)(^|_)(password|passwd|pwd|secret|token|api_?key|private_?key|credentials?|credentials_info)$")
_SEALED = ("encrypted_extra", "masked_encrypted_extra")
_ADDRESS = re.compile(r"\w://[^\s/@:]*:[^\s/@]+@")
_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")


def check_secrets(kind: str, asset: Asset) -> Iterator[Finding]:
    """The secrets of one file; in a database also a missing account, for which Superset would ask."""
    for path, key, value in _leaves(asset.content, "", ""):
        if not isinstance(value, str) or not value:
            continue
        if _NAMES.search(key) or key in _SEALED:
            yield Finding(asset.file, f"{path} carries a secret", _REMEDY, Rule.SECRETS)
        elif _ADDRESS.search(value):
            yield Finding(asset.file, f"{path} carries a password", _REMEDY, Rule.SECRETS)
        elif _KEY.search(value):
            yield Finding(asset.file, f"{path} carries a private key", _REMEDY, Rule.SECRETS)
    # What signs in to BigQuery is a file of the environment.
    if kind == "databases" and not str(asset.content.get("sqlalchemy_uri") or "").startswith("bigquery"):
        account = str(asset.content.get("sqlalchemy_uri") or "").partition("://")[2].rpartition("@")[0]
        if not account:
            remedy = "write mysql+pymysql://groundup_reader@…"
            yield Finding(asset.file, "names no account in sqlalchemy_uri", remedy, Rule.SECRETS)


def _leaves(value: Any, path: str, key: str) -> Iterator[tuple[str, str, Any]]:
    if isinstance(value, dict):
        for inner, content in value.items():
            yield from _leaves(content, f"{path}.{inner}" if path else str(inner), str(inner))
    elif isinstance(value, list):
        for content in value:
            yield from _leaves(content, path, key)
    else:
        yield path, key, value
