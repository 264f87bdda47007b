"""E-mail from the environment: EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL, DEFAULT_FROM_EMAIL, SERVER_EMAIL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from .environment import flag, number

TIMEOUT_SECONDS = 10
#: Ports that mail servers speak TLS on from the first byte, and after STARTTLS.
IMPLICIT_TLS_PORT = 465
SUBMISSION_PORT = 587


def email(environment: Mapping[str, str]) -> dict[str, Any]:
    """Empty where EMAIL_HOST is not set: then the project's own settings hold."""
    host = environment.get("EMAIL_HOST", "").strip()
    if not host:
        return {}
    use_ssl = flag(environment, "EMAIL_USE_SSL", environment.get("EMAIL_PORT", "") == str(IMPLICIT_TLS_PORT))
    use_tls = flag(environment, "EMAIL_USE_TLS", not use_ssl)
    if use_ssl and use_tls:
        raise ImproperlyConfigured("EMAIL_USE_TLS and EMAIL_USE_SSL exclude each other")
    senders = {name: environment[name] for name in ("DEFAULT_FROM_EMAIL", "SERVER_EMAIL") if environment.get(name)}
    return {
        "EMAIL_BACKEND": environment.get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend"),
        "EMAIL_HOST": host,
        "EMAIL_PORT": number(environment, "EMAIL_PORT", IMPLICIT_TLS_PORT if use_ssl else SUBMISSION_PORT),
        "EMAIL_HOST_USER": environment.get("EMAIL_HOST_USER", ""),
        "EMAIL_HOST_PASSWORD": environment.get("EMAIL_HOST_PASSWORD", ""),
        "EMAIL_USE_TLS": use_tls,
        "EMAIL_USE_SSL": use_ssl,
        # Without it a mail server that hangs holds a worker for ever.
        "EMAIL_TIMEOUT": number(environment, "EMAIL_TIMEOUT", TIMEOUT_SECONDS),
        **senders,
    }
