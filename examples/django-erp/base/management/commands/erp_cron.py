"""What cron runs: counts, without a transaction around all of it. Knows nothing of the switch."""

import datetime
import time
from decimal import Decimal

from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from django.db.models import F, Sum

from base.management.ledger import Ledger, Stopping
from base.models import AuditEntry, DailyFigure
from sales.models import Payment


def one_run(number):
    today = datetime.date.today()
    paid = Payment.objects.filter(created_at__date=today).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    figure, _ = DailyFigure.objects.get_or_create(day=today, name="paid", defaults={"value": paid})
    DailyFigure.objects.filter(pk=figure.pk).update(value=paid, runs=F("runs") + 1)
    # As old scripts do it.
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sales_coupon SET used = used + 1 WHERE id = (SELECT min(id) FROM sales_coupon)")
    AuditEntry(action="cron", details={"run": number}).save()


class Command(BaseCommand):
    help = "Runs once, or every so many seconds until it is ended."

    def add_arguments(self, parser):
        parser.add_argument("--every", type=float)
        parser.add_argument("--ledger")

    def handle(self, *, every, ledger, **_):
        ledger, stopping, number = Ledger(ledger), Stopping(), 0
        while not stopping.asked:
            close_old_connections()
            number += 1
            try:
                one_run(number)
                ledger.add(kind="cron", ref=number)
            except Exception as error:
                ledger.add(kind="failure", who="cron", error=f"{type(error).__name__}: {error}")
            if every is None:
                return
            time.sleep(every)
