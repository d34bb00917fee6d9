"""The zip file that Superset imports, made from the asset folders.

The folders leave out what Superset invents on each instance. The import wants some of it back:
- a number for each chart on a dashboard (`chartId`), which the import replaces by the real one;
- filters name the charts that they leave alone by that number; the folders name them by uuid;
- a chart whose rows mark other charts needs its query stored.
"""

from __future__ import annotations

import copy
import hashlib
import io
import zipfile
from typing import Any

import yaml

from superset_sync.annotations import sources, stored_query
from superset_sync.assets import Asset, Assets

_ROOT = "assets"
# A fixed time: the same folders give the same bytes, and so the same fingerprint.
_TIME = (1980, 1, 1, 0, 0, 0)


def make_bundle(assets: Assets) -> bytes:
    """The zip file; the same bytes for the same assets."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        _write(bundle, "metadata.yaml", {"version": "1.0.0", "type": "assets", "timestamp": "1980-01-01T00:00:00"})
        asked = sources(assets)
        for kind, asset in assets:
            _write(bundle, asset.file, _as_imported(kind, asset, asked))
    return buffer.getvalue()


def fingerprint(bundle: bytes) -> str:
    """What tells two bundles apart."""
    return hashlib.sha256(bundle).hexdigest()


def number_charts(dashboard: dict[str, Any]) -> dict[str, Any]:
    """A copy of a dashboard with a number for each chart, also where a filter's scope names charts by uuid."""
    numbered = copy.deepcopy(dashboard)
    numbers: dict[str, int] = {}
    for component in (numbered.get("position") or {}).values():
        if isinstance(component, dict) and component.get("type") == "CHART":
            uuid = str(component["meta"]["uuid"]).lower()
            component["meta"]["chartId"] = numbers.setdefault(uuid, len(numbers) + 1)
    for item in (numbered.get("metadata") or {}).get("native_filter_configuration") or []:
        scope = item.get("scope") or {}
        if "excluded" in scope:
            scope["excluded"] = [numbers.get(str(chart).lower(), chart) for chart in scope["excluded"]]
    return numbered


def _as_imported(kind: str, asset: Asset, asked: set[str]) -> dict[str, Any]:
    if kind == "dashboards":
        return number_charts(asset.content)
    if kind == "charts" and asset.uuid in asked:
        return {**asset.content, "query_context": stored_query(asset.content)}
    return asset.content


def _write(bundle: zipfile.ZipFile, file: str, content: dict[str, Any]) -> None:
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    info = zipfile.ZipInfo(f"{_ROOT}/{file}", _TIME)
    info.compress_type = zipfile.ZIP_DEFLATED
    bundle.writestr(info, text.encode())
