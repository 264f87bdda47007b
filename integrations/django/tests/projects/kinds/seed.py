"""Fills both databases: edges of every kind of field, keys that go on past what is there, things that applications leave behind."""

import os
import sqlite3
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kinds_settings")
django.setup()

from accounts.models import Account  # noqa: E402
from archive.models import Paper  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth.models import Group, Permission  # noqa: E402
from django.contrib.contenttypes.models import ContentType  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.contrib.sites.models import Site  # noqa: E402
from django.db import connection, models as django_models  # noqa: E402
from kinds import models  # noqa: E402

UTC = timezone.utc if settings.USE_TZ else None
PASSWORDS = [["anna@example.org", "pässwört 1"], ["ANNA@example.org", "other"], ["root@example.org", "t0psecret!"]]

EDGES = {
    "big": [2**63 - 1, -(2**63), 0],
    "small": [32767, -32768, 0],
    "positive": [2147483647, 0],
    "positive_small": [32767, 0],
    "positive_big": [2**63 - 1, 0],
    "number": [2147483647, -2147483648],
    "real": [0.1, -0.0, 1e308, 5e-324, 1 / 3, 123456789.123456789],
    "price": [Decimal("9999999999.99"), Decimal("-0.01"), Decimal("0"), Decimal("1234.50"), Decimal("0.10"), Decimal("19.99")],
    "exact": [Decimal("123.000000000001"), Decimal("0.1"), Decimal("-99999.5")],
    "maybe": [True, False, None],
    "text": ["", " trailing ", "Zeilen\nund\ttab\r\n", "日本語 🎉 e\u0301", "a" * 100_000, "'\"\\;--%s%%"],
    "name": ["", "x" * 40, "ÄÖÜ", "🎉" * 40],
    "slug": ["a-b_c"],
    "email": ["a@b.c", "A@b.c"],
    "url": ["https://example.org/?a=b&c=ü"],
    "file": ["files/a b.txt", ""],
    "path": ["/x"],
    "day": [date(1, 1, 1), date(9999, 12, 31), date(1900, 2, 28), date(2024, 2, 29)],
    "time": [time(0, 0), time(23, 59, 59, 999999), time(12, 30, 0, 1)],
    "at": [datetime(2024, 3, 10, 6, 30, 0, 1, UTC), datetime(1900, 1, 2, 0, 0, 0, 0, UTC), datetime(9998, 12, 30, 23, 59, 59, 999999, UTC), datetime(2024, 11, 3, 5, 30, 0, 0, UTC), datetime(1970, 1, 1, 0, 0, 0, 0, UTC)],
    "length": [timedelta(0), timedelta(days=-1, microseconds=1), timedelta(days=10_000, hours=5), timedelta(microseconds=1), timedelta(days=-3650)],
    "blob": [b"", b"\0\xff" * 100, bytes(range(256))],
    "ip": ["2001:db8::1", "::1", "10.0.0.1", "::ffff:10.0.0.1"],
    "ip4": ["255.255.255.255", "0.0.0.0"],
    "uuid": [UUID(int=0), UUID(int=2**128 - 1), UUID("12345678-1234-5678-1234-567812345678")],
    "json": [{}, [], "text", 1, 1.5, True, {"b": 1, "a": [None, {"x": "ü"}]}, {"n": 12345678901234567890, "f": 0.1}, "", {"": {"'": '"'}}, [1e-7, 1e22]],
    "choice": [1, 2],
}


def every() -> None:
    models.Every.objects.create()
    models.Every.objects.create(json=django_models.Value("null", django_models.JSONField()) if django.VERSION < (4, 2) else django_models.Value(None, django_models.JSONField()))
    for name, values in EDGES.items():
        models.Every.objects.bulk_create([models.Every(**{name: value}) for value in values])
    # What arithmetic in the database leaves in SQLite: reals with noise, which the ORM reads as decimals all the same.
    row = models.Every.objects.create(price=Decimal("0.10"))
    models.Every.objects.filter(pk=row.pk).update(price=django_models.F("price") + Decimal("0.20"))
    models.Every.objects.filter(pk=row.pk).update(price=django_models.F("price") * 3)


def people() -> None:
    for email, password in PASSWORDS:
        (Account.objects.create_superuser if email.startswith("root") else Account.objects.create_user)(email, password)
    Account.objects.create(email="nobody@example.org", password="!unusable")
    group = Group.objects.create(name="Staff")
    group.permissions.set(Permission.objects.all()[:5])
    anna = Account.objects.get(email="anna@example.org")
    anna.groups.add(group)
    anna.user_permissions.set(Permission.objects.order_by("-pk")[:2])
    tags = [models.Tag.objects.create(name=f"tag {n}") for n in range(5)]
    profiles = [models.Profile.objects.create(account=account) for account in Account.objects.all()]
    profiles[0].friends.set(profiles[1:])
    for n, tag in enumerate(tags):
        models.Tagging.objects.create(profile=profiles[n % 2], tag=tag, weight=Decimal("0.125") * n)
    session = SessionStore()
    session.update({"_auth_user_id": str(anna.pk), "cart": [1, 2, "ü"]})
    session.create()


def objects() -> None:
    root = models.Code.objects.create(code="root")
    codes = [root, *(models.Code.objects.create(code=code, parent=root) for code in ("a", "A", "ä", "Z", "_", "0"))]
    place = models.Place.objects.create(name="somewhere")
    restaurant = models.Restaurant.objects.create(name="the fork", stars=3)
    for about in (place, restaurant, models.Tag.objects.first(), root, Site.objects.get()):
        note = models.Note.objects.create(about=about, body=f"about {about.pk}")
        note.codes.set(codes[:3])
    models.Odd.objects.bulk_create([models.Odd(order=n, value=f"%s {n}") for n in range(3)])
    models.Hidden.objects.create(name="seen")
    models.Hidden.objects.create(name="hidden", deleted=True)
    if hasattr(models, "Computed"):
        models.Computed.objects.create(net=Decimal("1.25"), count=4, shout="LOUD")
        models.Computed.objects.create(net=Decimal("2.50"))
    if hasattr(models, "Pair"):
        models.Pair.objects.bulk_create([models.Pair(left=n % 2, right=f"r{n}", value=n) for n in range(6)])


def history() -> None:
    """Content types as an old installation has them: numbers that a fresh one would never give."""
    ContentType.objects.create(app_label="gone", model="thing")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        cursor.execute("PRAGMA defer_foreign_keys = ON")
        cursor.execute("UPDATE django_content_type SET id = id + 1000")
        for table, column in (("auth_permission", "content_type_id"), ("kinds_note", "content_type_id"), ("django_admin_log", "content_type_id")):
            cursor.execute(f"UPDATE {table} SET {column} = {column} + 1000 WHERE {column} IS NOT NULL")
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('gone', '0001_initial', '2019-01-01 00:00:00')")
    # Rows that came and went: the next key goes on after them.
    empty = models.Empty.objects.create(name="x")
    models.Empty.objects.filter(pk=empty.pk).delete()
    for n in range(50):
        models.Odd.objects.create(order=n)
    models.Odd.objects.filter(pk__gt=3).delete()


def beside() -> None:
    """What no migration has made."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE legacy_numbers (number integer NOT NULL PRIMARY KEY, label varchar(50))")
        cursor.execute("INSERT INTO legacy_numbers VALUES (1, 'one'), (2, NULL)")
        cursor.execute("CREATE TABLE old_import (a, b)")
        cursor.execute("INSERT INTO old_import VALUES (1, 'x')")
        cursor.execute("CREATE VIEW kinds_summary AS SELECT id, name FROM kinds_place")


for part in (every, people, objects, history, beside):
    part()
Paper.objects.create(title="old", at=datetime(2020, 5, 5, 5, 5, 5, 5, UTC))
if connection.vendor == "sqlite":
    assert sqlite3.sqlite_version_info >= (3, 37)
