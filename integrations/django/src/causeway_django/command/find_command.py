"""Where the `causeway` command is."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Sequence

from django.conf import settings
from django.core.management.base import CommandError

from ..pair import ENVIRONMENT


def find_command(given: str | None) -> list[str]:
    """--causeway, CAUSEWAY_COMMAND in the settings or the environment, else `causeway` on PATH. May be a list of words."""
    wanted: str | Sequence[str] = given or getattr(settings, "CAUSEWAY_COMMAND", None) or os.environ.get("CAUSEWAY_COMMAND") or "causeway"
    words = shlex.split(wanted) if isinstance(wanted, str) else [str(word) for word in wanted]
    if isinstance(wanted, str) and os.path.exists(wanted):
        words = [wanted]
    program = shutil.which(words[0]) if words else None
    if program is None:
        raise CommandError(f"the command {words[0] if words else ''!r} is not there; name it with --causeway, CAUSEWAY_COMMAND or on PATH", returncode=ENVIRONMENT)
    return [program, *words[1:]]
