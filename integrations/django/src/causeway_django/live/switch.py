"""
The switch of this process: who is the primary, and the gate. A unit of work enters, works on the side that it was given,
and leaves. The order matters: the unit is counted first and looks at the gate second, the gate is closed first and counts
second; so a unit that saw an open gate is one that the gate waits for.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import threading
import time
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from .config import ENGINE, LiveConfig, Side, live_config, other_side
from .line import Line, Place
from .moved import DatabaseMoved
from .process_identity import has_ended
from .state_file import StateFile, StateUnusable
from .truth import writable_side
from .unit import Unit
from .units_lock import UnitsLock

logger = logging.getLogger("causeway.live")

# Dozens of threads may wait at once, beside the command that they wait for.
POLL_SECONDS = 0.02
# Of those that are about to go in, where nothing can wake them.
NEAR_POLL_SECONDS = 0.005
# How often a process that waits asks the databases themselves.
ASK_SECONDS = 1.0


class LiveSwitch:
    def __init__(self, config: LiveConfig) -> None:
        self.config = config
        self.state = StateFile(config.state)
        self.units = UnitsLock(config.state.with_name(f"{config.state.name}.units"))
        self.line = Line()
        self.asking = threading.Lock()
        self.connecting = threading.Lock()
        self.asked = float("-inf")

    def primary(self) -> Side:
        return self.config.pinned or self.state.read().primary

    def try_enter(self) -> Side | None:
        """The side to work on; None while the gate is closed."""
        if self.config.pinned is not None:
            return self.config.pinned
        if self.state.read().closed:
            return None
        self.units.enter()
        try:
            state = self.state.read()
        except BaseException:
            self.units.leave()
            raise
        if state.closed:
            self.units.leave()
            return None
        return state.primary

    def leave(self) -> None:
        if self.config.pinned is None:
            self.units.leave()
            self.line.ended()

    def enter(self, away_from: Side | None = None, *, request: bool = False) -> Side:
        """
        Waits at the gate; throws DatabaseMoved when it has waited for too long. `away_from`: a side whose fence was met, so that an
        open gate that leads there is believed only when the fence is seen to be gone.
        """
        waiting = _Waiting(self, away_from, self.config.wait if request else self.config.patience)
        if self.line.is_empty() and (side := waiting.look()) is not None:
            return side
        with self.line.place() as place:
            while (side := waiting.go_in(place)) is None:
                if waiting.should_ask():
                    waiting.ask()
                waiting.make_ready()
                place.wait(POLL_SECONDS)
        return side

    async def aenter(self, away_from: Side | None = None, *, request: bool = False) -> Side:
        waiting = _Waiting(self, away_from, self.config.wait if request else self.config.patience)
        if self.line.is_empty() and (side := waiting.look()) is not None:
            return side
        with self.line.place() as place:
            while (side := waiting.go_in(place)) is None:
                if waiting.should_ask():
                    await asyncio.to_thread(waiting.ask)
                await asyncio.sleep(NEAR_POLL_SECONDS if place.is_near() else POLL_SECONDS)
        return side

    def hold(self, unit: Unit) -> None:
        """A unit that has only read begins to write. It may have to go on at the other side."""
        if not unit.held:
            unit.side = self.enter(request=unit.request)
            unit.held = True

    def try_hold(self, unit: Unit) -> bool:
        """The same without waiting, and without leaving its side."""
        if unit.held:
            return True
        side = self.try_enter()
        if side is None:
            return False
        if side != unit.side:
            self.leave()
            return False
        unit.held = True
        return True

    def end(self, unit: Unit) -> None:
        """Idempotent."""
        unit.over = True
        self.release(unit)

    def release(self, unit: Unit) -> None:
        if unit.held:
            unit.held = False
            self.leave()


class _Waiting:
    """One wait at the gate."""

    def __init__(self, switch: LiveSwitch, away_from: Side | None, patience: float) -> None:
        self.switch = switch
        self.away_from = away_from
        self.patience = patience
        self.deadline = time.monotonic() + patience
        self.ready = False

    def look(self) -> Side | None:
        state = self.switch.state.read()
        return self.switch.try_enter() if state.closed or state.primary != self.away_from else None

    def go_in(self, place: Place) -> Side | None:
        """Nobody is sent away by a line that is slow: who has waited for too long looks, whoever stands before it."""
        late = time.monotonic() >= self.deadline
        side = self.look() if late or place.is_turn(self.switch.state.read().primary) else None
        if side is not None:
            place.line.gone_in()
        elif late:
            raise DatabaseMoved(f"the gate was closed for longer than {self.patience:g} s")
        return side

    def make_ready(self) -> None:
        """
        Connects this thread to the side that the gate will most likely lead to. Otherwise all that have waited connect at once
        when it opens. One at a time: the machine has the switch to do.
        """
        if self.ready or not self.switch.connecting.acquire(blocking=False):
            return
        self.ready = True
        try:
            self._connection().live_make_ready(other_side(self.switch.state.read().primary))
        except Exception:
            logger.debug("no connection while waiting; it is made when it is needed", exc_info=True)
        finally:
            self.switch.connecting.release()

    def _connection(self) -> Any:
        from django.db import connections

        return connections[self.switch.config.alias]

    def should_ask(self) -> bool:
        """Nobody else will open the gate, or it is open and leads to a fence."""
        state = self.switch.state.read()
        doubtful = has_ended(state.owner) or time.time() > state.until if state.closed else state.primary == self.away_from
        return doubtful and time.monotonic() - self.switch.asked >= ASK_SECONDS

    def ask(self) -> None:
        """Mends the state file: the databases themselves say which side can be written."""
        if not self.switch.asking.acquire(blocking=False):
            return
        try:
            state = self.switch.state.read()
            side = writable_side(self.switch.config)
            self.switch.asked = time.monotonic()
            if side is None:
                return
            # The attempt was undone: back through the same door.
            if side == self.away_from:
                self.away_from = None
            if state.closed or state.primary != side:
                try:
                    changed = self.switch.state.change(only_version=state.version, primary=side, closed=False, owner=None, until=0.0)
                except (OSError, StateUnusable) as error:
                    logger.error("%s is the primary, and the state file cannot be told: %s", side, error)
                    return
                if changed is not None:
                    logger.warning("%s is the primary, as the databases themselves say; the gate is open", side)
        finally:
            self.switch.asking.release()


@functools.cache
def _switch_of(alias: str) -> LiveSwitch:
    from django.db import connections

    try:
        return LiveSwitch(live_config(alias, connections.settings[alias]))
    except ValueError as error:
        raise ImproperlyConfigured(str(error)) from error


def find_switch(alias: str | None = None) -> LiveSwitch | None:
    """The project's switch; None for an alias that is not live, and in a project that has none."""
    live = _live_alias()
    return None if live is None or (alias is not None and alias != live) else _switch_of(live)


@functools.cache
def _live_alias() -> str | None:
    from django.db import connections

    live = [alias for alias, entry in connections.settings.items() if entry.get("ENGINE") == ENGINE]
    if len(live) > 1:
        # A unit of work has one side.
        raise ImproperlyConfigured(f"only one database can be live, and DATABASES has {', '.join(live)}")
    return live[0] if live else None
