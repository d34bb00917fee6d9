"""The local stack: MariaDB, Redis and Superset under a process manager."""
