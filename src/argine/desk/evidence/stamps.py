"""Time stamps of records by an authority (RFC 3161): proof to others of when a record was made."""

from base64 import b64encode
from pathlib import Path

from cryptography import x509
from django.conf import settings
from rfc3161_client import HashAlgorithm, TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
from rfc3161_client.errors import VerificationError

from argine.desk.core.outside import Limits, OutsideError, Request, exchange
from argine.desk.evidence.enums import Stamp

LIMITS = Limits(seconds=10, most_bytes=64 * 1024)
OK = 200


def stamp(commitment: str) -> tuple[Stamp, str]:
    """Let the authority of the settings stamp a commitment, which tells it nothing; verify what it answers.

    Returns:
        What came of it, and the authority's answer (DER in base64), empty unless it verified.
    """
    config = settings.CONFIG
    if not config.timestamp_url:
        return Stamp.NONE, ""
    try:
        data = commitment.encode()
        answer = _ask(config.timestamp_url, data)
        verify(answer, data, Path(config.timestamp_ca_file).read_bytes())
    except (OutsideError, VerificationError, ValueError, OSError):
        return Stamp.FAILED, ""
    return Stamp.STAMPED, b64encode(answer).decode()


def _ask(url: str, data: bytes) -> bytes:
    asked = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256).build()
    headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
    # The operator alone names this address, so it may lie in the desk's own network.
    answer = exchange(Request(url, "POST", asked.as_bytes(), headers, private=True), LIMITS)
    if answer.status != OK or not answer.is_whole:
        raise ValueError("The authority did not stamp")
    return answer.body


def verify(answer: bytes, data: bytes, roots: bytes) -> None:
    """Check that an authority below one of the roots (PEM) has stamped these bytes.

    Raises:
        VerificationError: it has not.
        ValueError: the answer or the roots cannot be read.
    """
    builder = VerifierBuilder()
    for root in x509.load_pem_x509_certificates(roots):
        builder = builder.add_root_certificate(root)
    builder.build().verify_message(decode_timestamp_response(answer), data)
