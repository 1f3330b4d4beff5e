"""TLS: whom to trust, and what it means when there is no secure connection."""

from __future__ import annotations

import ssl

import httpx


class TlsError(Exception):
    """No secure connection could be made; the message says why, as half a sentence."""

    def __init__(self, message: str, *, certain: bool) -> None:
        super().__init__(message)
        self.certain = certain
        """Whether every browser would say the same, whatever roots it trusts."""


def tls_context() -> ssl.SSLContext:
    """The system's trust, or certifi's where the system has none; `SSL_CERT_FILE` is honoured."""
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not paths.cafile and not paths.capath:
        import certifi  # noqa: PLC0415 (only where the system has no roots)

        context.load_verify_locations(certifi.where())
    context.set_alpn_protocols(["http/1.1"])
    return context


def certificate_problem(error: ssl.SSLCertVerificationError) -> TlsError:
    """Why a certificate was refused (the codes are those of OpenSSL's `x509_vfy.h`)."""
    match error.verify_code:
        case 10:
            return TlsError("its certificate has expired", certain=True)
        case 18:
            return TlsError("its certificate is self-signed", certain=True)
        case 62 | 64:
            return TlsError("its certificate is another host's", certain=True)
    # An unknown issuer may be our roots' fault: a browser fetches intermediates, we do not.
    return TlsError(f"its certificate cannot be verified: {error.verify_message}", certain=False)


def tls_problem(error: ssl.SSLError) -> httpx.TransportError | TlsError:
    """Why no secure connection was made: for good, or perhaps not."""
    if error.reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"}:
        return TlsError("it does not speak TLS on this port", certain=True)
    if isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError) or error.reason is None:
        return httpx.ConnectError("the connection closed within the TLS handshake")
    return TlsError(f"no secure connection could be agreed on: {error.reason}", certain=False)
