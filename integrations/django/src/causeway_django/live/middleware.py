"""
The outermost middleware. A request that may write waits at the gate before anything of it begins, and is waited for once
it has. One that reads does neither: it is answered by the side that is the primary when it comes, and becomes a request
that may write with its first write.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from io import BytesIO
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from .attempt import Attempt
from .moved import DatabaseMoved
from .switch import LiveSwitch, find_switch
from .unit import Unit

logger = logging.getLogger("causeway.live")

SAFE = frozenset(["GET", "HEAD", "OPTIONS", "TRACE"])


class LiveSwitchMiddleware:
    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        from . import hooks

        switch = find_switch()
        if switch is None:
            raise MiddlewareNotUsed("no database of this project is live")
        hooks.install()
        self.switch: LiveSwitch = switch
        self.get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if iscoroutinefunction(self):
            return self._acall(request)
        replayable = _replayable(request)
        try:
            unit = (
                _reader(self.switch, replayable)
                if request.method in SAFE
                else Unit(self.switch.enter(request=True), held=True, request=True, replayable=replayable)
            )
            with Attempt(self.switch, unit) as attempt:
                attempt.result = self.get_response(request)
            if attempt.to_be_repeated():
                _discard(attempt)
                request = _replay(request)
                with Attempt(self.switch, Unit(self.switch.enter(_away(unit), request=True), held=True, request=True)) as attempt:
                    attempt.result = self.get_response(request)
            return attempt.outcome()
        except DatabaseMoved as moved:
            return _unavailable(request, moved)

    async def _acall(self, request: HttpRequest) -> HttpResponseBase:
        replayable = _replayable(request)
        try:
            unit = (
                _reader(self.switch, replayable)
                if request.method in SAFE
                else Unit(await self.switch.aenter(request=True), held=True, request=True, replayable=replayable)
            )
            with Attempt(self.switch, unit) as attempt:
                attempt.result = await self.get_response(request)
            if attempt.to_be_repeated():
                _discard(attempt)
                request = _replay(request)
                with Attempt(self.switch, Unit(await self.switch.aenter(_away(unit), request=True), held=True, request=True)) as attempt:
                    attempt.result = await self.get_response(request)
            return attempt.outcome()
        except DatabaseMoved as moved:
            return _unavailable(request, moved)


def _reader(switch: LiveSwitch, replayable: bool) -> Unit:
    return Unit(side=switch.primary(), held=False, request=True, replayable=replayable)


def _away(unit: Unit) -> Any:
    return unit.side if unit.met_fence else None


def _replayable(request: HttpRequest) -> bool:
    """
    The body is read before the gate is passed, so that a slow sender keeps nobody waiting and the request can be made
    again. What is larger than Django itself would keep in memory is left alone, and the request is not repeated.
    """
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return False
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if length < 0 or (limit is not None and length > limit):
        return False
    try:
        return len(request.body) == length
    except OSError:
        # The client has gone. Whoever reads the body is told.
        return False


def _replay(request: Any) -> HttpRequest:
    """The request as it came: nothing that middlewares and views have made of the first one is on it."""
    body = BytesIO(request.body)
    if hasattr(request, "scope"):
        again = type(request)(request.scope, body)
    else:
        again = type(request)({**request.environ, "wsgi.input": body})
    # Of the test client.
    if hasattr(request, "_dont_enforce_csrf_checks"):
        again._dont_enforce_csrf_checks = request._dont_enforce_csrf_checks
    # Read like the first one, so that a view finds both `body` and `POST`.
    _ = again.body
    return again


def _discard(attempt: Attempt) -> None:
    """An answer that is not given: its files are closed, without the signal that ends the request."""
    for close in getattr(attempt.result, "_resource_closers", ()):
        try:
            close()
        except Exception:
            logger.debug("closing an answer that is not given", exc_info=True)


def _unavailable(request: HttpRequest, moved: DatabaseMoved) -> HttpResponse:
    logger.error("%s %s could not be done: %s", request.method, request.path, moved)
    response = HttpResponse("The database is being moved. Please try again.\n", status=503, content_type="text/plain")
    response["Retry-After"] = "2"
    response["Cache-Control"] = "no-store"
    return response
