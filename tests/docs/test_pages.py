"""The pages tell the truth: what they show is what happens."""

import re
import shutil

import pytest

from docs import transcripts, walk
from loaders.catalog import LOADERS, load_catalog
from loaders.compute import compute
from loaders.day_calendar import make_calendar
from loaders.ingest import ingest
from loaders.metrics import load_metrics
from loaders.plan import Request
from loaders.sources import Source, name_source
from loaders.warehouse.duckdb import DuckDBWarehouse
from settings.environment import PROJECT

PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")])
WITH_TRANSCRIPTS = [page for page in PAGES if list(transcripts.blocks(page.read_text()))]


def test_there_are_transcripts():
    assert {page.name for page in WITH_TRANSCRIPTS} >= {"README.md", "add-a-report.md"}


@pytest.mark.parametrize("page", WITH_TRANSCRIPTS, ids=lambda page: page.name)
def test_the_commands_of_a_page_print_what_it_shows(page, tmp_path):
    with transcripts.playground(tmp_path) as (copy, variables):
        for block in transcripts.blocks(page.read_text()):
            now = transcripts.rerun(block, variables, copy)
            assert transcripts.comparable(now) == transcripts.comparable(block)


def test_the_picture_of_the_walk_is_that_of_the_declarations():
    page = (PROJECT / "README.md").read_text()
    assert walk.draw() in page
    assert walk.replace(page) == page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_report_that_the_readme_shows_works(tmp_path):
    page = (PROJECT / "README.md").read_text()
    for kind in ("staging", "reports"):
        shutil.copytree(LOADERS / kind, tmp_path / kind)
    folder = tmp_path / "reports" / "installs"
    folder.mkdir()
    for language, name in (("yaml", "report.yaml"), ("sql", "query.sql")):
        [text] = re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)
        (folder / name).write_text(text)
    catalog = load_catalog(load_metrics(PROJECT / "metrics.yaml"), tmp_path)
    source = name_source("app", Source(schema="ga4"), "the test")
    with DuckDBWarehouse(tmp_path / "warehouse.duckdb") as warehouse:
        ingest(warehouse, [PROJECT / "docs/example/events_march.ndjson"], source)
        calendar = make_calendar(warehouse.daily_tables(), {"app": source}, (), 3)
        compute(warehouse, catalog, calendar, {"app": source}, Request())
        [row] = warehouse.read("SELECT * FROM installs").to_pylist()
    assert (str(row["date"]), row["country"], row["installs"]) == ("2026-03-01", "India", 1)


def test_the_readme_names_every_verb_and_every_report():
    page = (PROJECT / "README.md").read_text()
    for name in ("up", "down", "status", "logs", "demo", "ingest", "load", "forget", "runs", "sql", "assets apply"):
        assert f"`groundup {name}" in page, name
    metrics = (PROJECT / "docs/metrics.md").read_text()
    for report in (PROJECT / "loaders/reports").iterdir():
        assert f"`{report.name}`" in metrics


def test_every_number_that_metrics_md_explains_exists():
    names = {path.name for path in (PROJECT / "loaders/reports").iterdir()}
    for column in ("dau", "wau", "mau", "new_users", "takes"):
        declared = any(
            re.search(rf"name: {column}\b", (PROJECT / "loaders/reports" / name / "report.yaml").read_text())
            for name in names
        )
        assert declared
