"""docs/security.md: every measure has a test, and the test is there."""

from __future__ import annotations

import ast
import re

from settings.environment import PROJECT

_PAGE = (PROJECT / "docs" / "security.md").read_text()
_TABLE = _PAGE.split("| --- | --- | --- |\n")[1].split("\n\n")[0]


def existing_tests() -> set[str]:
    names = set()
    for path in (PROJECT / "tests").rglob("test_*.py"):
        nodes = ast.walk(ast.parse(path.read_text()))
        names |= {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
    return names


def test_every_threat_has_a_measure_and_tests_that_exist() -> None:
    known = existing_tests()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in _TABLE.splitlines()]
    assert len(rows) >= 15
    for threat, measure, proof in rows:
        assert threat
        assert measure
        named = re.findall(r"`(\w+)`", proof)
        assert named, threat
        assert set(named) <= known, threat
