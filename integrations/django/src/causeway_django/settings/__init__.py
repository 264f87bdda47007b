"""Production settings in one call. Imports nothing that needs Django to be configured: it is used in settings modules."""
