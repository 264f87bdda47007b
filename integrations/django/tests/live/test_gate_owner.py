"""Whose gate it is: of a command that lives, of one that was killed, of nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from django.test import Client
from live_fences import in_background, still_waits
from writers import WAITING, drained, saved

from causeway_django.live import DatabaseMoved, gate
from causeway_django.live.process_identity import has_ended, identity
from causeway_django.live.switch import find_switch


def test_a_gate_that_nobody_opens_is_an_answer_and_no_lost_write(live):
    switch = find_switch()
    config = switch.config
    switch.config = type(config)(**{**vars(config), "wait": 0.3, "patience": 0.6})
    try:
        live.close_gate()
        answer = Client().post("/write_in", {"code": "x"})
        assert (answer.status_code, answer["Retry-After"]) == (503, "2")
        with pytest.raises(DatabaseMoved):
            saved()
    finally:
        switch.config = config
    assert live.orders("sqlite") == set()


HOLDER = """
import sys, time
from pathlib import Path
from causeway_django.live.units_lock import UnitsLock
lock = UnitsLock(Path(sys.argv[1]))
lock.enter()
print("holds", flush=True)
time.sleep(60)
"""


def test_a_worker_that_is_killed_keeps_nobody_waiting(live):
    units = find_switch().units.path
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(units)], stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout.readline() == "holds\n"
        assert drained() == [worker.pid]
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    assert drained(5) == []


@pytest.mark.parametrize("primary", ["sqlite", "postgresql"])
def test_a_cutover_that_is_killed_leaves_the_gate_to_those_who_wait(live, primary):
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as command:
        assert gate.main([str(live.state.path)], {"CAUSEWAY_GATE": "close", "CAUSEWAY_PRIMARY": "sqlite", "CAUSEWAY_PID": str(command.pid)}) == 0
        answer = in_background(WAITING["request"])
        # While it lives it is believed; while neither side can be written there is nothing to believe.
        assert still_waits(answer, 0.6)
        live.fence()
        command.kill()
        command.wait()
        assert still_waits(answer, 0.6)
        if primary == "postgresql":
            live.open_postgresql()
        else:
            live.lift()
        assert answer.result(10) == primary
    assert (live.state.read().primary, live.state.read().closed) == (primary, False)


def test_a_pid_that_was_given_to_another_is_no_owner():
    assert not has_ended(identity(os.getpid()))
    assert has_ended(identity(os.getpid()) + "0")
    assert not has_ended(None) and not has_ended("pid:[1] 1 1")


def test_a_child_gives_nothing_back_that_is_its_parents(live):
    switch = find_switch()
    assert switch.try_enter() == "sqlite"
    child = os.fork()
    if child == 0:
        switch.leave()
        os._exit(0)
    os.waitpid(child, 0)
    assert drained() == [os.getpid()]
    switch.leave()
    assert drained() == []


def test_every_change_of_the_state_is_seen_however_fast_they_follow(live):
    seen = type(live.state)(live.state.path)
    for i in range(200):
        live.state.change(primary=("sqlite", "postgresql")[i % 2])
        assert seen.read() == live.state.read() and seen.read().primary == ("sqlite", "postgresql")[i % 2]


def test_a_state_that_has_gone_is_not_taken_for_the_beginning(tmp_path):
    from causeway_django.live.state_file import StateFile, StateUnusable

    state = StateFile(tmp_path / "state")
    assert state.read().primary == "sqlite"
    state.change(primary="postgresql")
    state.path.unlink()
    with pytest.raises(StateUnusable, match="has gone"):
        state.read()
    with pytest.raises(StateUnusable):
        state.change(closed=True)
    state.path.write_text("{}")
    with pytest.raises(StateUnusable, match="not a state file"):
        state.read()
