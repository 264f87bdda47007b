"""The check beside an application that writes: what arrives a moment later is no difference, what rests is one."""

from __future__ import annotations

from causeway_django.check import compare_rows


def test_what_is_written_meanwhile_is_no_difference_and_what_rests_is_one(live, monkeypatch):
    from shop.models import Order

    live.open_postgresql()
    rows = {code: Order.objects.using("postgresql").create(code=code, total=1) for code in ("late", "hot", "rests", "only here")}

    def arrives(code, total):
        row = rows[code]
        Order.objects.using("sqlite").create(pk=row.pk, code=code, token=row.token, total=total)
        Order.objects.using("sqlite").filter(pk=row.pk).update(at=row.at)

    arrives("hot", 2)
    arrives("rests", 2)
    pauses = []

    def meanwhile(_seconds):
        pauses.append(1)
        if len(pauses) == 1:
            arrives("late", 1)
        # The one that follows is always one write behind.
        for side, total in (("postgresql", 10 + len(pauses)), ("sqlite", 9 + len(pauses))):
            Order.objects.using(side).filter(code="hot").update(total=total)

    monkeypatch.setattr(compare_rows.time, "sleep", meanwhile)
    # `first` and `second` were made on each side by itself.
    Order.objects.using("postgresql").filter(code__in=["first", "second"]).delete()
    Order.objects.using("sqlite").filter(code__in=["first", "second"]).delete()
    found = compare_rows.RowComparer(Order, "sqlite", "postgresql", moving=True).run()
    assert found.named == [
        {"model": "shop.Order", "pk": str(rows["rests"].pk), "field": "total"},
        {"model": "shop.Order", "pk": str(rows["only here"].pk), "only": "target"},
    ]
    assert (found.differing, found.extra, found.missing, found.written) == (1, 1, 0, 1)

    # Without a migration that follows there is nothing to wait for.
    pauses.clear()
    still = compare_rows.RowComparer(Order, "sqlite", "postgresql").run()
    assert (still.differing, still.extra, pauses) == (2, 1, [])
