"""The report store: small MySQL tables, replaced slice by slice."""
