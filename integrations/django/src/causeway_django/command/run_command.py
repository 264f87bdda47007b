"""Runs the `causeway` command for a pair: progress passes through, the address never stands among the arguments."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from ..pair import Pair
from .ends_with_this_process import ends_with_this_process
from .find_command import find_command

INTERRUPTED = 130


@dataclass(frozen=True)
class Finished:
    code: int
    #: Standard output, where it was captured.
    output: str

    @property
    def outcome(self) -> dict[str, Any] | None:
        """The JSON object that `--json` prints as the last line."""
        try:
            last = json.loads(self.output.strip().rsplit("\n", 1)[-1])
        except ValueError:
            return None
        return last if isinstance(last, dict) else None


def add_arguments(parser: CommandParser) -> None:
    parser.add_argument("--causeway", metavar="COMMAND", help="the causeway command; default: CAUSEWAY_COMMAND in the settings or the environment, else PATH")
    parser.add_argument("--state", metavar="FOLDER", help="folder for logs, backups and reports; default: CAUSEWAY_STATE in the settings or the environment, else .causeway")
    parser.add_argument("--json", action="store_true", help="print one JSON object as the last line of standard output")


def state_folder(options: dict[str, Any]) -> Path:
    folder = Path(options.get("state") or getattr(settings, "CAUSEWAY_STATE", None) or os.environ.get("CAUSEWAY_STATE") or ".causeway").resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CommandError(f"the state folder {folder}: {error.strerror}", returncode=3) from error
    return folder


def run_causeway(pair: Pair, options: dict[str, Any], arguments: Sequence[str], *, capture: bool, quiet_errors: bool = False) -> Finished:
    command = find_command(options.get("causeway"))
    with _address_file(pair, state_folder(options)) as address:
        full = [*command, *arguments, "--to", f"@{address}", "--state", str(state_folder(options))]
        return _run(full, capture, quiet_errors)


def _run(command: list[str], capture: bool, quiet_errors: bool) -> Finished:
    child = subprocess.Popen(
        command,
        text=True,
        stdin=None,
        stdout=subprocess.PIPE if capture else None,
        stderr=subprocess.PIPE if quiet_errors else None,
        preexec_fn=ends_with_this_process(),
    )
    # Ctrl-C reaches the whole group: the command ends in order, and we wait for it. A signal to us alone is passed on.
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        output, errors = child.communicate()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    code = child.returncode
    return Finished(code if code >= 0 else INTERRUPTED, (output or "") if capture else (errors or ""))


@contextmanager
def _address_file(pair: Pair, state: Path) -> Iterator[str]:
    """Readable by its owner only; gone when the command has ended, or with the next one where it was killed."""
    for left in state.glob("address-*"):
        _remove_unless_held(left)
    # Under another name until it is locked, or a command that begins at this moment would take it for one that was left.
    handle, new = tempfile.mkstemp(prefix="new-", dir=state)
    fcntl.flock(handle, fcntl.LOCK_SH)
    name = Path(new).with_name(f"address-{Path(new).name.removeprefix('new-')}")
    try:
        Path(new).rename(name)
        os.write(handle, pair.url.encode())
        yield str(name)
    finally:
        name.unlink(missing_ok=True)
        os.close(handle)


def _remove_unless_held(file: Path) -> None:
    """A lock ends with the process that had it."""
    try:
        with file.open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.unlink(missing_ok=True)
    except OSError:
        pass


def exit_with(code: int) -> None:
    """manage.py's exit code is the command's."""
    if code != 0:
        sys.stdout.flush()
        sys.exit(code)
