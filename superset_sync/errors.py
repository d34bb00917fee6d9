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


class VersionError(SyncError):
    """It is another Superset than the asset folders are written for."""


class ConflictError(SyncError):
    """Somebody has changed in the browser what would be overwritten."""


class ChangedMeanwhileError(SyncError):
    """Something has changed between the plan and its execution; nothing was done."""


class BundleError(SyncError):
    """A backup cannot be read."""
