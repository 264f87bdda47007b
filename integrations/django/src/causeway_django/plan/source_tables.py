"""What is in the SQLite file, as its own pragmas say. Read-only."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from django.core.management.base import CommandError

from ..pair import ENVIRONMENT

#: Causeway's own tables in the source while it follows.
OWN_PREFIX = "_causeway_"


@dataclass(frozen=True)
class SourceColumn:
    name: str
    declared: str
    collation: str


@dataclass(frozen=True)
class SourceTable:
    name: str
    columns: tuple[SourceColumn, ...]
    rows: int
    #: A full-text table that keeps its own text.
    virtual: bool = False


def open_read_only(file: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
        connection.execute("SELECT count(*) FROM sqlite_master")
        return connection
    except sqlite3.Error as error:
        raise CommandError(f"the SQLite database {file} cannot be read: {error}", returncode=ENVIRONMENT) from error


def read_tables(connection: sqlite3.Connection) -> list[SourceTable]:
    """The tables that Causeway reads: ordinary ones, and virtual ones that hold rows."""
    listed = connection.execute(
        "SELECT l.name, l.type, s.sql FROM pragma_table_list l JOIN sqlite_master s ON s.name = l.name AND s.type = 'table' WHERE l.schema = 'main' ORDER BY s.rowid"
    ).fetchall()
    shadows = {name.lower() for name, kind, _ in listed if kind == "shadow"}
    return [
        _read_table(connection, name, kind == "virtual")
        for name, kind, sql in listed
        if not name.lower().startswith("sqlite_") and not name.startswith(OWN_PREFIX) and (kind == "table" or (kind == "virtual" and _holds_rows(name, sql, shadows)))
    ]


def _holds_rows(name: str, sql: str, shadows: set[str]) -> bool:
    """Full text that keeps its own, and R*Trees."""
    return f"{name.lower()}_content" in shadows or re.search(r"\busing\s+rtree", sql or "", re.IGNORECASE) is not None


def read_views(connection: sqlite3.Connection) -> dict[str, str]:
    return dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'view'"))


def _read_table(connection: sqlite3.Connection, name: str, virtual: bool) -> SourceTable:
    quoted = name.replace('"', '""')
    columns = [(row[1], row[2]) for row in connection.execute(f'PRAGMA table_xinfo("{quoted}")') if row[6] != 1]
    rows = connection.execute(f'SELECT count(*) FROM "{quoted}"').fetchone()[0]
    collations = _collations(connection, quoted)
    return SourceTable(name, tuple(SourceColumn(column, declared, collations.get(column, "BINARY")) for column, declared in columns), rows, virtual)


def _collations(connection: sqlite3.Connection, quoted: str) -> dict[str, str]:
    """Only an index tells a column's collation without reading its SQL; where there is none it matters to sorting alone."""
    found: dict[str, str] = {}
    for row in connection.execute(f'PRAGMA index_list("{quoted}")').fetchall():
        index = row[1].replace('"', '""')
        for part in connection.execute(f'PRAGMA index_xinfo("{index}")'):
            if part[5] and part[2] is not None:
                found.setdefault(part[2], part[4])
    return found
