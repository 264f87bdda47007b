"""
BEGIN IMMEDIATE while several processes of the application let in who has waited, one after the other each. SQLite looks whether
its write lock is free ever less often, up to ten times a second: a process would wait until another's line is through.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db.utils import OperationalError

LOOK_SECONDS = 0.003
# As sqlite3 has it where the project says nothing.
DEFAULT_TIMEOUT = 5.0


def begin_fairly(connection: Any, begin: Callable[[], None]) -> None:
    """`connection`: a DatabaseWrapper of SQLite that is connected. It waits for as long as the project says."""
    timeout = float(connection.settings_dict["OPTIONS"].get("timeout", DEFAULT_TIMEOUT))
    until = time.monotonic() + timeout
    own = connection.connection
    own.execute("PRAGMA busy_timeout = 0")
    try:
        while True:
            try:
                return begin()
            except OperationalError as error:
                if "locked" not in str(error) or time.monotonic() >= until:
                    raise
            time.sleep(LOOK_SECONDS)
    finally:
        own.execute(f"PRAGMA busy_timeout = {int(timeout * 1000)}")
