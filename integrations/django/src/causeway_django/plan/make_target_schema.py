"""Lets the project's own `migrate` make the target's tables, and those of models that it does not manage."""

from __future__ import annotations

import re
import sqlite3

from django.core.management.base import CommandError
from django.db import connections

from ..pair import ENVIRONMENT, TARGET_ALIAS, Pair
from ..under_target import run_under_target
from .project_tables import ProjectTable
from .source_tables import read_views
from .target_tables import TargetTable, make_schema

_APPLYING = re.compile(r"\s*Applying (\S+?)\.\.\.")
#: The last line of a traceback, which more lines of the database may follow; or what a command says.
_ERROR = re.compile(r"[A-Za-z_][\w.]*(?:Error|Exception|Warning|Configured|DoesNotExist)\b")


def migrate_target(pair: Pair) -> None:
    make_schema(pair.schema)
    # --run-syncdb: applications without migrations have tables too.
    done = run_under_target(pair, ["migrate", "--noinput", "--run-syncdb", "--database", pair.alias, "--verbosity", "1"], capture=True)
    if done.returncode != 0:
        raise CommandError(_why(done.stdout), returncode=ENVIRONMENT)


def _why(said: str) -> str:
    """Which migration, and the error without the way through Django's own code."""
    lines = said.strip().splitlines()
    applying = [match[1] for line in lines if (match := _APPLYING.match(line))]
    error = max((number for number, line in enumerate(lines) if _ERROR.match(line)), default=max(0, len(lines) - 12))
    where = f", in the migration {applying[-1]}" if applying else ""
    remedy = "\n  Mend it for both databases (RunPython may ask schema_editor.connection.vendor), and run this command again: it goes on from there." if applying else ""
    return f"the project's own migrate fails on PostgreSQL{where}:\n  " + "\n  ".join(lines[error:]) + remedy


def make_unmanaged(connection: sqlite3.Connection, source: set[str], target: dict[str, TargetTable], project: dict[str, ProjectTable]) -> list[str]:
    """Tables that SQLite has and that no migration makes: from their models, so that the application finds them."""
    views = read_views(connection)
    made = [table for table in project.values() if table.name in source and table.name not in target and table.name not in views and not table.managed]
    for table in made:
        with connections[TARGET_ALIAS].schema_editor() as editor:
            editor.create_model(table.model)
    return [table.name for table in made]
