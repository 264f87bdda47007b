from django.db import models

from base.models import Company, Country, Stamped


class PartnerCategory(models.Model):
    name = models.CharField(max_length=60, unique=True)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE)


class PaymentTerm(models.Model):
    name = models.CharField(max_length=60)
    days = models.PositiveSmallIntegerField(default=30)
    grace = models.DurationField(null=True)
    discount = models.DecimalField(max_digits=5, decimal_places=2, default=0)


class Partner(Stamped):
    name = models.CharField(max_length=120, db_index=True)
    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    categories = models.ManyToManyField(PartnerCategory, blank=True)
    term = models.ForeignKey(PaymentTerm, null=True, on_delete=models.SET_NULL)
    is_customer = models.BooleanField(default=True)
    is_supplier = models.BooleanField(default=False)
    tax_number = models.CharField(max_length=30, blank=True)
    credit_limit = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    website = models.URLField(blank=True)
    extra = models.JSONField(default=dict)


class Address(models.Model):
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=10, choices=[("invoice", "Invoice"), ("delivery", "Delivery")])
    street = models.CharField(max_length=120)
    city = models.CharField(max_length=60)
    postcode = models.CharField(max_length=12)
    country = models.ForeignKey(Country, on_delete=models.PROTECT)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)


class Contact(Stamped):
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    born = models.DateField(null=True)


class BankAccount(models.Model):
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE)
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)

    class Meta:
        unique_together = [("partner", "iban")]


class PartnerTag(models.Model):
    partner = models.ForeignKey(Partner, on_delete=models.CASCADE)
    tag = models.SlugField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "tag"], name="partner_tag_once")]
