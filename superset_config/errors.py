"""What can keep Superset from starting, assets from being applied, and people from coming in."""


class BootError(Exception):
    """Superset cannot start. The message says what is wrong, where, and what to do."""


class SettingMissingError(BootError):
    """A `GROUNDUP_…` variable that Superset needs is not set."""


class SettingWeakError(BootError):
    """A password or key can be guessed."""


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


class PictureBlankError(Exception):
    """The browser took a picture that shows nothing."""


class NotAdmittedError(Exception):
    """Nobody was signed in; the message tells the person in front of the screen why, and what to do."""

    def __init__(self, message: str, status: int = 403) -> None:
        super().__init__(message)
        # Of the page that says so.
        self.status = status


class QueryError(Exception):
    """A query to BigQuery that is not run, or not to its end. The person who asked it reads the message."""


class QueryRefusedError(QueryError):
    """It may not be run: it would cost too much, or does more than read."""


class QueryFailedError(QueryError):
    """BigQuery refuses it, does not answer, or takes too long."""
