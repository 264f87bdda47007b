from django.db import models

from base.models import Company, Stamped
from catalog.models import Product
from partners.models import Partner


class PurchaseOrder(Stamped):
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    supplier = models.ForeignKey(Partner, on_delete=models.PROTECT)
    state = models.CharField(max_length=10, default="draft")
    expected = models.DateTimeField(null=True)


class PurchaseLine(models.Model):
    order = models.ForeignKey(PurchaseOrder, on_delete=models.CASCADE)
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    cost = models.DecimalField(max_digits=14, decimal_places=4)


class Receipt(Stamped):
    order = models.ForeignKey(PurchaseOrder, on_delete=models.PROTECT)
    delivery_note = models.CharField(max_length=40)


class ReceiptLine(models.Model):
    receipt = models.ForeignKey(Receipt, on_delete=models.CASCADE)
    line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)


class Tender(Stamped):
    title = models.CharField(max_length=120)
    closes = models.DateTimeField()
    invited = models.ManyToManyField(Partner, blank=True)


class Bid(models.Model):
    tender = models.ForeignKey(Tender, on_delete=models.CASCADE)
    supplier = models.ForeignKey(Partner, on_delete=models.CASCADE)
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        unique_together = [("tender", "supplier")]
