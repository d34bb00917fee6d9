"""The accounts that exist from the first start."""

from __future__ import annotations

from dataclasses import dataclass

from superset_config.environment import setting

# The domain of addresses that there are not.
NOWHERE = "groundup.localhost"


@dataclass(frozen=True)
class Account:
    """Somebody who signs in: the name to type, the name to show, the role, and the variable with the password.

    Without a variable nobody can sign in with it: its password is drawn and told to nobody.
    """

    username: str
    name: str
    role: str
    variable: str

    @property
    def password(self) -> str:
        """As set in the environment; empty means that the account is left as it is."""
        return setting(self.variable) if self.variable else ""

    @property
    def email(self) -> str:
        """Superset wants one and it must be unique; nothing is ever sent to it."""
        return f"{self.username}@{NOWHERE}"


# Through whose eyes pictures for reports are taken: those of an employee, with the same rows and the same pages.
REPORTER = Account("reporter", "Alerts and reports", "Employee", "")

ACCOUNTS = (
    Account("admin", "Administrator", "Admin", "GROUNDUP_ADMIN_PASSWORD"),
    Account("analyst", "Data team", "Analyst", "GROUNDUP_ANALYST_PASSWORD"),
    Account("employee", "Employee", "Employee", "GROUNDUP_EMPLOYEE_PASSWORD"),
    REPORTER,
)
