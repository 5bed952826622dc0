"""Argine: keeps intimate pictures that are shared without consent from coming back."""

__version__ = "0.1.0"
