"""Django's PostgreSQL backend, with one thing changed: writers take turns."""
