"""What the other apps refer to, and what hangs on any of their rows."""

import uuid

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models


class Stamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class Country(models.Model):
    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=80)

    def __str__(self):
        return self.name


class Currency(models.Model):
    code = models.CharField(max_length=3, unique=True)
    name = models.CharField(max_length=40)
    decimals = models.PositiveSmallIntegerField(default=2)


class ExchangeRate(models.Model):
    currency = models.ForeignKey(Currency, on_delete=models.CASCADE)
    day = models.DateField()
    rate = models.DecimalField(max_digits=18, decimal_places=8)

    class Meta:
        unique_together = [("currency", "day")]


class Company(Stamped):
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="subsidiaries")
    country = models.ForeignKey(Country, on_delete=models.PROTECT)
    currency = models.ForeignKey(Currency, on_delete=models.PROTECT)
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)


class NumberRange(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    name = models.SlugField()
    next_number = models.BigIntegerField(default=1)

    class Meta:
        unique_together = [("company", "name")]


class Preference(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    values = models.JSONField(default=dict)
    last_ip = models.GenericIPAddressField(null=True)
    changed = models.PositiveIntegerField(default=0)


class Note(Stamped):
    """On any row."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    text = models.TextField()
    client_ref = models.CharField(max_length=60, blank=True, db_index=True)

    class Meta:
        indexes = [models.Index(fields=["content_type", "object_id"])]


class Attachment(Stamped):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    target = GenericForeignKey()
    name = models.CharField(max_length=200)
    content = models.BinaryField()
    checksum = models.BinaryField(max_length=32, null=True)


class AuditEntry(models.Model):
    at = models.DateTimeField(auto_now_add=True, db_index=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    action = models.CharField(max_length=30)
    details = models.JSONField(default=dict)
    ip = models.GenericIPAddressField(null=True)
    took = models.DurationField(null=True)


class Job(Stamped):
    """What the worker does next."""

    kind = models.CharField(max_length=30)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, default="waiting", db_index=True)
    done_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)


class DailyFigure(models.Model):
    day = models.DateField()
    name = models.CharField(max_length=40)
    value = models.DecimalField(max_digits=20, decimal_places=4)
    runs = models.PositiveIntegerField(default=0)

    class Meta:
        unique_together = [("day", "name")]
