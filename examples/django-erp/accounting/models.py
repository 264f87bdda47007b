from django.db import models

from base.models import Company, Stamped
from partners.models import Partner
from sales.models import Order


class Account(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=80)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT)

    class Meta:
        unique_together = [("company", "code")]


class Journal(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    code = models.CharField(max_length=8)


class FiscalYear(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    begins = models.DateField()
    ends = models.DateField()
    closed = models.BooleanField(default=False)


class JournalEntry(Stamped):
    journal = models.ForeignKey(Journal, on_delete=models.PROTECT)
    day = models.DateField(db_index=True)
    reference = models.CharField(max_length=60, blank=True, db_index=True)


class JournalLine(models.Model):
    entry = models.ForeignKey(JournalEntry, on_delete=models.CASCADE, related_name="lines")
    account = models.ForeignKey(Account, on_delete=models.PROTECT)
    partner = models.ForeignKey(Partner, null=True, on_delete=models.SET_NULL)
    debit = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    credit = models.DecimalField(max_digits=16, decimal_places=2, default=0)


class Tax(models.Model):
    name = models.CharField(max_length=40)
    percent = models.DecimalField(max_digits=6, decimal_places=3)


class Invoice(Stamped):
    order = models.ForeignKey(Order, on_delete=models.PROTECT)
    number = models.CharField(max_length=20, unique=True)
    due = models.DateField()
    total = models.DecimalField(max_digits=14, decimal_places=2)
    taxes = models.ManyToManyField(Tax, blank=True)


class InvoiceLine(models.Model):
    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE)
    text = models.CharField(max_length=120)
    amount = models.DecimalField(max_digits=14, decimal_places=2)


class Budget(models.Model):
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    year = models.ForeignKey(FiscalYear, on_delete=models.CASCADE)
    amount = models.DecimalField(max_digits=16, decimal_places=2)
