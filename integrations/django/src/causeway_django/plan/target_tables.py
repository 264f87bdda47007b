"""The target's tables as the project's own `migrate` has made them, and what rows stand in them already."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError
from django.db import DatabaseError, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from ..pair import ENVIRONMENT, TARGET_ALIAS

COLUMNS = """
SELECT c.relname, c.relkind::text, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f') ORDER BY c.relname, a.attnum"""


@dataclass(frozen=True)
class TargetTable:
    name: str
    is_table: bool
    #: Type by column, as format_type() prints it.
    types: dict[str, str]
    #: NOT NULL, and nothing gives them a value but the row itself.
    needed: set[str] = field(default_factory=set)

    def is_search_index(self, source_columns: set[str]) -> bool:
        """A tsvector that must be there: made from the rows of other tables, and in another form than SQLite's."""
        return any(kind == "tsvector" and (name in source_columns or name in self.needed) for name, kind in self.types.items())


def target_connection() -> BaseDatabaseWrapper:
    try:
        connection = connections[TARGET_ALIAS]
        connection.ensure_connection()
    except ImproperlyConfigured as error:
        raise CommandError(f"the target cannot be used: {error}", returncode=ENVIRONMENT) from error
    except OperationalError as error:
        # psycopg's message names host and port; the password is in none of them.
        raise CommandError(f"the target cannot be reached: {str(error).splitlines()[0]}", returncode=ENVIRONMENT) from error
    if connection.vendor != "postgresql":
        raise CommandError(f"the target is {connection.display_name}, not PostgreSQL", returncode=2)
    return connection


def make_schema(schema: str) -> None:
    if schema != "public":
        with target_connection().cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {connections[TARGET_ALIAS].ops.quote_name(schema)}")


def read_tables(schema: str) -> dict[str, TargetTable]:
    tables: dict[str, TargetTable] = {}
    with target_connection().cursor() as cursor:
        cursor.execute(COLUMNS, [schema])
        for name, kind, column, type_name, needed in cursor.fetchall():
            table = tables.setdefault(name, TargetTable(name, kind == "r", {}))
            if column is not None:
                table.types[column] = type_name
                if needed:
                    table.needed.add(column)
    return tables


def count_rows(schema: str, tables: list[str]) -> dict[str, int]:
    """Only of tables that have rows."""
    found: dict[str, int] = {}
    connection = target_connection()
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for name in tables:
            cursor.execute(f"SELECT count(*) FROM {quote(schema)}.{quote(name)}")
            if rows := cursor.fetchone()[0]:
                found[name] = rows
    return found


def signs_of_use(schema: str, filled: dict[str, int]) -> list[str]:
    """
    What `migrate` never leaves behind: sessions, entries of the admin's log, users that have logged in. Where there is any,
    the rows of the target are somebody's work, and nothing of them may be replaced without being named.
    """
    signs = [f"{name}: {filled[name]} row(s)" for name in ("django_session", "django_admin_log") if name in filled]
    try:
        users = get_user_model()._base_manager.using(TARGET_ALIAS).exclude(last_login=None).count()
    except (DatabaseError, LookupError, ValueError):
        return signs
    except Exception:  # a user model without last_login: FieldError
        return signs
    return signs + ([f"{get_user_model()._meta.db_table}: {users} user(s) have logged in"] if users else [])
