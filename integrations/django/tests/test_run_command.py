"""The command that a project's manage.py runs, when manage.py is killed outright."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

RUNS = "import sys; from causeway_django.command.run_command import _run as run; run([sys.executable, '-c', 'import os, time; print(os.getpid(), flush=True); time.sleep(120)'], False, False)"


def is_there(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a process of its parent's end")
def test_nothing_goes_on_unseen_when_it_is_killed() -> None:
    manage = subprocess.Popen([sys.executable, "-c", RUNS], stdout=subprocess.PIPE, text=True)
    assert manage.stdout is not None
    command = int(manage.stdout.readline())
    try:
        assert is_there(command)
        manage.kill()
        manage.wait()
        until = time.monotonic() + 30
        while is_there(command) and time.monotonic() < until:
            time.sleep(0.02)
        assert not is_there(command)
    finally:
        manage.stdout.close()
        if is_there(command):
            os.kill(command, signal.SIGKILL)
