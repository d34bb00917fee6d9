"""What a person may ask of BigQuery through Superset, how it is labelled, and what they are told. Pure decisions."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from http import HTTPStatus

from loaders.bigquery_prices import readable, usd

# Less than the browser waits for an answer.
SECONDS = 50

_QUOTAS = frozenset({"quotaExceeded", "rateLimitExceeded", "jobRateLimitExceeded", "dailyLimitExceeded"})
_LONGEST_LABEL = 63
# What a label's value may hold, by https://cloud.google.com/bigquery/docs/labels-intro: small letters of any
# alphabet, numbers, underscores, dashes.
_LETTERS = frozenset({"Ll", "Lo", "Nd", "Nl", "No"})


@dataclass(frozen=True)
class Estimate:
    """What BigQuery says of a statement before it runs: its kind, such as `SELECT`, and the bytes that it will bill."""

    kind: str
    bytes: int

    @property
    def usd(self) -> float:
        """The dollars that it will cost."""
        return usd(self.bytes)


def label_value(text: str) -> str:
    """The text as a label may hold it."""
    plain = unicodedata.normalize("NFC", text.lower())
    kept = "".join(sign if sign in "_-" or unicodedata.category(sign) in _LETTERS else "_" for sign in plain)
    return kept[:_LONGEST_LABEL]


def job_labels(person: str, source: str) -> dict[str, str]:
    """Who asks, and from where in Superset: `sql_lab`, `chart`, `dashboard` or `other`."""
    return {"app": "groundup", "from": label_value(source), "user": label_value(person)}


def objection(estimate: Estimate, most_bytes: int) -> str:
    """Why a statement is not run; empty when it may be."""
    if estimate.kind != "SELECT":
        return (
            f"Only a single SELECT is run here, and BigQuery takes this for {estimate.kind or 'something else'}: "
            "nothing was run or changed. Ask one question at a time, without a semicolon between two."
        )
    if estimate.bytes > most_bytes:
        return (
            f"This query would be billed {_amount(estimate.bytes)}, and one query may be billed {_amount(most_bytes)}: "
            "it was not run and cost nothing. Read fewer columns, or fewer days by _TABLE_SUFFIX or the partition's "
            "day; whoever runs Superset may raise GROUNDUP_SQLLAB_BIGQUERY_MAX_BYTES."
        )
    return ""


def day_is_spent(estimate: Estimate, spent: float, limit: float) -> str:
    """What is said when the day has not as many dollars left as a statement costs."""
    return (
        f"This query would cost ${estimate.usd:.2f}, and ${spent:.2f} of the ${limit:.2f} for all queries of a day "
        "(UTC) are spent: it was not run and cost nothing. Read less, or ask tomorrow; whoever runs Superset may raise "
        "GROUNDUP_SQLLAB_BIGQUERY_DAILY_USD."
    )


def advice(code: int, reason: str) -> str:
    """What to do about a refusal of BigQuery's: its status and its word for it."""
    if reason in _QUOTAS or code == HTTPStatus.TOO_MANY_REQUESTS:
        return "Wait until the quota is renewed, or have it raised."
    if code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return "Ask whoever runs Superset to let its account read that."
    if code == HTTPStatus.NOT_FOUND:
        return "Write tables as `dataset.table`, or as `project.dataset.table` where another project has them."
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return "The fault is on Google's side; ask again in a minute."
    return "Correct the query."


def shown(estimate: Estimate, most_bytes: int) -> dict[str, str]:
    """What SQL Lab shows of a statement's cost. BigQuery asks nothing for what it has answered within a day."""
    found = {"Billed": readable(estimate.bytes), "Costs": f"${estimate.usd:.2f}", "At most": _amount(most_bytes)}
    said = objection(estimate, most_bytes)
    return {**found, "Refused": said} if said else found


def _amount(size: int) -> str:
    return f"{readable(size)} (${usd(size):.2f})"
