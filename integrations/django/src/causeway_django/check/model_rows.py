"""Compares every model's rows and adds what it found to the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, connections

from ..pair import SOURCE_ALIAS, TARGET_ALIAS
from ..plan.draft import DERIVED
from ..plan.project_tables import catalogue_name, project_models
from ..plan.target_tables import TargetTable
from .compare_rows import RowComparer
from .result import CheckResult


def compare_models(result: CheckResult, target: dict[str, TargetTable], behind: set[str], quarantined: dict[str, int], say: Callable[[str], None], show_values: bool) -> None:
    present = set(connections[SOURCE_ALIAS].introspection.table_names(include_views=True))
    models = sorted(project_models(), key=lambda model: model._meta.label)
    unequal: list[str] = []
    explained: list[str] = []
    for number, model in enumerate(models, 1):
        table = catalogue_name(model._meta.db_table)
        if why := _why_not(table, present, target, behind):
            result.skipped.append({"model": model._meta.label, "why": why})
            continue
        say(f"comparing {number}/{len(models)} {model._meta.label}")
        found = _compare(model, show_values, result)
        if found is None:
            unequal.append(model._meta.label)
        elif not found["equal"] and found["missing"] == quarantined.get(table) and found["differing"] == found["extra"] == 0:
            explained.append(f"{model._meta.label}: {found['missing']} row(s) in the quarantine")
        elif not found["equal"]:
            unequal.append(model._meta.label)
    rows = sum(entry["rows"] for entry in result.models)
    text = f"{rows} rows of {len(result.models)} models" + (f"; explained: {', '.join(explained)}" if explained else "")
    result.add("rows of every model equal", not unequal and len(result.models) > 0, f"differ in {', '.join(unequal)}" if unequal else text)


def _why_not(table: str, present: set[str], target: dict[str, TargetTable], behind: set[str]) -> str | None:
    if table in behind:
        return "the plan leaves its table behind"
    if table not in present:
        return "SQLite has no such table"
    if table not in target:
        return "PostgreSQL has no such table"
    return "a search index, made anew" if DERIVED in target[table].types.values() else None


def _compare(model: Any, show_values: bool, result: CheckResult) -> dict[str, Any] | None:
    try:
        found = RowComparer(model, SOURCE_ALIAS, TARGET_ALIAS, show_values=show_values).run()
    except (DatabaseError, ValueError, TypeError, OverflowError) as error:
        result.differences.append({"model": model._meta.label, "pk": "?", "field": f"cannot be read: {type(error).__name__}"})
        result.models.append({"model": model._meta.label, "rows": 0, "equal": False, "differing": 0, "missing": 0, "extra": 0})
        return None
    entry = {"model": found.model, "rows": found.rows, "equal": found.equal, "differing": found.differing, "missing": found.missing, "extra": found.extra}
    result.models.append(entry)
    result.differences += found.named
    return entry
