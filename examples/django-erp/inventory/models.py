from django.db import models

from base.models import Company, Stamped
from catalog.models import Product


class Warehouse(models.Model):
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    code = models.CharField(max_length=8, unique=True)
    name = models.CharField(max_length=60)


class Location(models.Model):
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE)
    name = models.CharField(max_length=40)

    class Meta:
        unique_together = [("warehouse", "name")]


class Lot(Stamped):
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    number = models.CharField(max_length=40)
    expires = models.DateField(null=True)

    class Meta:
        unique_together = [("product", "number")]


class Quant(models.Model):
    """How much of a product lies where."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    location = models.ForeignKey(Location, on_delete=models.PROTECT)
    quantity = models.DecimalField(max_digits=16, decimal_places=3, default=0)
    reserved = models.DecimalField(max_digits=16, decimal_places=3, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["product", "location"], name="quant_once")]


class StockMove(Stamped):
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    source = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="outgoing")
    target = models.ForeignKey(Location, on_delete=models.PROTECT, related_name="incoming")
    quantity = models.DecimalField(max_digits=16, decimal_places=3)
    lot = models.ForeignKey(Lot, null=True, on_delete=models.SET_NULL)
    client_ref = models.CharField(max_length=60, blank=True, db_index=True)


class Shipment(Stamped):
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    moves = models.ManyToManyField(StockMove, blank=True)
    carrier = models.CharField(max_length=40, blank=True)
    tracking = models.UUIDField(null=True)
    shipped_at = models.DateTimeField(null=True)


class InventoryCount(Stamped):
    warehouse = models.ForeignKey(Warehouse, on_delete=models.PROTECT)
    day = models.DateField()
    began = models.TimeField()
    took = models.DurationField(null=True)


class InventoryCountLine(models.Model):
    count = models.ForeignKey(InventoryCount, on_delete=models.CASCADE)
    quant = models.ForeignKey(Quant, on_delete=models.CASCADE)
    counted = models.DecimalField(max_digits=16, decimal_places=3)


class ReorderRule(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE)
    minimum = models.DecimalField(max_digits=16, decimal_places=3)
    maximum = models.DecimalField(max_digits=16, decimal_places=3)

    class Meta:
        unique_together = [("product", "warehouse")]
