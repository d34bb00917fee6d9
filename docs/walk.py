"""The picture of the walk from the export to the dashboards, drawn from the declarations.

python -m docs.walk README.md puts it between the page's <!-- walk --> marks; the tests compare.
"""

from __future__ import annotations

import re
import sys

import yaml

from loaders.catalog import DAYS, EXPORT, load_catalog
from loaders.metrics import load_metrics
from settings.environment import PROJECT

_MARKED = re.compile(r"(<!-- walk -->\n).*?(<!-- /walk -->\n)", re.DOTALL)


def draw() -> str:
    """A Mermaid flowchart: every table of the project and what it reads, every dashboard and what it shows."""
    catalog = load_catalog(load_metrics(PROJECT / "metrics.yaml"))
    lines = ["```mermaid", "flowchart LR", f'  {EXPORT}[("export tables<br>events_YYYYMMDD")]']
    for kind, title in (("staging", "warehouse: staging"), ("report", "warehouse → MySQL: reports")):
        lines.append(f'  subgraph {kind}["{title}"]')
        lines += [f"    {table.name}" for table in catalog.tables.values() if table.kind == kind]
        lines.append("  end")
    lines += [
        f"  {source} --> {table.name}"
        for table in catalog.tables.values()
        for source in sorted(table.reads)
        if source != DAYS
    ]
    lines.append('  subgraph superset["Superset"]')
    for path in sorted((PROJECT / "dashboards").glob("*.yaml")):
        lines.append(f'    {path.stem}_page["{yaml.safe_load(path.read_text())["dashboard_title"]}"]')
    lines.append("  end")
    lines += [f"  {table} --> {page}_page" for page, table in sorted(shown())]
    return "\n".join([*lines, "```"]) + "\n"


def shown() -> set[tuple[str, str]]:
    """Which dashboard shows which report table, found through charts and datasets."""
    datasets = {}
    for path in (PROJECT / "datasets").glob("*/*.yaml"):
        dataset = yaml.safe_load(path.read_text())
        datasets[dataset["uuid"]] = dataset["table_name"]
    charts = {}
    for path in (PROJECT / "charts").glob("*.yaml"):
        chart = yaml.safe_load(path.read_text())
        charts[chart["uuid"]] = datasets[chart["dataset_uuid"]]
    reports = {table.name for table in load_catalog(load_metrics(PROJECT / "metrics.yaml")).reports}
    found = set()
    for path in (PROJECT / "dashboards").glob("*.yaml"):
        for part in yaml.safe_load(path.read_text())["position"].values():
            table = charts.get(part.get("meta", {}).get("uuid")) if isinstance(part, dict) else None
            if table in reports:
                found.add((path.stem, table))
    return found


def replace(page: str) -> str:
    """The page with the picture as it is now."""
    return _MARKED.sub(lambda match: match.group(1) + draw() + match.group(2), page)


def main() -> None:
    """Redraws the picture in the pages that are named."""
    for name in sys.argv[1:]:
        path = PROJECT / name
        path.write_text(replace(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
