"""The client connects to a mail server, verifies it, logs in and interprets its replies about recipients."""

from __future__ import annotations

import shutil
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from agents.mail import server
from agents.mail.server import PASSWORD as VARIABLE
from agents.mail.server import MailError, connected, deliver
from agents.ports import free_port
from config.mail import Mail
from config.refusal import ConfigError
from tests.agents.mail.smtp import HOST, PASSWORD, USER, MailBox, password_file, served
from tests.secured import Authority
from tests.waiting import PATIENCE

needs_openssl = pytest.mark.skipif(not shutil.which("openssl"), reason="needs openssl")
TO = "qualite@prefecture.example"


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "pki")


def mail(port: int, security: str = "none", **more: Any) -> Mail:
    told = {"server": f"{HOST}:{port}", "security": security, "from": "tocsin@prefecture.example"}
    return Mail.model_validate({**told, "to": ({"address": TO},), **more})


def letter() -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = "Hier"
    made.set_content("412 appels")
    return made


def sent(told: Mail, **environ: str) -> tuple[str, str]:
    with connected(told, environ) as connection:
        return deliver(connection, told, letter(), TO)


def why(told: Mail, **environ: str) -> str:
    with pytest.raises(MailError) as caught:
        sent(told, **environ)
    return str(caught.value)


@needs_openssl
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_over_tls_a_server_proves_itself_and_the_password_is_of_a_file_or_the_environment(
    security: Any, authority: Authority, tmp_path: Path
) -> None:
    box = MailBox()
    with served(box, security, authority, login=True) as port:
        by_file = mail(port, security, ca=authority.ca, user=USER, password_file=password_file(tmp_path))
        assert sent(by_file) == ("sent", "")
        assert sent(mail(port, security, ca=authority.ca, user=USER), **{VARIABLE: PASSWORD}) == ("sent", "")
    assert box.to == [TO, TO]
    assert box.known == [True, True]
    assert security == "tls" or box.secure == [True, True]
    assert box.mails[0].get_content().strip() == "412 appels"


@needs_openssl
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_of_nobody_known_is_refused_before_anything_is_told(security: Any, authority: Authority) -> None:
    box = MailBox()
    with served(box, security, authority, login=True) as port:
        said = why(mail(port, security, user=USER), **{VARIABLE: PASSWORD})
    assert "cannot be verified" in said
    assert "mail.ca must name the authority" in said
    assert PASSWORD not in said
    assert not box.mails


@needs_openssl
def test_a_certificate_of_another_host_is_refused(authority: Authority) -> None:
    with served(MailBox(), "tls", authority) as port:
        elsewhere = mail(port, "tls", ca=authority.ca).model_copy(update={"server": f"localhost:{port}"})
        assert "Hostname mismatch" in why(elsewhere)


@needs_openssl
def test_a_wrong_password_is_told_without_it(authority: Authority, tmp_path: Path) -> None:
    with served(MailBox(), "starttls", authority, login=True) as port:
        told = mail(port, "starttls", ca=authority.ca, user=USER, password_file=password_file(tmp_path, "wrong-word"))
        said = why(told)
    assert f"refuses the login of {USER} (code 535); look at mail.user" in said
    assert "wrong-word" not in said


def test_a_password_that_is_nowhere_is_a_wrong_configuration() -> None:
    with pytest.raises(ConfigError, match="the password of tocsin in this file, or in TOCSIN_MAIL_PASSWORD"):
        sent(mail(1, user=USER))


def test_an_authority_that_is_none_is_a_wrong_configuration(tmp_path: Path) -> None:
    (file := tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(ConfigError, match=r"mail: ca.*certificates in PEM"):
        sent(mail(1, "tls", ca=file))


def test_what_a_server_does_not_speak_is_told_with_how_to_mend_it() -> None:
    with served(MailBox()) as port:
        assert "does not offer STARTTLS; use mail.security: tls" in why(mail(port, "starttls"))
        assert "does not offer a login" in why(mail(port, user=USER), **{VARIABLE: PASSWORD})
        assert "does not use TLS on this port" in why(mail(port, "tls"))


def test_a_server_that_is_not_there_is_told() -> None:
    assert "cannot be reached (Connection refused); look at mail.server" in why(mail(free_port(HOST)))


def test_a_server_that_says_nothing_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "TIMEOUT_SECONDS", 0.3)
    with socket.socket() as mute:
        mute.bind((HOST, 0))
        mute.listen()
        assert "cannot be reached" in why(mail(mute.getsockname()[1]))


@pytest.mark.parametrize(
    ("answer", "taken"),
    [("550 no such user", "refused"), ("450 mailbox busy", "later"), ("421 come back", "later")],
)
def test_what_is_said_of_a_recipient_is_for_good_or_for_now(answer: str, taken: str) -> None:
    box = MailBox({TO: answer})
    with served(box) as port:
        assert sent(mail(port)) == (taken, answer)
    assert not box.mails


@pytest.mark.parametrize(("answer", "taken"), [("554 spam", "refused"), ("451 disk full", "later")])
def test_what_is_said_of_a_mail_is_for_good_or_for_now(answer: str, taken: str) -> None:
    box = MailBox()
    box.after_data = answer
    with served(box) as port:
        assert sent(mail(port)) == (taken, answer)


def test_a_server_that_goes_away_half_way_is_told_and_the_other_mails_wait() -> None:
    box = MailBox()
    box.hang_up_after = 1
    with served(box) as port:
        told = mail(port)
        with pytest.raises(MailError, match="no longer answers"), connected(told, {}) as connection:
            assert deliver(connection, told, letter(), TO) == ("sent", "")
            deliver(connection, told, letter(), TO)
    assert len(box.mails) == 1


def test_a_sender_who_may_not_send_is_no_fault_of_the_recipient() -> None:
    """A person fixes it, and the next run sends."""

    def refusing() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rwb") as wire:
            wire.write(b"220 here\r\n")
            wire.flush()
            for line in wire:
                wire.write(b"550 not you\r\n" if line.upper().startswith(b"MAIL") else b"250 ok\r\n")
                wire.flush()
                if line.upper().startswith(b"QUIT"):
                    return

    with socket.socket() as listening:
        listening.bind((HOST, 0))
        listening.listen()
        serving = threading.Thread(target=refusing)
        serving.start()
        assert sent(mail(listening.getsockname()[1])) == ("later", "550 not you")
        serving.join(PATIENCE)


@contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """Run a server that says what `talk` sends to its first client, until that one hangs up."""

    def serve() -> None:
        client, _ = listener.accept()
        with client, suppress(OSError):
            talk(client)

    with socket.create_server((HOST, 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        thread.join(PATIENCE)
        assert not thread.is_alive(), "the client has hung up"


def without_end(client: socket.socket) -> None:
    client.sendall(b"220 here\r\n")
    while True:
        client.sendall(b"250-" + b"A" * 1_000 + b"\r\n")


def byte_by_byte(client: socket.socket, first: bytes = b"") -> None:
    client.sendall(first)
    while True:
        client.sendall(b"2")
        time.sleep(0.05)


def slow_handshake(client: socket.socket) -> None:
    byte_by_byte(client, b"\x16\x03\x03\x3f\xff")  # a long record of TLS


def slow_mail(client: socket.socket) -> None:
    """Accept a mail, and then say byte by byte what becomes of it."""
    client.sendall(b"220 here\r\n")
    for _ in range(3):  # EHLO, MAIL, RCPT
        client.recv(1_000)
        client.sendall(b"250 ok\r\n")
    byte_by_byte(client)


def test_a_reply_without_end_is_refused_after_few_lines() -> None:
    tracemalloc.start()
    try:
        with talking(without_end) as port:
            told = why(mail(port, user=USER), **{VARIABLE: PASSWORD})
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
    assert "more than 100 lines" in told


@pytest.mark.slow
@pytest.mark.parametrize(("talk", "security"), [(byte_by_byte, "none"), (slow_handshake, "tls"), (slow_mail, "none")])
def test_a_server_that_answers_byte_by_byte_is_left(
    talk: Callable[[socket.socket], None], security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "STEP_SECONDS", 2.0)
    with talking(talk) as port:
        assert "did not end in 2 s" in why(mail(port, security))
