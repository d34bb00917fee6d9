"""Everything that loaders may refuse, from the general to the particular."""


class LoaderError(Exception):
    """Base of the package's errors. A message says what is wrong, where, and what to do."""
