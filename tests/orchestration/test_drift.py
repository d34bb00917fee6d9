from __future__ import annotations

from typing import Any

from orchestration.drift import verdict


def change(action: str, name: str, by: str | None = None, kind: str = "chart") -> dict[str, Any]:
    live = None if by is None else {"by": by, "at": "2026-11-25T22:13:59.000000"}
    return {"action": action, "kind": kind, "name": name, "changed_live": live}


def test_nothing_differs() -> None:
    assert verdict([]) == "Superset is as the folders say."


def test_who_changed_it_and_when() -> None:
    assert verdict([change("change", "Active users", "Ana Analyst")]) == (
        "Superset and the folders differ in chart 'Active users' (changed in Superset by Ana Analyst at 2026-11-25 "
        "22:13 UTC); take the browser's into the folders by `groundup assets export`, or publish the folders' by "
        "`groundup assets apply`."
    )
    assert "(changed in Superset by somebody at " in verdict([change("change", "Active users", "")])


def test_what_the_folders_have_and_superset_has_not() -> None:
    changes = [change("add", "A"), change("change", "B"), change("delete", "C", kind="dashboard")]
    assert (
        "chart 'A' (not in Superset), chart 'B' (changed in the folders and not applied), "
        "dashboard 'C' (dropped from the folders and still there);" in verdict(changes)
    )


def test_a_few_are_named_and_the_rest_counted() -> None:
    text = verdict([change("add", str(number)) for number in range(7)])
    assert "chart '4' (not in Superset) and 2 more;" in text
    assert "'5'" not in text
