"""The program that closes and opens the gate, and manage.py, which gives it to the cutover."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import contextmanager

import pytest
from django.test import Client
from live_fences import in_background, still_waits
from writers import WAITING


def test_manage_py_says_what_is_missing(live, settings_of):
    from django.core.checks import run_checks

    assert [message.id for message in run_checks() if message.id.startswith("causeway")] == []
    with settings_of(MIDDLEWARE=[]):
        assert [message.id for message in run_checks() if message.id.startswith("causeway")] == ["causeway.E001"]


@contextmanager
def serving(owner: int):
    from causeway_django.command.switch_command import gate_command

    told = {**os.environ, "CAUSEWAY_GATE": "serve", "CAUSEWAY_PID": str(owner), "CAUSEWAY_DEADLINE": "2"}
    # `exec`: the process that is killed is the program itself.
    with subprocess.Popen(f"exec env {gate_command('default')}", shell=True, text=True, env=told, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as program:

        def ask(line):
            program.stdin.write(f"{line}\n")
            program.stdin.flush()
            return program.stdout.readline().strip()

        program.ask = ask
        assert program.stdout.readline() == "ready\n"
        yield program


def test_the_cutover_from_manage_py_closes_this_gate(live):
    from causeway_django.command.switch_command import gate_command

    with serving(os.getpid()) as program:
        assert not live.state.read().closed
        assert program.ask("close sqlite 3") == "done"
        assert live.state.read().closed
        # A newer controller may close it once more.
        assert program.ask("close sqlite 4") == "done"
        assert program.ask("open postgresql 4") == "done"
        assert (live.state.read().closed, live.state.read().primary) == (False, "postgresql")
        for hostile in ("close", "open mysql 1", "", "drop sqlite 1"):
            assert program.ask(hostile).startswith("failed ")
        assert (live.state.read().closed, live.state.read().primary) == (False, "postgresql")
        program.stdin.close()
        assert program.wait(10) == 0
    assert gate_command("sqlite") is None


def test_the_program_of_the_gate_names_what_does_not_end_and_opens_again(live):
    from shop import views

    answer = in_background(lambda: Client().post("/slow", {"code": "x"}))
    assert views.entered.wait(5)
    with serving(os.getpid()) as program:
        told = program.ask("close sqlite 1")
        assert told.startswith("failed still at work after") and f"process {os.getpid()}" in told
        assert not live.state.read().closed
        views.go_on.set()
        assert answer.result(10).json() == {"side": "sqlite"}
        assert program.ask("close sqlite 2") == "done"
        assert program.ask("open sqlite 2") == "done"
        program.stdin.close()


@pytest.mark.parametrize("killed", ["program and command", "command"])
def test_a_gate_whose_command_is_killed_is_opened_by_those_who_wait(live, killed):
    """Closed, and nothing fenced yet: SQLite is the primary, as the databases themselves say."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as command, serving(command.pid) as program:
        assert program.ask("close sqlite 1") == "done"
        answer = in_background(WAITING["request"])
        assert still_waits(answer, 0.4)
        if killed == "command":
            # Its pipes end with it.
            program.stdin.close()
            assert program.wait(10) == 0
            assert still_waits(answer, 0.4)
        else:
            program.kill()
        command.kill()
        command.wait()
        assert answer.result(10) == "sqlite"
    assert (live.state.read().primary, live.state.read().closed) == ("sqlite", False)
