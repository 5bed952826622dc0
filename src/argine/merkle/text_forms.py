"""Small text forms that the C2SP formats share."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error

from argine.merkle.errors import MerkleError


def to_base64(data: bytes) -> str:
    """Return standard base64 with padding, on one line (RFC 4648 section 4)."""
    return b64encode(data).decode("ascii")


def from_base64(text: str, what: str) -> bytes:
    """Decode standard base64 that is in its one canonical spelling, so that a text cannot be altered unseen.

    Args:
        text: the base64.
        what: its name in the error, such as "root hash".

    Raises:
        MerkleError: other characters, missing padding, or stray bits in the last character.
    """
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        raise MerkleError(f"Expected the {what} in standard base64, got something else.") from None
    if to_base64(data) != text:
        raise MerkleError(f"Expected the {what} in canonical base64, got another spelling of the same bytes.")
    return data
