"""`groundup assets check` as people and scripts see it."""

import json
import os
import resource
import subprocess

import pytest
import yaml

import groundup.assets
from groundup.cli import main
from tests.conftest import GROUNDUP
from tests.superset_sync.folders import TABLES, sound_folders, written

LINE = "charts/daily_users.yaml"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of sound folders instead of this one."""
    written(tmp_path, sound_folders())
    report = tmp_path / "loaders" / "reports" / "active_users" / "report.yaml"
    report.parent.mkdir(parents=True)
    types = {"date": "DATE", "country": "STRING", "platform": "STRING", "dau": "INT64", "new_users": "INT64"}
    texts = {"date": "The day.", "dau": "Users."}
    columns = [
        {"name": name, "type": types[name]} | ({"additive_over": sorted(over)} if over is not None else {})
        for name, over in TABLES["active_users"].items()
    ]
    columns = [{**column, "description": texts.get(column["name"], "")} for column in columns]
    report.write_text(yaml.safe_dump({"columns": columns}))
    monkeypatch.setattr(groundup.assets, "PROJECT", tmp_path)
    # Descriptions that nobody wrote.
    from superset_sync.describe import main as describe

    describe(tmp_path)
    return tmp_path


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr("sys.argv", ["groundup", "assets", "check", *arguments])
    with pytest.raises(SystemExit) as end:
        main()
    return end.value.code or 0, *capsys.readouterr()


def test_sound_folders_end_with_0(project, monkeypatch, capsys):
    assert run(monkeypatch, capsys) == (0, "The asset folders hold together.\n", "")


def test_every_finding_is_a_line_and_the_end_is_1(project, monkeypatch, capsys):
    chart = yaml.safe_load((project / LINE).read_text())
    chart["params"]["groupby"] = ["city"]
    (project / LINE).write_text(yaml.safe_dump(chart))
    (project / "charts" / "broken.yaml").write_text("a: [")
    code, out, err = run(monkeypatch, capsys)
    assert (code, out) == (1, "")
    first, second = err.splitlines()
    assert first.startswith("charts/broken.yaml: cannot be read (line 2: ")
    assert second.startswith(f"{LINE}: column city is not in its dataset: add it to datasets/")


def test_scripts_get_json(project, monkeypatch, capsys):
    assert json.loads(run(monkeypatch, capsys, "--json")[1]) == {"findings": []}
    (project / "charts" / "notes.txt").write_text("")
    code, out, _ = run(monkeypatch, capsys, "--json")
    assert code == 1
    assert json.loads(out)["findings"] == [
        {
            "file": "charts/notes.txt",
            "rule": "place",
            "what": "is no .yaml file",
            "remedy": "rename it, or take it out",
        }
    ]


def test_it_takes_less_than_3_seconds_and_no_stack():
    """Of the processor, so that a busy machine does not decide."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    variables = {"PATH": "/usr/bin:/bin", "GROUNDUP_HOME": os.devnull, "GROUNDUP_SUPERSET_PORT": "1"}
    done = subprocess.run([GROUNDUP, "assets", "check"], env=variables, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode, done.stdout) == (0, "The asset folders hold together.\n"), done.stderr
    assert after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime < 3
