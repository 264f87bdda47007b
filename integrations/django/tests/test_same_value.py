from datetime import datetime, timedelta, timezone
from decimal import Decimal
from uuid import uuid4

import pytest

from causeway_django.check.result import CheckResult
from causeway_django.check.same_value import same_value

NOON = datetime(2024, 1, 1, 12, tzinfo=timezone.utc)
KEY = uuid4()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (None, None),
        (Decimal("1.50"), Decimal("1.50")),
        (Decimal("-0.00"), Decimal("0.00")),
        (NOON, NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))),
        (b"\0", memoryview(b"\0")),
        ({"b": 1, "a": [1.0]}, {"a": [1], "b": 1}),
        ([1e300], [10**300]),
        (float("nan"), float("nan")),
        (KEY, KEY),
    ],
)
def test_the_same(left: object, right: object) -> None:
    assert same_value(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (None, ""),
        (True, 1),
        (Decimal("1.5"), Decimal("1.50")),
        (NOON, NOON + timedelta(microseconds=1)),
        (NOON, NOON.replace(tzinfo=None)),
        ("a", "a "),
        ({"a": True}, {"a": 1}),
        ({"a": None}, {}),
        ([1, 2], [2, 1]),
        (b"a", "a"),
        (0.3, 0.1 + 0.2),
        ("1", 1),
        (2.0**53, 2**53 + 1),
        (float("inf"), 1),
    ],
)
def test_not_the_same(left: object, right: object) -> None:
    assert not same_value(left, right)


def test_a_computed_value_that_differs_is_explained() -> None:
    result = CheckResult(differences=[{"model": "m.M", "pk": "1", "field": "total", "generated": True}, {"model": "m.M", "pk": "1", "field": "price"}])
    computed, plain = result.lines()
    assert computed.startswith("     m.M pk=1 field total (computed by each database")
    assert plain == "     m.M pk=1 field price"
