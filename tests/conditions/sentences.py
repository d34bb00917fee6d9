"""What the user reads when something around the project is wrong; docs/runbook.md has an entry for each.

An ellipsis stands for what differs from case to case.
"""

import re

BUSY = "The warehouse … is in use by another groundup command (process …)"
ANOTHER_LOAD = "Another load is running (MySQL connection …)"
LOST = "The connection to MySQL at … was lost"
UNREACHABLE = "MySQL at … does not answer"
LOCAL_INFILE = "MySQL at … refuses LOAD DATA LOCAL"
PASSWORD = "MySQL at … refuses the password"
WAREHOUSE_DISK_FULL = "The disk with the warehouse … is full"
MYSQL_DISK_FULL = "The disk of MySQL at … is full"
DEMO_DISK_FULL = "The demo export cannot be written to …"
READ_ONLY_WAREHOUSE = "The warehouse … lies on a read-only disk"
READ_ONLY_HOME = "The state folder … cannot be written"
READ_ONLY_LOCK = "… cannot be opened (Read-only file system)"
CLOCK = "This machine's clock … is behind the newest entry of the ledger"
NEWER_FORMAT = "The warehouse … was written by a newer version of this project"
NEWER_DUCKDB = "The warehouse … was written by a newer version of DuckDB"
FOREIGN = "… is no warehouse that this version can read"
DAMAGED = "The warehouse … is damaged"
PORT_TAKEN = "Port … for mysql is taken by …"
NO_DATA = "There is no data yet"

ALL = tuple(sorted(value for name, value in list(globals().items()) if name.isupper() and isinstance(value, str)))


def is_told(sentence: str, text: str) -> bool:
    """Whether the text holds the sentence, whatever stands for its ellipses."""
    return bool(re.search(".+".join(re.escape(part) for part in sentence.split("…")), text))
