"""
The state file: which side is the primary, and whether the gate is open. One line of JSON, replaced as a whole.

Every process looks at it for every request and transaction outside of one: a `stat`, and a read where it has changed.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from .config import SIDES, Side


class StateUnusable(RuntimeError):
    """The state file cannot be read or written; the message names it."""


@dataclass(frozen=True)
class State:
    primary: Side = "sqlite"
    closed: bool = False
    # Grows with every change.
    version: int = 0
    # Who has closed the gate (process_identity), and until when at the latest it is believed, in seconds since the epoch.
    owner: str | None = None
    until: float = 0.0


class StateFile:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int] | None = None
        self._state = State()

    def read(self) -> State:
        try:
            stat = os.stat(self.path)
        except FileNotFoundError:
            return self._never_written()
        except OSError as error:
            raise StateUnusable(f"{self.path}: {error.strerror}") from error
        # Distinct for every version: the writer sets the time itself, always later than before.
        seen = (stat.st_ino, stat.st_mtime_ns)
        if seen != self._seen:
            # Several threads may come here at once; each sets a pair that belongs together, the state first.
            self._state = self._parse()
            self._seen = seen
        return self._state

    def _never_written(self) -> State:
        """Before the first cutover there is no file. One that has gone is another matter: SQLite may be the past."""
        if _is_marked(self._lock_path):
            raise StateUnusable(f"{self.path} has gone, and it had been written: put it back, it says which database is the primary")
        return State()

    @property
    def _lock_path(self) -> Path:
        return Path(f"{self.path}.lock")

    def _parse(self) -> State:
        try:
            held = json.loads(self.path.read_text("utf-8"))
            state = State(
                primary=held["primary"], closed=held["gate"] == "closed", version=held["version"], owner=held.get("owner"), until=held.get("until", 0.0)
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StateUnusable(f"{self.path} is not a state file of causeway: {error}") from error
        if state.primary not in SIDES:
            raise StateUnusable(f"{self.path} names {state.primary!r} as the primary")
        return state

    def change(self, *, only_version: int | None = None, **changes: object) -> State | None:
        """The new state, durable before this returns; None where the version is another one by now."""
        with self._lock() as lock:
            now = self._parse() if self.path.exists() else self._never_written()
            if only_version is not None and now.version != only_version:
                return None
            state = replace(now, **changes, version=now.version + 1)  # type: ignore[arg-type]
            self._write(state)
            _mark(lock)
            return state

    @contextmanager
    def _lock(self) -> Iterator[int]:
        with _opened(self._lock_path, os.O_RDWR) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield lock

    def _write(self, state: State) -> None:
        text = json.dumps(
            {"primary": state.primary, "gate": "closed" if state.closed else "open", "version": state.version, "owner": state.owner, "until": state.until}
        )
        # Only the holder of the lock is here; what another left behind half written is overwritten.
        new = f"{self.path}.new"
        later = time.time_ns()
        try:
            later = max(later, os.stat(self.path).st_mtime_ns + 1)
            mode = os.stat(self.path).st_mode & 0o777
        except FileNotFoundError:
            mode = 0o664
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode), "w", encoding="utf-8") as file:
            file.write(f"{text}\n")
            file.flush()
            os.utime(file.fileno(), ns=(later, later))
            os.fsync(file.fileno())
        os.replace(new, self.path)
        folder = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _is_marked(lock: Path) -> bool:
    """The lock's file is not empty once the state has been written."""
    try:
        return os.stat(lock).st_size > 0
    except OSError:
        return False


def _mark(lock: int) -> None:
    if os.fstat(lock).st_size == 0:
        try:
            os.write(lock, b"written\n")
        except OSError:
            # Another user's file, which only its locks are used of.
            pass


@contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = open_lock(path, flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_lock(path: Path, flags: int) -> int:
    """A file that only its locks matter of. Another user may have made it: a lock needs no right to write it."""
    try:
        return os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, 0o664)
    except PermissionError:
        try:
            return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            raise StateUnusable(f"{path}: {error.strerror}") from error
    except OSError as error:
        raise StateUnusable(f"{path}: {error.strerror}") from error
