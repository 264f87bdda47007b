"""
Counts what is in flight, over all processes of the application: each process holds a shared lock of one file while it has
any unit of work, and the gate is drained when it could have the lock for itself alone.

A process that is killed loses its lock with its life, so there is nothing to clean up and nothing to believe wrongly.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from pathlib import Path

from .state_file import open_lock

POLL_SECONDS = 0.005


class UnitsLock:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._begin()
        # A child has its parent's lock through the descriptor that it inherits: giving it back would take it from both.
        os.register_at_fork(after_in_child=self._forked)

    def _begin(self) -> None:
        self._mutex = threading.Lock()
        self._count = 0
        self._file: int | None = None

    def _forked(self) -> None:
        inherited = self._file
        self._begin()
        if inherited is not None:
            os.close(inherited)

    def enter(self) -> None:
        with self._mutex:
            if self._count == 0:
                if self._file is None:
                    self._file = open_lock(self.path, os.O_RDONLY)
                # Waits for no longer than the gate looks whether it could have it.
                fcntl.flock(self._file, fcntl.LOCK_SH)
            self._count += 1

    def leave(self) -> None:
        with self._mutex:
            # Entered before a fork: the parent gives it back.
            if self._count == 0:
                return
            self._count -= 1
            if self._count == 0 and self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)


def wait_until_drained(path: Path, deadline: float) -> list[int]:
    """Empty when nothing is in flight any more; after the deadline (of time.monotonic) the pids that still hold something."""
    descriptor = open_lock(path, os.O_RDONLY)
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return []
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return _holders(os.fstat(descriptor)) or [0]
            time.sleep(POLL_SECONDS)
    finally:
        os.close(descriptor)


def _holders(file: os.stat_result) -> list[int]:
    """As Linux tells it; 0 stands for a process of another container, and nothing is known elsewhere."""
    name = f"{os.major(file.st_dev):02x}:{os.minor(file.st_dev):02x}:{file.st_ino}"
    try:
        with open("/proc/locks", encoding="ascii") as locks:
            lines = [line.split() for line in locks]
    except OSError:
        return []
    return sorted({int(fields[4]) for fields in lines if len(fields) > 5 and fields[1] == "FLOCK" and fields[5] == name})
