from __future__ import annotations

import pytest

from superset_config.environment import REQUIRED
from tests.superset_config.test_package import PYTHON, run

pytestmark = pytest.mark.skipif(not PYTHON.exists(), reason=".venv-superset is not installed")

BUILT = """
from superset.utils.date_parser import datetime_eval, datetime_parser
from superset_config.dates import build_the_parser

before = datetime_parser().streamlined
build_the_parser()
print(before, datetime_parser().streamlined, datetime_eval("DATEADD(DATETIME('2026-10-31'), -1, quarter)"))
"""


def test_the_reader_of_dates_is_whole_before_anybody_asks() -> None:
    variables = dict.fromkeys(REQUIRED, "p@ss:/word") | {"GROUNDUP_HOME": "/tmp/groundup-home"}
    result = run(BUILT, **variables)
    assert result.stdout.strip().splitlines()[-1:] == ["False True 2026-07-31 00:00:00"], result.stderr
