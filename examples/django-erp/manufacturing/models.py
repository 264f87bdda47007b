from django.db import models

from base.models import Stamped
from catalog.models import Product
from inventory.models import Warehouse


class WorkCenter(models.Model):
    name = models.CharField(max_length=60)
    warehouse = models.ForeignKey(Warehouse, on_delete=models.CASCADE)
    capacity = models.FloatField(default=1)


class BillOfMaterials(Stamped):
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    version = models.PositiveSmallIntegerField(default=1)

    class Meta:
        unique_together = [("product", "version")]


class BomLine(models.Model):
    bom = models.ForeignKey(BillOfMaterials, on_delete=models.CASCADE)
    component = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.DecimalField(max_digits=12, decimal_places=4)


class Operation(models.Model):
    bom = models.ForeignKey(BillOfMaterials, on_delete=models.CASCADE)
    center = models.ForeignKey(WorkCenter, on_delete=models.PROTECT)
    setup = models.DurationField()
    run = models.DurationField()


class ProductionOrder(Stamped):
    bom = models.ForeignKey(BillOfMaterials, on_delete=models.PROTECT)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    starts = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="planned")


class WorkLog(models.Model):
    order = models.ForeignKey(ProductionOrder, on_delete=models.CASCADE)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT)
    took = models.DurationField()
    scrap = models.DecimalField(max_digits=12, decimal_places=3, default=0)


class QualityCheck(Stamped):
    order = models.ForeignKey(ProductionOrder, on_delete=models.CASCADE)
    passed = models.BooleanField()
    measured = models.JSONField(default=list)
