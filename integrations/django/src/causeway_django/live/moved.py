"""The wrapper's own exception."""


class DatabaseMoved(BaseException):
    """
    A write has met a database that is closed for writing, or about to be. Nothing of its transaction is kept.

    Not an Exception, and that is the point: `get_or_create`, `except IntegrityError`, `except DatabaseError` and
    `except Exception` in views and libraries would take it for a conflict or an accident, and answer as if all were well.
    Like KeyboardInterrupt it is no fault of the code that it passes through. The middleware and `held` catch it.
    """
