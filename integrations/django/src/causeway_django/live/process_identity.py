"""Whether the process that closed the gate is still there; a pid alone would be given to another one day."""

from __future__ import annotations

import os


def identity(pid: int) -> str | None:
    """Namespace, pid and start of a process of this machine; None where there is none, or nothing tells."""
    try:
        namespace = os.readlink("/proc/self/ns/pid")
        with open(f"/proc/{pid}/stat", "rb") as stat:
            fields = stat.read().rpartition(b")")[2].split()
    except (OSError, ValueError):
        return None
    # 'Z': it has ended, and only its parent has not noticed.
    return None if fields[0] == b"Z" else f"{namespace} {pid} {fields[19].decode()}"


def has_ended(owner: str | None) -> bool:
    """True only where it is certain: seen from another container, or where there is no /proc, nothing is."""
    if owner is None:
        return False
    namespace, pid, _ = owner.split(" ")
    try:
        if os.readlink("/proc/self/ns/pid") != namespace:
            return False
    except OSError:
        return False
    return identity(int(pid)) != owner
