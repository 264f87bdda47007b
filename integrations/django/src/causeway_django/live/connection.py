"""What the switch adds to a connection of one of Django's own backends."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.db.utils import DatabaseError, Error, load_backend

from .config import Side
from .fair_begin import begin_fairly
from .moved import DatabaseMoved
from .statements import is_fence, writes
from .switch import LiveSwitch
from .truth import CONNECT_SECONDS
from .unit import Unit, unit_at_work


class LiveConnection:
    """Mixed into a DatabaseWrapper, whose own part of the work is `super()`."""

    live_switch: LiveSwitch
    live_side: Side

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # One entry for each atomic block: the unit that it entered by itself, or None.
        self.live_holds: list[Unit | None] = []
        # The transaction at work has met the fence.
        self.live_doomed = False
        # It has written.
        self.live_wrote = False
        # The connection to the other side, which this one has taken the place of in this thread.
        self.live_other: Any = None
        # The outermost: what others wrap around a statement happens once, on whatever side it is executed.
        self.execute_wrappers.append(self.live_execute)

    # -- units ---------------------------------------------------------------------------------------------------

    def live_unit(self) -> Unit | None:
        """The unit that this connection works for: of its own transaction, else the request's or the task's."""
        for unit in self.live_holds:
            if unit is not None:
                return unit
        return unit_at_work()

    def live_is_bound(self) -> bool:
        """It must not give way to the other side now."""
        return self.in_atomic_block or bool(self.live_holds) or not self.autocommit and self.connection is not None

    # -- statements ----------------------------------------------------------------------------------------------

    def live_execute(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        self.live_refuse_doomed()
        if not writes(sql):
            return self.live_call(execute, sql, params, many, context)
        if self.in_atomic_block or not self.autocommit:
            return self.live_write_in_transaction(execute, sql, params, many, context)
        return self.live_write_alone(execute, sql, params, many, context)

    def live_call(self, execute: Callable[..., Any], *args: Any) -> Any:
        """A fence's refusal, whatever class it has, becomes the wrapper's own exception, and the end of this transaction."""
        try:
            return execute(*args)
        except DatabaseError as error:
            if not is_fence(error):
                raise
            self.live_doom(met_fence=True)
            raise DatabaseMoved(f"{self.live_side} is closed for writing") from error

    def live_write_in_transaction(self, execute: Callable[..., Any], *args: Any) -> Any:
        unit = self.live_unit()
        if unit is None:
            # A transaction that was begun in another way than by `atomic`: the gate has not counted it.
            state = self.live_switch.state.read()
            usable = self.live_switch.config.pinned is not None or (not state.closed and state.primary == self.live_side)
        else:
            usable = unit.side == self.live_side and self.live_switch.try_hold(unit)
        if not usable:
            # It has read on a side that will have moved by the time that it may write: all of it is to be done anew.
            self.live_doom()
            raise DatabaseMoved("the gate is closed")
        self.live_wrote = True
        return self.live_call(execute, *args)

    def live_write_alone(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        """One statement in autocommit. It may wait, and be executed on the other side."""
        unit = self.live_unit()
        own = unit is None
        if unit is None:
            unit = Unit(side=self.live_switch.enter(), held=True)
        else:
            self.live_switch.hold(unit)
        try:
            self.live_follow(unit, context)
            try:
                result = execute(sql, params, many, context)
            except DatabaseError as error:
                if not is_fence(error):
                    raise
                if unit.replayable and not unit.kept:
                    self.live_doom(met_fence=True)
                    raise DatabaseMoved(f"{self.live_side} is closed for writing") from error
                # Nothing of this statement was kept, and what was before it is: it is the other side's from here on.
                result = self.live_again(unit, execute, sql, params, many, context)
            unit.kept = True
            return result
        finally:
            if own:
                self.live_switch.end(unit)

    def live_again(self, unit: Unit, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        left = unit.side
        self.live_switch.release(unit)
        unit.side = self.live_switch.enter(left, request=unit.request)
        unit.held = True
        self.live_follow(unit, context)
        return self.live_call(execute, sql, params, many, context)

    def live_follow(self, unit: Unit, context: dict[str, Any]) -> None:
        """Points the cursor at the side of its unit: its statement is its own transaction and has not begun."""
        at = context["connection"]
        if at.live_side == unit.side:
            return
        to = at.live_give_way(unit.side)
        cursor = context["cursor"]
        cursor.close()
        cursor.cursor = to.cursor().cursor
        cursor.db = to
        context["connection"] = to

    # -- doom ----------------------------------------------------------------------------------------------------

    def live_doom(self, met_fence: bool = False) -> None:
        unit = self.live_unit()
        if unit is not None:
            unit.doomed = True
            unit.met_fence = unit.met_fence or met_fence
        if self.in_atomic_block or not self.autocommit:
            self.live_doomed = True
            # Django's own way out of a transaction whose connection is gone: every block rolls back, hooks are forgotten.
            # Rolled back before: SQLite keeps a closed connection's transaction for as long as a cursor of it is about.
            try:
                self._rollback()
            except Error:
                pass
            self.close()

    def live_refuse_doomed(self) -> None:
        unit = self.live_unit()
        if self.live_doomed or (unit is not None and unit.doomed):
            raise DatabaseMoved("a statement of this unit of work has met a closed database")

    def _cursor(self, name: str | None = None) -> Any:
        self.live_refuse_doomed()
        return super()._cursor(name)  # type: ignore[misc]

    def commit(self) -> None:
        self.live_refuse_doomed()
        super().commit()  # type: ignore[misc]
        self.live_kept()

    def live_kept(self) -> None:
        unit = self.live_unit()
        if unit is not None and self.live_wrote:
            unit.kept = True
        self.live_wrote = False

    def rollback(self) -> None:
        super().rollback()  # type: ignore[misc]
        self.live_wrote = False
        # Of a transaction that was begun by set_autocommit(False): this is its end.
        self.live_doomed = False

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        self.live_wrote = False

    def run_and_clear_commit_hooks(self) -> None:
        unit = self.live_unit()
        if unit is not None and self.run_on_commit:
            # A hook that has run cannot be taken back.
            unit.kept = True
        super().run_and_clear_commit_hooks()  # type: ignore[misc]

    # -- the other side --------------------------------------------------------------------------------------------

    def live_give_way(self, side: Side) -> Any:
        """The connection of the other side in this thread, from now on what `connections` gives."""
        from .base import new_connection

        now = getattr(connections._connections, self.alias, self)
        if now is not self and now.live_side == side:
            # Somebody has kept this connection, which has given way already.
            return now
        other = self.live_other if self.live_other is not None else new_connection(side, self.alias)
        # Kept in a thread without requests since the last switch: its server may have been started anew.
        if other.connection is not None and not other.is_usable():
            other.close()
        # Not closed here: somebody may still be reading from one of its cursors.
        self.live_other, other.live_other = None, self
        other.force_debug_cursor = self.force_debug_cursor
        connections[self.alias] = other
        return other

    def live_make_ready(self, side: Side) -> None:
        """Opens a connection to that side beside this one, for `live_give_way`; the end of the request closes the one that is not used."""
        from .base import new_connection

        if side == self.live_side or self.live_other is not None or self.live_is_bound():
            return
        other = new_connection(side, self.alias)
        if "pool" in other.settings_dict["OPTIONS"]:
            # It connects by itself. To wait for one of its connections could take as long as the others keep them.
            other.pool.open()
            return
        if other.vendor == "postgresql":
            # Its own copy: the one that is made when it is needed waits for as long as the project says.
            other.settings_dict = {**other.settings_dict, "OPTIONS": {"connect_timeout": CONNECT_SECONDS, **other.settings_dict["OPTIONS"]}}
        other.connect()
        self.live_other = other

    def close_if_unusable_or_obsolete(self) -> None:
        """At both ends of a request: nobody reads from the other side any more."""
        other, self.live_other = self.live_other, None
        if other is not None:
            other.close()
        super().close_if_unusable_or_obsolete()  # type: ignore[misc]

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        if self.live_other is not None and not self.in_atomic_block:
            self.live_other.close()


class LiveSqlite:
    live_switch: LiveSwitch
    #: `transaction_mode` of OPTIONS where Django does not know it yet: before 5.1.
    live_mode: str | None = None

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()  # type: ignore[misc]
        self.live_mode = params.pop("transaction_mode", None)
        return params

    def _begin(self) -> None:
        if self.live_mode is None:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        else:
            self.cursor().execute(f"BEGIN {self.live_mode}")  # type: ignore[attr-defined]

    def _start_transaction_under_autocommit(self) -> None:
        # A fence or a capture that came or went is a change of the schema, which each connection parses anew with its next statement.
        # After BEGIN IMMEDIATE that would be under the write lock, and all that write wait for it.
        with self.wrap_database_errors:  # type: ignore[attr-defined]
            self.connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()  # type: ignore[attr-defined]
        if self.live_switch.line.is_rushed():
            begin_fairly(self, self._begin)
        else:
            self._begin()


@functools.cache
def live_class(switch: LiveSwitch, side: Side) -> type:
    base = load_backend(switch.config.sides[side]["ENGINE"]).DatabaseWrapper
    # Django looks whether a backend has the method: only SQLite's does.
    mixed = (LiveSqlite, LiveConnection, base) if side == "sqlite" else (LiveConnection, base)
    return type("DatabaseWrapper", mixed, {"live_switch": switch, "live_side": side})
