"""A write that meets a fence: whatever code stands around it, nothing is lost, nothing is done twice, nobody is told a lie."""

from __future__ import annotations

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import Client

from causeway_django.live import DatabaseMoved, held

OTHER = {"sqlite": "postgresql", "postgresql": "sqlite"}
WAYS = [
    "create",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "except IntegrityError",
    "except DatabaseError",
    "except Exception",
    "except BaseException",
    "bare except",
    "update",
    "delete",
    "queryset delete",
    "raw",
    "executemany",
    "many to many",
    "for update",
    "nested",
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def left(request, fences):
    """The side that is the primary as the application believes it, and is fenced behind its back."""
    fences.reset()
    if request.param == "postgresql":
        fences.move_to("postgresql")
        fences.open_gate("postgresql")
        Client().get("/read")
    fences.move_to(OTHER[request.param])
    yield request.param
    fences.reset()


def everything(side):
    from shop.models import Order, Tag

    return sorted(Order.objects.using(side).values_list("code", "paid", "total", "tags__name")), sorted(Tag.objects.using(side).values_list("name", flat=True))


@pytest.mark.parametrize("atomic", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_a_request_is_done_again_in_the_other_database(fences, left, way, atomic):
    from django.db import connections
    from shop import views

    fences.forget(left)
    connections.settings["default"]["ATOMIC_REQUESTS"] = atomic
    before, expected = everything(left), everything(OTHER[left])
    answer = Client().post("/write", {"code": f"{way} {atomic}", "way": way})
    assert (answer.status_code, answer.json()["side"]) == (200, OTHER[left]), answer.content
    # Parsed from the same body.
    assert way.split()[0] in answer.json()["body"]
    assert everything(left) == before
    assert everything(OTHER[left]) != expected
    assert f"after {way} {atomic}" in fences.tags(OTHER[left])
    assert views.hooks == [f"{way} {atomic}"] or not atomic
    assert [message.body for message in mail.outbox] == [f"{way} {atomic}"]
    # Everybody knows by now, without a command that would have said so.
    assert fences.state.read().primary == OTHER[left]


def test_what_was_kept_before_is_not_done_again_and_not_called_a_success(live):
    from live_fences import in_background
    from shop import views

    answer = in_background(lambda: Client().post("/two_transactions", {"code": "x"}))
    assert views.entered.wait(5)
    live.move_to("postgresql")
    views.go_on.set()
    assert answer.result(15).status_code == 503
    assert (live.orders("sqlite"), live.orders("postgresql")) == ({"x"}, set())


def test_a_doomed_transaction_does_nothing_more_and_cannot_be_taken_for_a_commit(live):
    from shop.models import Order, Tag

    live.fence()
    refused = []
    with pytest.raises(DatabaseMoved):
        with transaction.atomic():
            try:
                Order.objects.create(code="x")
            except DatabaseMoved:
                refused.append("fence")
            for statement in (lambda: Tag.objects.count(), lambda: Order.objects.create(code="y"), lambda: connection.cursor().execute("SELECT 1")):
                with pytest.raises(DatabaseMoved):
                    statement()
    assert refused == ["fence"]
    # The next transaction is a new one.
    live.lift()
    with transaction.atomic():
        Order.objects.create(code="z")
    assert live.orders("sqlite") == {"z"}


def test_errors_of_the_application_stay_what_they_are(live):
    from django.db import IntegrityError
    from shop.models import Order

    with pytest.raises(IntegrityError):
        Order.objects.create(code="first")
    order, made = Order.objects.get_or_create(code="first")
    assert not made


def test_held_repeats_a_function_once(live):
    from shop.models import Order

    calls = []
    live.move_to("postgresql")

    @held
    def task(code):
        calls.append(connection.vendor)
        with transaction.atomic():
            Order.objects.create(code=code)
        return connection.vendor

    assert task("x") == "postgresql"
    assert calls == ["sqlite", "postgresql"]
    assert live.orders("postgresql") == {"x"}


@pytest.mark.parametrize("retry", [True, False])
def test_held_tells_what_cannot_be_repeated(live, retry):
    from shop.models import Order

    calls = []

    @held(retry=retry)
    def task():
        calls.append(1)
        Order.objects.create(code="kept")
        live.move_to("postgresql")
        try:
            with transaction.atomic():
                Order.objects.create(code="x")
        except BaseException:
            return "all is well"

    with pytest.raises(DatabaseMoved):
        task()
    assert calls == [1]
    assert live.orders("sqlite") == {"kept"}


def test_within_a_unit_held_is_part_of_it(live):
    calls = []

    @held
    def inner():
        from shop.models import Order

        calls.append("inner")
        Order.objects.create(code="x")

    @held
    def outer():
        calls.append("outer")
        with transaction.atomic():
            inner()

    live.move_to("postgresql")
    outer()
    assert calls == ["outer", "inner", "outer", "inner"]
    assert live.orders("postgresql") == {"x"}


def test_a_statement_alone_is_executed_on_the_other_side(live):
    """Autocommit, no request, nobody who could begin again: the statement itself is what was not kept."""
    from shop.models import Order

    live.move_to("postgresql")
    order = Order(code="x")
    order.save()
    assert live.orders("postgresql") == {"x"} and order.pk is not None
    with connection.cursor() as cursor:
        cursor.execute("UPDATE shop_order SET paid = %s WHERE code = %s", [True, "x"])
        assert cursor.rowcount == 1
    assert connection.vendor == "postgresql"


def test_a_transaction_by_hand_is_over_with_its_rollback(live):
    from shop.models import Order

    live.fence()
    transaction.set_autocommit(False)
    try:
        with pytest.raises(DatabaseMoved):
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO shop_tag (name) VALUES ('x')")
        with pytest.raises(DatabaseMoved):
            connection.cursor()
        transaction.rollback()
        live.lift()
        assert Order.objects.count() == 2
    finally:
        connection.close()
    assert live.tags("sqlite") == set()
