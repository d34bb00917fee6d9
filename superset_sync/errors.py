"""What can go wrong between the asset folders and a running Superset."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from superset_sync.rules import Finding


class SyncError(Exception):
    """The assets could not be published. The message says what is wrong, where, and what to do."""


class AssetError(SyncError):
    """The asset folders do not hold together; `findings` has every fault, the message lists them all."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(str(finding) for finding in self.findings))


class SupersetUnreachableError(SyncError):
    """Superset does not answer."""


class SignInError(SyncError):
    """Superset answers and does not let the account in."""


class RefusedError(SyncError):
    """Superset refused a request; the message has its reason."""
