import uuid

from django.conf import settings
from django.db import models

from base.models import Stamped
from partners.models import Contact


class Queue(models.Model):
    name = models.CharField(max_length=40, unique=True)
    agents = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True)


class Agreement(models.Model):
    queue = models.ForeignKey(Queue, on_delete=models.CASCADE)
    answer_within = models.DurationField()


class Ticket(Stamped):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL)
    subject = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default="open")
    client_ip = models.GenericIPAddressField(null=True)


class Message(Stamped):
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    text = models.TextField()
    client_ref = models.CharField(max_length=60, blank=True, db_index=True)


class Article(Stamped):
    title = models.CharField(max_length=120)
    slug = models.SlugField(unique=True)
    body = models.TextField()


class Rating(models.Model):
    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE)
    stars = models.PositiveSmallIntegerField()
    comment = models.TextField(blank=True)
