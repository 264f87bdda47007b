"""Both sides must have applied the same migrations: else equal tables would mean different things."""

from __future__ import annotations

from django.apps import apps
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from ..pair import SOURCE_ALIAS, TARGET_ALIAS


def applied(alias: str) -> tuple[set[str], set[str]]:
    """Migrations of the project's code that are applied in a database, and those that are not. Squashed ones count as what they replace."""
    loader = MigrationLoader(connections[alias])
    known = {key for key in loader.graph.nodes}
    done = known & set(loader.applied_migrations)
    return {_name(key) for key in done}, {_name(key) for key in known - done}


def missing_in_source() -> list[str]:
    return sorted(applied(SOURCE_ALIAS)[1])


def missing_in_target() -> list[str]:
    return sorted(applied(TARGET_ALIAS)[1])


def disagreement() -> list[str]:
    """One line for each migration on one side alone."""
    source, target = applied(SOURCE_ALIAS)[0], applied(TARGET_ALIAS)[0]
    only_source = [f"{name}: applied in SQLite, not in PostgreSQL" for name in sorted(source - target)]
    return only_source + [f"{name}: applied in PostgreSQL, not in SQLite" for name in sorted(target - source)]


def left_by_removed_apps() -> list[str]:
    """Applications that django_migrations names and the project no longer has; their rows move with the table."""
    loader = MigrationLoader(connections[SOURCE_ALIAS])
    return sorted({app for app, _ in loader.applied_migrations} - set(apps.app_configs))


def _name(key: tuple[str, str]) -> str:
    return f"{key[0]}.{key[1]}"
