"""The gate: what waits at it, what is waited for, and what passes."""

from __future__ import annotations

import os

import pytest
from django.db import connections
from django.test import Client
from live_fences import in_background, still_waits
from writers import WAITING, drained

from causeway_django.live import gate


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("what", WAITING)
def test_what_writes_waits_and_goes_on_at_the_new_primary(live, what, atomic):
    connections.settings["default"]["ATOMIC_REQUESTS"] = atomic
    live.close_gate()
    answer = in_background(WAITING[what])
    assert still_waits(answer)
    # Nothing of it has begun: the fence would be met by nobody.
    assert drained() == []
    live.move_to("postgresql")
    live.open_gate("postgresql")
    assert answer.result(10) == "postgresql"
    assert drained(5) == []


@pytest.mark.parametrize("what", WAITING)
def test_an_attempt_that_is_undone_leads_back(live, what):
    live.close_gate()
    answer = in_background(WAITING[what])
    assert still_waits(answer)
    live.open_gate("sqlite")
    assert answer.result(10) == "sqlite"


def test_what_reads_is_answered_by_the_old_side_until_the_switch_and_by_the_new_one_from_then_on(live):
    client = Client()
    assert client.get("/read").json()["side"] == "sqlite"
    live.close_gate()
    live.fence()
    assert client.get("/read").json() == {"side": "sqlite", "orders": 2, "first": True}
    live.open_postgresql()
    live.open_gate("postgresql")
    assert client.get("/read").json()["side"] == "postgresql"
    live.close_gate()
    live.move_to("sqlite")
    assert client.get("/read").json()["side"] == "postgresql"
    live.open_gate("sqlite")
    assert client.get("/read").json()["side"] == "sqlite"


def test_what_is_in_flight_is_waited_for(live):
    from shop import views

    answer = in_background(lambda: Client().post("/slow", {"code": "x"}))
    assert views.entered.wait(5)
    closing = in_background(lambda: gate.main([str(live.state.path), "close", "--deadline", "10"], {}))
    assert still_waits(closing)
    late = in_background(lambda: Client().post("/write_in", {"code": "y"}))
    assert still_waits(late)
    views.go_on.set()
    assert closing.result(10) == 0
    assert answer.result(10).json() == {"side": "sqlite"}
    assert not late.done()
    live.move_to("postgresql")
    assert gate.main([str(live.state.path)], {"CAUSEWAY_GATE": "open", "CAUSEWAY_PRIMARY": "postgresql"}) == 0
    assert late.result(10).json() == {"side": "postgresql"}
    assert (live.orders("sqlite"), live.orders("postgresql")) == ({"x"}, {"y"})


def test_what_does_not_end_is_named_and_the_gate_opens_again(live, capfd):
    from shop import views

    answer = in_background(lambda: Client().post("/slow", {"code": "x"}))
    assert views.entered.wait(5)
    assert gate.main([str(live.state.path), "close", "--deadline", "1"], {}) == 1
    assert f"process {os.getpid()}" in capfd.readouterr().err
    assert not live.state.read().closed
    views.go_on.set()
    assert answer.result(10).json() == {"side": "sqlite"}


def test_a_stream_goes_on_through_the_switch(live):
    from shop import views
    from shop.models import Order

    Order.objects.using("sqlite").bulk_create([Order(code=str(i)) for i in range(5)])
    answer = Client().get("/stream")
    lines = iter(answer.streaming_content)
    assert next(lines) == b"first\n"
    # Not waited for: it has no transaction open, and each write of it is one by itself.
    assert drained() == []
    live.move_to("postgresql")
    live.open_gate("postgresql")
    views.go_on.set()
    assert b"".join(lines).decode().split() == ["second", *"01234"]
    assert len(live.tags("postgresql")) == 7
