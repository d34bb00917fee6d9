"""Everything that a backup or a restore may refuse, from the general to the particular."""


class BackupError(Exception):
    """Base of the package's errors. A message says what is wrong, where, and what to do."""


class DumpError(BackupError):
    """MySQL's own programs could not read the databases, or could not write them."""


class BrokenBackupError(BackupError):
    """The file is no backup, or not whole as it was written."""


class UnfitError(BackupError):
    """The backup is whole, but this home, this project or these keys cannot take it; nothing was changed."""
