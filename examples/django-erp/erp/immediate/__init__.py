"""Django's SQLite backend with BEGIN IMMEDIATE, for versions before 5.1, which have no transaction_mode."""
