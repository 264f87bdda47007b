"""
The line at the gate, in this process. Who has waited goes in in the order of coming, and a few at a time: all at once would
take SQLite's one write lock from each other, and who is unlucky would wait for as long as the closure lasted once more.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from .config import Side

# Units of work that go in from the line at once. SQLite has one writer.
WIDTH: dict[Side, int] = {"sqlite": 1, "postgresql": 4}
# For so long after somebody has gone in, others of this application are likely to want the same.
RUSH_SECONDS = 2.0
# What takes longer keeps nobody out: it may even wait for who stands behind it.
LONG_SECONDS = 0.25


class Line:
    def __init__(self) -> None:
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        self._mutex = threading.Lock()
        self._places: deque[Place] = deque()
        # When those have gone in that are at work now, as far as that can be said: any end counts for the oldest.
        self._inside: deque[float] = deque()
        self._last = float("-inf")

    def is_empty(self) -> bool:
        return not self._places

    @contextmanager
    def place(self) -> Iterator[Place]:
        """At the end of the line, which is left at the end of the block."""
        place = Place(self)
        with self._mutex:
            self._places.append(place)
        try:
            yield place
        finally:
            with self._mutex:
                self._places.remove(place)
            self._wake()

    def position(self, place: Place) -> int:
        with self._mutex:
            return self._places.index(place)

    def inside(self) -> int:
        with self._mutex:
            while self._inside and time.monotonic() - self._inside[0] > LONG_SECONDS:
                self._inside.popleft()
            return len(self._inside)

    def gone_in(self) -> None:
        with self._mutex:
            self._last = time.monotonic()
            self._inside.append(self._last)

    def is_rushed(self) -> bool:
        return time.monotonic() - self._last < RUSH_SECONDS

    def ended(self) -> None:
        """A unit of work has ended: the first ones look at once."""
        if self._inside:
            with self._mutex:
                if self._inside:
                    self._inside.popleft()
        self._wake()

    def _wake(self) -> None:
        if self._places:
            with self._mutex:
                first = list(islice(self._places, max(WIDTH.values())))
            for place in first:
                place.moved.set()


class Place:
    def __init__(self, line: Line) -> None:
        self.line = line
        self.moved = threading.Event()

    def is_turn(self, side: Side) -> bool:
        return self.line.position(self) < WIDTH[side] - self.line.inside()

    def is_near(self) -> bool:
        return self.line.position(self) < max(WIDTH.values())

    def wait(self, seconds: float) -> None:
        self.moved.wait(seconds)
        self.moved.clear()
