"""Views as projects write them: some of them swallow every error that they can."""

import threading

from django.core.mail import send_mail
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.http import HttpResponse, JsonResponse, StreamingHttpResponse

from .models import Order, Tag

hooks: list[str] = []
entered, go_on = threading.Event(), threading.Event()


def ways(code):
    """One write, in every manner in which a fence's refusal could be taken for something else."""

    def swallowing(error):
        try:
            with transaction.atomic():
                Order.objects.create(code=code)
        except error:
            pass

    def bare():
        try:
            Order.objects.create(code=code)
        except:  # noqa: E722
            pass

    def raw():
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO shop_tag (name) VALUES (%s)", [code])

    def many():
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO shop_tag (name) VALUES (%s)", [[code], [f"{code}'"]])

    def nested():
        with transaction.atomic():
            with transaction.atomic():
                Order.objects.create(code=code)

    return {
        "create": lambda: Order.objects.create(code=code),
        "get_or_create": lambda: Order.objects.get_or_create(code=code),
        "update_or_create": lambda: Order.objects.update_or_create(code=code, defaults={"paid": True}),
        "bulk_create": lambda: Order.objects.bulk_create([Order(code=code)], ignore_conflicts=True),
        "except IntegrityError": lambda: swallowing(IntegrityError),
        "except DatabaseError": lambda: swallowing(DatabaseError),
        "except Exception": lambda: swallowing(Exception),
        "except BaseException": lambda: swallowing(BaseException),
        "bare except": bare,
        "update": lambda: Order.objects.filter(code="first").update(paid=True),
        "delete": lambda: Order.objects.filter(code="second").delete(),
        "queryset delete": lambda: Tag.objects.filter(name="old").delete(),
        "raw": raw,
        "executemany": many,
        "many to many": lambda: Order.objects.get(code="first").tags.add(Tag.objects.get(name="red")),
        "for update": lambda: Order.objects.select_for_update().filter(code="first").update(total=3),
        "nested": nested,
    }


def write(request):
    transaction.on_commit(lambda: hooks.append(request.POST["code"]))
    send_mail("order", request.POST["code"], "a@example.com", ["b@example.com"])
    ways(request.POST["code"])[request.POST["way"]]()
    # What a view goes on with after it has swallowed an error.
    Tag.objects.get_or_create(name=f"after {request.POST['code']}")
    return JsonResponse({"side": connection.vendor, "body": request.body.decode()})


def write_in(request):
    Order.objects.create(code=request.POST["code"])
    return JsonResponse({"side": connection.vendor})


def slow(request):
    entered.set()
    go_on.wait(10)
    Order.objects.create(code=request.POST["code"])
    return JsonResponse({"side": connection.vendor})


def two_transactions(request):
    with transaction.atomic():
        Order.objects.create(code=request.POST["code"])
    entered.set()
    go_on.wait(10)
    with transaction.atomic():
        Order.objects.create(code=request.POST["code"] + " too")
    return HttpResponse("ok")


def read(request):
    return JsonResponse({"side": connection.vendor, "orders": Order.objects.count(), "first": Order.objects.filter(paid=False).first() is not None})


def read_and_write(request):
    """A page that counts its visits."""
    seen = Order.objects.filter(code="first").exists()
    Tag.objects.get_or_create(name=request.GET["name"])
    return JsonResponse({"side": connection.vendor, "seen": seen})


def visit(request):
    request.session["visits"] = request.session.get("visits", 0) + 1
    return JsonResponse({"side": connection.vendor, "visits": request.session["visits"]})


def stream(request):
    def lines():
        for order in Order.objects.order_by("pk").iterator(chunk_size=1):
            yield f"{order.code}\n"
            go_on.wait(10)
            Tag.objects.get_or_create(name=f"streamed {order.code}")

    return StreamingHttpResponse(lines())


async def awrite(request):
    await Order.objects.acreate(code=request.POST["code"])
    return JsonResponse({"code": request.POST["code"]})


async def aread(request):
    return JsonResponse({"orders": await Order.objects.acount()})
