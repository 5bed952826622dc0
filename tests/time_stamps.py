"""A time-stamping authority for tests (RFC 3161), by OpenSSL: its root, and what it answers."""

import subprocess
from collections.abc import Callable
from pathlib import Path

CONFIG = """
[ tsa ]
default_tsa = one
[ one ]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ req ]
distinguished_name = name
[ name ]
[ root ]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[ stamping ]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
"""


def _openssl(folder: Path, *words: str, given: bytes | None = None) -> bytes:
    return subprocess.run(["openssl", *words], cwd=folder, input=given, capture_output=True, check=True).stdout


def authority(folder: Path) -> tuple[Path, Callable[[bytes], bytes]]:
    """Make one: the file of its root certificate, and what answers a query (both DER)."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder))
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", "openssl.cnf")
    _openssl(folder, "req", "-x509", *key, "-keyout", "root.key", "-out", "root.pem", "-subj", "/CN=Root",
             "-extensions", "root", "-days", "2")  # fmt: skip
    _openssl(folder, "req", "-new", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=Stamps")
    _openssl(folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "7",
             "-out", "tsa.pem", "-extfile", "openssl.cnf", "-extensions", "stamping", "-days", "2")  # fmt: skip

    def answer(query: bytes) -> bytes:
        (folder / "query.tsq").write_bytes(query)
        return _openssl(folder, "ts", "-reply", "-queryfile", "query.tsq", "-config", "openssl.cnf")

    return folder / "root.pem", answer
