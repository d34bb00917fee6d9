"""Everything that stack may refuse, from the general to the particular."""


class StackError(Exception):
    """Base of the package's errors. A message says what is wrong, where, and what to do."""


class NotInstalledError(StackError):
    """A program that the stack runs is not on this machine."""


class PlaceError(StackError):
    """The state folder, or the folder for the sockets, cannot be used."""


class PortInUseError(StackError):
    """Another process listens where a service should."""


class ServiceFailedError(StackError):
    """A service does not come up, or cannot be reached."""


class SupervisorError(StackError):
    """The process manager does not start, answer or stop."""
