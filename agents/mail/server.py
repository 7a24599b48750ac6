"""The server that takes mails: reached, proven to be itself, logged in to, and what it says of a recipient."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Final, Literal, TypeAlias

from agents.secret import secret
from config.mail import Mail
from config.refusal import ConfigError, Mistake
from streams.said import Said, said

PASSWORD: Final = "TOCSIN_MAIL_PASSWORD"  # noqa: S105 -- the variable's name
TIMEOUT_SECONDS: Final = 30.0  # for each answer of the server
PERMANENT: Final = 500  # from this code on, trying again changes nothing (RFC 5321, 4.2.1)
Taken: TypeAlias = Literal["sent", "refused", "later"]


class MailError(Exception):
    """Say why no mail can be sent, and how to mend it."""


@contextmanager
def connected(mail: Mail, environ: Mapping[str, str]) -> Iterator[smtplib.SMTP]:
    """Give a connection to the server, over which mails can be sent.

    Raises `MailError` where there is none, `ConfigError` for a password or an authority that cannot be used.
    """
    password = _password(mail, environ)
    context = _context(mail)
    try:
        connection = _connected(mail, context)
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(_unreachable(mail, error)) from None
    try:
        _log_in(connection, mail, password)
        yield connection
    finally:
        with suppress(OSError, smtplib.SMTPException):
            connection.quit()
        connection.close()


def deliver(connection: smtplib.SMTP, mail: Mail, message: EmailMessage, to: str) -> tuple[Taken, str]:
    """Send a mail to one recipient; return whether the server took it, and its own words where it did not.

    A server that hangs up or falls silent raises `MailError`: whether it took the mail is not known then.
    """
    try:
        connection.send_message(message, mail.sender, [to])
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = refused.recipients[to]
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
        answer = _answer(refused.smtp_code, refused.smtp_error)
        if isinstance(refused, smtplib.SMTPSenderRefused) or refused.smtp_code < PERMANENT:
            return "later", answer  # who may not send is no fault of the recipient's, and a person can mend it
        return "refused", answer
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(
            said("{server} does not answer any more ({why})", server=mail.server, why=_words(error))
        ) from None
    else:
        return "sent", ""
    return "refused" if code >= PERMANENT else "later", _answer(code, words)


def _connected(mail: Mail, context: ssl.SSLContext | None) -> smtplib.SMTP:
    if mail.security == "tls":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        connection = smtplib.SMTP(mail.host, mail.port, timeout=TIMEOUT_SECONDS)
    try:
        if mail.security == "starttls":
            connection.starttls(context=context)
    except BaseException:
        connection.close()
        raise
    return connection


def _log_in(connection: smtplib.SMTP, mail: Mail, password: str | None) -> None:
    if mail.user is None or password is None:
        return
    try:
        connection.login(mail.user, password)
    except smtplib.SMTPAuthenticationError as error:  # its words are left out: a server may repeat what it was told
        words = said(
            "{server} refuses the login of {user} (code {code}); look at mail.user, and at the password in "
            "mail.password_file or {variable}",
            server=mail.server,
            user=mail.user,
            code=error.smtp_code,
            variable=PASSWORD,
        )
        raise MailError(words) from None
    except smtplib.SMTPNotSupportedError:
        words = said("{server} knows no login; take mail.user and mail.password_file away", server=mail.server)
        raise MailError(words) from None
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(
            said("{server} does not answer any more ({why})", server=mail.server, why=_words(error))
        ) from None


def _password(mail: Mail, environ: Mapping[str, str]) -> str | None:
    if mail.user is None:
        return None
    expected = said("the password of {user} in this file, or in {variable}", user=mail.user, variable=PASSWORD)
    return secret(PASSWORD, "mail.password_file", mail.password_file, expected, environ)


def _context(mail: Mail) -> ssl.SSLContext | None:
    """Return what proves that the server is itself: its certificate, of the authority that is trusted, and its name."""
    if not mail.tls:
        return None
    try:
        return ssl.create_default_context(cafile=mail.ca)
    except ssl.SSLError as error:
        expected = said("certificates in PEM")
        raise ConfigError([Mistake("mail", "ca", str(mail.ca), expected)]) from error


def _unreachable(mail: Mail, error: Exception) -> Said:
    if isinstance(error, ssl.SSLCertVerificationError):
        return said(
            "the certificate of {server} proves nothing ({why}); mail.ca names the authority that signed it, and "
            "mail.server the host as the certificate does",
            server=mail.server,
            why=error.verify_message,
        )
    if isinstance(error, ssl.SSLError):
        return said(
            "{server} speaks no TLS there ({why}); mail.security is {security}: tls is for a port that begins by it "
            "(465), starttls for the others (587, 25)",
            server=mail.server,
            why=_words(error),
            security=mail.security,
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return said(
            "{server} offers no STARTTLS; mail.security: tls is for a port that begins by TLS (465)", server=mail.server
        )
    return said(
        "{server} cannot be reached ({why}); look at mail.server, at mail.security ({security}), and at the firewall",
        server=mail.server,
        why=_words(error),
        security=mail.security,
    )


def _answer(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
