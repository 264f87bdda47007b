"""
The gate's program, for `causeway cutover --gate-process` and `causeway rollback --gate-process`:

    --gate-process "python -m causeway_django.live.gate /srv/app/db.sqlite3.causeway-primary"

It is told on standard input what to do, so that requests do not wait for its start. With `--gate` it is run once for each:
CAUSEWAY_GATE says whether to close or to open, CAUSEWAY_PRIMARY where writes go. By hand the two are arguments.
Uses nothing of Django.
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
    parser.add_argument("action", nargs="?", choices=["close", "open", "status", "serve"], default=environ.get("CAUSEWAY_GATE"), help="default: CAUSEWAY_GATE")
    parser.add_argument("--primary", choices=SIDES, default=environ.get("CAUSEWAY_PRIMARY"), help="where writes go; default: CAUSEWAY_PRIMARY, else as it is")
    parser.add_argument("--deadline", type=float, default=float(environ.get("CAUSEWAY_DEADLINE") or 10), help="seconds for what is in flight to end")
    flags = parser.parse_args(arguments)
    if flags.action is None:
        parser.error("say close, open, status or serve")
    state = StateFile(flags.state)
    owner = environ.get("CAUSEWAY_PID")
    changes = {} if flags.primary is None else {"primary": flags.primary}
    try:
        if flags.action == "serve":
            return serve(state, owner, flags.deadline)
        if flags.action == "open":
            open_gate(state, changes)
        elif flags.action == "close":
            still = close(state, changes, owner, flags.deadline)
            if still is not None:
                print(f"causeway: {still}", file=sys.stderr)
            return 0 if still is None else 1
        now = state.read()
        print(f"{now.primary}: the gate is {'closed' if now.closed else 'open'}", file=sys.stderr)
        return 0
    except (StateUnusable, OSError) as error:
        print(f"causeway: {error}", file=sys.stderr)
        return 3


def serve(state: StateFile, owner: str | None, seconds: float) -> int:
    """One line for each line, until standard input ends. What cannot be done is an answer too."""
    state.read()
    print("ready", flush=True)
    for line in sys.stdin:
        action, primary, *_ = [*line.split(), "", ""]
        try:
            if primary not in SIDES or action not in ("close", "open"):
                failed = f"{line.strip()!r} is not understood"
            elif action == "close":
                failed = close(state, {"primary": primary}, owner, seconds)
            else:
                failed = open_gate(state, {"primary": primary})
        except (StateUnusable, OSError) as error:
            failed = str(error)
        print("done" if failed is None else f"failed {' '.join(failed.split())}", flush=True)
    return 0


def open_gate(state: StateFile, changes: dict[str, object]) -> None:
    state.change(closed=False, owner=None, until=0.0, **changes)


def close(state: StateFile, changes: dict[str, object], owner: str | None, seconds: float) -> str | None:
    """None when nothing is in flight any more; else what is, and the gate is open again."""
    began = time.monotonic()
    closed = state.change(closed=True, owner=identity(int(owner)) if owner else None, until=time.time() + BELIEVED_SECONDS, **changes)
    holders = wait_until_drained(units_path(state), began + max(seconds - SPARE_SECONDS, seconds / 2))
    if not holders:
        print(f"the gate is closed, nothing is in flight ({(time.monotonic() - began) * 1000:.0f} ms)", file=sys.stderr)
        return None
    # The wait for what does not end is over for everybody.
    state.change(only_version=closed.version if closed else None, closed=False, owner=None, until=0.0)
    return f"still at work after {time.monotonic() - began:.1f} s: {', '.join(f'process {pid}' if pid else 'a process' for pid in holders)}"


def units_path(state: StateFile) -> Path:
    return state.path.with_name(f"{state.path.name}.units")


if __name__ == "__main__":
    sys.exit(main())
