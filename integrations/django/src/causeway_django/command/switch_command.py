"""The options that a cutover and a rollback share."""

from __future__ import annotations

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
        "ready-within": ("SECONDS", "wait so long for the gates"),
        "deadline": ("SECONDS", "undo the attempt when it is not through by then"),
        "max-lag": ("CHANGES", "begin only when at most so many changes wait"),
        "max-unverified": ("ROWS", "begin only when at most so many changed rows are not verified"),
    }
