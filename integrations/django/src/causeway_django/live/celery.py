"""
Celery: `app = Celery(…, task_cls="causeway_django.live.celery:LiveTask")`, or `base=LiveTask` for one task. Each run of a task
is one unit of work. Imports Celery, which a project without it does not have.
"""

from __future__ import annotations

from typing import Any

from celery import Task

from .held_function import held
from .moved import DatabaseMoved


class LiveTask(Task):
    abstract = True
    # A task that may not be begun twice says False; it then fails where it has met a closed database.
    live_retry = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return held(retry=self.live_retry)(super().__call__)(*args, **kwargs)
        except DatabaseMoved as moved:
            # To Celery, which would take anything else for the end of its worker.
            raise RuntimeError(str(moved)) from moved
