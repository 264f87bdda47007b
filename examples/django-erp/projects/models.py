from django.conf import settings
from django.db import models

from base.models import Stamped
from partners.models import Partner


class Project(Stamped):
    name = models.CharField(max_length=120)
    customer = models.ForeignKey(Partner, null=True, on_delete=models.SET_NULL)
    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership")


class Membership(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    role = models.CharField(max_length=20)

    class Meta:
        unique_together = [("project", "user")]


class Milestone(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    due = models.DateField()


class Task(Stamped):
    project = models.ForeignKey(Project, on_delete=models.CASCADE)
    milestone = models.ForeignKey(Milestone, null=True, on_delete=models.SET_NULL)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE)
    blocked_by = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="blocks")
    title = models.CharField(max_length=120)
    estimate = models.DurationField(null=True)
    done = models.BooleanField(default=False)


class Timesheet(models.Model):
    task = models.ForeignKey(Task, on_delete=models.CASCADE)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    day = models.DateField()
    spent = models.DurationField()


class Checklist(models.Model):
    task = models.ForeignKey(Task, on_delete=models.CASCADE)
    items = models.JSONField(default=list)
