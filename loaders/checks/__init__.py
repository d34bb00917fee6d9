"""Checks of the reports: declared as data, asked of MySQL before a load is committed."""
