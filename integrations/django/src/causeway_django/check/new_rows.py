"""Whether new rows go in: sequences stand past the highest key, and each table takes one more row. All of it is rolled back."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, connections, models, transaction

from ..pair import TARGET_ALIAS
from ..plan.project_tables import catalogue_name, project_models
from ..plan.target_tables import TargetTable
from .result import CheckResult

UNIQUE_VIOLATION = "23505"


class RolledBack(Exception):
    """Ends a transaction whose work is not to stay."""


def check_new_rows(result: CheckResult, target: dict[str, TargetTable]) -> None:
    models_with_keys = [model for model in project_models() if _has_generated_key(model) and _is_table(model, target)]
    behind = [text for model in models_with_keys if (text := _sequence_problem(model))]
    result.add("sequences past the highest key", not behind, "; ".join(behind) or f"{len(models_with_keys)} tables")
    refused = [text for model in models_with_keys if (text := _insert_problem(model))]
    result.add("new rows go in", not refused, "; ".join(refused) or f"{len(models_with_keys)} tables, rolled back")


def _has_generated_key(model: type[models.Model]) -> bool:
    key = model._meta.pk
    return isinstance(key, models.AutoField) or (hasattr(key, "get_internal_type") and key.get_internal_type() in ("AutoField", "BigAutoField", "SmallAutoField"))


def _is_table(model: type[models.Model], target: dict[str, TargetTable]) -> bool:
    found = target.get(catalogue_name(model._meta.db_table))
    return found is not None and found.is_table


def _sequence_problem(model: type[models.Model]) -> str | None:
    connection = connections[TARGET_ALIAS]
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, model._meta.pk.column])
        sequence = cursor.fetchone()[0]
        if sequence is None:
            return f"{model._meta.label}: no sequence" if model._meta.managed else None
        # Read without moving it.
        cursor.execute(f"SELECT last_value + CASE WHEN is_called THEN 1 ELSE 0 END, (SELECT coalesce(max({key}), 0) FROM {table}) FROM {sequence}")
        following, highest = cursor.fetchone()
    return f"{model._meta.label}: the next key is {following}, {highest} is there" if following <= highest else None


def _insert_problem(model: type[models.Model]) -> str | None:
    """The newest row once more, under a new key. Another unique column may refuse it: then the key was not the reason."""
    connection = connections[TARGET_ALIAS]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(f.column) for f in model._meta.local_concrete_fields if not f.primary_key and not getattr(f, "generated", False))
    if not columns:
        return None
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column)
    try:
        with transaction.atomic(using=TARGET_ALIAS):
            with connection.cursor() as cursor:
                cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} ORDER BY {key} DESC LIMIT 1")
            raise RolledBack
    except RolledBack:
        return None
    except DatabaseError as error:
        return _reason(model, error)


def _reason(model: type[models.Model], error: DatabaseError) -> str | None:
    cause: Any = error.__cause__
    state = getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
    if state != UNIQUE_VIOLATION:
        return f"{model._meta.label}: {type(error).__name__} {state or ''}".strip()
    constraint = getattr(getattr(cause, "diag", None), "constraint_name", "") or ""
    return f"{model._meta.label}: its key is taken" if constraint.endswith("_pkey") else None
