"""
The backend behind ENGINE = "causeway_django.live". What a project gets as a connection is one of Django's own backends with
the switch mixed in: SQL is compiled for the database that executes it, and nothing is translated in between.
"""

from __future__ import annotations

from typing import Any

from . import hooks
from .connection import live_class
from .switch import find_switch

hooks.install()


def DatabaseWrapper(settings_dict: dict[str, Any], alias: str) -> Any:  # noqa: N802
    switch = find_switch(alias)
    assert switch is not None
    return new_connection(switch.primary(), alias)


def new_connection(side: Any, alias: str) -> Any:
    switch = find_switch(alias)
    assert switch is not None
    return live_class(switch, side)(switch.config.sides[side], alias)
