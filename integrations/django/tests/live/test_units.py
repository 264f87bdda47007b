"""Units of work that are no plain request: coroutines, tasks, threads, pinned processes, mail."""

from __future__ import annotations

import pytest
from django.db import connection, connections, transaction
from django.test import AsyncClient
from live_fences import in_background, still_waits
from writers import WAITING, drained

from causeway_django.live import held
from causeway_django.live.switch import find_switch


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
