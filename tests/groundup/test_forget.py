"""`groundup forget` by the command line."""

from tests.conftest import Stack
from tests.pipeline import write_file


def test_a_person_leaves_the_reports_and_does_not_come_back(store, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    (home / "secrets.env").write_text((store.home / "secrets.env").read_text())
    walk = Stack(home, store.variables | {"GROUNDUP_HOME": str(home)})
    rows = [
        {"event_date": "20260101", "event_timestamp": number, "event_name": "open", "user_pseudo_id": user}
        for user in ("person-to-forget", "other")
        for number in range(3000)
    ]
    path = str(write_file(tmp_path / "events.ndjson", rows))
    for _ in range(2):
        walk.run("ingest", path, "--schema", "ga4")
        walk.run("load")
    figures = ("sql", "SELECT SUM(dau) FROM active_users", "--format", "csv")
    assert walk.run(*figures).stdout.endswith("\n2\n")
    assert b"person-to-forget" in (home / "warehouse.duckdb").read_bytes()
    assert "Removed the user from 1 days" in walk.run("forget", "person-to-forget").stdout
    assert walk.run(*figures).stdout.endswith("\n1\n")
    walk.run("ingest", path, "--schema", "ga4")
    walk.run("load")
    assert walk.run(*figures).stdout.endswith("\n1\n")
    assert b"person-to-forget" not in (home / "warehouse.duckdb").read_bytes()
    assert "nothing has changed" in walk.run("forget", "nobody").stdout
