"""
Projects without time zones (USE_TZ = False) write local time into SQLite, and Django's columns in PostgreSQL hold moments:
loaded as they are, all times would shift. With `timestamp without time zone` the project reads what it has written, also
the hours that a change of clocks skips or repeats.
"""

from __future__ import annotations

import sqlite3

from django.conf import settings
from django.db import connections, models

from ..pair import TARGET_ALIAS, Pair
from .finding import Finding
from .project_tables import ProjectTable, describe
from .source_tables import SourceTable
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


def zoned_findings(connection: sqlite3.Connection, tables: list[SourceTable], project: dict[str, ProjectTable]) -> list[Finding]:
    """Moments in a project without time zones, written by something else: the project reads them as such, and PostgreSQL's column cannot."""
    if settings.USE_TZ:
        return []
    findings: list[Finding] = []
    for table in tables:
        for column in table.columns:
            field = project[table.name].field_of(column.name) if table.name in project else None
            if isinstance(field, models.DateTimeField) and (rows := _with_zone(connection, table.name, column.name)):
                told = f"{rows} value(s) carry a time zone, which a project without them reads otherwise: they would arrive in UTC without it. Write them as local time first"
                findings.append(Finding("zoned-value", "decide", describe(field), told))
    return findings


def _with_zone(connection: sqlite3.Connection, table: str, column: str) -> int:
    quoted, name = (part.replace('"', '""') for part in (table, column))
    counted = f"""SELECT count(*) FROM "{quoted}" WHERE typeof("{name}") = 'text' AND ("{name}" GLOB '*:*Z' OR "{name}" GLOB '*:*[+-][0-9][0-9]:[0-9][0-9]')"""
    return int(connection.execute(counted).fetchone()[0])


def _change(pair: Pair, columns: list[tuple[str, str]]) -> None:
    connection = connections[TARGET_ALIAS]
    quote = connection.ops.quote_name
    with connection.cursor() as cursor:
        for table, column in columns:
            cursor.execute(
                f"ALTER TABLE {quote(pair.schema)}.{quote(table)} ALTER COLUMN {quote(column)} TYPE timestamp without time zone USING {quote(column)} AT TIME ZONE %s", [settings.TIME_ZONE]
            )
