"""A unit of work: a request, a task, or one transaction. It has one side from its beginning to its end."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from .config import Side


@dataclass(eq=False)
class Unit:
    side: Side
    # Counted by the gate. One that only reads is not, until it writes.
    held: bool
    # A request: it waits for no longer than somebody waits for its answer.
    request: bool = False
    # It can be done anew from the beginning, if nothing of it has been kept.
    replayable: bool = False
    # Something of it is kept already: a committed write, or a hook that has run.
    kept: bool = False
    # It has met a fence, or a closed gate where it cannot wait: no statement of it succeeds any more, and its answer is not given.
    doomed: bool = False
    # What it has met was the fence of its side.
    met_fence: bool = False
    # It has ended. What it has left behind, in a thread or a task that inherited its context, is none of it.
    over: bool = False
    # What is sent only when all is well.
    mail: list[Callable[[], Any]] = field(default_factory=list)


# Flows into the threads of sync_to_async with the context.
current_unit: ContextVar[Unit | None] = ContextVar("causeway_unit", default=None)


def unit_at_work() -> Unit | None:
    unit = current_unit.get()
    return None if unit is None or unit.over else unit
