"""Rows of one model on both sides through the ORM: streamed in chunks by key, so that no order of sorting matters."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import models

from .same_value import same_value

CHUNK = 1000
#: Differences that are named; the rest is counted.
NAMED = 20
#: While a migration follows a writer a row may differ for a moment.
LOOKS = 3
PAUSE_SECONDS = 1.0


@dataclass
class ModelResult:
    model: str
    rows: int = 0
    differing: int = 0
    missing: int = 0
    extra: int = 0
    #: Rows that the application writes so often that no two looks found them alike. Only while a migration follows.
    written: int = 0
    #: {"pk", "field"} of a value, or {"pk", "only"} of a row that is on one side alone.
    named: list[dict[str, Any]] = field(default_factory=list)

    @property
    def equal(self) -> bool:
        return self.differing == self.missing == self.extra == 0

    def name(self, **what: Any) -> None:
        if len(self.named) < NAMED:
            self.named.append({"model": self.model, **what})


class RowComparer:
    def __init__(self, model: type[models.Model], source: str, target: str, *, show_values: bool = False, moving: bool = False) -> None:
        self.model = model
        self.source = source
        self.target = target
        self.show_values = show_values
        self.watches = moving
        # Those that differ are looked at together, so that a large table under load is not waited for at every thousand rows.
        self.batch = CHUNK if moving else 1
        # Own columns alone: a parent's are compared with the parent, and a row that has lost its parent must be seen.
        self.names = [f.attname for f in model._meta.local_concrete_fields]
        self.generated = {f.attname for f in model._meta.local_concrete_fields if getattr(f, "generated", False)}
        keys = getattr(model._meta, "pk_fields", None) or [model._meta.pk]
        self.keys = [self.names.index(f.attname) for f in keys]

    def run(self) -> ModelResult:
        result = ModelResult(self.model._meta.label)
        suspects: list[Any] = []
        for rows in _chunks(self._rows(self.source)):
            result.rows += len(rows)
            suspects += self._different(rows)
            if len(suspects) >= self.batch:
                self._name_differences(self._settled(suspects, result), result)
                suspects = []
        self._name_differences(self._settled(suspects, result), result)
        present = self._query(self.target).count()
        if present != result.rows - result.missing:
            self._name_extra(result)
        return result

    def _different(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        keys = [self._key(row) for row in rows]
        found = self._by_key(self.target, keys)
        return [key for key, row in zip(keys, rows) if _spelled(key) not in found or not same_value(row, found[_spelled(key)])]

    def _settled(self, keys: list[Any], result: ModelResult) -> list[Any]:
        """The keys whose rows differ although nobody writes them just now."""
        if not keys or not self.watches:
            return keys
        first = last = self._both(keys)
        left = keys
        for _ in range(LOOKS - 1):
            if left:
                time.sleep(PAUSE_SECONDS)
                last = self._both(left)
                left = [key for key in left if not same_value(*last[_spelled(key)])]
        # Changed on both sides since: its writes arrive, and go on.
        resting = [key for key in left if any(map(same_value, first[_spelled(key)], last[_spelled(key)]))]
        result.written += len(left) - len(resting)
        # So many, and all of them rest: this is no matter of a moment.
        self.watches = len(resting) < max(CHUNK, len(keys))
        return resting

    def _both(self, keys: list[Any]) -> dict[str, tuple[Any, Any]]:
        source, target = self._by_key(self.source, keys), self._by_key(self.target, keys)
        return {_spelled(key): (source.get(_spelled(key)), target.get(_spelled(key))) for key in keys}

    def _name_differences(self, keys: list[Any], result: ModelResult) -> None:
        source, target = self._by_key(self.source, keys), self._by_key(self.target, keys)
        for key in keys:
            left, right = source.get(_spelled(key)), target.get(_spelled(key))
            if left is None:
                continue
            if right is None:
                result.missing += 1
                result.name(pk=str(key), only="source")
                continue
            fields = [i for i in range(len(self.names)) if not same_value(left[i], right[i])]
            result.differing += 1 if fields else 0
            for i in fields:
                shown = {"source": repr(left[i]), "target": repr(right[i])} if self.show_values else {}
                result.name(pk=str(key), field=self.names[i], **({"generated": True} if self.names[i] in self.generated else {}), **shown)

    def _name_extra(self, result: ModelResult) -> None:
        pk = [self.names[i] for i in self.keys]
        suspects: list[Any] = []
        for rows in _chunks(self._query(self.target).values_list(*pk).iterator(chunk_size=CHUNK)):
            keys = [row if len(row) > 1 else row[0] for row in rows]
            known = self._by_key(self.source, keys)
            suspects += [key for key in keys if _spelled(key) not in known]
            if len(suspects) >= self.batch:
                self._name_only_in_target(self._settled(suspects, result), result)
                suspects = []
        self._name_only_in_target(self._settled(suspects, result), result)

    def _name_only_in_target(self, keys: list[Any], result: ModelResult) -> None:
        for key in keys:
            result.extra += 1
            result.name(pk=str(key), only="target")

    def _query(self, alias: str) -> models.QuerySet[Any]:
        # No manager of the model: it may hide rows.
        return models.QuerySet(self.model, using=alias).order_by()

    def _rows(self, alias: str) -> Iterator[tuple[Any, ...]]:
        return self._query(alias).values_list(*self.names).iterator(chunk_size=CHUNK)

    def _by_key(self, alias: str, keys: list[Any]) -> dict[str, tuple[Any, ...]]:
        rows = self._query(alias).filter(pk__in=keys).values_list(*self.names)
        return {_spelled(self._key(row)): row for row in rows}

    def _key(self, row: tuple[Any, ...]) -> Any:
        values = tuple(row[i] for i in self.keys)
        return values if len(values) > 1 else values[0]


def _chunks(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _spelled(key: Any) -> str:
    """A key that compares by its text: values of custom fields need not be hashable."""
    if isinstance(key, tuple):
        return "\0".join(_spelled(part) for part in key)
    return bytes(key).hex() if isinstance(key, (bytes, memoryview)) else f"{type(key).__name__}:{key}"
