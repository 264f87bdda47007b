"""What SQLite's file holds that PostgreSQL treats otherwise: case, collations, uniqueness."""

from __future__ import annotations

import sqlite3

from django.db import models

from .finding import Finding
from .project_tables import ProjectTable, describe
from .source_tables import SourceTable

EXAMPLES = 3
TEXT_FIELDS = (models.CharField, models.TextField)
#: Names that people type in by hand and that applications look up without regard to case.
LOOKED_UP = ("email", "username", "login")


def case_findings(connection: sqlite3.Connection, tables: list[SourceTable], project: dict[str, ProjectTable]) -> list[Finding]:
    findings: list[Finding] = []
    for table in tables:
        model = project.get(table.name)
        if model is None:
            continue
        for column in table.columns:
            field = model.field_of(column.name)
            if isinstance(field, TEXT_FIELDS):
                findings += _of_field(connection, table, column.name, column.collation, field)
    return findings


def _of_field(connection: sqlite3.Connection, table: SourceTable, column: str, collation: str, field: models.Field) -> list[Finding]:
    findings: list[Finding] = []
    declared = str(getattr(field, "db_collation", None) or collation or "").upper()
    if declared in ("NOCASE", "RTRIM"):
        findings.append(
            Finding("collation", "decide", describe(field), f"compares by {declared} in SQLite; PostgreSQL tells case and trailing blanks apart: give the column a nondeterministic collation, or compare with iexact")
        )
    if not (field.unique or column.lower() in LOOKED_UP) or field.primary_key:
        return findings
    twins = _differ_in_case(connection, table.name, column)
    if twins:
        count, keys = twins
        findings.append(
            Finding("case-twins", "decide", describe(field), f"{count} group(s) of values differ in case alone: both databases keep them apart, but iexact finds several rows", keys)
        )
    return findings


def _differ_in_case(connection: sqlite3.Connection, table: str, column: str) -> tuple[int, list[str]] | None:
    """Folded as PostgreSQL folds: beyond ASCII, which SQLite's own lower() leaves alone. Values are counted, never shown."""
    # A name of its own: SQLite's lower() may serve indexes.
    connection.create_function("causeway_fold", 1, lambda value: value.lower() if isinstance(value, str) else value, deterministic=True)
    quoted, name = (part.replace('"', '""') for part in (table, column))
    try:
        rows = _twins(connection, quoted, name)
    except sqlite3.Error:
        # Text that is no UTF-8: the command tells of it when it reads every row.
        return None
    if not rows:
        return None
    return len(rows), [f"rows {first} and {last}" for first, last in rows[:EXAMPLES]]


def _twins(connection: sqlite3.Connection, quoted: str, name: str) -> list[tuple[int, int]]:
    return connection.execute(
        f'SELECT min(rowid), max(rowid) FROM "{quoted}" WHERE typeof("{name}") = \'text\' AND "{name}" <> \'\' '
        f'GROUP BY causeway_fold("{name}") HAVING count(DISTINCT "{name}" COLLATE BINARY) > 1'
    ).fetchall()
