"""The mail server: connection, certificate, login, and its replies."""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from typing import Any, BinaryIO, Final, Literal, TypeAlias

from agents.secret import secret
from config.environment import Variable
from config.mail import Mail
from config.refusal import ConfigError, Mistake
from streams.said import Said, said

PASSWORD: Final = Variable.MAIL_PASSWORD
TIMEOUT_SECONDS: Final = 30.0  # for each read from the server
STEP_SECONDS: Final = 120.0  # for the greeting and the login, then for each mail: a server may answer byte by byte
MOST_LINES: Final = 100  # of a reply; the longest ones, to EHLO, have about twenty
PERMANENT: Final = 500  # from this code on, a retry is useless (RFC 5321, 4.2.1)
Taken: TypeAlias = Literal["sent", "refused", "later"]


class MailError(Exception):
    """No mail can be sent; the message says why, and what to change."""


class _Lines:
    """The lines of a server's replies, at most `MOST_LINES` of each: smtplib keeps them all."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.left = MOST_LINES

    def readline(self, limit: int) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise OSError(said("a reply has more than {count} lines", count=MOST_LINES))
        return self._file.readline(limit)

    def close(self) -> None:
        self._file.close()


class Connection(smtplib.SMTP):
    """A connection to a server that may send lines without end, or one byte a second."""

    file: _Lines | None  # smtplib needs only these two methods

    _over = False  # whether a step took too long
    _socket: socket.socket | None = None  # a second handle, as TLS replaces the first one

    @contextmanager
    def step(self) -> Iterator[None]:
        """Close the connection if the block takes too long; raise `TimeoutError` then."""
        timer = threading.Timer(STEP_SECONDS, self._end)
        timer.daemon, self._over = True, False
        timer.start()
        try:
            yield
        except (OSError, smtplib.SMTPException):
            if not self._over:
                raise
        finally:
            timer.cancel()
        if self._over:
            raise TimeoutError(said("its answer did not end in {seconds} s", seconds=round(STEP_SECONDS)))

    def _end(self) -> None:
        self._over = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def connect(self, host: str = "", port: int = 0, source_address: Any = None) -> tuple[int, bytes]:  # noqa: ANN401 -- smtplib's type has no name
        """Connect, which smtplib's constructor does; leave nothing open if that fails."""
        try:
            with self.step():
                return super().connect(host, port, source_address)
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        found: socket.socket = super()._get_socket(host, port, timeout)  # type: ignore[misc]  # not in the stubs
        self._socket = found.dup()
        return found

    def getreply(self) -> tuple[int, bytes]:
        """Return a reply; raise `SMTPServerDisconnected` if it has too many lines."""
        if self.file is None:
            assert self.sock is not None
            self.file = _Lines(self.sock.makefile("rb"))
        self.file.left = MOST_LINES
        return super().getreply()

    def close(self) -> None:
        super().close()
        if self._socket is not None:
            self._socket.close()


class TlsConnection(smtplib.SMTP_SSL, Connection):
    """The same over TLS from the beginning."""


@contextmanager
def connected(mail: Mail, environ: Mapping[str, str]) -> Iterator[Connection]:
    """Open a connection over which mails can be sent.

    Raises `MailError` if this fails, `ConfigError` for an invalid password or certificate authority.
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
        with suppress(OSError, smtplib.SMTPException), connection.step():
            connection.quit()
        connection.close()


def deliver(connection: Connection, mail: Mail, message: EmailMessage, to: str) -> tuple[Taken, str]:
    """Send a mail to one recipient; return whether the server took it, or else the server's reply.

    Raises `MailError` if the connection is lost or times out; the server may or may not have taken the mail.
    """
    try:
        with connection.step():
            connection.send_message(message, mail.sender, [to])
    except smtplib.SMTPRecipientsRefused as refused:
        code, words = refused.recipients[to]
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as refused:
        answer = _answer(refused.smtp_code, refused.smtp_error)
        if isinstance(refused, smtplib.SMTPSenderRefused) or refused.smtp_code < PERMANENT:
            return "later", answer  # a forbidden sender is not the recipient's fault, and can be corrected
        return "refused", answer
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(said("{server} no longer answers ({why})", server=mail.server, why=_words(error))) from None
    else:
        return "sent", ""
    return "refused" if code >= PERMANENT else "later", _answer(code, words)


def _connected(mail: Mail, context: ssl.SSLContext | None) -> Connection:
    if mail.security == "tls":
        return TlsConnection(mail.host, mail.port, timeout=TIMEOUT_SECONDS, context=context)
    connection = Connection(mail.host, mail.port, timeout=TIMEOUT_SECONDS)
    try:
        if mail.security == "starttls":
            with connection.step():
                connection.starttls(context=context)
    except BaseException:
        connection.close()
        raise
    return connection


def _log_in(connection: Connection, mail: Mail, password: str | None) -> None:
    if mail.user is None or password is None:
        return
    try:
        with connection.step():
            connection.login(mail.user, password)
    except smtplib.SMTPAuthenticationError as error:  # without the server's words, which may repeat the password
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
        words = said("{server} does not offer a login; remove mail.user and mail.password_file", server=mail.server)
        raise MailError(words) from None
    except (OSError, smtplib.SMTPException) as error:
        raise MailError(said("{server} no longer answers ({why})", server=mail.server, why=_words(error))) from None


def _password(mail: Mail, environ: Mapping[str, str]) -> str | None:
    if mail.user is None:
        return None
    expected = said("the password of {user} in this file, or in {variable}", user=mail.user, variable=PASSWORD)
    return secret(PASSWORD, "mail.password_file", mail.password_file, expected, environ)


def _context(mail: Mail) -> ssl.SSLContext | None:
    """Return the TLS context, which checks the server's name and the trusted authority."""
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
            "the certificate of {server} cannot be verified ({why}); mail.ca must name the authority that signed it, "
            "and mail.server the host in the certificate",
            server=mail.server,
            why=error.verify_message,
        )
    if isinstance(error, ssl.SSLError):
        return said(
            "{server} does not use TLS on this port ({why}); mail.security is {security}: use tls for port 465, "
            "starttls for ports 587 and 25",
            server=mail.server,
            why=_words(error),
            security=mail.security,
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return said("{server} does not offer STARTTLS; use mail.security: tls for port 465", server=mail.server)
    return said(
        "{server} cannot be reached ({why}); look at mail.server, at mail.security ({security}), and at the firewall",
        server=mail.server,
        why=_words(error),
        security=mail.security,
    )


def _answer(code: int, words: bytes | str) -> str:
    return f"{code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"


def _words(error: Exception) -> str:
    if error.args and isinstance(error.args[0], Said):
        return error.args[0]
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
