"""Whether two values that the ORM gave are the same: exact to the microsecond, the digit and the type."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any


def same_value(left: Any, right: Any) -> bool:
    if left is None or right is None:
        return left is right
    if isinstance(left, (bytes, bytearray, memoryview)) and isinstance(right, (bytes, bytearray, memoryview)):
        return bytes(left) == bytes(right)
    if type(left) is not type(right):
        return _same_number(left, right)
    if isinstance(left, float):
        return left == right or (math.isnan(left) and math.isnan(right))
    if isinstance(left, Decimal):
        # 1.5 and 1.50 print differently, and dumpdata with them. Only SQLite has a zero with a sign.
        return left == right == 0 and left.as_tuple().exponent == right.as_tuple().exponent or format(left, "f") == format(right, "f")
    if isinstance(left, datetime):
        return _instant(left) == _instant(right)
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same_value(left[key], right[key]) for key in left)
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same_value, left, right))
    return bool(left == right) or (type(left).__eq__ is object.__eq__ and str(left) == str(right))


def _same_number(left: Any, right: Any) -> bool:
    """jsonb writes 1e300 as a 1 with 300 zeros: the same number, which Python reads as another type. True is no number."""
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in (left, right))
    return numbers and (left == right or Decimal(repr(left)) == Decimal(repr(right)))


def _instant(value: datetime) -> tuple[bool, datetime]:
    aware = value.tzinfo is not None
    return aware, value.astimezone(timezone.utc).replace(tzinfo=None) if aware else value
