"""Lets the project's own `migrate` make the target's tables, and those of models that it does not manage."""

from __future__ import annotations

import sqlite3

from django.core.management.base import CommandError
from django.db import connections

from ..pair import ENVIRONMENT, TARGET_ALIAS, Pair
from ..under_target import run_under_target
from .project_tables import ProjectTable
from .source_tables import read_views
from .target_tables import TargetTable, make_schema


def migrate_target(pair: Pair) -> None:
    make_schema(pair.schema)
    # --run-syncdb: applications without migrations have tables too.
    done = run_under_target(pair, ["migrate", "--noinput", "--run-syncdb", "--database", pair.alias, "--verbosity", "1"], capture=True)
    if done.returncode != 0:
        said = "\n  ".join(done.stdout.strip().splitlines()[-12:])
        raise CommandError(f"the project's own migrate fails on PostgreSQL:\n  {said}", returncode=ENVIRONMENT)


def make_unmanaged(connection: sqlite3.Connection, source: set[str], target: dict[str, TargetTable], project: dict[str, ProjectTable]) -> list[str]:
    """Tables that SQLite has and that no migration makes: from their models, so that the application finds them."""
    views = read_views(connection)
    made = [table for table in project.values() if table.name in source and table.name not in target and table.name not in views and not table.managed]
    for table in made:
        with connections[TARGET_ALIAS].schema_editor() as editor:
            editor.create_model(table.model)
    return [table.name for table in made]
