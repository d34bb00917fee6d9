"""Three small tables, one of each kind, in GoogleSQL that both engines and the emulator understand."""

from pathlib import Path

import yaml

from loaders.catalog import Catalog, load_catalog
from tests import definitions

VISITS = """-- Everybody who came, as @source delivered it.
SELECT
  PARSE_DATE('%Y%m%d', event_date) AS date,
  @source AS source,
  IFNULL(renamed.alias, platform) AS platform,
  user_pseudo_id AS user_key
FROM `export.events_*`
LEFT JOIN UNNEST(@aliases) AS renamed ON renamed.name = platform
WHERE _TABLE_SUFFIX BETWEEN FORMAT_DATE('%Y%m%d', @start_date) AND FORMAT_DATE('%Y%m%d', @end_date)
"""
ARRIVALS = """-- The first day of each user.
WITH known AS (SELECT user_key FROM arrivals WHERE first_day < @start_date)
SELECT visits.user_key, MIN(date) AS first_day
FROM visits
LEFT JOIN known ON known.user_key = visits.user_key
WHERE date BETWEEN @start_date AND @end_date AND known.user_key IS NULL
GROUP BY visits.user_key
"""
TALLY = """-- Visits by platform.
SELECT
  date,
  platform,
  COUNT(*) AS visits,
  COUNT(*) / 2 AS half,
  COUNT(*) > 1 AS is_busy,
  TIMESTAMP(date) AS midnight,
  CAST(NULL AS STRING) AS remark
FROM visits
WHERE date BETWEEN @start_date AND @end_date AND platform NOT IN UNNEST(@background)
GROUP BY date, platform
"""


def column(name: str, kind: str, **more: object) -> dict[str, object]:
    return {"name": name, "type": kind, "description": f"The {name}.", **more}


VISITS_FOLDER = {
    "description": "Visits.",
    "owner": "test",
    "partition": "date",
    "per_source": True,
    "reads": {"export": {"window": 1}},
    "parameters": {"aliases": "country_aliases"},
    "columns": [
        column("date", "DATE"),
        column("source", "STRING"),
        column("platform", "STRING"),
        column("user_key", "STRING"),
    ],
}
ARRIVALS_FOLDER = {
    "description": "Users by their first day.",
    "owner": "test",
    "partition": "first_day",
    "onwards": True,
    "reads": {"visits": {"window": 1}},
    "key": ["user_key"],
    "columns": [column("user_key", "STRING"), column("first_day", "DATE")],
}
TALLY_FOLDER = {
    "description": "Visits by platform.",
    "owner": "test",
    "partition": "date",
    # Declared for the order alone.
    "reads": {"visits": {"window": 1}, "arrivals": {"window": 1}},
    "parameters": {"background": "events.excluded"},
    "key": ["date", "platform"],
    "columns": [
        column("date", "DATE"),
        column("platform", "STRING"),
        column("visits", "INT64", additive_over=["date", "platform"]),
        column("half", "FLOAT64"),
        column("is_busy", "BOOL"),
        column("midnight", "TIMESTAMP"),
        column("remark", "STRING", nullable=True),
    ],
}


def small_catalog(root: Path, *, tally: str = TALLY, columns: list[dict[str, object]] | None = None) -> Catalog:
    """The catalog of these tables, written under `root`; `tally` and its columns may be others."""
    report = {**TALLY_FOLDER, **({"columns": columns} if columns else {})}
    for path, declared, name, text in (
        (root / "staging/visits", VISITS_FOLDER, "table.yaml", VISITS),
        (root / "staging/arrivals", ARRIVALS_FOLDER, "table.yaml", ARRIVALS),
        (root / "reports/tally", report, "report.yaml", tally),
    ):
        path.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(yaml.safe_dump(declared))
        (path / ("ga4.sql" if declared.get("per_source") else "query.sql")).write_text(text)
    return load_catalog(definitions.metrics(), root)
