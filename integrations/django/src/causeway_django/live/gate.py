"""
The gate's command, for `causeway cutover --gate` and `causeway rollback --gate`:

    --gate "python -m causeway_django.live.gate /srv/app/db.sqlite3.causeway-primary"

CAUSEWAY_GATE says whether to close or to open, CAUSEWAY_PRIMARY where writes go. By hand the two are arguments.
Uses nothing of Django: it runs while requests wait.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from .config import SIDES
from .process_identity import identity
from .state_file import StateFile, StateUnusable
from .units_lock import wait_until_drained

# Longer than any attempt; a gate whose owner is seen to have ended is doubted at once.
BELIEVED_SECONDS = 120.0
# Left to this program of the time that causeway gives it, to open the gate again by itself.
SPARE_SECONDS = 1.0


def main(arguments: Sequence[str] | None = None, environment: dict[str, str] | None = None) -> int:
    environ = dict(os.environ) if environment is None else environment
    parser = argparse.ArgumentParser(prog="causeway_django.live.gate", description="Closes or opens the gate of a Django project.")
    parser.add_argument("state", type=Path, help="the state file that the project's settings name")
    parser.add_argument("action", nargs="?", choices=["close", "open", "status"], default=environ.get("CAUSEWAY_GATE"), help="default: CAUSEWAY_GATE")
    parser.add_argument("--primary", choices=SIDES, default=environ.get("CAUSEWAY_PRIMARY"), help="where writes go; default: CAUSEWAY_PRIMARY, else as it is")
    parser.add_argument("--deadline", type=float, default=float(environ.get("CAUSEWAY_DEADLINE") or 10), help="seconds for what is in flight to end")
    flags = parser.parse_args(arguments)
    if flags.action is None:
        parser.error("say close, open or status")
    state = StateFile(flags.state)
    changes = {} if flags.primary is None else {"primary": flags.primary}
    try:
        if flags.action == "open":
            state.change(closed=False, owner=None, until=0.0, **changes)
        elif flags.action == "close":
            return close(state, changes, environ.get("CAUSEWAY_PID"), flags.deadline)
        now = state.read()
        print(f"{now.primary}: the gate is {'closed' if now.closed else 'open'}", file=sys.stderr)
        return 0
    except (StateUnusable, OSError) as error:
        print(f"causeway: {error}", file=sys.stderr)
        return 3


def close(state: StateFile, changes: dict[str, object], owner: str | None, seconds: float) -> int:
    began = time.monotonic()
    closed = state.change(closed=True, owner=identity(int(owner)) if owner else None, until=time.time() + BELIEVED_SECONDS, **changes)
    holders = wait_until_drained(units_path(state), began + max(seconds - SPARE_SECONDS, seconds / 2))
    if not holders:
        print(f"the gate is closed, nothing is in flight ({(time.monotonic() - began) * 1000:.0f} ms)", file=sys.stderr)
        return 0
    # The wait for what does not end is over for everybody.
    state.change(only_version=closed.version if closed else None, closed=False, owner=None, until=0.0)
    print(
        f"causeway: still at work after {time.monotonic() - began:.1f} s: {', '.join(f'process {pid}' if pid else 'a process' for pid in holders)}",
        file=sys.stderr,
    )
    return 1


def units_path(state: StateFile) -> Path:
    return state.path.with_name(f"{state.path.name}.units")


if __name__ == "__main__":
    sys.exit(main())
