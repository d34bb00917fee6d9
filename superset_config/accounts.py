"""The accounts that exist from the first start."""

from __future__ import annotations

from dataclasses import dataclass

from superset_config.environment import setting


@dataclass(frozen=True)
class Account:
    """Somebody who signs in: the name to type, the name to show, the role, and the variable with the password."""

    username: str
    name: str
    role: str
    variable: str

    @property
    def password(self) -> str:
        """As set in the environment; empty means that the account is left as it is."""
        return setting(self.variable)

    @property
    def email(self) -> str:
        """Superset wants one and it must be unique; nothing is ever sent to it."""
        return f"{self.username}@groundup.localhost"


ACCOUNTS = (
    Account("admin", "Administrator", "Admin", "GROUNDUP_ADMIN_PASSWORD"),
    Account("analyst", "Data team", "Analyst", "GROUNDUP_ANALYST_PASSWORD"),
    Account("employee", "Employee", "Employee", "GROUNDUP_EMPLOYEE_PASSWORD"),
)
