"""The gate: what waits at it, what is waited for, and what passes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction
from django.test import AsyncClient, Client
from live_fences import in_background, still_waits

from causeway_django.live import DatabaseMoved, gate, held
from causeway_django.live.process_identity import has_ended, identity
from causeway_django.live.switch import find_switch
from causeway_django.live.units_lock import wait_until_drained

WAITING = {
    "request": lambda: Client().post("/write_in", {"code": "x"}).json()["side"],
    "get that writes": lambda: Client().get("/read_and_write?name=x").json()["side"],
    "session": lambda: Client().get("/visit").json()["side"],
    "transaction": lambda: _in_transaction(),
    "save": lambda: _saved(),
    "raw": lambda: _raw(),
    "held": lambda: held(_saved)(),
}


def _in_transaction():
    from shop.models import Order

    with transaction.atomic():
        Order.objects.create(code="x")
        return connection.vendor


def _saved():
    from shop.models import Order

    Order(code="x").save()
    return connection.vendor


def _raw():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO shop_tag (name) VALUES (%s)", ["x"])
    return connection.vendor


def drained(seconds: float = 0.0) -> list[int]:
    return wait_until_drained(find_switch().units.path, time.monotonic() + seconds)


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


def test_a_gate_that_nobody_opens_is_an_answer_and_no_lost_write(live):
    switch = find_switch()
    config = switch.config
    switch.config = type(config)(**{**vars(config), "wait": 0.3, "patience": 0.6})
    try:
        live.close_gate()
        answer = Client().post("/write_in", {"code": "x"})
        assert (answer.status_code, answer["Retry-After"]) == (503, "2")
        with pytest.raises(DatabaseMoved):
            _saved()
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


def test_what_has_no_unit_left_is_gated_by_itself(live):
    """A thread that a request leaves behind, with the context of that request."""
    import contextvars

    from causeway_django.live.unit import Unit, current_unit

    unit = Unit(side="sqlite", held=False)
    token = current_unit.set(unit)
    context = contextvars.copy_context()
    current_unit.reset(token)
    find_switch().end(unit)
    live.close_gate()
    answer = in_background(lambda: context.run(WAITING["save"]))
    assert still_waits(answer)
    live.move_to("postgresql")
    live.open_gate("postgresql")
    assert answer.result(10) == "postgresql"
    assert drained(5) == []


@pytest.mark.parametrize("kind", ["gate", "fence"])
def test_async_views(live, kind):
    import asyncio

    from asgiref.sync import sync_to_async

    async def story():
        client = AsyncClient()
        if kind == "gate":
            live.close_gate()
        else:
            await sync_to_async(live.move_to)("postgresql")
        answer = asyncio.ensure_future(client.post("/awrite", {"code": "x"}))
        if kind == "gate":
            await asyncio.sleep(0.3)
            assert not answer.done()
            # The loop is not blocked by who waits.
            assert (await client.get("/aread")).status_code == 200
            await sync_to_async(live.move_to)("postgresql")
            live.open_gate("postgresql")
        assert (await answer).json() == {"code": "x"}
        await sync_to_async(connections.close_all)()

    asyncio.run(story())
    assert (live.orders("sqlite"), live.orders("postgresql")) == (set(), {"x"})


def test_held_coroutines(live):
    import asyncio

    from asgiref.sync import sync_to_async

    @held
    async def task(code):
        from shop.models import Order

        await Order.objects.acreate(code=code)

    async def story():
        await task("x")
        await sync_to_async(live.move_to)("postgresql")
        await task("y")
        await sync_to_async(connections.close_all)()

    asyncio.run(story())
    assert (live.orders("sqlite"), live.orders("postgresql")) == ({"x"}, {"y"})


def test_celery_tasks(live):
    celery = pytest.importorskip("celery", reason="the project has no Celery")
    from shop.models import Order

    app = celery.Celery("shop", broker="memory://", backend="cache+memory://", task_cls="causeway_django.live.celery:LiveTask")
    runs = []

    @app.task(name="order", bind=True)
    def order(self, code):
        runs.append(connection.vendor)
        with transaction.atomic():
            Order.objects.create(code=code)
        return connection.vendor

    live.move_to("postgresql")
    assert order.apply(args=["x"]).get() == "postgresql"
    assert runs == ["sqlite", "postgresql"]
    assert live.orders("postgresql") == {"x"}


def test_a_pinned_process_works_on_its_side(live):
    from causeway_django.live.config import live_config

    entry = connections.settings["default"]
    assert live_config("default", entry, {"CAUSEWAY_SIDE": "postgresql"}).pinned == "postgresql"
    with pytest.raises(ValueError, match="CAUSEWAY_SIDE"):
        live_config("default", entry, {"CAUSEWAY_SIDE": "oracle"})


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


def eventually(holds) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


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


def test_mailers_of_newer_versions(live):
    """Where Django has MAILERS, the sender is one of its options."""
    from django.core import mail

    from causeway_django.live.mail import EmailBackend

    backend = EmailBackend(sender="django.core.mail.backends.locmem.EmailBackend")

    @held
    def task():
        backend.send_messages([mail.EmailMessage("order", "x", "a@example.com", ["b@example.com"])])
        assert mail.outbox == []

    task()
    assert [message.body for message in mail.outbox] == ["x"]
