"""From the export to MySQL."""
