import uuid

import django
from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models.functions import Lower


class Every(models.Model):
    """One column of each kind."""

    big = models.BigIntegerField(null=True)
    small = models.SmallIntegerField(null=True)
    positive = models.PositiveIntegerField(null=True)
    positive_small = models.PositiveSmallIntegerField(null=True)
    positive_big = models.PositiveBigIntegerField(null=True)
    number = models.IntegerField(null=True)
    real = models.FloatField(null=True)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    exact = models.DecimalField(max_digits=30, decimal_places=12, null=True)
    flag = models.BooleanField(default=False)
    maybe = models.BooleanField(null=True)
    text = models.TextField(blank=True, default="")
    name = models.CharField(max_length=40, null=True)
    slug = models.SlugField(null=True)
    email = models.EmailField(null=True)
    url = models.URLField(null=True)
    file = models.FileField(upload_to="files", null=True)
    path = models.FilePathField(path="/", null=True)
    day = models.DateField(null=True)
    time = models.TimeField(null=True)
    at = models.DateTimeField(null=True)
    length = models.DurationField(null=True)
    blob = models.BinaryField(null=True)
    ip = models.GenericIPAddressField(null=True)
    ip4 = models.GenericIPAddressField(protocol="IPv4", null=True)
    uuid = models.UUIDField(null=True)
    json = models.JSONField(null=True)
    choice = models.IntegerField(choices=[(1, "one"), (2, "two")], default=1)


class Tag(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    name = models.CharField(max_length=30, unique=True)


class Code(models.Model):
    code = models.CharField(max_length=12, primary_key=True)
    parent = models.ForeignKey("self", null=True, related_name="children", on_delete=models.SET_NULL)


class Place(models.Model):
    id = models.SmallAutoField(primary_key=True)
    name = models.CharField(max_length=30)
    notes = GenericRelation("Note")


class Restaurant(Place):
    stars = models.PositiveSmallIntegerField(default=0)


class NamedPlace(Place):
    class Meta:
        proxy = True
        ordering = ["name"]


class Profile(models.Model):
    account = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE)
    friends = models.ManyToManyField("self")
    tags = models.ManyToManyField(Tag, through="Tagging")


class Tagging(models.Model):
    profile = models.ForeignKey(Profile, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)
    weight = models.DecimalField(max_digits=5, decimal_places=3, default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["profile", "tag"], name="one_tag_each")]


class Note(models.Model):
    """A generic foreign key, with keys of several kinds as text."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.CharField(max_length=64)
    about = GenericForeignKey()
    body = models.TextField()
    codes = models.ManyToManyField(Code, blank=True)

    class Meta:
        indexes = [models.Index(fields=["content_type", "object_id"]), models.Index(Lower("body"), name="note_lower")]


class Odd(models.Model):
    """Names that need quotes."""

    id = models.AutoField(primary_key=True, db_column="Id")
    order = models.IntegerField(db_column="order")
    value = models.CharField(max_length=20, db_column="Wert des Feldes", null=True)

    class Meta:
        db_table = "Odd Table"
        constraints = [models.CheckConstraint(name="odd_positive", **{"condition" if django.VERSION >= (5, 1) else "check": models.Q(order__gte=0)})]


class Hidden(models.Model):
    """Its managers hide rows; the migration must not."""

    class Manager(models.Manager):
        def get_queryset(self):
            return super().get_queryset().filter(deleted=False)

    deleted = models.BooleanField(default=False)
    name = models.CharField(max_length=20)
    objects = Manager()

    class Meta:
        base_manager_name = "objects"
        default_manager_name = "objects"


class Empty(models.Model):
    name = models.CharField(max_length=20)


class Legacy(models.Model):
    """A table that somebody else has made, and that the project reads and writes."""

    number = models.IntegerField(primary_key=True)
    label = models.CharField(max_length=50, null=True)

    class Meta:
        managed = False
        db_table = "legacy_numbers"


class Summary(models.Model):
    """A view."""

    id = models.IntegerField(primary_key=True)
    name = models.CharField(max_length=30)

    class Meta:
        managed = False
        db_table = "kinds_summary"


if django.VERSION >= (5, 0):

    class Computed(models.Model):
        net = models.DecimalField(max_digits=10, decimal_places=2)
        count = models.IntegerField(db_default=1)
        total = models.GeneratedField(expression=models.F("net") * models.F("count"), output_field=models.DecimalField(max_digits=14, decimal_places=2), db_persist=True)
        shout = models.CharField(max_length=20, db_default="quiet")
        label = models.GeneratedField(expression=Lower("shout"), output_field=models.CharField(max_length=20), db_persist=True)


if django.VERSION >= (5, 2):

    class Pair(models.Model):
        pk = models.CompositePrimaryKey("left", "right")
        left = models.IntegerField()
        right = models.CharField(max_length=10)
        value = models.IntegerField(null=True)
