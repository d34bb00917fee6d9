"""What the demo export may refuse."""

from loaders.errors import LoaderError


class DemoError(LoaderError):
    """The demo export cannot be made with these arguments or in this folder."""
