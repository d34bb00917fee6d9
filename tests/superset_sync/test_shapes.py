"""The keys that the check lets through are those of the installed Superset."""

from __future__ import annotations

import json
import subprocess

from settings.environment import PROJECT
from superset_sync.shapes import SHAPES, DatabaseExtra, DatasetColumn, DatasetMetric
from superset_sync.viz_types import KNOWN, OTHERS, controls
from tests.superset_sync import superset_pages

_SCHEMAS = """
import json
from superset.app import create_app
with create_app().app_context():
    from superset.charts.schemas import ImportV1ChartSchema
    from superset.dashboards.schemas import ImportV1DashboardSchema
    from superset.databases.schemas import ImportV1DatabaseExtraSchema, ImportV1DatabaseSchema
    from superset.reports.schemas import ReportSchedulePostSchema
    from superset.datasets.schemas import ImportV1ColumnSchema, ImportV1DatasetSchema, ImportV1MetricSchema
    schemas = {
        "databases": ImportV1DatabaseSchema, "extra": ImportV1DatabaseExtraSchema, "datasets": ImportV1DatasetSchema,
        "column": ImportV1ColumnSchema, "metric": ImportV1MetricSchema, "charts": ImportV1ChartSchema,
        "dashboards": ImportV1DashboardSchema, "alerts": ReportSchedulePostSchema,
    }
    fields = {
        name: {key: field.required for key, field in schema._declared_fields.items()}
        for name, schema in schemas.items()
    }
    print("FIELDS" + json.dumps(fields))
"""
# Exports of before are taken too, under the newer name.
_OLD_NAMES = {"allow_file_upload", "schemas_allowed_for_file_upload"}
_OURS = {"dashboards": {"roles"}}
# Whoever applies it decides these, or nothing reads them.
_NOT_SAID = {"alerts": {"owners", "creation_method", "selected_tabs"}}
# Rules of their own look at these.
_ELSEWHERE = {"uuid", "database_uuid", "dataset_uuid"}


def test_keys_are_those_that_the_import_takes(tmp_path) -> None:  # type: ignore[no-untyped-def]
    environment = {
        "PATH": "/usr/bin:/bin",
        "SUPERSET_SECRET_KEY": "nothing is stored",
        "SUPERSET_HOME": str(tmp_path),
        "HOME": str(tmp_path),
    }
    python = PROJECT / ".venv-superset" / "bin" / "python"
    done = subprocess.run(
        [python, "-c", _SCHEMAS], env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    [line] = [line for line in done.stdout.splitlines() if line.startswith("FIELDS")] or [done.stderr]
    schemas = json.loads(line.removeprefix("FIELDS"))
    # Superset has no schema of what a role's file says.
    shapes = {
        **{kind: shape for kind, shape in SHAPES.items() if kind != "roles"},
        "extra": DatabaseExtra,
        "column": DatasetColumn,
        "metric": DatasetMetric,
    }
    assert set(schemas) == set(shapes)
    for name, shape in shapes.items():
        keys = {field.alias or key for key, field in shape.model_fields.items()}
        assert keys - _OLD_NAMES - _OURS.get(name, set()) == set(schemas[name]) - _NOT_SAID.get(name, set()), name
        required = {field.alias or key for key, field in shape.model_fields.items() if field.is_required()}
        assert required >= {key for key, is_required in schemas[name].items() if is_required} - _ELSEWHERE, name


def test_controls_are_those_of_the_pages() -> None:
    found = superset_pages.controls()
    assert {"metrics", "x_axis", "show_cell_bars", "series_columns", "stack", "groupbyRows"} <= found
    assert found - controls() - superset_pages.NO_CONTROLS == set()


def test_kinds_of_charts_are_those_of_the_pages() -> None:
    found = superset_pages.viz_types()
    assert {"table", "pie", "big_number"} <= found
    assert found == {*KNOWN, *OTHERS}
