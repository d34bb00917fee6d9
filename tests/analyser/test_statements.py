"""Google's own analyser accepts every statement that we would send to BigQuery, and would notice if one were wrong."""

import re

import pytest

from loaders.catalog import Table
from loaders.exports import REQUIRED
from tests.analyser.statements import RefusedError, check, parameters, tables_read
from tests.definitions import catalog

CATALOG = catalog()
SCHEMAS = tuple(REQUIRED)
STATEMENTS = {
    f"{table.name}-{schema}" if table.per_source else table.name: (table, schema)
    for table in CATALOG.tables.values()
    for schema in (SCHEMAS if table.per_source else SCHEMAS[:1])
}

every_statement = pytest.mark.parametrize(("table", "schema"), STATEMENTS.values(), ids=STATEMENTS.keys())


@every_statement
def test_the_analyser_accepts_it_and_its_result_is_what_is_declared(table: Table, schema: str) -> None:
    check(table, table.sql(schema), schema, CATALOG)


@every_statement
def test_it_reads_the_tables_that_are_declared(table: Table, schema: str) -> None:
    """The plan restates by `reads:`; a table that is declared and not read would restate too much."""
    assert tables_read(table.sql(schema)) == set(table.inputs)


@every_statement
def test_it_takes_every_parameter_that_is_declared(table: Table, schema: str) -> None:
    """A setting that nothing reads would restate a table in vain; of two schemas, one may do without it."""
    taken = set(re.findall(r"@(\w+)", table.sql(schema)))
    texts = [table.sql(each) for each in (SCHEMAS if table.per_source else [schema])]
    assert taken <= set(parameters(table)) == set(re.findall(r"@(\w+)", " ".join(texts)))


def test_raw_is_read_once() -> None:
    assert [table.name for table in CATALOG.tables.values() if "export" in table.reads] == ["events_flat"]


# What a mistake in a statement would look like: a table, what to replace in its SQL, and by what.
FAULTS = {
    "an unknown column": ("user_days", "user_key", "user_kee"),
    "an unknown field of the export": ("events_flat", "geo.country", "geo.country_name"),
    "a table that is not declared": ("users", "FROM user_days", "FROM events_flat"),
    "an unknown function": ("active_users", "DATE_DIFF(", "DATEDIFF("),
    "a function of DuckDB's": (
        "events_flat",
        "PARSE_DATE('%Y%m%d', _TABLE_SUFFIX)",
        "strptime(_TABLE_SUFFIX, '%Y%m%d')",
    ),
    "a clause of DuckDB's": ("users", "GROUP BY user_days.user_key", "GROUP BY ALL USING SAMPLE 10%"),
    "a date compared with text": ("user_days", "date BETWEEN @start_date", "CAST(date AS STRING) BETWEEN @start_date"),
    "text compared with a number": ("user_days", "user_key IS NOT NULL", "user_key > 0"),
    "a parameter that is not given": ("active_users", "@mau_days", "@month_days"),
    "a column neither grouped nor aggregated": ("users", "GROUP BY user_days.user_key", "GROUP BY country"),
    "a column too few": ("user_days", "  platform\nFROM active_events", "FROM active_events"),
    "a column of another name": ("users", "AS first_day", "AS first_date"),
    "a column of another type": ("users", "MIN(date) AS first_day", "CAST(MIN(date) AS STRING) AS first_day"),
    "a timestamp for a number": (
        "events_flat",
        "  event_timestamp,",
        "  TIMESTAMP_MICROS(event_timestamp) AS event_timestamp,",
    ),
    "a fraction for a count": ("active_users", "SUM(users) AS mau", "SUM(users) / 1 AS mau"),
    "a field that a list's struct lacks": ("event_params", "param.value", "param.val"),
    "a list for a value": ("events", "event_name NOT IN UNNEST(@excluded)", "event_name <> @excluded"),
    "a number for a day": ("retention", "returns.date = cells.date", "returns.date = cells.day_n"),
    "a condition for a count": ("growth", "COUNTIF(NOT came_this_week)", "NOT came_this_week"),
    "a second statement": ("users", "GROUP BY user_days.user_key", "GROUP BY user_days.user_key; SELECT 1"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_analyser_refuses(fault: str) -> None:
    name, correct, wrong = FAULTS[fault]
    table = CATALOG.tables[name]
    sql = table.sql()
    assert correct in sql, "the statement has changed: plant the fault elsewhere"
    with pytest.raises(RefusedError):
        check(table, sql.replace(correct, wrong), "ga4", CATALOG)


@pytest.mark.parametrize(("written_for", "read"), [SCHEMAS, SCHEMAS[::-1]], ids=SCHEMAS)
def test_the_analyser_refuses_a_statement_on_the_other_schema(written_for: str, read: str) -> None:
    table = CATALOG.tables["events_flat"]
    with pytest.raises(RefusedError, match="not found"):
        check(table, table.sql(written_for), read, CATALOG)


def test_the_analyser_refuses_a_statement_that_writes() -> None:
    with pytest.raises(RefusedError, match="not supported"):
        check(CATALOG.tables["users"], "DELETE FROM user_days WHERE TRUE", "ga4", CATALOG)
