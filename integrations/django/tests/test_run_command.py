"""The command that a project's manage.py runs, when manage.py is killed outright."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from causeway_django.address import database_from_url
from causeway_django.command.run_command import _address_file
from causeway_django.pair import Pair

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


def test_an_address_that_a_killed_command_has_left_goes_with_the_next_one(tmp_path) -> None:
    pair = Pair("default", tmp_path / "db.sqlite3", database_from_url("postgres://user:secret@host/database"), "public")
    (tmp_path / "address-left").write_text("postgres://user:old@host/database")
    with _address_file(pair, tmp_path) as held:
        with _address_file(pair, tmp_path) as other:
            assert sorted(str(file) for file in tmp_path.iterdir()) == sorted([held, other])
        with open(held, encoding="utf-8") as file:
            assert file.read() == pair.url
        assert os.stat(held).st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []
