"""The project's own commands on PostgreSQL: `check`, and `migrate --check`."""

from __future__ import annotations

import io

from django.core.management import call_command

from ..plan.target_tables import target_connection
from .result import CheckResult


def check_project(result: CheckResult, alias: str) -> None:
    _clean(result, "manage.py check", "check", databases=[alias])
    _clean(result, "manage.py migrate --check", "migrate", check_unapplied=True, database=alias, verbosity=0, interactive=False)


def tell_constraints(result: CheckResult, schema: str) -> None:
    """Rows of SQLite that break a foreign key were moved as they are: the constraint holds for new rows, and is told."""
    with target_connection().cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE NOT convalidated AND connamespace = %s::regnamespace ORDER BY 1, 2", [schema])
        open_ones = [f"{table}.{name}" for table, name in cursor.fetchall()]
    result.add("constraints", True, f"not valid, because rows of SQLite break them: {', '.join(open_ones)}" if open_ones else "all valid")


def _clean(result: CheckResult, name: str, command: str, **options: object) -> None:
    said = io.StringIO()
    try:
        call_command(command, stdout=said, stderr=said, **options)
        result.add(name, True)
    except SystemExit as ended:
        result.add(name, not ended.code, _last(said) if ended.code else "")
    except Exception as error:
        result.add(name, False, str(error).strip().splitlines()[0] if str(error) else type(error).__name__)


def _last(said: io.StringIO) -> str:
    lines = said.getvalue().strip().splitlines()
    return lines[-1] if lines else "migrations are missing"
