"""metrics.yaml, sources.yaml and the tables' folders: what is wrong is named with its file and key."""

import shutil

import pytest
import yaml

from loaders.catalog import LOADERS, load_catalog
from loaders.errors import DeclarationError
from loaders.metrics import load_metrics
from loaders.sources import load_sources
from settings.environment import PROJECT


@pytest.fixture
def metrics():
    return load_metrics(PROJECT / "metrics.yaml")


@pytest.fixture
def root(tmp_path):
    for kind in ("staging", "reports"):
        shutil.copytree(LOADERS / kind, tmp_path / kind)
    return tmp_path


def change(path, **changes):
    path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes))


def test_tables_come_after_what_they_read(metrics):
    catalog = load_catalog(metrics)
    names = list(catalog.tables)
    for table in catalog.tables.values():
        assert all(names.index(name) < names.index(table.name) for name in table.reads if name in names)


def test_every_column_of_a_report_says_what_it_is(metrics):
    for table in load_catalog(metrics).reports:
        for column in table.columns:
            assert column.description.endswith("."), f"{table.name}.{column.name}"
            is_figure = column.name not in table.key and not column.hidden
            assert (column.additive_over is not None) == is_figure, f"{table.name}.{column.name}"


def test_an_unknown_key_is_refused_by_name(root, metrics):
    change(root / "reports/active_users/report.yaml", ownr="x")
    with pytest.raises(DeclarationError, match=r"active_users/report\.yaml: ownr: "):
        load_catalog(metrics, root)


def test_a_key_that_is_no_column_is_refused(root, metrics):
    change(root / "reports/active_users/report.yaml", key=["date", "city"])
    with pytest.raises(DeclarationError, match="'city' is no column"):
        load_catalog(metrics, root)


def test_reading_a_table_that_does_not_exist_is_refused(root, metrics):
    change(root / "reports/active_users/report.yaml", reads={"user_dais": {"window": 1}})
    with pytest.raises(DeclarationError, match="reads 'user_dais'"):
        load_catalog(metrics, root)


def test_tables_that_read_each_other_are_refused(root, metrics):
    change(root / "staging/user_days/table.yaml", reads={"users": {"window": 1}}, parameters={})
    with pytest.raises(DeclarationError, match="in a circle"):
        load_catalog(metrics, root)


def test_a_window_may_be_a_setting_and_an_unknown_setting_is_refused(root, metrics):
    assert load_catalog(metrics, root).tables["active_users"].reads["user_days"] == tuple(range(28))
    change(root / "reports/active_users/report.yaml", reads={"user_days": {"window": "activity.wau_days"}})
    with pytest.raises(DeclarationError, match=r"no setting activity\.wau_days"):
        load_catalog(metrics, root)


def test_a_setting_sql_or_column_makes_another_code_version(root, metrics):
    table = load_catalog(metrics, root).tables["user_days"]
    before = table.code_version()
    longer = metrics.activity.model_copy(update={"background_events": (*metrics.activity.background_events, "x")})
    other = load_catalog(metrics.model_copy(update={"activity": longer}), root).tables["user_days"]
    assert before != other.code_version()
    query = root / "staging/user_days/query.sql"
    query.write_text(query.read_text().replace("last_at DESC", "last_at ASC"))
    assert load_catalog(metrics, root).tables["user_days"].code_version() != before


def test_a_folder_whose_name_is_no_table_name_is_refused(root, metrics):
    (root / "reports/active_users").rename(root / "reports/active users")
    with pytest.raises(DeclarationError, match="lower-case letters"):
        load_catalog(metrics, root)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("activity: [", "is not valid YAML at line"),
        ("activity: {background_events: [], mau_days: 3}", r"activity\.mau_days"),
        ("{}", "activity: Field required"),
    ],
)
def test_a_wrong_metrics_file_is_named(tmp_path, text, complaint):
    (tmp_path / "metrics.yaml").write_text(text)
    with pytest.raises(DeclarationError, match=complaint):
        load_metrics(tmp_path / "metrics.yaml")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("sources: {app: {schema: ga5}}", r"sources\.app\.schema"),
        ("sources: {app: {schema: ga4, timezone: Seoul}}", "not a time zone"),
        ("sources: {My-App: {schema: ga4}}", "'My-App' cannot name a source"),
    ],
)
def test_a_wrong_sources_file_is_named(tmp_path, text, complaint):
    (tmp_path / "sources.yaml").write_text(text)
    with pytest.raises(DeclarationError, match=complaint):
        load_sources(tmp_path / "sources.yaml")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DeclarationError, match=r"metrics\.yaml is missing"):
        load_metrics(tmp_path / "metrics.yaml")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"rollup_of": "evnts"}, "no report 'evnts' to roll up"),
        ({"rollup_of": "user_days"}, "no report 'user_days' to roll up"),
        ({"rollup_of": "growth"}, "reads growth alone"),
        ({"reads": {"events": {"window": 2}}}, "reads events alone"),
        ({"key": ["date", "event_name", "country", "platform", "events"]}, "has some of its keys"),
    ],
)
def test_a_rollup_adds_up_its_report_and_nothing_else(root, metrics, changes, said):
    change(root / "reports/events_by_place/report.yaml", **changes)
    with pytest.raises(DeclarationError, match=rf"events_by_place/report\.yaml: .*{said}"):
        load_catalog(metrics, root)


def test_a_rollup_cannot_add_people_up_over_events(root, metrics):
    path = root / "reports/versions/report.yaml"
    users = {"name": "users", "type": "INT64", "description": "Users.", "additive_over": ["app_version"]}
    change(path, columns=[*yaml.safe_load(path.read_text())["columns"], users])
    with pytest.raises(DeclarationError, match="users of events does not add over event_name; leave the column out"):
        load_catalog(metrics, root)


def test_a_rollup_s_figure_is_declared_as_in_the_report(root, metrics):
    path = root / "reports/versions/report.yaml"
    columns = yaml.safe_load(path.read_text())["columns"]
    change(path, columns=[*columns[:-1], columns[-1] | {"nullable": True}])
    with pytest.raises(DeclarationError, match="events is not declared as in events; make them alike"):
        load_catalog(metrics, root)


def test_takes_that_the_event_reports_leave_out_are_refused(tmp_path):
    """The morning table counts them there, and would show none."""
    path = tmp_path / "metrics.yaml"
    text = (PROJECT / "metrics.yaml").read_text()
    path.write_text(text.replace("    - user_engagement\n", "    - take_photo\n", 1))
    with pytest.raises(
        DeclarationError, match=r"report\.take_events counts 'take_photo', which events\.excluded leaves out"
    ):
        load_metrics(path)
