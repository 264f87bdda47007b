"""
Projects without time zones (USE_TZ = False) write local time into SQLite, and Django's columns in PostgreSQL hold moments:
loaded as they are, all times would shift. With `timestamp without time zone` the project reads what it has written, also
the hours that a change of clocks skips or repeats.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connections, models

from ..pair import TARGET_ALIAS, Pair
from .finding import Finding
from .project_tables import ProjectTable
from .target_tables import TargetTable

UTC_NAMES = {"UTC", "Etc/UTC", "GMT", "Etc/GMT", "Etc/Zulu", "Zulu", "Etc/UCT", "UCT", "Etc/Universal", "Universal", "Etc/Greenwich", "Greenwich"}
MOMENT = "timestamp with time zone"


def local_time_findings(pair: Pair) -> list[Finding]:
    zone = settings.DATABASES[pair.alias].get("TIME_ZONE")
    if settings.USE_TZ and zone is not None and zone not in UTC_NAMES:
        return [Finding("time-zone", "stop", "DATABASES", f"TIME_ZONE {zone!r} makes SQLite hold local time, which has no moment in the hours that a change of clocks repeats: store UTC first")]
    return []


def keep_local_time(pair: Pair, target: dict[str, TargetTable], project: dict[str, ProjectTable]) -> list[Finding]:
    """Changes the columns; nothing where the project has time zones, or lives in UTC."""
    if settings.USE_TZ or settings.TIME_ZONE in UTC_NAMES:
        return []
    columns = [("django_migrations", "applied")] if "django_migrations" in target else []
    for table in project.values():
        if table.name in target:
            columns += [(table.name, f.column) for model in table.models for f in model._meta.local_concrete_fields if isinstance(f, models.DateTimeField)]
    changed = [(table, column) for table, column in dict.fromkeys(columns) if target[table].types.get(column) == MOMENT]
    _change(pair, changed)
    for table, column in changed:
        target[table].types[column] = "timestamp without time zone"
    told = f"USE_TZ is off and TIME_ZONE is {settings.TIME_ZONE}: its columns of date and time are `timestamp without time zone` in PostgreSQL, and hold local time as SQLite does"
    return [Finding("local-time", "know", "the project", told)]


def _change(pair: Pair, columns: list[tuple[str, str]]) -> None:
    connection = connections[TARGET_ALIAS]
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, column in columns:
            cursor.execute(
                f"ALTER TABLE {quote(pair.schema)}.{quote(table)} ALTER COLUMN {quote(column)} TYPE timestamp without time zone USING {quote(column)} AT TIME ZONE %s", [settings.TIME_ZONE]
            )
