"""`groundup plan` on a home with a demo: read by people, and by scripts."""

import json

from tests.conftest import new_stack


def test_without_data_the_plan_says_what_to_do_and_makes_nothing(tmp_path):
    idle = new_stack(tmp_path / "home")
    result = idle.run("plan", check=False)
    assert result.returncode == 1
    assert result.stderr.startswith("groundup: There is no data yet; ingest an export by")
    assert not (tmp_path / "home/warehouse.duckdb").exists()


def test_the_plan_of_a_loaded_stack_is_empty_and_that_of_a_forced_one_is_not(stack):
    assert json.loads(stack.run("plan", "--json").stdout) == {"steps": []}
    assert stack.run("plan").stdout.startswith("Nothing to do")
    forced = json.loads(stack.run("plan", "--force", "--report", "growth", "--json").stdout)["steps"]
    assert {"table", "step", "from", "to", "reason", "bytes", "usd"} == set(forced[0])
    assert {step["table"] for step in forced} >= {"growth", "user_days"}
    shown = stack.run("plan", "--force", "--report", "growth").stdout
    assert "compute growth" in shown
    assert "statements would read 0 bytes for $0.00; `groundup load` runs them." in shown
