"""Everything that stack may refuse, from the general to the particular."""


class StackError(Exception):
    """Base of the package's errors. A message says what is wrong, where, and what to do."""
