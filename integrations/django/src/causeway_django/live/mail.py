"""
E-mail that is sent once: within a unit of work it waits for the unit's end, because a unit that meets a closed database is
done again. EMAIL_BACKEND names this backend, CAUSEWAY_EMAIL_BACKEND the one that sends; in MAILERS it is BACKEND, and
`sender` among its OPTIONS, which are otherwise those of the one that sends.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from .unit import unit_at_work

DEFAULT = "django.core.mail.backends.smtp.EmailBackend"


class EmailBackend(BaseEmailBackend):
    def __init__(self, *arguments: Any, sender: str | None = None, **options: Any) -> None:
        super().__init__()
        self.alias = options.get("alias")
        backend = import_string(sender or getattr(settings, "CAUSEWAY_EMAIL_BACKEND", DEFAULT))
        self._sender = backend(*arguments, **options)

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        messages = list(email_messages)
        unit = unit_at_work()
        if unit is None:
            return self._sender.send_messages(messages) or 0
        unit.mail.append(lambda: self._sender.send_messages(messages))
        return len(messages)
