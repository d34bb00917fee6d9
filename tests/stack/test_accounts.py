from __future__ import annotations

from pathlib import Path

from stack.accounts import account_statements
from tests.stack.conftest import environment_in


def test_each_account_exists_for_tcp_and_for_the_socket(tmp_path: Path) -> None:
    created = [text for text, _ in account_statements(environment_in(tmp_path)) if text.startswith("CREATE USER")]
    assert sorted(text.split()[5] for text in created) == [
        f"'groundup_{name}'@'{host}'"
        for name in ("loader", "reader", "superset")
        for host in ("127.0.0.1", "localhost")
    ]


def test_passwords_travel_as_parameters(tmp_path: Path) -> None:
    environment = environment_in(tmp_path, mysql_reader_password="it's; DROP")
    statements = account_statements(environment)
    assert not [text for text, _ in statements if "it's" in text]
    assert [parameters for _, parameters in statements].count(("it's; DROP",)) == 4


def test_accounts_may_come_from_anywhere(tmp_path: Path) -> None:
    statements = account_statements(environment_in(tmp_path), hosts=["%"])
    created = [text % tuple(map(repr, values)) for text, values in statements if text.startswith("CREATE USER")]
    assert [text.split()[5] for text in created] == [
        f"'groundup_{name}'@'%'" for name in ("loader", "reader", "superset")
    ]
    assert all(text % tuple(map(repr, values)) for text, values in statements)
