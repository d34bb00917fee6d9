"""Alerts and reports as the asset folders know them: what is asked when, and who is told."""

from __future__ import annotations

import json
from typing import Any

from superset import db
from superset.models.core import Database
from superset.models.dashboard import Dashboard
from superset.models.slice import Slice
from superset.reports.models import ReportCreationMethod, ReportRecipients
from superset.reports.schemas import ReportSchedulePostSchema

from superset_config.errors import RefusedError
from superset_sync.instance_form import Numbers, stored_alert
from superset_sync.normalise import canonical

_FIELDS = (
    *("type", "name", "description", "email_subject", "context_markdown", "active", "crontab", "timezone"),
    *("report_format", "force_screenshot", "custom_width", "sql", "validator_type", "validator_config_json"),
    *("log_retention", "grace_period", "working_timeout", "extra_json"),
)
_REFERENCES = {"chart": Slice, "dashboard": Dashboard, "database": Database}
_SCHEMA = ReportSchedulePostSchema()


def stored_schedule(alert: Any) -> dict[str, Any]:
    """What the folders keep of an alert, and none of what it last found."""
    return {
        **{name: getattr(alert, name) for name in _FIELDS},
        **{f"{name}_id": getattr(alert, f"{name}_id") for name in _REFERENCES},
        "recipients": [
            {"type": item.type, "recipient_config_json": item.recipient_config_json}
            for item in sorted(alert.recipients, key=lambda item: item.id)
        ],
    }


def write_alert(alert: Any, content: dict[str, Any], numbers: Numbers) -> None:
    """Write an alert as its file amounts to. Raises RefusedError, and KeyError for what is not there."""
    fields = stored_alert(content, numbers)
    _validate(content, fields)
    for name in _FIELDS:
        if getattr(alert, name) != fields[name]:
            setattr(alert, name, fields[name])
    for name, model in _REFERENCES.items():
        number = fields[f"{name}_id"]
        # The relation as well: of two that disagree, it is the relation that is stored.
        setattr(alert, name, None if number is None else db.session.get(model, number))
    if alert.creation_method is None:
        alert.creation_method = ReportCreationMethod.ALERTS_REPORTS
    shown = [(item.type, json.loads(item.recipient_config_json or "{}")) for item in alert.recipients]
    if shown != [(item["type"], json.loads(item["recipient_config_json"])) for item in fields["recipients"]]:
        alert.recipients = [ReportRecipients(**item) for item in fields["recipients"]]


def _validate(content: dict[str, Any], fields: dict[str, Any]) -> None:
    """As Superset's own API does. Raises RefusedError."""
    form = {key: value for key, value in canonical("alerts", content).items() if value is not None}
    numbers = {name: fields[f"{name}_id"] for name in _REFERENCES if form.pop(name, None) is not None}
    errors = _SCHEMA.validate({**form, **numbers})
    if errors:
        raise RefusedError(f"Superset does not take {content['name']} ({json.dumps(errors, default=str)})")
