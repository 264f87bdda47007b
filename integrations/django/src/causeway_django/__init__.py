"""Moves a Django project from SQLite to PostgreSQL by Causeway."""

__version__ = "0.1.0"
