"""What writes, in every way that Django has, and when nothing of it is in flight."""

from __future__ import annotations

import time

from django.db import connection, transaction
from django.test import Client

from causeway_django.live import held
from causeway_django.live.switch import find_switch
from causeway_django.live.units_lock import wait_until_drained

WAITING = {
    "request": lambda: Client().post("/write_in", {"code": "x"}).json()["side"],
    "get that writes": lambda: Client().get("/read_and_write?name=x").json()["side"],
    "session": lambda: Client().get("/visit").json()["side"],
    "transaction": lambda: in_transaction(),
    "save": lambda: saved(),
    "raw": lambda: raw(),
    "held": lambda: held(saved)(),
}


def in_transaction():
    from shop.models import Order

    with transaction.atomic():
        Order.objects.create(code="x")
        return connection.vendor


def saved():
    from shop.models import Order

    Order(code="x").save()
    return connection.vendor


def raw():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO shop_tag (name) VALUES (%s)", ["x"])
    return connection.vendor


def drained(seconds: float = 0.0) -> list[int]:
    return wait_until_drained(find_switch().units.path, time.monotonic() + seconds)


def eventually(holds) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)
