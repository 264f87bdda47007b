"""Connections on the way there and back: every kind of them, made in time, and left to nobody."""

from __future__ import annotations

import pytest
from django.db import connections
from django.test import Client
from live_fences import in_background, still_waits
from writers import eventually

from causeway_django.live.switch import find_switch


@pytest.mark.parametrize("options", [{"CONN_MAX_AGE": 0}, {"CONN_MAX_AGE": None}, {"CONN_MAX_AGE": 0, "OPTIONS": {"pool": {"min_size": 1, "max_size": 2}}}])
def test_connections_of_every_kind_there_and_back(live, options):
    import django

    side = find_switch().config.sides["postgresql"]
    before = dict(side)
    if "OPTIONS" in options and django.VERSION < (5, 1):
        options = {"CONN_MAX_AGE": 0}
    side.update({**options, "OPTIONS": {**before["OPTIONS"], **options.get("OPTIONS", {})}})

    def requests(expected):
        # More than the pool has: each request gives its connection back.
        return [Client().post("/write_in", {"code": f"{expected} {live.state.read().version} {i}"}).json()["side"] for i in range(4)] == [expected] * 4

    def rounds():
        for _ in range(2):
            assert requests("sqlite")
            live.move_to("postgresql")
            live.open_gate("postgresql")
            assert requests("postgresql")
            assert Client().get("/read").json()["side"] == "postgresql"
            live.move_to("sqlite")
            live.open_gate("sqlite")

    try:
        in_background(rounds).result(30)
    finally:
        connections["default"].close()
        side.clear()
        side.update(before)
        if "pool" in options.get("OPTIONS", {}):
            from django.db.backends.postgresql.base import DatabaseWrapper

            for pool in DatabaseWrapper._connection_pools.values():
                pool.close()
            DatabaseWrapper._connection_pools.clear()


def connected(live) -> int:
    with connections["postgresql"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        return cursor.fetchone()[0]


@pytest.mark.parametrize("to", ["postgresql", "sqlite"])
def test_who_waits_connects_to_the_other_side_meanwhile(live, to):
    before = connected(live)
    live.close_gate()
    answer = in_background(lambda: Client().post("/write_in", {"code": "x"}).json()["side"])
    eventually(lambda: connected(live) == before + 1)
    assert not answer.done()
    if to == "postgresql":
        live.move_to("postgresql")
    live.open_gate(to)
    assert answer.result(10) == to
    # The attempt was undone: nothing is kept of it.
    if to == "sqlite":
        eventually(lambda: connected(live) == before)


def test_a_side_that_cannot_be_reached_keeps_nobody_from_going_back(live):
    switch = find_switch()
    sides = switch.config.sides
    nowhere = {**sides["postgresql"], "HOST": "127.0.0.1", "PORT": "1", "OPTIONS": {}}
    object.__setattr__(switch.config, "sides", {**sides, "postgresql": nowhere})
    try:
        live.close_gate()
        answer = in_background(lambda: Client().post("/write_in", {"code": "x"}).json()["side"])
        assert still_waits(answer)
        live.open_gate("sqlite")
        assert answer.result(10) == "sqlite"
    finally:
        object.__setattr__(switch.config, "sides", sides)
