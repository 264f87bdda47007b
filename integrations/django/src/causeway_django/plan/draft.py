"""The plan as the project's models decide it: names, types, what moves, what is replaced, what stays behind and why."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.db.backends.utils import truncate_name

from .finding import Finding
from .project_tables import ProjectTable, describe
from .source_tables import SourceTable
from .target_tables import TargetTable

#: What makes a search index anew, by the beginning of its table's name.
REMAKERS = {"wagtailsearch_": "manage.py update_index", "modelsearch_": "manage.py rebuild_modelsearch_index", "watson_": "manage.py buildwatson"}

#: Bytes of PostgreSQL's identifiers.
LONGEST_NAME = 63


@dataclass
class Draft:
    tables: list[dict[str, Any]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def names(self, action: str) -> list[str]:
        return [table["name"] for table in self.tables if table["action"] == action]

    def document(self, schema: str) -> dict[str, Any]:
        return {"causeway": 1, "names": "exact", "targetSchema": schema, "tables": self.tables, "objects": []}


def draft_plan(source: list[SourceTable], target: dict[str, TargetTable], project: dict[str, ProjectTable], filled: dict[str, int], skip: frozenset[str] = frozenset()) -> Draft:
    draft = Draft()
    for table in source:
        model = project.get(table.name)
        found = target.get(table.name)
        why = Finding("skipped", "decide", table.name, f"its {table.rows} row(s) stay in SQLite by --skip") if table.name in skip else _why_behind(table, found, model)
        if why is not None:
            draft.findings.append(why)
        action = "skip" if why is not None else "move"
        draft.tables.append(
            {
                "name": table.name,
                "target": table.name,
                "action": action,
                "replace": action == "move" and table.name in filled,
                "sampled": False,
                "columns": [_column(column.name, column.declared, found, model) for column in table.columns],
            }
        )
    draft.findings += _not_in_source(source, target, project)
    return draft


def _why_behind(table: SourceTable, found: TargetTable | None, model: ProjectTable | None) -> Finding | None:
    if found is not None and found.is_table:
        if found.is_search_index({column.name for column in table.columns}):
            return Finding("search-index", "decide", table.name, f"a search index of {table.rows} row(s), not moved: make it anew after the migration ({_remaker(table.name)})")
        return None
    if found is not None:
        return Finding("target-is-view", "decide", table.name, "a table in SQLite and a view in PostgreSQL: its rows are not moved")
    if table.virtual:
        return Finding("search-index", "decide", table.name, f"SQLite's full-text index of {table.rows} row(s), not moved")
    if model is not None and model.managed and len(table.name.encode()) > LONGEST_NAME:
        return Finding("long-name", "stop", table.name, _too_long(table.name, model))
    if model is not None:
        kind = "its model is not managed" if not model.managed else "migrate has not made it: a router may keep it out"
        return Finding("not-in-target", "stop", table.name, f"{table.rows} row(s) of {model.model._meta.label} have no table in PostgreSQL ({kind})")
    return Finding("left-over", "decide", table.name, f"no model and no migration of the project knows this table: its {table.rows} row(s) stay in SQLite and in the backup")


def _too_long(name: str, model: ProjectTable) -> str:
    """Django looks at the default database when it names a table, so the same model has another name once that is PostgreSQL."""
    short = truncate_name(name, LONGEST_NAME)
    where = f"the many-to-many field behind {model.model._meta.label}" if model.model._meta.auto_created else model.model._meta.label
    return f"PostgreSQL's names have at most {LONGEST_NAME} bytes, and Django shortens this one there: give {where} db_table={short!r}, then makemigrations and migrate in SQLite"


def _remaker(table: str) -> str:
    return next((command for prefix, command in REMAKERS.items() if table.startswith(prefix)), "by the command of the application that it belongs to")


def _column(name: str, declared: str, found: TargetTable | None, model: ProjectTable | None) -> dict[str, Any]:
    field_of = model.field_of(name) if model is not None else None
    # The catalogue's type where there is one: exactly what the field's own db_type() has made.
    type_name = _loadable((found.types.get(name) if found is not None else None) or "text")
    return {
        "name": name,
        "target": name,
        "declared": declared,
        "type": type_name,
        # As Django itself reads decimals from SQLite: arithmetic in the database leaves noise behind the 15th digit.
        "form": "decimal15" if isinstance(field_of, models.DecimalField) and type_name.startswith("numeric") else "plain",
        "notNull": field_of is not None and not field_of.null,
        "evidence": describe(field_of) if field_of is not None else "no field of a model",
    }


_LOADABLE = ("smallint", "integer", "bigint", "double precision", "numeric", "boolean", "text", "character varying", "bytea", "date", "time without", "timestamp", "uuid", "jsonb", "inet", "interval")


def _loadable(type_name: str) -> str:
    """A type that Causeway cannot load is refused by the command, with its name; the draft must only be readable."""
    return type_name if type_name.startswith(_LOADABLE) and "[" not in type_name else "text"


def view_findings(views: set[str], target: dict[str, TargetTable], project: dict[str, ProjectTable]) -> list[Finding]:
    """A view that a migration makes is in both; one that was made by hand is only where the hand was."""
    return [
        Finding("view", "decide", name, f"the view of {project[name].model._meta.label} is not in PostgreSQL: make it there, best in a migration")
        for name in sorted(views)
        if name in project and name not in target
    ]


def _not_in_source(source: list[SourceTable], target: dict[str, TargetTable], project: dict[str, ProjectTable]) -> list[Finding]:
    names = {table.name for table in source}
    return [
        Finding("not-in-source", "decide", table.name, f"{table.model._meta.label} has a table in PostgreSQL and none in SQLite: it stays as migrate has made it")
        for table in project.values()
        if table.name not in names and table.managed and table.name in target
    ]
