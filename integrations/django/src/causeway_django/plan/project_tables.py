"""Tables of the project's models: what a column is by its field, not by its declared type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.apps import apps
from django.db import models


@dataclass(frozen=True)
class ProjectTable:
    name: str
    #: Several models may share a table; the one that makes it comes first.
    models: list[type[models.Model]] = field(default_factory=list)

    @property
    def model(self) -> type[models.Model]:
        return self.models[0]

    @property
    def managed(self) -> bool:
        return any(model._meta.managed for model in self.models)

    def field_of(self, column: str) -> models.Field | None:
        for model in self.models:
            for candidate in model._meta.local_concrete_fields:
                if candidate.column == column:
                    return candidate
        return None


def project_tables() -> dict[str, ProjectTable]:
    """By name of the table as the catalogue has it. Proxies have no table, swapped models are not there."""
    tables: dict[str, ProjectTable] = {}
    for model in project_models():
        name = catalogue_name(model._meta.db_table)
        table = tables.setdefault(name, ProjectTable(name))
        table.models.append(model)
    for table in tables.values():
        table.models.sort(key=lambda model: not model._meta.managed)
    return tables


def project_models() -> Iterator[type[models.Model]]:
    """Every model with a table, the invisible ones of many-to-many fields too."""
    return (model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy)


def catalogue_name(db_table: str) -> str:
    """Django leaves a db_table that is quoted already as it is."""
    return db_table[1:-1] if db_table.startswith('"') and db_table.endswith('"') else db_table


def describe(field: models.Field) -> str:
    """The field in the words of its model: shop.Product.price: DecimalField(max_digits=10, decimal_places=2)."""
    shown = {name: getattr(field, name, None) for name in ("max_length", "max_digits", "decimal_places")}
    arguments = ", ".join(f"{name}={value}" for name, value in shown.items() if value is not None)
    return f"{field.model._meta.label}.{field.name}: {type(field).__name__}({arguments})"
