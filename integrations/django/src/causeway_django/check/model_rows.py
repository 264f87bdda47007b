"""Compares every model's rows and adds what it found to the result."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, connections

from ..pair import SOURCE_ALIAS, TARGET_ALIAS
from ..plan.project_tables import catalogue_name, project_models
from ..plan.target_tables import TargetTable
from .compare_rows import RowComparer
from .result import CheckResult


@dataclass(frozen=True)
class Comparison:
    target: dict[str, TargetTable]
    show_values: bool = False
    #: Tables that the plan leaves behind.
    behind: set[str] = field(default_factory=set)
    #: Rows in the quarantine, by table.
    quarantined: dict[str, int] = field(default_factory=dict)
    #: A migration follows a writer.
    moving: bool = False


def compare_models(result: CheckResult, asked: Comparison, say: Callable[[str], None]) -> None:
    present = set(connections[SOURCE_ALIAS].introspection.table_names(include_views=True))
    models = sorted(project_models(), key=lambda model: model._meta.label)
    unequal: list[str] = []
    explained: list[str] = []
    for number, model in enumerate(models, 1):
        table = catalogue_name(model._meta.db_table)
        if why := _why_not(table, present, asked):
            result.skipped.append({"model": model._meta.label, "why": why})
            continue
        say(f"comparing {number}/{len(models)} {model._meta.label}")
        found = _compare(model, asked, result)
        if found is not None and _is_quarantine(found, asked.quarantined.get(table)):
            explained.append(f"{model._meta.label}: {found['missing']} row(s) in the quarantine")
            _forget_missing(result, model._meta.label)
            found = {**found, "equal": found["differing"] == found["extra"] == 0}
        if found is None or not found["equal"]:
            unequal.append(model._meta.label)
    explained += [f"{entry['model']}: {entry['written']} row(s) that are written all the time" for entry in result.models if entry["written"]]
    rows = sum(entry["rows"] for entry in result.models)
    text = f"differ in {', '.join(unequal)}" if unequal else f"{rows} rows of {len(result.models)} models"
    result.add("rows of every model equal", not unequal and len(result.models) > 0, text + (f"; explained: {', '.join(explained)}" if explained else ""))


def _is_quarantine(found: dict[str, Any], rows: int | None) -> bool:
    """As many rows are missing as stand there; whatever else differs in their table is another matter."""
    return found["missing"] > 0 and found["missing"] == rows


def _forget_missing(result: CheckResult, model: str) -> None:
    result.differences = [entry for entry in result.differences if entry["model"] != model or entry.get("only") != "source"]


def _why_not(table: str, present: set[str], asked: Comparison) -> str | None:
    if table in asked.behind:
        return "the plan leaves its table behind"
    if table not in present:
        return "SQLite has no such table"
    if table not in asked.target:
        return "PostgreSQL has no such table"
    return "a search index, made anew" if asked.target[table].is_search_index(set(asked.target[table].types)) else None


def _compare(model: Any, asked: Comparison, result: CheckResult) -> dict[str, Any] | None:
    try:
        found = RowComparer(model, SOURCE_ALIAS, TARGET_ALIAS, show_values=asked.show_values, moving=asked.moving).run()
    except (DatabaseError, ValueError, TypeError, OverflowError) as error:
        result.differences.append({"model": model._meta.label, "pk": "?", "field": f"cannot be read: {type(error).__name__}"})
        result.models.append({"model": model._meta.label, "rows": 0, "equal": False, "differing": 0, "missing": 0, "extra": 0, "written": 0})
        return None
    entry = {"model": found.model, "rows": found.rows, "equal": found.equal, "differing": found.differing, "missing": found.missing, "extra": found.extra, "written": found.written}
    result.models.append(entry)
    result.differences += found.named
    return entry
