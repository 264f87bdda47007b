"""Production settings in one call. Imports nothing that needs Django to be configured: it is used in settings modules."""

from .postgresql import postgresql

__all__ = ["postgresql"]
