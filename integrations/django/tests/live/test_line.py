"""The line at the gate: who has waited goes in in the order of coming, a few at a time, and nobody is kept out by another."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from dataclasses import replace

import pytest
from django.db import OperationalError, connection, transaction
from live_fences import in_background, still_waits

from causeway_django.live import DatabaseMoved
from causeway_django.live.line import LONG_SECONDS, WIDTH
from causeway_django.live.switch import find_switch

WAITING = 16
# How far one may be from its place: those that are in at once pass each other, and a busy machine wakes them as it likes.
NEAR = WAITING // 2


class Visits:
    """What has gone in, in its order, and how many of it were in at once."""

    def __init__(self):
        self.switch = find_switch()
        self.order = []
        self.inside = 0
        self.most = 0
        self.mutex = threading.Lock()

    def visit(self, number, seconds=0.01):
        self.switch.enter()
        with self.mutex:
            self.order.append(number)
            self.inside += 1
            self.most = max(self.most, self.inside)
        time.sleep(seconds)
        with self.mutex:
            self.inside -= 1
        self.switch.leave()

    def in_line(self, numbers, visit=None):
        """One after the other, so that the order of coming is known."""
        answers = []
        for number in numbers:
            before = len(self.switch.line._places)
            answers.append(in_background(lambda number=number: (visit or self.visit)(number)))
            while len(self.switch.line._places) == before:
                time.sleep(0.001)
        return answers


@pytest.mark.parametrize("side", WIDTH)
def test_in_the_order_of_coming_and_a_few_at_a_time(live, side):
    visits = Visits()
    live.close_gate()
    answers = visits.in_line(range(WAITING))
    live.open_gate(side)
    for answer in answers:
        answer.result(10)
    assert sorted(visits.order) == list(range(WAITING))
    assert all(abs(at - number) < NEAR for at, number in enumerate(visits.order))
    assert 0 < visits.most <= WIDTH[side]
    assert visits.switch.line.is_empty()


def test_who_comes_later_stands_behind(live):
    visits = Visits()
    live.close_gate()
    answers = visits.in_line(range(WAITING))
    live.open_gate("sqlite")
    while len(visits.order) < 2:
        time.sleep(0.001)
    in_background(lambda: visits.visit(WAITING)).result(10)
    for answer in answers:
        answer.result(10)
    assert visits.order.index(WAITING) > NEAR


def test_a_unit_that_takes_long_keeps_nobody_out(live):
    visits = Visits()
    live.close_gate()
    ends = threading.Event()

    def stays():
        visits.switch.enter()
        ends.wait(10)
        visits.switch.leave()

    long = visits.in_line([0], lambda _: stays())
    answers = visits.in_line(range(1, WAITING))
    began = time.monotonic()
    live.open_gate("sqlite")
    for answer in answers:
        answer.result(10)
    assert time.monotonic() - began > LONG_SECONDS
    assert len(visits.order) == WAITING - 1 and not long[0].done()
    ends.set()
    long[0].result(10)


def test_coroutines_stand_in_the_same_line(live):
    visits = Visits()

    async def avisit(number):
        await visits.switch.aenter()
        visits.order.append(number)
        await asyncio.sleep(0.01)
        visits.switch.leave()

    async def all_of_them():
        tasks = [asyncio.create_task(avisit(number)) for number in range(WAITING)]
        await asyncio.sleep(0.05)
        assert visits.order == []
        live.open_gate("sqlite")
        await asyncio.gather(*tasks)

    live.close_gate()
    asyncio.run(all_of_them())
    assert sorted(visits.order) == list(range(WAITING))
    assert all(abs(at - number) < NEAR for at, number in enumerate(visits.order))


def test_who_gives_up_leaves_the_line(live, monkeypatch):
    visits = Visits()
    live.close_gate()
    monkeypatch.setattr(visits.switch, "config", replace(visits.switch.config, patience=0.05))
    with pytest.raises(DatabaseMoved):
        in_background(visits.switch.enter).result(10)
    assert visits.switch.line.is_empty()
    live.open_gate("sqlite")
    visits.visit(1)
    assert visits.order == [1]


def test_who_has_waited_looks_often_for_the_write_lock_and_waits_as_long_as_the_project_says(live):
    visits = Visits()
    live.close_gate()
    answers = visits.in_line([0])
    live.open_gate("sqlite")
    answers[0].result(10)
    assert visits.switch.line.is_rushed()
    other = sqlite3.connect(live.file, isolation_level=None)

    def write(timeout=10.0):
        connection.settings_dict["OPTIONS"]["timeout"] = timeout
        try:
            with transaction.atomic():
                connection.cursor().execute("INSERT INTO shop_tag (name) VALUES ('rushed')")
                return connection.connection.execute("PRAGMA busy_timeout").fetchone()[0]
        finally:
            connection.settings_dict["OPTIONS"]["timeout"] = 10

    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            in_background(lambda: write(0.2)).result(10)
        answer = in_background(write)
        assert still_waits(answer)
        other.execute("ROLLBACK")
        assert answer.result(10) == 10_000
    finally:
        other.close()
