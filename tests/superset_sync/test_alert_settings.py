"""Whom an alert tells is a setting; what nobody is set for sleeps, and an export names the setting again."""

from __future__ import annotations

from typing import Any

from settings.environment import Environment
from superset_sync.alert_settings import SETTINGS, filled_in
from superset_sync.resolved import Instance, as_file, asset_settings
from tests.superset_sync.folders import SETTINGS as SET
from tests.superset_sync.folders import sound_folders


def alert(**changes: Any) -> dict[str, Any]:
    return {**sound_folders()["alerts/No_users.yaml"], **changes}


def targets(alert: dict[str, Any]) -> list[str]:
    return [item["recipient_config_json"]["target"] for item in alert["recipients"]]


def test_settings_are_those_of_the_environment_and_no_password_is_among_them() -> None:
    assert asset_settings(Environment(report_mail_to="a@b.cd"))["GROUNDUP_REPORT_MAIL_TO"] == "a@b.cd"
    assert asset_settings(Environment()).keys() >= SETTINGS
    assert not [name for name in asset_settings(Environment()) if "PASSWORD" in name or "SECRET" in name]


def test_settings_are_filled_in_and_the_file_is_left() -> None:
    file = alert()
    found = filled_in(file, SET)
    assert (found["timezone"], targets(found)) == ("Asia/Seoul", ["team@example.com", "C0123456789"])
    assert file == alert()


def test_several_addresses_and_one_that_is_not_set() -> None:
    file = alert(
        recipients=[
            {
                "type": "Email",
                "recipient_config_json": {"target": "a@b.cd, ${GROUNDUP_REPORT_MAIL_TO},${GROUNDUP_ALERT_MAIL_TO}"},
            }
        ]
    )
    assert targets(filled_in(file, SET)) == ["a@b.cd, team@example.com"]


def test_without_anybody_to_tell_it_sleeps() -> None:
    file = alert(recipients=alert()["recipients"][:1])
    assert (filled_in(file, {})["active"], filled_in(file, {})["recipients"]) == (False, [])
    assert filled_in(file, SET).get("active", True)
    assert len(filled_in(alert(), {})["recipients"]) == 1


def test_an_edit_goes_into_the_file_and_the_settings_stay_settings() -> None:
    live = {**filled_in(alert(), SET), "crontab": "0 8 * * *", "active": True}
    found = as_file("alerts", live, alert(), Instance(settings=SET), {})
    assert found["crontab"] == "0 8 * * *"
    assert found["recipients"] == alert()["recipients"]
    assert found["timezone"] == "${GROUNDUP_REPORT_TIMEZONE}"
