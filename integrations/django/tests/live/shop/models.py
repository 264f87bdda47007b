import uuid

from django.db import models


class Tag(models.Model):
    name = models.CharField(max_length=40, unique=True)


class Order(models.Model):
    code = models.CharField(max_length=40, unique=True)
    token = models.UUIDField(default=uuid.uuid4)
    total = models.DecimalField(max_digits=12, decimal_places=2, default=0)
    paid = models.BooleanField(default=False)
    extra = models.JSONField(default=dict)
    at = models.DateTimeField(auto_now_add=True)
    tags = models.ManyToManyField(Tag)
