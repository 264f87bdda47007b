from django.conf import settings
from django.db import models

from base.models import Stamped
from partners.models import Partner
from sales.models import Team


class Stage(models.Model):
    name = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(unique=True)


class Lead(Stamped):
    title = models.CharField(max_length=120)
    partner = models.ForeignKey(Partner, null=True, on_delete=models.SET_NULL)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT)
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL)
    probability = models.FloatField(default=0)
    expected = models.DecimalField(max_digits=14, decimal_places=2, null=True)


class Activity(Stamped):
    lead = models.ForeignKey(Lead, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20)
    due = models.DateTimeField()
    done = models.BooleanField(default=False)


class MailingList(models.Model):
    name = models.CharField(max_length=60, unique=True)
    partners = models.ManyToManyField(Partner, blank=True)


class Mailing(Stamped):
    mailing_list = models.ForeignKey(MailingList, on_delete=models.CASCADE)
    subject = models.CharField(max_length=120)
    body = models.TextField()
    sent = models.DateTimeField(null=True)


class LostReason(models.Model):
    lead = models.OneToOneField(Lead, on_delete=models.CASCADE, primary_key=True)
    reason = models.TextField()
