"""What can keep Superset from starting, and assets from being applied."""


class BootError(Exception):
    """Superset cannot start. The message says what is wrong, where, and what to do."""


class SettingMissingError(BootError):
    """A `GROUNDUP_…` variable that Superset needs is not set."""


class ServiceUnreachableError(BootError):
    """The metadata database or Redis does not answer, or the port is taken."""


class ApplyError(Exception):
    """Assets cannot be applied; nothing was changed."""


class RefusedError(ApplyError):
    """It cannot be applied; the message says what is wrong with which file."""


class StaleError(ApplyError):
    """Something has changed since the plan was made."""


class BrowserMissingError(Exception):
    """There is no browser that could take a picture. The message ends up in the log of executions."""
