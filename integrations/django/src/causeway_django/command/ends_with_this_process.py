"""
For a process that is killed outright: the command that it runs ends in order, as after Ctrl-C. Otherwise it would go on
unseen, and the same command run again would find its folder in use.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable

#: PR_SET_PDEATHSIG of <sys/prctl.h>.
_SIGNAL_AT_DEATH_OF_PARENT = 1


def ends_with_this_process() -> Callable[[], None] | None:
    """For `preexec_fn`; None where the system has nothing of the kind. Loaded here: little may be done after a fork."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def prepare() -> None:
        prctl(_SIGNAL_AT_DEATH_OF_PARENT, signal.SIGTERM, 0, 0, 0)
        # It may have ended just before.
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)

    return prepare
