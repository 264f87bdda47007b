"""One time that a unit of work is done."""

from __future__ import annotations

from typing import Any

from .moved import DatabaseMoved
from .switch import LiveSwitch
from .unit import Unit, current_unit


class Attempt:
    """Catches DatabaseMoved, and knows it where others have caught it."""

    def __init__(self, switch: LiveSwitch, unit: Unit) -> None:
        self.switch = switch
        self.unit = unit
        self.result: Any = None
        self.moved: BaseException | None = None

    def __enter__(self) -> Attempt:
        self._token = current_unit.set(self.unit)
        return self

    def __exit__(self, exc_type: Any, exc_value: Any, traceback: Any) -> bool:
        try:
            current_unit.reset(self._token)
        except ValueError:
            # A framework has gone on in a copy of the context.
            current_unit.set(None)
        self.switch.end(self.unit)
        if isinstance(exc_value, DatabaseMoved):
            self.moved = exc_value
            return True
        if self.unit.doomed:
            self.moved = DatabaseMoved("a statement has met a closed database, and the code went on as if it had not")
            self.moved.__cause__ = exc_value
            # Whatever the code made of it, it is not about the code.
            return exc_value is None or isinstance(exc_value, Exception)
        return False

    def to_be_repeated(self) -> bool:
        return self.moved is not None and self.unit.replayable and not self.unit.kept

    def outcome(self) -> Any:
        if self.moved is not None:
            raise self.moved
        for send in self.unit.mail:
            send()
        return self.result
