"""What can keep Superset from starting."""


class BootError(Exception):
    """Superset cannot start. The message says what is wrong, where, and what to do."""


class SettingMissingError(BootError):
    """A `GROUNDUP_…` variable that Superset needs is not set."""


class ServiceUnreachableError(BootError):
    """The metadata database or Redis does not answer, or the port is taken."""
