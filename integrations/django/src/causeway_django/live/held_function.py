"""`held`: a function as one unit of work, for tasks, commands and threads."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from typing import Any, TypeVar, overload

from .attempt import Attempt
from .switch import LiveSwitch, find_switch
from .unit import Unit, unit_at_work

F = TypeVar("F", bound=Callable[..., Any])


@overload
def held(function: F) -> F: ...
@overload
def held(*, retry: bool = True) -> Callable[[F], F]: ...
def held(function: Any = None, *, retry: bool = True) -> Any:
    """
    Waits at the gate before it begins, and is waited for once it has. Where a write of it meets a closed database and
    nothing of it was kept before, it is done once more, in the new one; `retry=False` where it may not be called twice.
    """
    if function is None:
        return functools.partial(held, retry=retry)
    if asyncio.iscoroutinefunction(function):

        @functools.wraps(function)
        async def awaited(*args: Any, **kwargs: Any) -> Any:
            switch = _switch()
            if switch is None:
                return await function(*args, **kwargs)
            unit = Unit(side=await switch.aenter(), held=True, replayable=retry)
            with Attempt(switch, unit) as first:
                first.result = await function(*args, **kwargs)
            if first.to_be_repeated():
                unit = Unit(side=await switch.aenter(unit.side if unit.met_fence else None), held=True)
                with Attempt(switch, unit) as first:
                    first.result = await function(*args, **kwargs)
            return first.outcome()

        return awaited

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        switch = _switch()
        if switch is None:
            return function(*args, **kwargs)
        unit = Unit(side=switch.enter(), held=True, replayable=retry)
        with Attempt(switch, unit) as first:
            first.result = function(*args, **kwargs)
        if first.to_be_repeated():
            unit = Unit(side=switch.enter(unit.side if unit.met_fence else None), held=True)
            with Attempt(switch, unit) as first:
                first.result = function(*args, **kwargs)
        return first.outcome()

    return called


def _switch() -> LiveSwitch | None:
    """None within a unit already, which answers for all of it, and where nothing is live."""
    return None if unit_at_work() is not None else find_switch()
