"""What Superset stores encrypted, when the key is changed."""

from __future__ import annotations

from typing import Any


def encrypt_anew(previous_key: str) -> None:
    """Encrypt with the key in force what was encrypted with the previous one; what is already is left alone.

    `superset re-encrypt-secrets` looks among the tables of SQLAlchemy's own registry, in which Superset 6.1 has none,
    and says that it is done. Raises ValueError when neither key fits.
    """
    from flask_appbuilder import Model  # noqa: PLC0415 - absent where only the pure parts are tested
    from superset.utils.encrypt import EncryptedType, SecretsMigrator  # noqa: PLC0415

    class OfEveryModel(SecretsMigrator):
        """Looks where the tables are."""

        def discover_encrypted_fields(self) -> dict[str, dict[str, Any]]:
            columns = (column for table in Model.metadata.tables.values() for column in table.columns)
            found: dict[str, dict[str, Any]] = {}
            for column in columns:
                if isinstance(column.type, EncryptedType):
                    found.setdefault(column.table.name, {})[column.name] = column.type
            return found

    OfEveryModel(previous_secret_key=previous_key).run()
