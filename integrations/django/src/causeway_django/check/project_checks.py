"""The project's own commands on PostgreSQL: `check`, and `migrate --check`."""

from __future__ import annotations

import io

from django.core.management import call_command

from .result import CheckResult


def check_project(result: CheckResult, alias: str) -> None:
    _clean(result, "manage.py check", "check", databases=[alias])
    _clean(result, "manage.py migrate --check", "migrate", check_unapplied=True, database=alias, verbosity=0, interactive=False)


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
