"""What can be wrong with the settings themselves."""


class SettingsError(Exception):
    """A setting is missing, unreadable or of the wrong type. The message says which one and what to write instead."""
