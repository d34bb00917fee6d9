"""The cases once more, untranslated, on Google's own engine.

tests/reports/test_cases.py runs them on DuckDB after a translation. Where this file passes and that one fails, the
translation is wrong; where that one passes and this one fails, BigQuery would show other figures than a laptop.
"""

import pytest

from loaders.metrics import Setting
from tests.analyser.evaluation import evaluate
from tests.analyser.statements import input_table, parameters, typed
from tests.comparison import differences
from tests.definitions import catalog
from tests.reports.cases import CASES, SOURCE, Case


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Case) -> None:
    table = case.table
    tables = {name: (input_table(name, case.schema, catalog()), case.input_rows(name)) for name in table.inputs}
    values = {"source": SOURCE} | case.parameters()
    plain = {name: value.value if isinstance(value, Setting) else value for name, value in values.items()}
    given = {name: (kind, plain[name]) for name, kind in parameters(table).items()}
    columns = {column.name: typed(column.type) for column in table.columns}
    actual = evaluate(table.sql(case.schema), tables, given, columns)
    lines = differences(case.expected(), actual, table.key)
    assert not lines, "\n".join([f"{case.folder}:", *lines])
