"""The options that a cutover and a rollback share."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from .pass_through import PassThroughCommand


class SwitchCommand(PassThroughCommand):
    flags = {
        "dry-run": "show the gates and the steps with expected durations; do nothing",
        "undo": "undo an attempt that was cut off",
        "accept-quarantine": "go on although rows are in the quarantine",
    }
    values = {
        "postpone-file": ("FILE", "do not begin while this file exists"),
        "on-switch": ("COMMAND", "run through the shell once the other side is open"),
        "gate": ("COMMAND", "hold the application's writes around the switch, one run for closing and one for opening"),
        "gate-process": ("COMMAND", "the same as a program that stays and is told; default: the gate of the live switch, where the database has one"),
        "gate-deadline": ("SECONDS", "undo the attempt when the gate is not closed by then"),
        "ready-within": ("SECONDS", "wait so long for the gates"),
        "deadline": ("SECONDS", "undo the attempt when it is not through by then"),
        "max-lag": ("CHANGES", "begin only when at most so many changes wait"),
        "max-unverified": ("ROWS", "begin only when at most so many changed rows are not verified"),
    }

    def handle(self, *arguments: Any, **options: Any) -> None:
        if options["gate"] is None and options["gate_process"] is None:
            options["gate_process"] = gate_command(options["database"])
        super().handle(*arguments, **options)


def gate_command(alias: str) -> str | None:
    """For the shell. None for a database without the live switch."""
    live = settings.DATABASES.get(alias, {}).get("CAUSEWAY")
    if not isinstance(live, dict):
        return None
    # Without `site`, which looks for packages that it does not use, it starts in half the time. Named by its place, it is found
    # all the same.
    package = shlex.quote(str(Path(__file__).parents[2]))
    return f"PYTHONPATH={package}${{PYTHONPATH:+:$PYTHONPATH}} {shlex.quote(sys.executable)} -S -m causeway_django.live.gate {shlex.quote(str(Path(live['state']).resolve()))}"
