import uuid

from django.db import models

from base.models import Currency, Stamped
from partners.models import Partner


class Unit(models.Model):
    name = models.CharField(max_length=20, unique=True)
    factor = models.DecimalField(max_digits=12, decimal_places=6, default=1)


class Category(models.Model):
    name = models.CharField(max_length=60)
    slug = models.SlugField(unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    position = models.SmallIntegerField(default=0)


class Brand(models.Model):
    name = models.CharField(max_length=60, unique=True)


class Attribute(models.Model):
    name = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, default="text")


class AttributeValue(models.Model):
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE)
    value = models.CharField(max_length=60)

    class Meta:
        unique_together = [("attribute", "value")]


class Product(Stamped):
    sku = models.CharField(max_length=30, unique=True)
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    name = models.CharField(max_length=120, db_index=True)
    description = models.TextField(blank=True)
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    brand = models.ForeignKey(Brand, null=True, on_delete=models.SET_NULL)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT)
    price = models.DecimalField(max_digits=12, decimal_places=2)
    cost = models.DecimalField(max_digits=14, decimal_places=4)
    weight = models.FloatField(null=True)
    active = models.BooleanField(default=True)
    attributes = models.ManyToManyField(AttributeValue, blank=True)
    similar = models.ManyToManyField("self", blank=True)
    extra = models.JSONField(default=dict)


class ProductImage(models.Model):
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    position = models.PositiveSmallIntegerField()
    thumbnail = models.BinaryField()


class PriceList(models.Model):
    name = models.CharField(max_length=60)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)


class Price(models.Model):
    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="listed")
    minimum = models.DecimalField(max_digits=12, decimal_places=3, default=1)
    price = models.DecimalField(max_digits=12, decimal_places=2)

    class Meta:
        unique_together = [("price_list", "product", "minimum")]


class SupplierProduct(models.Model):
    """A many-to-many with columns of its own."""

    supplier = models.ForeignKey(Partner, on_delete=models.CASCADE)
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    code = models.CharField(max_length=40, blank=True)
    lead_time = models.DurationField()

    class Meta:
        unique_together = [("supplier", "product")]
