"""What every verb has in common."""

import csv
import io
import json
import re
import subprocess
from dataclasses import dataclass

import pytest

from groundup.cli import VERBS, main, verbs_asked_for
from loaders.errors import RangeError
from tests.conftest import GROUNDUP, new_stack

# Verbs of several words.
GROUPS = {"assets": ("check", "export", "plan", "apply", "dataset"), "store-ranks": ("load",)}


@dataclass(frozen=True)
class Ended:
    returncode: int
    stdout: str
    stderr: str


class Idle:
    """The command line, called in this process, on a home in which nothing was ever started."""

    def __init__(self, variables, patch, capture):
        self.patch, self.capture = patch, capture
        for name, value in variables.items():
            patch.setenv(name, value)

    def run(self, *arguments: str, **variables: str) -> Ended:
        for name, value in variables.items():
            self.patch.setenv(name, value)
        self.patch.setattr("sys.argv", ["groundup", *arguments])
        with pytest.raises(SystemExit) as end:
            main()
        return Ended(int(end.value.code or 0), *self.capture.readouterr())


@pytest.fixture
def idle(tmp_path, monkeypatch, capsys):
    return Idle(new_stack(tmp_path / "home").variables, monkeypatch, capsys)


def test_the_verbs_are_those_that_scripts_rely_on():
    assert set(VERBS) >= {"up", "down", "status", "logs", "demo", "ingest", "load", "runs", "sql"}


@pytest.mark.parametrize(
    "verb",
    [
        *(verb for verb in VERBS if verb not in GROUPS),
        *(f"{group} {verb}" for group, verbs in GROUPS.items() for verb in verbs),
    ],
)
def test_every_verb_shows_an_example(idle, verb):
    text = idle.run(*verb.split(), "--help").stdout
    assert f"Example: groundup {verb}" in text


def test_only_the_verb_that_is_asked_for_is_read_in():
    assert verbs_asked_for(["sql", "--help"]) == ["sql"]
    assert verbs_asked_for([]) == verbs_asked_for(["--help"]) == verbs_asked_for(["nope"]) == VERBS


def test_without_a_verb_the_verbs_are_listed(idle):
    result = idle.run()
    assert all(verb in result.stdout + result.stderr for verb in VERBS)


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["load", "--from", "yesterday"],
        ["load", "--nonsense"],
        ["ingest", "x.ndjson"],
        ["ingest", "x.ndjson", "--schema", "ga5"],
        ["ingest", "x.ndjson", "--source", "unknown"],
        ["ingest", "x.ndjson", "--schema", "ga4", "--timezone", "Seoul"],
        ["logs", "nonsense"],
        ["up", "nonsense"],
        ["sql", "SELECT 1", "--format", "xml"],
        ["demo", "--days", "0"],
        ["store-ranks", "load"],
        ["store-ranks", "load", "--country", "HK"],
        ["store-ranks", "load", "--country", "HK", "--chart", "top-free", "--date", "2019-07-15"],
        ["store-ranks", "load", "hk.json", "--store", "nonsense"],
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(idle, arguments):
    result = idle.run(*arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["sql", "SELECT 1"], r"MySQL at 127\.0\.0\.1:\d+ does not answer .*`groundup up mysql`"),
        (["runs"], r"MySQL at 127\.0\.0\.1:\d+ does not answer .*`groundup up mysql`"),
        (["load"], r"There is no data yet; .*`groundup demo`"),
        (["ingest", "nowhere.ndjson", "--schema", "ga4"], r"nowhere\.ndjson cannot be read"),
        (["store-ranks", "load", "nowhere.json"], r"nowhere\.json cannot be read"),
        (["store-ranks", "load", "README.md"], r"README\.md is no JSON, not Apple's JSON"),
        (["store-ranks", "load", "README.md", "--country", "UK"], r"'UK' is no country"),
        (["assets", "check", "--live"], r"Superset at http://127\.0\.0\.1:\d+ .*groundup"),
        (["assets", "apply"], r"Superset at http://127\.0\.0\.1:\d+ .*groundup"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_failure_is_one_sentence_on_stderr_and_ends_with_1(idle, arguments, sentence):
    result = idle.run(*arguments)
    assert result.returncode == 1
    assert re.search(sentence, result.stderr), result.stderr
    assert result.stderr.count("\n") == 1
    assert result.stdout == ""


def test_debugging_shows_where_an_error_comes_from(idle):
    with pytest.raises(RangeError):
        idle.run("load", GROUNDUP_DEBUG="1")


def test_a_wrong_setting_is_named(idle):
    result = idle.run("status", GROUNDUP_MYSQL_PORT="seven")
    assert result.returncode == 1
    assert "GROUNDUP_MYSQL_PORT is not valid" in result.stderr


def test_a_reader_that_has_seen_enough_is_no_failure_to_speak_of(store):
    query = "SELECT 1 UNION ALL " * 5000 + "SELECT 1"
    result = subprocess.run(
        f'"{GROUNDUP}" sql "{query}" --format csv | head -n 1',
        shell=True,
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", **store.variables},
        check=False,
    )
    assert result.stdout == "1\n"
    assert "Traceback" not in result.stderr


def test_an_answer_is_the_same_in_every_format(store):
    query = "SELECT DATE '2026-01-31' AS day, 1500 AS users, 'Türkiye, [b]' AS place, NULL AS nothing"
    assert store.run("sql", query, "--format", "csv").stdout == (
        'day,users,place,nothing\n2026-01-31,1500,"Türkiye, [b]",\n'
    )
    assert json.loads(store.run("sql", query, "--format", "json").stdout) == [
        {"day": "2026-01-31", "users": 1500, "place": "Türkiye, [b]", "nothing": None}
    ]
    table = store.run("sql", query).stdout
    assert "2026-01-31" in table
    assert "Türkiye, [b]" in table


def test_hostile_texts_are_the_same_in_csv_and_json_and_escaped_in_a_table(store):
    texts = [
        "",
        "\0",
        "a\tb",
        "\r",
        "\n",
        "\r\n",
        '"',
        "'",
        ",",
        "\\N",
        "\x1b[2J",
        "\u202eabc",
        "שלום",
        "👨‍👩‍👧",
        "[b]",
        "NULL",
        " ",
    ]
    query = " UNION ALL ".join(f"SELECT {n} AS n, X'{text.encode().hex()}' AS text" for n, text in enumerate(texts))
    query = (
        f"SELECT n, CONVERT(text USING utf8mb4) AS text FROM ({query}) AS given UNION ALL SELECT 99, NULL ORDER BY n"
    )
    as_json = json.loads(store.run("sql", query, "--format", "json").stdout)
    assert [row["text"] for row in as_json] == [*texts, None]
    with subprocess.Popen([GROUNDUP, "sql", query, "--format", "csv"], env=store.shell_variables, stdout=-1) as process:
        written = process.communicate()[0].decode()
    rows = list(csv.reader(io.StringIO(written, newline="")))
    assert [row[1] for row in rows[1:]] == [*texts, ""]
    assert '\n0,""\n' in written, "an empty text is a pair of quotes"
    assert written.endswith("\n99,\n"), "and NULL is nothing"
    table = store.run("sql", query).stdout
    assert len(table.splitlines()) == len(texts) + 3
    for seen in ("\\x00", "a\\tb", "\\r\\n", "\\x1b[2J", "\\u202eabc", "שלום", "👨‍👩‍👧"):
        assert f" {seen}" in table
    assert "\x1b" not in table


def test_columns_of_one_name_are_all_there(store):
    assert json.loads(store.run("sql", "SELECT 1 AS a, 2 AS a", "--format", "json").stdout) == [{"a": 1, "a_2": 2}]


def test_questions_may_only_read(store):
    result = store.run("sql", "DELETE FROM days", check=False)
    assert result.returncode == 1
    assert "read-only" in result.stderr
    assert "does not understand" in store.run("sql", "SELEC", check=False).stderr
