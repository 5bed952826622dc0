import hashlib


def digest(secret: str) -> bytes:
    """Tokens and keys have 256 random bits, so a plain hash hides them well."""
    return hashlib.sha256(secret.encode()).digest()
