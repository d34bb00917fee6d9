"""Our statements before Google's analyser, each with exactly the tables and parameters that its folder declares."""

from collections.abc import Mapping, Sequence
from functools import cache

from zetasql.api import Analyzer, CatalogBuilder, TableBuilder, TypeFactory
from zetasql.core.exceptions import ZetaSQLError
from zetasql.types import (
    AnalyzerOptions,
    LanguageOptions,
    ProductMode,
    ResolvedNodeKind,
    SimpleCatalog,
    SimpleColumn,
    SimpleTable,
    Type,
    TypeKind,
    ZetaSQLBuiltinFunctionOptions,
)

from loaders.catalog import DAYS, EXPORT, Catalog, Table
from loaders.exports import Field, export_schema
from tests.analyser.compiled import service
from tests.definitions import DAYS_COLUMNS

KINDS = {
    "BOOL": TypeKind.TYPE_BOOL,
    "BOOLEAN": TypeKind.TYPE_BOOL,
    "DATE": TypeKind.TYPE_DATE,
    "FLOAT": TypeKind.TYPE_DOUBLE,
    "FLOAT64": TypeKind.TYPE_DOUBLE,
    "INT64": TypeKind.TYPE_INT64,
    "INTEGER": TypeKind.TYPE_INT64,
    "STRING": TypeKind.TYPE_STRING,
    "TIMESTAMP": TypeKind.TYPE_TIMESTAMP,
}
# The analyser's name of the type where BigQuery has another one.
BIGQUERY_NAMES = {"DOUBLE": "FLOAT64"}
EXPORT_NAMES = {"ga4": "export.events_*", "firebase": "export.app_events_*"}


class RefusedError(AssertionError):
    """The analyser refuses the statement, or its result is not what the folder declares."""


def scalar(name: str) -> Type:
    return TypeFactory.create_simple_type(KINDS[name])


def typed(name: str) -> Type:
    """The type of a column or parameter by the name that BigQuery gives it, such as ARRAY<STRUCT<key STRING>>."""
    if name.startswith("ARRAY<"):
        return TypeFactory.create_array_type(typed(name.removeprefix("ARRAY<").removesuffix(">")))
    if name.startswith("STRUCT<"):
        fields = name.removeprefix("STRUCT<").removesuffix(">").split(", ")
        return TypeFactory.create_struct_type([(f.split(" ")[0], scalar(f.split(" ")[1])) for f in fields])
    return scalar(name)


def export_type(field: Field) -> Type:
    """The type of an export's field, nested as it is."""
    inner = [(f.name, export_type(f)) for f in field.fields]
    kind = TypeFactory.create_struct_type(inner) if inner else scalar(field.type)
    return TypeFactory.create_array_type(kind) if field.mode == "REPEATED" else kind


def simple_table(name: str, columns: Mapping[str, Type]) -> SimpleTable:
    builder = TableBuilder(name)
    for column, kind in columns.items():
        builder.add_column(column, kind)
    return builder.build()


def input_table(name: str, schema: str, catalog: Catalog) -> SimpleTable:
    """An input of a statement, typed as the export's schema or our own declaration has it."""
    if name == EXPORT:
        table = simple_table(EXPORT_NAMES[schema], {field.name: export_type(field) for field in export_schema(schema)})
        # A pseudo column: it can be filtered by, and SELECT * does not give it.
        suffix = SimpleColumn(name="_TABLE_SUFFIX", type=scalar("STRING"), is_pseudo_column=True)
        table.column.append(suffix)
        return table
    if name == DAYS:
        return simple_table(DAYS, {column: scalar(kind) for column, kind in DAYS_COLUMNS.items()})
    return simple_table(name, {column.name: typed(column.type) for column in catalog.tables[name].columns})


def parameters(table: Table) -> dict[str, Type]:
    """What the loader gives the statement: its settings, and the days and the source where it is computed by them."""
    found = {name: typed(setting.type) for name, setting in table.parameters.items()}
    found |= {"start_date": scalar("DATE"), "end_date": scalar("DATE")}
    if table.per_source:
        found["source"] = scalar("STRING")
    return found


@cache
def language() -> LanguageOptions:
    """BigQuery's GoogleSQL, as far as the analyser knows it: queries and nothing else."""
    service()
    options = LanguageOptions.maximum_features()
    options.product_mode = ProductMode.PRODUCT_EXTERNAL
    options.reserved_keywords = ["QUALIFY"]
    options.supported_statement_kinds = [ResolvedNodeKind.RESOLVED_QUERY_STMT]
    return options


def simple_catalog(tables: Sequence[SimpleTable]) -> SimpleCatalog:
    """These tables, and GoogleSQL's functions."""
    builder = CatalogBuilder("warehouse")
    for table in tables:
        builder.add_table(table)
    return builder.with_builtin_functions(ZetaSQLBuiltinFunctionOptions(language_options=language())).build()


def analyser_options(given: Mapping[str, Type]) -> AnalyzerOptions:
    """The language, and the parameters that a statement is given."""
    query_parameters = [AnalyzerOptions.QueryParameter(name, kind) for name, kind in given.items()]
    return AnalyzerOptions(language_options=language(), query_parameters=query_parameters)


def result_columns(sql: str, tables: Sequence[SimpleTable], given: Mapping[str, Type]) -> list[tuple[str, str]]:
    """Name and type of each column of the statement's result. Raises RefusedError with the analyser's words."""
    try:
        statement = Analyzer(analyser_options(given), simple_catalog(tables)).analyze_statement(sql)
    except ZetaSQLError as error:
        raise RefusedError(str(error)) from error
    return [(column.name, type_name(column.column.type)) for column in statement.output_column_list]


def type_name(kind: Type) -> str:
    """The type's name as BigQuery gives it, fields included."""
    if kind.is_array():
        return f"ARRAY<{type_name(kind.array_type.element_type)}>"
    if kind.is_struct():
        fields = (f"{field.field_name} {type_name(field.field_type)}" for field in kind.struct_type.field)
        return f"STRUCT<{', '.join(fields)}>"
    return BIGQUERY_NAMES.get(kind.type_name(), kind.type_name())


def check(table: Table, sql: str, schema: str, catalog: Catalog) -> None:
    """Raises RefusedError unless the analyser accepts the statement and its result is what the folder declares."""
    tables = [input_table(name, schema, catalog) for name in table.inputs]
    found = result_columns(sql, tables, parameters(table))
    declared = [(column.name, column.type) for column in table.columns]
    if sorted(found) != sorted(declared):
        raise RefusedError(f"gives {found}, declared are {declared}")


def tables_read(sql: str) -> set[str]:
    """The inputs that a statement names."""
    response = service().extract_table_names_from_statement(sql_statement=sql, options=language())
    paths = (".".join(found.table_name_segment) for found in response.table_name)
    return {EXPORT if path in EXPORT_NAMES.values() else path for path in paths}
