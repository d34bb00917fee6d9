"""What each kind of asset file may hold: the keys that the import of Superset 6.1 takes, and their types.

Superset has no import of roles and none of alerts; an alert's keys are those of its API, with uuids for numbers.

A test compares the keys with Superset's own import schemas. Charts and layouts hold what Superset's pages put there;
of these only the parts that the checks read have a shape, and other keys are let through.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError


class Exact(BaseModel):
    """Unknown keys are faults, and "1" is no number."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Open(BaseModel):
    """Other keys are let through."""

    model_config = ConfigDict(extra="ignore", strict=True)


class DatabaseExtra(Exact):  # noqa: D101
    metadata_params: dict[str, Any] = {}
    engine_params: dict[str, Any] = {}
    metadata_cache_timeout: dict[str, int] = {}
    schemas_allowed_for_csv_upload: list[str] = []
    schemas_allowed_for_file_upload: list[str] = []
    cost_estimate_enabled: bool = False
    allows_virtual_table_explore: bool = False
    cancel_query_on_windows_unload: bool = False
    disable_data_preview: bool = False
    disable_drill_to_detail: bool = False
    allow_multi_catalog: bool = False
    per_user_caching: bool = False
    version: str | None = None
    schema_options: dict[str, Any] = {}


class Database(Exact):  # noqa: D101
    database_name: str
    sqlalchemy_uri: str
    # Secrets and uuids have rules of their own.
    password: Any = None
    encrypted_extra: Any = None
    masked_encrypted_extra: Any = None
    ssh_tunnel: Any = None
    uuid: Any = None
    cache_timeout: int | None = None
    expose_in_sqllab: bool = False
    allow_run_async: bool = False
    allow_ctas: bool = False
    allow_cvas: bool = False
    allow_dml: bool = False
    allow_csv_upload: bool = False
    allow_file_upload: bool = False
    impersonate_user: bool = False
    extra: DatabaseExtra = DatabaseExtra()
    is_managed_externally: bool | None = None
    external_url: str | None = None
    configuration_method: str | None = None
    version: str


class DatasetColumn(Exact):  # noqa: D101
    column_name: str
    extra: dict[str, Any] | None = None
    verbose_name: str | None = None
    is_dttm: bool | None = None
    is_active: bool | None = None
    type: str | None = None
    advanced_data_type: str | None = None
    groupby: bool = False
    filterable: bool = False
    expression: str | None = None
    description: str | None = None
    python_date_format: str | None = None
    datetime_format: str | None = None


class DatasetMetric(Exact):  # noqa: D101
    metric_name: str
    verbose_name: str | None = None
    metric_type: str | None = None
    expression: str
    description: str | None = None
    d3format: str | None = None
    currency: dict[str, Any] | None = None
    extra: dict[str, Any] | None = None
    warning_text: str | None = None


class Dataset(Exact):  # noqa: D101
    table_name: str
    main_dttm_col: str | None = None
    currency_code_column: str | None = None
    description: str | None = None
    default_endpoint: str | None = None
    offset: int = 0
    cache_timeout: int | None = None
    schema_: str | None = None
    catalog: str | None = None
    sql: str | None = None
    source_db_engine: str | None = None
    params: dict[str, Any] | None = None
    template_params: dict[str, Any] | None = None
    filter_select_enabled: bool = False
    fetch_values_predicate: str | None = None
    extra: dict[str, Any] | None = None
    uuid: Any = None
    columns: list[DatasetColumn]
    metrics: list[DatasetMetric] = []
    version: str
    database_uuid: Any = None
    data: str | None = None
    data_file: str | None = None
    is_managed_externally: bool | None = None
    external_url: str | None = None
    normalize_columns: bool = False
    always_filter_main_dttm: bool = False
    folders: list[dict[str, Any]] | None = None

    # `schema` is a name of pydantic's own.
    model_config = ConfigDict(alias_generator=lambda name: name.removesuffix("_"))


def _is_named(value: Any) -> bool:
    return value is None or isinstance(value, str | dict)


def _one(value: Any) -> Any:
    if not _is_named(value):
        raise PydanticCustomError("name", "should be a name, or an expression of the chart's own")
    return value


def _several(value: Any) -> Any:
    if not all(_is_named(item) for item in (value if isinstance(value, list) else [value])):
        raise PydanticCustomError("names", "should be a list of names, or of expressions of the chart's own")
    return value


def _limit(value: Any) -> Any:
    # Superset's pages write a limit as a number or as its digits.
    if value is not None and not str(value).isdecimal() and value != "":
        raise PydanticCustomError("limit", "should be a whole number")
    return value


One = Annotated[Any, AfterValidator(_one)]
Several = Annotated[Any, AfterValidator(_several)]


class AdhocFilter(Open):  # noqa: D101
    expressionType: str  # noqa: N815
    clause: str = "WHERE"
    subject: One = None
    operator: str | None = None
    sqlExpression: str | None = None  # noqa: N815


class Params(Open):  # noqa: D101
    viz_type: str | None = None
    metrics: Several = None
    metric: One = None
    groupby: Several = None
    columns: Several = None
    all_columns: Several = None
    percent_metrics: Several = None
    x_axis: One = None
    time_grain_sqla: str | None = None
    adhoc_filters: list[AdhocFilter] | None = None
    annotation_layers: list[dict[str, Any]] | None = None
    column_config: dict[str, dict[str, Any]] | None = None
    conditional_formatting: list[dict[str, Any]] | None = None
    order_by_cols: list[str] | None = None
    row_limit: Annotated[Any, AfterValidator(_limit)] = None
    series_limit: Annotated[Any, AfterValidator(_limit)] = None
    limit: Annotated[Any, AfterValidator(_limit)] = None


class Chart(Exact):  # noqa: D101
    slice_name: str
    description: str | None = None
    certified_by: str | None = None
    certification_details: str | None = None
    viz_type: str
    params: Params
    query_context: Any = None
    cache_timeout: int | None = None
    uuid: Any = None
    version: str
    dataset_uuid: Any = None
    is_managed_externally: bool | None = None
    external_url: str | None = None
    tags: list[str] | None = None


class Scope(Open):  # noqa: D101
    rootPath: list[str] = []  # noqa: N815
    # Uuids; the rule of filters says so of numbers.
    excluded: list[Any] = []


class Target(Open):  # noqa: D101
    datasetUuid: Any = None  # noqa: N815
    column: dict[str, Any] | None = None


class NativeFilter(Open):  # noqa: D101
    id: str
    name: str
    targets: list[Target] = []
    scope: Scope = Scope()
    controlValues: dict[str, Any] = {}  # noqa: N815
    defaultDataMask: dict[str, Any] = {}  # noqa: N815
    cascadeParentIds: list[str] = []  # noqa: N815
    adhoc_filters: list[AdhocFilter] | None = None
    sortMetric: str | None = None  # noqa: N815


class Metadata(Open):  # noqa: D101
    native_filter_configuration: list[NativeFilter] | None = None
    label_colors: dict[str, str] | None = None
    color_scheme: str | None = None
    cross_filters_enabled: bool | None = None
    refresh_frequency: int | None = None


class Component(Open):  # noqa: D101
    type: str
    id: str
    children: list[str] = []
    parents: list[str] = []
    meta: dict[str, Any] = {}


def _components(position: Any) -> Any:
    if isinstance(position, dict):
        return {key: value for key, value in position.items() if key != "DASHBOARD_VERSION_KEY"}
    return position


class Dashboard(Exact):  # noqa: D101
    dashboard_title: str
    description: str | None = None
    css: str | None = None
    slug: str | None = None
    uuid: Any = None
    position: Annotated[dict[str, Component], BeforeValidator(_components)] = {}
    metadata: Metadata = Metadata()
    version: str
    is_managed_externally: bool | None = None
    external_url: str | None = None
    certified_by: str | None = None
    certification_details: str | None = None
    published: bool | None = None
    tags: list[str] | None = None
    theme_uuid: Any = None
    theme_id: int | None = None
    # Ours: the names of those for whom it is.
    roles: list[str] = []


class RowFilter(Exact):  # noqa: D101
    name: str
    description: str | None = None
    filter_type: Literal["Regular", "Base"] = "Regular"
    datasets: list[str]
    clause: str
    group_key: str | None = None


class Role(Exact):  # noqa: D101
    name: str
    description: str | None = None
    based_on: list[str] = []
    also: list[str] = []
    never: list[str] = []
    row_filters: list[RowFilter] = []


class RecipientConfig(Exact):  # noqa: D101
    target: str
    ccTarget: str | None = None  # noqa: N815 - Superset's name
    bccTarget: str | None = None  # noqa: N815


class Recipient(Exact):  # noqa: D101
    type: Literal["Email", "Slack", "SlackV2", "Webhook"]
    recipient_config_json: RecipientConfig


class Validator(Exact):  # noqa: D101
    op: Literal["<", "<=", ">", ">=", "==", "!="] | None = None
    threshold: float | int | None = None


class Alert(Exact):  # noqa: D101
    type: Literal["Alert", "Report"]
    name: str
    description: str | None = None
    email_subject: str | None = None
    context_markdown: str | None = None
    active: bool = True
    crontab: str
    timezone: str = "UTC"
    chart: str | None = None
    dashboard: str | None = None
    report_format: Literal["PNG", "PDF", "CSV", "TEXT"] = "PNG"
    force_screenshot: bool = False
    custom_width: int | None = None
    database: str | None = None
    sql: str | None = None
    validator_type: Literal["operator", "not null"] | None = None
    validator_config_json: Validator = Validator()
    log_retention: int = 90
    grace_period: int = 14_400
    working_timeout: int = 3_600
    extra: dict[str, Any] = {}
    recipients: list[Recipient] = []


SHAPES: dict[str, type[BaseModel]] = {
    "databases": Database,
    "datasets": Dataset,
    "charts": Chart,
    "dashboards": Dashboard,
    "roles": Role,
    "alerts": Alert,
}
