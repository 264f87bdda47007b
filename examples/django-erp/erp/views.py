"""What a hundred people do with it all day. Every write answers with the reference that the client gave it."""

import datetime
from decimal import Decimal

from django.contrib.auth.decorators import login_required
from django.contrib.contenttypes.models import ContentType
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Count, F, Sum
from django.http import HttpResponseBadRequest, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET, require_POST

from accounting.models import Account, Journal, JournalEntry, JournalLine
from base.models import AuditEntry, Job, Note, Preference
from catalog.models import Product
from inventory.models import Location, Quant, StockMove
from partners.models import Partner
from sales.models import Order, OrderLine, Payment

PAGE = 20


@require_GET
@login_required
def home(request):
    return JsonResponse({"user": request.user.username, "csrf": get_token(request), "open": Order.objects.filter(state="draft").count()})


@require_GET
@login_required
def orders(request):
    page = int(request.GET.get("page", 0))
    # A page that remembers where one was: a GET that writes the session.
    if page % 5 == 4:
        request.session["page"] = page
    rows = Order.objects.select_related("customer").order_by("-pk")[page * PAGE : page * PAGE + PAGE]
    return JsonResponse({"orders": [{"id": o.pk, "customer": o.customer.name, "total": str(o.total), "state": o.state} for o in rows]})


@require_GET
@login_required
def order(request, pk):
    found = get_object_or_404(Order, pk=pk)
    lines = found.lines.select_related("product").order_by("position")
    return JsonResponse({"id": found.pk, "ref": found.client_ref, "total": str(found.total), "lines": [[line.product.sku, str(line.quantity), str(line.price)] for line in lines]})


@require_POST
@login_required
@transaction.atomic
def order_new(request):
    ref = request.POST["ref"]
    products = list(Product.objects.filter(pk__in=request.POST.getlist("product")).order_by("pk"))
    customer = get_object_or_404(Partner, pk=request.POST["customer"])
    if not products:
        return HttpResponseBadRequest("no such product")
    new = Order.objects.create(company=customer.company, customer=customer, seller=request.user, ordered_on=datetime.date.today(), client_ref=ref, options={"by": "web", "lines": len(products)})
    OrderLine.objects.bulk_create([OrderLine(order=new, position=i, product=p, quantity=Decimal(i + 1), price=p.price) for i, p in enumerate(products)])
    new.total = sum((p.price * (i + 1) for i, p in enumerate(products)), Decimal(0))
    new.state = "confirmed"
    new.save(update_fields=["total", "state", "updated_at"])
    for p in products:
        Quant.objects.filter(product=p, location_id=1).update(reserved=F("reserved") + 1)
    audit(request, "order", {"order": new.pk, "ref": ref})
    request.session["last"] = ref
    transaction.on_commit(lambda: send_mail("Your order", ref, "erp@example.com", ["customer@example.com"]))
    return JsonResponse({"id": new.pk, "ref": ref, "lines": len(products), "total": str(new.total)})


@require_POST
@login_required
@transaction.atomic
def order_pay(request, pk):
    ref = request.POST["ref"]
    paid = get_object_or_404(Order.objects.select_for_update(), pk=pk)
    Payment.objects.create(order=paid, amount=paid.total, method="card", client_ref=ref)
    journal = Journal.objects.order_by("pk").first()
    entry = JournalEntry.objects.create(journal=journal, day=datetime.date.today(), reference=ref)
    bank, revenue = Account.objects.order_by("pk")[:2]
    JournalLine.objects.bulk_create([JournalLine(entry=entry, account=bank, partner=paid.customer, debit=paid.total), JournalLine(entry=entry, account=revenue, partner=paid.customer, credit=paid.total)])
    Order.objects.filter(pk=paid.pk).update(state="paid")
    Job.objects.create(kind="invoice", payload={"order": paid.pk, "ref": ref})
    return JsonResponse({"ref": ref, "amount": str(paid.total)})


@require_GET
@login_required
def stock(request):
    rows = Quant.objects.select_related("product", "location").order_by("product_id", "location_id")[:PAGE]
    return JsonResponse({"stock": [[q.product.sku, q.location.name, str(q.quantity), str(q.reserved)] for q in rows]})


@require_POST
@login_required
@transaction.atomic
def stock_move(request):
    ref, quantity = request.POST["ref"], Decimal(request.POST["quantity"])
    product = get_object_or_404(Product, pk=request.POST["product"])
    source, target = Location.objects.order_by("pk")[:2]
    # In one order, so that two moves never wait for each other.
    for location, change in sorted([(source, -quantity), (target, quantity)], key=lambda pair: pair[0].pk):
        quant, _ = Quant.objects.select_for_update().get_or_create(product=product, location=location)
        quant.quantity += change
        quant.save(update_fields=["quantity"])
    move = StockMove.objects.create(product=product, source=source, target=target, quantity=quantity, client_ref=ref)
    return JsonResponse({"ref": ref, "id": move.pk, "quantity": str(quantity)})


@require_POST
@login_required
def partner_note(request, pk):
    ref = request.POST["ref"]
    note = Note.objects.create(content_type=ContentType.objects.get_for_model(Partner), object_id=pk, author=request.user, text=request.POST["text"], client_ref=ref)
    return JsonResponse({"ref": ref, "id": note.pk})


@require_POST
@login_required
def preferences(request):
    """The same row again and again: the last acknowledged count must be there."""
    preference, _ = Preference.objects.update_or_create(user=request.user, defaults={"values": {"theme": request.POST["theme"]}, "last_ip": request.META["REMOTE_ADDR"]})
    Preference.objects.filter(pk=preference.pk).update(changed=F("changed") + 1)
    preference.refresh_from_db()
    return JsonResponse({"user": request.user.username, "changed": preference.changed, "theme": preference.values["theme"]})


@require_GET
@login_required
def sales_report(request):
    since = datetime.date.today() - datetime.timedelta(days=1)
    rows = Order.objects.filter(ordered_on__gte=since).values("state").annotate(n=Count("pk"), total=Sum("total")).order_by("state")
    return JsonResponse({"states": [[r["state"], r["n"], str(r["total"])] for r in rows]})


def audit(request, action, details):
    AuditEntry.objects.create(user=request.user, action=action, details=details, ip=request.META["REMOTE_ADDR"], took=datetime.timedelta(milliseconds=3))
