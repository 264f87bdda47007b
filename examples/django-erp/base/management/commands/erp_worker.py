"""Takes jobs, one transaction each, as a Celery worker would take tasks."""

import datetime
import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections, transaction
from django.utils import timezone

from accounting.models import Invoice, InvoiceLine
from base.management.ledger import Ledger, Stopping
from base.models import Job
from causeway_django.live import held
from sales.models import Order

IDLE_SECONDS = 0.1


@held
@transaction.atomic
def one_job():
    """The number of the invoice that was made; None where no job waits."""
    job = Job.objects.select_for_update().filter(state="waiting", kind="invoice").order_by("pk").first()
    if job is None:
        return None
    order = Order.objects.get(pk=job.payload["order"])
    invoice = Invoice.objects.create(order=order, number=f"I{job.pk:08}", due=datetime.date.today() + datetime.timedelta(days=30), total=order.total)
    InvoiceLine.objects.bulk_create([InvoiceLine(invoice=invoice, text=line.product.name, amount=line.price * line.quantity) for line in order.lines.select_related("product")])
    Order.objects.filter(pk=order.pk).update(state="invoiced")
    job.state, job.done_at, job.tries = "done", timezone.now(), job.tries + 1
    job.save()
    return invoice.number


class Command(BaseCommand):
    help = "Works on jobs until it is ended."

    def add_arguments(self, parser):
        parser.add_argument("--ledger")

    def handle(self, *, ledger, **_):
        ledger, stopping = Ledger(ledger), Stopping()
        while not stopping.asked:
            close_old_connections()
            try:
                number = one_job()
            except Exception as error:
                ledger.add(kind="failure", who="worker", error=f"{type(error).__name__}: {error}")
                number = None
            if number is None:
                time.sleep(IDLE_SECONDS)
            else:
                ledger.add(kind="invoice", ref=number)
