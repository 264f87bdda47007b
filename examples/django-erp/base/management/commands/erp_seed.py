"""
Fills an empty database: every model has rows, the big ones share out `--rows`. The same
rows for the same arguments, but for the moments and salts of the accounts.
"""

import datetime
import random
import time
import uuid
from decimal import Decimal

from django.apps import apps
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models, transaction

from accounting.models import Account, Journal, JournalEntry, JournalLine
from base.admin import APPS
from base.models import AuditEntry, Company, Country, Currency, Note, Preference
from catalog.models import Category, Product, Unit
from inventory.models import Location, Quant, StockMove, Warehouse
from partners.models import Partner
from sales.models import Order, OrderLine, Payment

BATCH = 5_000
FEW = 12
UTC = datetime.timezone.utc
BEGAN = datetime.datetime(2024, 1, 1, 8, 0, 0, 123456, UTC)
WORDS = "anvil bolt cable drill engine flange gauge hinge inverter joint kettle lever motor nozzle oil pump rotor screw tube unit valve wheel".split()


class Command(BaseCommand):
    help = "Fills an empty database with sample rows."

    def add_arguments(self, parser):
        parser.add_argument("--rows", type=int, default=20_000, help="about so many rows")
        parser.add_argument("--users", type=int, default=100)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, rows, users, seed, **_):
        if Company.objects.exists():
            raise CommandError("the database is not empty")
        if connection.vendor == "sqlite":
            # Stays with the file: readers and the writer do not wait for each other.
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA journal_mode = WAL")
        began = time.monotonic()
        made = Seeder(random.Random(seed)).fill(rows, users)
        self.stdout.write(f"{made:,} rows in {time.monotonic() - began:.1f} s")


class Seeder:
    def __init__(self, chance):
        self.chance = chance
        self.made = 0

    @transaction.atomic
    def fill(self, rows, users):
        orders = max(rows // 9, 50)
        self.people(users)
        self.masters(partners=orders // 20 + 50, products=orders // 50 + 40)
        self.trade(orders)
        for label in APPS:
            for model in apps.get_app_config(label).get_models():
                self.few(model)
        for label in APPS:
            for model in apps.get_app_config(label).get_models(include_auto_created=True):
                if model._meta.auto_created:
                    self.few(model)
        return self.made

    def put(self, model, names, rows):
        """Without an instance per row: each column's own preparation, and executemany."""
        fields = [model._meta.get_field(name) for name in names]
        columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
        sql = f"INSERT INTO {connection.ops.quote_name(model._meta.db_table)} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"
        prepare = [field.get_db_prep_save for field in fields]
        batch = []
        with connection.cursor() as cursor:
            for row in rows:
                batch.append([prepared(value, connection) for prepared, value in zip(prepare, row)])
                if len(batch) == BATCH:
                    cursor.executemany(sql, batch)
                    self.made += len(batch)
                    batch = []
            if batch:
                cursor.executemany(sql, batch)
                self.made += len(batch)

    def people(self, users):
        User.objects.create_superuser("admin", "admin@example.com", "admin")
        for i in range(users):
            user = User.objects.create_user(f"user{i:03}", f"user{i:03}@example.com", "secret", first_name=f"User {i}")
            Preference.objects.create(user=user, values={"theme": "light"})
        clerks = Group.objects.create(name="Clerks")
        clerks.permissions.set(Permission.objects.filter(codename__startswith="view_"))
        clerks.user_set.set(User.objects.filter(is_superuser=False))
        self.made += 2 * users + 2

    def masters(self, partners, products):
        Country.objects.bulk_create([Country(code=code, name=name) for code, name in [("DE", "Deutschland"), ("FR", "France"), ("ES", "España"), ("CZ", "Česko")]])
        Currency.objects.bulk_create([Currency(code=code, name=code.lower(), decimals=decimals) for code, decimals in [("EUR", 2), ("JPY", 0), ("KWD", 3)]])
        company = Company.objects.create(name="Anvil & Sons", country_id="DE", currency=Currency.objects.first(), opens=datetime.time(8, 30), closes=datetime.time(17, 0, 0, 5))
        warehouse = Warehouse.objects.create(company=company, code="W1", name="Main")
        places = [Location.objects.create(warehouse=warehouse, name=name) for name in ("shelf", "dock", "transit")]
        unit = Unit.objects.create(name="piece")
        category = Category.objects.create(name="All", slug="all")
        Journal.objects.create(company=company, code="SAL")
        for code, name in [("1200", "Bank"), ("4000", "Revenue"), ("1400", "Receivables")]:
            Account.objects.create(company=company, code=code, name=name)
        at = self.moments()
        names = ["name", "company", "is_customer", "is_supplier", "tax_number", "credit_limit", "website", "extra", "created_at", "updated_at"]
        self.put(Partner, names, ((f"{self.word().title()} {i}", company.pk, True, i % 7 == 0, f"DE{i:09}", Decimal(i * 100), "", {"rank": i % 5, "tags": ["a", "ü"]}, next(at), next(at)) for i in range(partners)))
        names = ["sku", "uid", "name", "description", "category", "unit", "price", "cost", "weight", "active", "extra", "created_at", "updated_at"]
        self.put(
            Product,
            names,
            ((f"P{i:06}", self.uid(), f"{self.word()} {self.word()} {i}", "", category.pk, unit.pk, self.money(10_000), self.money(10_000) / 2, i / 8, i % 50 != 0, {"colour": self.word()}, next(at), next(at)) for i in range(products)),
        )
        self.put(Quant, ["product", "location", "quantity", "reserved"], ((p, place.pk, Decimal(100_000), Decimal(0)) for p in self.keys(Product) for place in places))

    def trade(self, orders):
        company, users = Company.objects.first().pk, self.keys(User)
        partners, products, prices = self.keys(Partner), self.keys(Product), dict(Product.objects.values_list("pk", "price"))
        pick, at, day = self.chance.choice, self.moments(), BEGAN.date()
        partner_type = ContentType.objects.get_for_model(Partner).pk
        names = ["company", "customer", "seller", "state", "ordered_on", "total", "client_ref", "options", "created_at", "updated_at"]
        states = ["draft", "confirmed", "paid", "invoiced", "cancelled"]
        self.put(Order, names, ((company, pick(partners), pick(users), states[i % 5], day + datetime.timedelta(days=i % 700), self.money(90_000), "", {"by": "seed", "n": i}, next(at), next(at)) for i in range(orders)))
        first = Order.objects.order_by("pk").values_list("pk", flat=True).first()
        ids = range(first, first + orders)
        self.put(OrderLine, ["order", "position", "product", "quantity", "price"], ((o, n, p := pick(products), Decimal(n + 1), prices[p]) for o in ids for n in range(3)))
        self.put(Payment, ["order", "amount", "method", "client_ref", "created_at", "updated_at"], ((o, self.money(90_000), "transfer", "", next(at), next(at)) for o in ids if o % 2))
        journal, accounts = Journal.objects.first().pk, self.keys(Account)
        self.put(JournalEntry, ["journal", "day", "reference", "created_at", "updated_at"], ((journal, day, f"seed {o}", next(at), next(at)) for o in ids if o % 2))
        entries = self.keys(JournalEntry)
        self.put(JournalLine, ["entry", "account", "partner", "debit", "credit"], ((e, accounts[side], pick(partners), self.money(9_000), Decimal(0)) for e in entries for side in (0, 1)))
        places = self.keys(Location)
        names = ["product", "source", "target", "quantity", "client_ref", "created_at", "updated_at"]
        self.put(StockMove, names, ((pick(products), places[0], places[1], Decimal(o % 9 + 1), "", next(at), next(at)) for o in ids))
        names = ["at", "user", "action", "details", "ip", "took"]
        self.put(AuditEntry, names, ((next(at), pick(users), "seed", {"order": o, "ok": True}, f"10.0.{o // 250 % 250}.{o % 250}" if o % 9 else "2001:db8::1", datetime.timedelta(microseconds=o * 37)) for o in ids))
        names = ["content_type", "object_id", "author", "text", "client_ref", "created_at", "updated_at"]
        self.put(Note, names, ((partner_type, pick(partners), pick(users), f"Gespräch über {self.word()}\n“{o}”", "", next(at), next(at)) for o in ids if o % 3 == 0))

    def few(self, model):
        """A model that nothing above has filled: some rows of each kind of value that its fields take."""
        if model._default_manager.exists():
            return
        fields = [field for field in model._meta.concrete_fields if not (field.primary_key and field.get_internal_type().endswith("AutoField"))]
        rows, seen = [], set()
        for i in range(FEW):
            row = [self.value(field, i, len(rows)) for field in fields]
            unique = [tuple(row[[f.name for f in fields].index(name)] for name in names) for names in self.uniques(model)]
            if any((n, key) in seen for n, key in enumerate(unique)):
                continue
            seen.update(enumerate(unique))
            rows.append(row)
        self.put(model, [field.name for field in fields], rows)

    @staticmethod
    def uniques(model):
        own = [[field.name] for field in model._meta.concrete_fields if field.unique and not field.get_internal_type().endswith("AutoField")]
        together = [list(names) for names in model._meta.unique_together]
        return own + together + [list(c.fields) for c in model._meta.constraints if isinstance(c, models.UniqueConstraint)]

    def value(self, field, i, made):
        if field.null and i % 4 == 3:
            return None
        if isinstance(field, (models.ForeignKey, models.OneToOneField)):
            if field.related_model is field.model:
                return None
            keys = self.keys(field.related_model)
            # Stepping through them differently for each field, so that pairs are new ones.
            return keys[i % len(keys)] if field.unique or field.primary_key else keys[(i * (1 + field.creation_counter % 3) + i // 3) % len(keys)]
        kind = field.get_internal_type()
        values = {
            "BooleanField": lambda: i % 2 == 0,
            "SmallIntegerField": lambda: i - 6,
            "PositiveSmallIntegerField": lambda: i + 1,
            "PositiveIntegerField": lambda: i * 1000,
            "IntegerField": lambda: i - 3,
            "BigIntegerField": lambda: 2**53 + i,
            "PositiveBigIntegerField": lambda: i + 1,
            "FloatField": lambda: i / 7,
            "DecimalField": lambda: Decimal(i * 125 + 25).scaleb(-2).quantize(Decimal(1).scaleb(-field.decimal_places)) if field.decimal_places else Decimal(i),
            "DateField": lambda: BEGAN.date() + datetime.timedelta(days=i * 31),
            "DateTimeField": lambda: BEGAN + datetime.timedelta(seconds=i * 86_399, microseconds=i),
            "TimeField": lambda: datetime.time(i, i * 2, i * 3, i),
            "DurationField": lambda: datetime.timedelta(days=i, microseconds=i * 1_000_001),
            "UUIDField": self.uid,
            "BinaryField": lambda: bytes([0, 255, i]) * (i + 1),
            "JSONField": lambda: {"i": i, "text": "ñ", "list": [None, True, 1.5], "big": 2**53 + 1},
            "GenericIPAddressField": lambda: f"192.168.0.{i}" if i % 2 == 0 or field.protocol.lower() == "ipv4" else f"2001:db8::{i:x}",
            "EmailField": lambda: f"{self.word()}{i}@example.com",
            "URLField": lambda: f"https://example.com/{i}",
            "SlugField": lambda: f"{self.word()}-{i}",
            "TextField": lambda: f"{self.word()} – {self.word()}\nLine {i} with 'quotes' and \\",
            "CharField": lambda: f"{self.word()} {i}"[: field.max_length] if (field.max_length or 99) > 9 else f"{i:02}",
        }
        return values[kind]()

    def keys(self, model):
        return list(model._default_manager.order_by("pk").values_list("pk", flat=True))

    def word(self):
        return self.chance.choice(WORDS)

    def uid(self):
        return uuid.UUID(int=self.chance.getrandbits(128), version=4)

    def money(self, most):
        return Decimal(self.chance.randrange(1, most * 100)).scaleb(-2)

    def moments(self):
        at = BEGAN
        while True:
            at += datetime.timedelta(microseconds=self.chance.randrange(1, 60_000_000))
            yield at
