"""A report store without tables."""

from collections.abc import Iterator

import pytest

from loaders.store.connection import MySQL, connected
from loaders.store.tables import make_own_tables
from tests.conftest import Stack


def drop_all(connection: MySQL) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TABLE `{name}`")


@pytest.fixture
def connection(store: Stack) -> Iterator[MySQL]:
    with connected(store.environment, "loader") as connection:
        drop_all(connection)
        make_own_tables(connection)
        yield connection
