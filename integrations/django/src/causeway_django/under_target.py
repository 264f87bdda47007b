"""
A management command of the project in a process of its own in which the alias that moves is PostgreSQL already: routers,
migrations and models that ask for the vendor see what they will see in production.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence

from .pair import Pair

STDERR = 2
VARIABLE = "CAUSEWAY_DJANGO_UNDER_TARGET"


def run_under_target(pair: Pair, arguments: Sequence[str], *, capture: bool = False) -> subprocess.CompletedProcess[str]:
    """Output goes where ours goes, unless it is captured. The address travels in the environment, never as an argument."""
    environment = {**os.environ, VARIABLE: json.dumps({"alias": pair.alias, "entry": _plain(pair.target), "path": sys.path}, default=str)}
    # Settings that are made from DATABASE_URL must not decide otherwise than we do.
    if "DATABASE_URL" in environment and pair.alias == "default":
        environment["DATABASE_URL"] = pair.url
    return subprocess.run(
        [sys.executable, *_flags(), "-m", "causeway_django.under_target", *arguments],
        env=environment,
        text=True,
        stdin=subprocess.DEVNULL,
        # Standard output is the caller's JSON; what a test has put in the place of sys.stderr is no file.
        stdout=subprocess.PIPE if capture else STDERR,
        stderr=subprocess.STDOUT if capture else STDERR,
        check=False,
    )


def _plain(entry: dict[str, object]) -> dict[str, object]:
    """TEST and what the running process has added are of no use to the other."""
    return {key: value for key, value in entry.items() if key != "TEST"}


def _flags() -> list[str]:
    return [f"-W{option}" for option in sys.warnoptions]


def main() -> None:
    given = json.loads(os.environ.pop(VARIABLE))
    sys.path[:] = given["path"]
    from django.conf import settings
    from django.core.management import execute_from_command_line

    # Before the applications are loaded: some choose their models by the vendor.
    settings.DATABASES = {**settings.DATABASES, given["alias"]: given["entry"]}
    execute_from_command_line(["manage.py", *sys.argv[1:]])


if __name__ == "__main__":
    main()
