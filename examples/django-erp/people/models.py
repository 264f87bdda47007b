from django.conf import settings
from django.db import models

from base.models import Company, Stamped


class Department(models.Model):
    company = models.ForeignKey(Company, on_delete=models.CASCADE)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE)
    name = models.CharField(max_length=60)


class Position(models.Model):
    title = models.CharField(max_length=60)
    department = models.ForeignKey(Department, on_delete=models.CASCADE)


class Employee(Stamped):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    name = models.CharField(max_length=80)
    position = models.ForeignKey(Position, on_delete=models.PROTECT)
    manager = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL)
    hired = models.DateField()
    badge = models.UUIDField(unique=True)
    salary = models.DecimalField(max_digits=12, decimal_places=2)


class Contract(Stamped):
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE)
    begins = models.DateField()
    weekly = models.DurationField()
    scan = models.BinaryField(null=True)


class Skill(models.Model):
    name = models.CharField(max_length=40, unique=True)
    employees = models.ManyToManyField(Employee, through="EmployeeSkill")


class EmployeeSkill(models.Model):
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE)
    skill = models.ForeignKey(Skill, on_delete=models.CASCADE)
    level = models.PositiveSmallIntegerField()

    class Meta:
        unique_together = [("employee", "skill")]


class Absence(Stamped):
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE)
    begins = models.DateField()
    ends = models.DateField()
    approved = models.BooleanField(default=False)


class Attendance(models.Model):
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE)
    came = models.DateTimeField(db_index=True)
    left = models.DateTimeField(null=True)
    terminal = models.GenericIPAddressField(protocol="IPv4")


class Expense(Stamped):
    employee = models.ForeignKey(Employee, on_delete=models.CASCADE)
    day = models.DateField()
    amount = models.DecimalField(max_digits=10, decimal_places=2)
    receipt = models.BinaryField(null=True)
