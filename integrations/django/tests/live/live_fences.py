"""The two sides as a migration leaves them, phase by phase, and who was told what."""

from __future__ import annotations

import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.core import mail
from django.db import connections, transaction

from causeway_django.live.state_file import StateFile
from causeway_django.live.switch import find_switch

# The words of packages/control: source-fence.ts and target-fence.ts. test_fence_words.py compares them.
SQLITE_MESSAGE = "causeway: this database is closed for writing, it has moved to PostgreSQL or is about to"
SQLITE_PREFIX = "_causeway_fence_"
POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION causeway_refuse_write() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $fence$
BEGIN
  RAISE EXCEPTION 'causeway: table %.% is closed, because SQLite is the primary of this migration', quote_ident(TG_TABLE_SCHEMA), quote_ident(TG_TABLE_NAME)
    USING ERRCODE = '25006', HINT = 'Write to SQLite until "causeway cutover" has opened this side.';
END $fence$"""
TABLES = ["shop_order", "shop_tag", "shop_order_tags", "django_session"]


class Fences:
    def __init__(self, file: Path) -> None:
        self.file = file
        self.state = StateFile(find_switch().config.state)

    def forget(self, primary: str) -> None:
        """What an earlier request was told, and has found out."""
        from shop import views

        views.hooks.clear()
        views.entered.clear()
        views.go_on.clear()
        mail.outbox = []
        connections.settings["default"]["ATOMIC_REQUESTS"] = True
        self.state.change(primary=primary, closed=False, owner=None, until=0.0)
        find_switch().asked = float("-inf")

    def reset(self) -> None:
        """Following: SQLite is the primary, PostgreSQL is closed."""
        from shop.models import Order, Tag

        self.open_postgresql()
        self.lift()
        for side in ("sqlite", "postgresql"):
            with transaction.atomic(using=side):
                for model in (Order.tags.through, Order, Tag):
                    model.objects.using(side).all().delete()
                Order.objects.using(side).bulk_create([Order(code="first"), Order(code="second")])
                Tag.objects.using(side).bulk_create([Tag(name="red"), Tag(name="old")])
        self.close_postgresql()
        self.forget("sqlite")

    # -- the fences ----------------------------------------------------------------------------------------------

    def fence(self) -> None:
        with sqlite3.connect(self.file, timeout=10, isolation_level=None) as db:
            db.execute("BEGIN IMMEDIATE")
            for i, table in enumerate(TABLES):
                for event in ("INSERT", "UPDATE", "DELETE"):
                    db.execute(
                        f"CREATE TRIGGER IF NOT EXISTS {SQLITE_PREFIX}{i}_{event.lower()} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{SQLITE_MESSAGE}'); END"
                    )
            db.execute("COMMIT")
        db.close()

    def lift(self) -> None:
        with sqlite3.connect(self.file, timeout=10, isolation_level=None) as db:
            for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {name}")
        db.close()

    def close_postgresql(self) -> None:
        with connections["postgresql"].cursor() as cursor:
            cursor.execute(POSTGRESQL_FUNCTION)
            for table in TABLES:
                cursor.execute(
                    f'CREATE OR REPLACE TRIGGER "!causeway_fence" BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION causeway_refuse_write()'
                )
                cursor.execute(f'ALTER TABLE {table} ENABLE TRIGGER "!causeway_fence"')

    def open_postgresql(self) -> None:
        with connections["postgresql"].cursor() as cursor:
            for table in TABLES:
                cursor.execute(f'DROP TRIGGER IF EXISTS "!causeway_fence" ON {table}')

    def move_to(self, side: str) -> None:
        """What a cutover or a rollback does to the two databases. The state file is not touched."""
        if side == "postgresql":
            self.fence()
            self.open_postgresql()
        else:
            self.close_postgresql()
            self.lift()

    # -- what is where -------------------------------------------------------------------------------------------

    def orders(self, side: str) -> set[str]:
        from shop.models import Order

        return set(Order.objects.using(side).values_list("code", flat=True)) - {"first", "second"}

    def tags(self, side: str) -> set[str]:
        from shop.models import Tag

        return set(Tag.objects.using(side).values_list("name", flat=True)) - {"red", "old"}

    def close_gate(self, **changes: object) -> None:
        self.state.change(closed=True, until=time.time() + 60, **changes)

    def open_gate(self, primary: str) -> None:
        self.state.change(closed=False, primary=primary)


def in_background(work):
    """A thread with connections of its own, as a request has them."""

    def run():
        try:
            return work()
        finally:
            connections.close_all()

    pool = ThreadPoolExecutor(1)
    future = pool.submit(run)
    pool.shutdown(wait=False)
    return future


def still_waits(future, seconds: float = 0.3) -> bool:
    threading.Event().wait(seconds)
    return not future.done()
