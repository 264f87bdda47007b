"""Redis as cache, and sessions that are read from it and written through to the database."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def redis_cache(url: str, *, prefix: str = "") -> dict[str, Any]:
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured("the address of Redis must begin with redis://, rediss:// or unix://")
    return {
        "CACHES": {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url, "KEY_PREFIX": prefix}},
        # Write-through: the rows that were moved keep their users logged in, and so does a Redis that was emptied.
        "SESSION_ENGINE": "django.contrib.sessions.backends.cached_db",
    }
