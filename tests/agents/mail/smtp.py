"""A fake mail server whose answers a test chooses."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from agents.ports import free_port
from tests.secured import Authority

HOST = "127.0.0.1"
USER, PASSWORD = "tocsin", "tres-secret"


class MailBox:
    """The received mails; `answers` has the reply to each recipient that the server refuses."""

    def __init__(self, answers: Mapping[str, str] | None = None) -> None:
        self.answers = dict(answers or {})
        self.after_data = ""  # replaces the 250 after a mail
        self.hang_up_after = -1  # number of mails before the server hangs up
        self.mails: list[EmailMessage] = []
        self.to: list[str] = []
        self.secure: list[bool] = []
        self.known: list[bool] = []  # whether its sender had logged in

    async def handle_RCPT(  # noqa: N802 -- as aiosmtpd calls it
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 -- as above
        if len(self.mails) == self.hang_up_after:
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            return "421 gone"
        if self.after_data:
            return self.after_data
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.to += envelope.rcpt_tos
        self.secure.append(session.ssl is not None)
        self.known.append(bool(session.authenticated))
        return "250 taken"


def _known(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, told: Any) -> AuthResult:
    good = isinstance(told, LoginPassword) and (told.login, told.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@contextmanager
def served(
    box: MailBox,
    security: Literal["none", "starttls", "tls"] = "none",
    authority: Authority | None = None,
    *,
    login: bool = False,
    port: int = 0,
) -> Iterator[int]:
    """Run a server for the block and give its port."""
    context = None
    if authority is not None:
        cert, key = authority.sign("mail")
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(cert, key)
    more: dict[str, Any] = {"ssl_context": context} if security == "tls" else {}
    if security == "starttls":
        more = {"tls_context": context, "require_starttls": True}
    if login:
        started = security == "starttls"  # aiosmtpd's login does not recognize TLS that begins with the connection
        more |= {"authenticator": _known, "auth_required": started, "auth_require_tls": started}
    controller = Controller(box, HOST, port or free_port(HOST), **more)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def password_file(folder: Path, password: str = PASSWORD) -> Path:
    """Return a password file that only its owner can read."""
    file = folder / "mail-password"
    file.write_text(f"{password}\n")
    file.chmod(0o600)
    return file
