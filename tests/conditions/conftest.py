"""Two states of the reports, before and after two days more, and the way from one to the other that something bars."""

import datetime as dt
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from loaders.demo import demo_exports
from loaders.ingest import ingest
from loaders.inputs import read_inputs
from loaders.plan import Request
from loaders.run import load
from loaders.sources import Source, name_source
from loaders.store.connection import connected
from loaders.store.query import ask
from loaders.warehouse.duckdb import DuckDBWarehouse
from settings.environment import PROJECT
from tests import definitions
from tests.conditions.sentences import is_told
from tests.conftest import GROUNDUP, Stack, new_stack
from tests.loaders.store.conftest import drop_all

Tables = dict[str, list[tuple[Any, ...]]]

REPORTS = definitions.catalog().reports

# Progress, which goes to stderr too.
_PROGRESS = ("Loading: ", "Ingesting: ", "Making ", "Starting ", "Stopping ", "Waiting ", "Ending ", "Ended ")


def tables(stack: Stack) -> Tables:
    """Every cell of every report, and the calendar without its moments of delivery."""
    columns = {table.name: ", ".join(f"`{column.name}`" for column in table.columns) for table in REPORTS}
    questions = {name: f"SELECT {listed} FROM `{name}`" for name, listed in columns.items()}
    questions["days"] = "SELECT `date`, source, `rows`, modified_at IS NULL, final_at FROM days"
    return {name: sorted(ask(stack.environment, query).rows) for name, query in questions.items()}


def fails(stack: Stack, *arguments: str, saying: str, **variables: str) -> str:
    """Runs a verb that must fail with this one sentence and nothing else."""
    result = stack.run(*arguments, check=False, **variables)
    told = [line for line in result.stderr.splitlines() if not line.startswith(_PROGRESS)]
    assert result.returncode == 1, (result.returncode, result.stdout, result.stderr)
    assert "Traceback" not in result.stderr + result.stdout
    assert len(told) == 1, result.stderr
    [sentence] = told
    assert sentence.startswith("groundup: ")
    assert sentence.endswith(".")
    assert is_told(saying, sentence), sentence
    return sentence


@dataclass(frozen=True)
class Ways:
    """A running MySQL, the export's files, and what the reports hold before and after the newest of them."""

    stack: Stack
    folder: Path
    old_files: dict[str, tuple[str, list[str]]]
    new_files: list[str]
    before: Tables
    after: Tables

    def home(self, folder: Path) -> Stack:
        """A state folder with the warehouse in which the new days wait, over a MySQL that holds the old ones."""
        self.restore()
        folder.mkdir(exist_ok=True)
        for name in ("secrets.env", "warehouse.duckdb"):
            shutil.copyfile(self.folder / "waiting" / name, folder / name)
        return self.at(folder)

    def restore(self) -> None:
        """Puts the old days alone into MySQL."""
        environment = self.stack.environment
        with connected(environment, "loader") as connection:
            drop_all(connection)
        _load(self.stack, self.folder / "loaded.duckdb")

    def at(self, folder: Path) -> Stack:
        return Stack(folder, self.stack.variables | {"GROUNDUP_HOME": str(folder)})

    def ingest_new(self, stack: Stack) -> None:
        """Puts the newest files into the warehouse."""
        _ingest(stack, "demo", "ga4", self.new_files)

    def ingest_all(self, stack: Stack) -> None:
        """Puts all files into the warehouse."""
        for source, (schema, files) in self.old_files.items():
            _ingest(stack, source, schema, files)
        self.ingest_new(stack)


def _ingest(stack: Stack, name: str, schema: str, files: Sequence[str]) -> None:
    source = name_source(name, Source.model_validate({"schema": schema, "timezone": "Asia/Seoul"}), "the test")
    with DuckDBWarehouse(stack.environment.warehouse_file) as warehouse:
        ingest(warehouse, [Path(file) for file in files], source)


def _load(stack: Stack, file: Path) -> None:
    with DuckDBWarehouse(file) as warehouse:
        load(stack.environment, warehouse, read_inputs(stack.environment, warehouse), Request())


def make_ways(folder: Path, stack: Stack) -> Ways:
    exports = demo_exports(folder, days=6, users=400, seed=3, end=dt.date(2026, 6, 30))
    files = {export.name: (export.schema, [str(path) for path in export.files]) for export in exports}
    old = files | {"demo": ("ga4", files["demo"][1][:-2])}
    new = files["demo"][1][-2:]
    ways = Ways(stack, folder, old, new, {}, {})
    for source, (schema, paths) in old.items():
        _ingest(stack, source, schema, paths)
    _load(stack, stack.environment.warehouse_file)
    before = tables(stack)
    shutil.copyfile(stack.environment.warehouse_file, folder / "loaded.duckdb")
    ways.ingest_new(stack)
    (folder / "waiting").mkdir()
    for name in ("secrets.env", "warehouse.duckdb"):
        shutil.copyfile(stack.home / name, folder / "waiting" / name)
    # The clean load: everything at once into nothing.
    with connected(stack.environment, "loader") as connection:
        drop_all(connection)
    clean = ways.at(folder / "clean")
    clean.home.mkdir()
    shutil.copyfile(stack.home / "secrets.env", clean.home / "secrets.env")
    ways.ingest_all(clean)
    _load(stack, clean.environment.warehouse_file)
    after = tables(stack)
    assert before != after
    return Ways(stack, folder, old, new, before, after)


@pytest.fixture(scope="package")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    stack = new_stack(tmp_path_factory.mktemp("mysql"))
    stack.run("up", "mysql")
    yield make_ways(tmp_path_factory.mktemp("exports"), stack)
    stack.run("down", check=False)


@pytest.fixture
def home(ways: Ways, tmp_path: Path) -> Stack:
    """A load away from the newest days."""
    return ways.home(tmp_path / "home")


def wait_for(process: subprocess.Popen[str], seconds: float = 120) -> tuple[int, str]:
    """The end of a command that was begun: its status and what it said."""
    _, said = process.communicate(timeout=seconds)
    return process.returncode, said


def begin(stack: Stack, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Begins a verb and does not wait for it."""
    return subprocess.Popen(
        [GROUNDUP, *arguments],
        cwd=PROJECT,
        env={**os.environ, **stack.variables, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
