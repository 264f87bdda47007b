"""What `manage.py check` says about a project with the live switch."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

MIDDLEWARE = "causeway_django.live.middleware.LiveSwitchMiddleware"
MAIL = "causeway_django.live.mail.EmailBackend"
#: Applications whose search has other tables in each database, and the setting that names what searches.
SEARCHES = {"wagtail.search": "WAGTAILSEARCH_BACKENDS", "modelsearch": "MODELSEARCH_BACKENDS"}


def install_where_live() -> None:
    from .switch import find_switch

    if find_switch() is not None:
        from . import hooks

        hooks.install()


@register(Tags.compatibility)
def check_switch(**_: Any) -> list[CheckMessage]:
    from .state_file import StateUnusable
    from .switch import find_switch

    switch = find_switch()
    if switch is None:
        return []
    try:
        switch.state.read()
        switch.units.enter()
        switch.units.leave()
    except StateUnusable as error:
        return [
            Error(
                f"The state file of the live switch cannot be used: {error}",
                hint="Every process of the application must be able to write to its folder.",
                id="causeway.E002",
            )
        ]
    return []


@register(Tags.compatibility)
def check_postgresql(**_: Any) -> list[CheckMessage]:
    """What Django would tell with the first connection, which is made under the first request after the switch."""
    from django.core.exceptions import ImproperlyConfigured

    from .base import new_connection
    from .switch import find_switch

    switch = find_switch()
    if switch is None:
        return []
    try:
        connection = new_connection("postgresql", switch.config.alias)
        connection.get_connection_params()
        if "pool" in connection.settings_dict["OPTIONS"]:
            _ = connection.pool
    except ImproperlyConfigured as error:
        return [Error(f"The PostgreSQL side of the live switch cannot be used: {error}", hint="Correct `postgresql=` of causeway_django.live.database().", id="causeway.E003")]
    return []


@register(Tags.compatibility)
def check_middleware(**_: Any) -> list[CheckMessage]:
    from .switch import find_switch

    if find_switch() is None:
        return []
    middleware = list(settings.MIDDLEWARE)
    found: list[CheckMessage] = []
    if MIDDLEWARE not in middleware:
        found.append(
            Error(
                "The live switch has no middleware: requests would not wait for a cutover.",
                hint=f"Put {MIDDLEWARE!r} first into MIDDLEWARE.",
                id="causeway.E001",
            )
        )
    elif middleware[0] != MIDDLEWARE:
        found.append(
            Warning(
                "The middleware of the live switch is not the first: what stands before it is not done again with a request.",
                hint=f"Put {MIDDLEWARE!r} first into MIDDLEWARE.",
                id="causeway.W001",
            )
        )
    # Not there where MAILERS is, each of which has a backend of its own. A project that names no server sends no mail.
    sends = getattr(settings, "EMAIL_HOST", "localhost") != "localhost"
    if sends and getattr(settings, "EMAIL_BACKEND", None) == "django.core.mail.backends.smtp.EmailBackend":
        found.append(
            Warning(
                "A request that is done again would send its mail twice.",
                hint=f"Set EMAIL_BACKEND = {MAIL!r}, and CAUSEWAY_EMAIL_BACKEND to the one that sends.",
                id="causeway.W002",
            )
        )
    return found


@register(Tags.compatibility)
def check_search(**_: Any) -> list[CheckMessage]:
    from .switch import find_switch

    if find_switch() is None:
        return []
    found: list[CheckMessage] = []
    for app, setting in SEARCHES.items():
        own = f"{app}.backends.database"
        configured = {"default": {"BACKEND": own}, **getattr(settings, setting, {})}
        if apps.is_installed(app) and any(_has_own_tables(str(backend.get("BACKEND")), own) for backend in configured.values()):
            found.append(
                Warning(
                    f"The search of {app} has other tables in each database, and a process chooses when it is started: its searches would fail after a switch.",
                    hint=f'Until the migration is complete set {setting} = {{"default": {{"BACKEND": "{own}.fallback"}}}}, which searches without an index; '
                    "then take the old value back and make the index anew.",
                    id="causeway.W003",
                )
            )
    return found


def _has_own_tables(backend: str, own: str) -> bool:
    return backend.startswith(own) and not backend.startswith(f"{own}.fallback")
