"""
Where Django's database layer is told of the switch. Three places, because each is where one thing is decided:
`connections[alias]`, which database code gets; the outermost `atomic`, when a transaction begins; and
`mark_for_rollback_on_error`, which stands around a write of the ORM that needs no transaction of its own.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections, transaction
from django.db.utils import DEFAULT_DB_ALIAS

from .connection import LiveConnection
from .moved import DatabaseMoved
from .switch import find_switch
from .unit import Unit, unit_at_work

_installed = False


def install() -> None:
    """Idempotent; before the first transaction of the process."""
    global _installed
    if _installed:
        return
    _installed = True
    _let_connections_follow()
    atomic: Any = transaction.Atomic
    atomic.__enter__ = _entering(atomic.__enter__)
    atomic.__exit__ = _exiting(atomic.__exit__)
    transaction.mark_for_rollback_on_error = _marking(transaction.mark_for_rollback_on_error)


def _let_connections_follow() -> None:
    before = type(connections)

    class LiveConnectionHandler(before):  # type: ignore[misc, valid-type]
        def __getitem__(self, alias: str) -> Any:
            connection = super().__getitem__(alias)
            return _present(connection) if isinstance(connection, LiveConnection) else connection

    connections.__class__ = LiveConnectionHandler


def _present(connection: Any) -> Any:
    """The same, or that of the side that is the primary by now. Never in the middle of a transaction or of a unit."""
    if connection.live_is_bound():
        return connection
    unit = unit_at_work()
    side = unit.side if unit is not None else connection.live_switch.primary()
    return connection if side == connection.live_side else connection.live_give_way(side)


def _entering(enter: Callable[[Any], None]) -> Callable[[Any], None]:
    @functools.wraps(enter)
    def __enter__(self: Any) -> None:
        switch = find_switch(self.using or DEFAULT_DB_ALIAS)
        if switch is None:
            return enter(self)
        unit = None
        connection: Any = connections[switch.config.alias]
        if not connection.live_is_bound() and unit_at_work() is None:
            unit = Unit(side=switch.enter(), held=True)
            # Once more: the gate may have led to the other side.
            connection = connections[switch.config.alias]
        if not connection.in_atomic_block:
            connection.live_doomed = False
        connection.live_holds.append(unit)
        try:
            enter(self)
        except BaseException:
            connection.live_holds.pop()
            if unit is not None:
                switch.end(unit)
            raise

    return __enter__


def _exiting(leave: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(leave)
    def __exit__(self: Any, exc_type: Any, exc_value: Any, traceback: Any) -> None:
        switch = find_switch(self.using or DEFAULT_DB_ALIAS)
        if switch is None:
            return leave(self, exc_type, exc_value, traceback)
        connection: Any = connections[switch.config.alias]
        try:
            leave(self, exc_type, exc_value, traceback)
        finally:
            unit = connection.live_holds.pop() if connection.live_holds else None
            if unit is not None:
                switch.end(unit)
        if connection.live_doomed and not connection.in_atomic_block:
            connection.live_doomed = False
            if exc_type is None:
                # Somebody has caught everything on the way, and takes this for a commit.
                raise DatabaseMoved("a statement of this transaction has met a closed database; nothing of it was kept")

    return __exit__


def _marking(mark: Callable[..., Any]) -> Callable[..., Any]:
    @contextmanager
    @functools.wraps(mark)
    def mark_for_rollback_on_error(using: str | None = None) -> Iterator[None]:
        switch = find_switch(using or DEFAULT_DB_ALIAS)
        connection: Any = None if switch is None else connections[switch.config.alias]
        if switch is None or connection.live_is_bound():
            with mark(using):
                yield
            return
        request = unit_at_work()
        if request is not None:
            # Before its SQL is compiled: the gate may lead to the other side.
            switch.hold(request)
            with mark(using):
                yield
            return
        unit = Unit(side=switch.enter(), held=True)
        connection = connections[switch.config.alias]
        connection.live_holds.append(unit)
        try:
            with mark(using):
                yield
        finally:
            connection.live_holds.remove(unit)
            switch.end(unit)

    return mark_for_rollback_on_error
