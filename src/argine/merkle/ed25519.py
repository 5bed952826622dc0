"""Ed25519 verification in plain Python (RFC 8032 section 5.1): checking a receipt needs no package.

Only public values pass through here, so nothing needs to run in constant time. Signing needs a secret and is
elsewhere.
A point is (X, Y, Z, T) in extended homogeneous coordinates: x = X/Z, y = Y/Z, x*y = T/Z.
"""

from hashlib import sha512
from typing import TypeAlias

from argine.merkle.errors import MerkleError

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_SQRT_MINUS_1 = pow(2, (_P - 1) // 4, _P)
_SIGN_BIT = 1 << 255

_Point: TypeAlias = tuple[int, int, int, int]
_IDENTITY: _Point = (0, 1, 1, 0)


def verify(public_key: bytes, message: bytes, signature: bytes) -> None:
    """Check one signature, strictly (RFC 8032 section 5.1.7, without the cofactor).

    Refused besides wrong signatures: S at or above the group order (a second signature made from a first),
    points not in their one canonical form, and a public key of small order (it would "sign" any message).

    Args:
        public_key: 32 bytes.
        message: the bytes that were signed.
        signature: 64 bytes.

    Raises:
        MerkleError: the key or the signature is malformed, or the signature is not of this key and message.
    """
    _check_length("public key", public_key, PUBLIC_KEY_BYTES)
    _check_length("signature", signature, SIGNATURE_BYTES)
    key_point = _decode(public_key)
    if _is_identity(_multiply_by_8(key_point)):
        raise MerkleError("The public key is a point of small order: no real key is.")
    nonce_point, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= _ORDER:
        raise MerkleError("The second half of the signature is at or above the group order.")
    challenge = int.from_bytes(sha512(nonce_point + public_key + message).digest(), "little") % _ORDER
    # [s]B - [challenge]A must be R; comparing encodings also refuses an R that is not canonical.
    if _encode(_sum_of_products(s, _BASE, challenge, _negate(key_point))) != nonce_point:
        raise MerkleError("The signature does not fit the key and the text.")


def _check_length(what: str, value: bytes, expected: int) -> None:
    if len(value) != expected:
        raise MerkleError(f"Expected a {what} of {expected} bytes, got {len(value)}.")


def _sum_of_products(a: int, p: _Point, b: int, q: _Point) -> _Point:
    """Return [a]p + [b]q with one shared chain of doublings (Straus)."""
    addend = (None, p, q, _add(p, q))
    total = _IDENTITY
    for bit in reversed(range(max(a.bit_length(), b.bit_length()))):
        total = _double(total)
        term = addend[(a >> bit & 1) | (b >> bit & 1) << 1]
        if term is not None:
            total = _add(total, term)
    return total


def _add(p: _Point, q: _Point) -> _Point:
    # RFC 8032 section 5.1.4; complete, so it also holds for p == q and for the identity.
    a = (p[1] - p[0]) * (q[1] - q[0]) % _P
    b = (p[1] + p[0]) * (q[1] + q[0]) % _P
    c = 2 * p[3] * q[3] * _D % _P
    d = 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _double(p: _Point) -> _Point:
    a, b = p[0] * p[0] % _P, p[1] * p[1] % _P
    h = a + b
    e = h - (p[0] + p[1]) * (p[0] + p[1]) % _P
    g = a - b
    f = 2 * p[2] * p[2] + g
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _negate(p: _Point) -> _Point:
    return -p[0] % _P, p[1], p[2], -p[3] % _P


def _multiply_by_8(p: _Point) -> _Point:
    return _double(_double(_double(p)))


def _is_identity(p: _Point) -> bool:
    return p[0] == 0 and p[1] == p[2]


def _encode(p: _Point) -> bytes:
    inverse = pow(p[2], -1, _P)
    x, y = p[0] * inverse % _P, p[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _decode(data: bytes) -> _Point:
    number = int.from_bytes(data, "little")
    y, sign = number & (_SIGN_BIT - 1), number >> 255
    if y >= _P:
        raise MerkleError("The public key is not in canonical form: its y is at or above the field's prime.")
    x = _recover_x(y, sign)
    return x, y, 1, x * y % _P


def _recover_x(y: int, sign: int) -> int:
    # RFC 8032 section 5.1.3: the candidate root of u/v, corrected by sqrt(-1) where needed.
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P != u:
        x = x * _SQRT_MINUS_1 % _P
    if v * x * x % _P != u or (x == 0 and sign):
        raise MerkleError("The public key is not a point of the curve.")
    return x if x & 1 == sign else _P - x


_BASE = _decode((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
