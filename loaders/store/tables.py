"""The store's tables: those of the reports, made from their declarations, and the loader's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from loaders.catalog import Table
from loaders.columns import Column
from loaders.store.connection import MySQL

_TYPES = {
    "DATE": "DATE",
    "INT64": "BIGINT",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "TIMESTAMP": "DATETIME(6)",
}

# A table's comment ends with the version of the declaration that it was made from.
_MARK = " · declaration "

OWN_TABLES = {
    "days": """
    CREATE TABLE IF NOT EXISTS days (
      `date` DATE NOT NULL COMMENT 'The day of the export, in the property''s time zone.',
      `source` VARCHAR(64) NOT NULL COMMENT 'The source that should have delivered it.',
      `modified_at` DATETIME(6) NULL COMMENT 'When it was delivered, UTC; NULL: not yet, so the day is partial.',
      `rows` BIGINT NOT NULL COMMENT 'Events delivered.',
      `final_at` DATETIME(6) NOT NULL COMMENT 'From when on the source restates it no more, UTC.',
      PRIMARY KEY (`date`, `source`)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='What has been loaded.'
    """,
    "stretches": """
    CREATE TABLE IF NOT EXISTS stretches (
      `date` DATE NOT NULL COMMENT 'A loaded day, in the property''s time zone.',
      `first_date` DATE NOT NULL COMMENT 'The first day of the unbroken stretch of loaded days that it lies in.',
      PRIMARY KEY (`date`)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Since when days are loaded without a gap.'
    """,
    "loads": """
    CREATE TABLE IF NOT EXISTS loads (
      `id` BIGINT NOT NULL AUTO_INCREMENT,
      `run` VARCHAR(32) NOT NULL COMMENT 'The load that the step was part of.',
      `table` VARCHAR(64) NOT NULL,
      `step` VARCHAR(16) NOT NULL COMMENT 'compute: in the warehouse; store: into MySQL; check: what must hold.',
      `from_date` DATE NULL,
      `to_date` DATE NULL,
      `reason` VARCHAR(64) NOT NULL,
      `rows` BIGINT NULL,
      `bytes_billed` BIGINT NOT NULL DEFAULT 0,
      `usd` DECIMAL(14, 6) NOT NULL DEFAULT 0,
      `seconds` DOUBLE NOT NULL,
      `source_version` VARCHAR(64) NOT NULL,
      `code_version` VARCHAR(64) NOT NULL,
      `status` VARCHAR(16) NOT NULL COMMENT 'done or failed.',
      `error` TEXT NULL,
      `started_at` DATETIME(6) NOT NULL,
      `finished_at` DATETIME(6) NOT NULL,
      PRIMARY KEY (`id`),
      KEY `by_start` (`started_at`)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='The run ledger: one row per step.'
    """,
    "slices": """
    CREATE TABLE IF NOT EXISTS slices (
      `report` VARCHAR(64) NOT NULL,
      `declaration` CHAR(16) NOT NULL COMMENT 'The version of report.yaml that the slice''s table was made from.',
      `date` DATE NOT NULL,
      `version` VARCHAR(64) NOT NULL COMMENT 'The warehouse partition that the slice is a copy of.',
      `rows` BIGINT NOT NULL,
      `run` VARCHAR(32) NOT NULL,
      PRIMARY KEY (`report`, `declaration`, `date`)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='Which version of each day the reports hold.'
    """,
    "checks": """
    CREATE TABLE IF NOT EXISTS checks (
      `id` BIGINT NOT NULL AUTO_INCREMENT,
      `run` VARCHAR(32) NOT NULL COMMENT 'The load that was checked.',
      `report` VARCHAR(64) NOT NULL,
      `check` VARCHAR(100) NOT NULL COMMENT 'Its name in report.yaml.',
      `kind` VARCHAR(16) NOT NULL,
      `level` VARCHAR(8) NOT NULL COMMENT 'fail or warn, as declared then.',
      `from_date` DATE NOT NULL,
      `to_date` DATE NOT NULL,
      `status` VARCHAR(8) NOT NULL COMMENT 'passed, warned or failed.',
      `measured` DOUBLE NULL COMMENT 'Violations, rows of the day, or days behind.',
      `expected` DOUBLE NULL COMMENT 'None, the usual rows, or the days that may be missing.',
      `message` TEXT NOT NULL COMMENT 'Where and how it does not hold.',
      `at` DATETIME(6) NOT NULL COMMENT 'UTC.',
      PRIMARY KEY (`id`),
      KEY `by_check` (`report`, `check`),
      KEY `by_run` (`run`)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin COMMENT='What each check has found, load by load.'
    """,
    "store_ranks": """
    CREATE TABLE IF NOT EXISTS store_ranks (
      `date` DATE NOT NULL COMMENT 'The day of the chart: the one that the feed writes, unless another was given.',
      `store` VARCHAR(16) NOT NULL COMMENT 'apple; demo is made up.',
      `country` CHAR(2) NOT NULL COMMENT 'The store''s country, ISO 3166 in upper case.',
      `chart` VARCHAR(32) NOT NULL COMMENT 'top-free, top-paid, top-grossing, and each -ipad.',
      `rank` SMALLINT NOT NULL COMMENT 'Place in the chart; 1 is the top.',
      `app_id` VARCHAR(32) NOT NULL COMMENT 'The app''s number in the store.',
      `name` VARCHAR(255) NOT NULL COMMENT 'The app''s name that day, in that country.',
      `publisher` VARCHAR(255) NOT NULL COMMENT 'Who publishes it, as the store writes it.',
      PRIMARY KEY (`date`, `store`, `country`, `chart`, `rank`),
      KEY `by_app` (`app_id`, `chart`, `country`, `date`)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
      COMMENT='Ranks in the charts of the app store. Kept nowhere else: back it up.'
    """,
    "store_apps": """
    CREATE TABLE IF NOT EXISTS store_apps (
      `store` VARCHAR(16) NOT NULL,
      `app_id` VARCHAR(32) NOT NULL,
      `role` VARCHAR(16) NOT NULL COMMENT 'ours or competitor.',
      `name` VARCHAR(255) NOT NULL COMMENT 'How the dashboards call it, whatever the store does.',
      PRIMARY KEY (`store`, `app_id`)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin
      COMMENT='The apps that are followed: store_ranks of metrics.yaml.'
    """,
}

# Charts look a row's stretch up by its key; computed inside each query, it cost more than the chart itself.
_STRETCHES = """
INSERT INTO stretches (`date`, first_date)
SELECT `date`, MIN(`date`) OVER (PARTITION BY stretch)
FROM (
  SELECT `date`, DATE_SUB(`date`, INTERVAL ROW_NUMBER() OVER (ORDER BY `date`) DAY) AS stretch
  FROM (SELECT DISTINCT `date` FROM days) AS loaded
) AS numbered
"""


def make_own_tables(connection: MySQL) -> None:
    """Makes what no report declares, such as the calendar and the ledger, where it is missing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
        present = {row[0] for row in cursor.fetchall()}
        for name, statement in OWN_TABLES.items():
            if name not in present:
                cursor.execute(statement)
                if name == "stretches":
                    write_stretches(connection)
                    connection.commit()


def write_stretches(connection: MySQL) -> None:
    """Makes `stretches` say what `days` says, in the connection's open transaction."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM stretches")
        cursor.execute(_STRETCHES)


def make_missing_tables(connection: MySQL, reports: Iterable[Table]) -> None:
    """Makes every table of the store that is missing, empty, so that a dashboard has something to ask."""
    make_own_tables(connection)
    for table in reports:
        if live_declaration(connection, table.name) is None:
            make_place(connection, table)


def create_statement(table: Table, name: str) -> str:
    """The CREATE TABLE of a report's declaration, under the given name."""
    lines = [_column(table, column) for column in table.columns]
    lines.append(f"PRIMARY KEY ({_names(table.key)})")
    lines += [f"KEY `{'_'.join(index)}` ({_names(index)})" for index in table.indexes]
    comment = _quote(table.description + _MARK + table.declaration_version())
    body = ",\n  ".join(lines)
    return (
        f"CREATE TABLE `{name}` (\n  {body}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 "
        f"COLLATE=utf8mb4_bin COMMENT={comment}"
    )


def live_declaration(connection: MySQL, name: str) -> str | None:
    """The declaration version that the table of that name was made from; None when there is no such table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_comment FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = %s",
            (name,),
        )
        row = cursor.fetchone()
    return str(row[0]).rpartition(_MARK)[2] if row else None


def next_name(table: Table) -> str:
    """Where a report is filled anew while readers see the old one."""
    return f"{table.name}__next"


def _old_name(table: Table) -> str:
    return f"{table.name}__old"


def make_place(connection: MySQL, table: Table) -> str:
    """The name of the table to fill: the report's own, or another beside it when its declaration has changed."""
    wanted = table.declaration_version()
    live = live_declaration(connection, table.name)
    if live == wanted:
        return table.name
    place = table.name if live is None else next_name(table)
    with connection.cursor() as cursor:
        if live is None or live_declaration(connection, place) != wanted:
            cursor.execute(f"DROP TABLE IF EXISTS `{place}`")
            _forget_slices(connection, table.name, wanted)
            cursor.execute(create_statement(table, place))
    return place


def swap(connection: MySQL, tables: Sequence[Table]) -> None:
    """Puts newly filled tables in the place of their reports' by one atomic RENAME, then drops the old ones."""
    if not tables:
        return
    renames = [f"`{table.name}` TO `{_old_name(table)}`, `{next_name(table)}` TO `{table.name}`" for table in tables]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"DROP TABLE IF EXISTS `{_old_name(table)}`")
        cursor.execute(f"RENAME TABLE {', '.join(renames)}")
        for table in tables:
            cursor.execute(f"DROP TABLE `{_old_name(table)}`")
            cursor.execute(
                "DELETE FROM slices WHERE report = %s AND declaration <> %s", (table.name, table.declaration_version())
            )
    connection.commit()


def drop_undeclared(connection: MySQL, reports: Iterable[Table]) -> None:
    """Drops the tables of reports that no folder declares any more, and what was left beside the others."""
    declared = {table.name for table in reports}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = DATABASE() AND table_comment LIKE %s",
            (f"%{_MARK}%",),
        )
        for (name,) in cursor.fetchall():
            if name not in declared:
                cursor.execute(f"DROP TABLE `{name}`")
                cursor.execute("DELETE FROM slices WHERE report = %s", (name,))
    connection.commit()


def _forget_slices(connection: MySQL, report: str, declaration: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM slices WHERE report = %s AND declaration = %s", (report, declaration))
    connection.commit()


def _column(table: Table, column: Column) -> str:
    kind = f"VARCHAR({column.length})" if column.type == "STRING" else _TYPES[column.type]
    null = "NULL" if column.nullable and column.name not in table.key else "NOT NULL"
    if column.hidden:
        # MariaDB wants to know what an INSERT without the column means.
        null = "NULL INVISIBLE"
    return f"`{column.name}` {kind} {null} COMMENT {_quote(column.description)}"


def _names(columns: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in columns)


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
