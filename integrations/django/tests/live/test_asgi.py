"""Under a real ASGI server, over sockets: what writes waits without blocking the loop, what is in flight is waited for, and nothing is lost."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
import uvicorn
from django.core.asgi import get_asgi_application
from django.db import connections
from live_fences import in_background, still_waits

from causeway_django.live import gate
from causeway_django.live.switch import find_switch
from causeway_django.live.units_lock import wait_until_drained


@contextmanager
def asgi_server():
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    # Who comes before the server accepts is kept waiting by the kernel.
    listening.listen(128)
    server = uvicorn.Server(uvicorn.Config(get_asgi_application(), lifespan="off", log_level="warning", timeout_graceful_shutdown=10))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
    assert not thread.is_alive()


@pytest.fixture
def port(live):
    # As Django's documentation has it for ASGI: no connection outlives its request.
    sides = find_switch().config.sides
    before = {side: sides[side]["CONN_MAX_AGE"] for side in sides}
    for side in sides:
        sides[side]["CONN_MAX_AGE"] = 0
    try:
        with asgi_server() as number:
            yield number
    finally:
        for side in sides:
            sides[side]["CONN_MAX_AGE"] = before[side]


def ask(port, path, form=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        if form is None:
            connection.request("GET", path)
        else:
            connection.request("POST", path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read() or "null") if answer.status == 200 else None
    finally:
        connection.close()


def close_gate(live) -> int:
    return gate.main([str(live.state.path), "close", "--deadline", "10"], {})


def test_requests_are_held_drained_and_switched(live, port):
    from shop import views

    slow = in_background(lambda: ask(port, "/slow", {"code": "in flight"}))
    assert views.entered.wait(10)
    closing = in_background(lambda: close_gate(live))
    assert still_waits(closing)
    paths = [("/write_in", f"sync {i}") for i in range(12)] + [("/awrite", f"async {i}") for i in range(12)]
    with ThreadPoolExecutor(len(paths)) as people:
        waiting = [people.submit(ask, port, path, {"code": code}) for path, code in paths]
        # The loop is not blocked by two dozen that wait: what reads is answered.
        assert ask(port, "/aread") == (200, {"orders": 2})
        assert still_waits(waiting[0]) and not any(one.done() for one in waiting)
        views.go_on.set()
        assert closing.result(15) == 0
        assert slow.result(10) == (200, {"side": "sqlite"})
        assert ask(port, "/read")[1]["side"] == "sqlite"
        assert not any(one.done() for one in waiting)
        live.move_to("postgresql")
        live.open_gate("postgresql")
        assert Counter(one.result(20)[0] for one in waiting) == {200: len(paths)}
    assert live.orders("sqlite") == {"in flight"}
    assert live.orders("postgresql") == {code for _, code in paths}
    assert wait_until_drained(find_switch().units.path, time.monotonic() + 5) == []


@pytest.mark.parametrize("path", ["/write_in", "/awrite"])
def test_a_fence_that_the_gate_did_not_announce_fails_no_request(live, port, path):
    assert ask(port, path, {"code": "before"})[0] == 200
    live.move_to("postgresql")
    with ThreadPoolExecutor(8) as people:
        answers = [people.submit(ask, port, path, {"code": str(i)}) for i in range(8)]
        assert [one.result(20)[0] for one in answers] == [200] * 8
    assert (live.orders("sqlite"), live.orders("postgresql")) == ({"before"}, {str(i) for i in range(8)})


def test_there_and_back_while_requests_come(live, port):
    """Every answer of 200 is in the database that was the primary when it was given, and in no other."""
    stop = threading.Event()
    answers: list[tuple[str, int, str | None]] = []

    def person(number):
        for i in range(10_000):
            if stop.is_set():
                return
            path = ("/write_in", "/awrite")[(number + i) % 2]
            code = f"{number} {i}"
            status, told = ask(port, path, {"code": code})
            answers.append((code, status, told and told.get("side")))

    def come(number):
        before = len(answers)
        end = time.monotonic() + 15
        while len(answers) < before + number and time.monotonic() < end:
            time.sleep(0.01)

    with ThreadPoolExecutor(6) as people:
        running = [people.submit(person, number) for number in range(6)]
        try:
            for to in ("postgresql", "sqlite", "postgresql"):
                come(30)
                assert close_gate(live) == 0
                live.move_to(to)
                live.open_gate(to)
            come(30)
        finally:
            stop.set()
        for one in running:
            one.result(30)
    assert Counter(status for _, status, _ in answers) == {200: len(answers)}
    sqlite, postgresql = live.orders("sqlite"), live.orders("postgresql")
    assert sqlite | postgresql == {code for code, _, _ in answers} and not sqlite & postgresql
    assert [code for code, _, side in answers if side == "sqlite" and code not in sqlite or side == "postgresql" and code not in postgresql] == []
    assert sqlite and postgresql


def test_no_connection_is_left_behind(live, port):
    for i in range(5):
        assert ask(port, "/awrite", {"code": str(i)})[0] == 200
    live.move_to("postgresql")
    live.open_gate("postgresql")
    for i in range(5):
        assert ask(port, "/awrite", {"code": f"late {i}"})[0] == 200
        assert ask(port, "/write_in", {"code": f"late sync {i}"})[0] == 200
    end = time.monotonic() + 10
    while (left := _connected()) > 0 and time.monotonic() < end:
        time.sleep(0.05)
    assert left == 0


def _connected() -> int:
    """Besides the one that asks, and that of the test's own thread."""
    with connections["postgresql"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state IS NOT NULL")
        return cursor.fetchone()[0]
