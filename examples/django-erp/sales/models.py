from django.conf import settings
from django.db import models

from base.models import Company, Stamped
from catalog.models import PriceList, Product
from partners.models import Address, Partner


class Team(models.Model):
    name = models.CharField(max_length=60, unique=True)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True)


class Campaign(models.Model):
    name = models.CharField(max_length=80)
    starts = models.DateTimeField()
    budget = models.DecimalField(max_digits=12, decimal_places=2, default=0)


class Coupon(models.Model):
    code = models.CharField(max_length=20, unique=True)
    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    used = models.PositiveIntegerField(default=0)


class Order(Stamped):
    STATES = [("draft", "Draft"), ("confirmed", "Confirmed"), ("paid", "Paid"), ("invoiced", "Invoiced"), ("cancelled", "Cancelled")]

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    customer = models.ForeignKey(Partner, on_delete=models.PROTECT)
    delivery = models.ForeignKey(Address, null=True, on_delete=models.SET_NULL)
    price_list = models.ForeignKey(PriceList, null=True, on_delete=models.SET_NULL)
    seller = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    coupon = models.ForeignKey(Coupon, null=True, on_delete=models.SET_NULL)
    state = models.CharField(max_length=10, choices=STATES, default="draft", db_index=True)
    ordered_on = models.DateField()
    total = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    # Not unique, so that a write that was done twice shows.
    client_ref = models.CharField(max_length=60, blank=True, db_index=True)
    options = models.JSONField(default=dict)

    class Meta:
        permissions = [("approve_order", "Can approve orders above the limit")]


class OrderLine(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    price = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        unique_together = [("order", "position")]


class Payment(Stamped):
    order = models.ForeignKey(Order, on_delete=models.PROTECT)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    method = models.CharField(max_length=20)
    client_ref = models.CharField(max_length=60, blank=True, db_index=True)


class Quotation(Stamped):
    customer = models.ForeignKey(Partner, on_delete=models.CASCADE)
    valid_until = models.DateField()
    order = models.OneToOneField(Order, null=True, on_delete=models.SET_NULL)


class QuotationLine(models.Model):
    quotation = models.ForeignKey(Quotation, on_delete=models.CASCADE)
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)


class ReturnRequest(Stamped):
    line = models.ForeignKey(OrderLine, on_delete=models.CASCADE)
    reason = models.TextField()
    accepted = models.BooleanField(null=True)
