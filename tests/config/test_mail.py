"""Mail settings are complete, encrypt mails in transit, and allow no header injection."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.mail import Mail
from config.refusal import shown
from config.settings import ConfigError, load

WHOLE = "server: smtp.example:587, from: t@x.fr, to: [{address: q@x.fr}]"
LOCAL = "server: '127.0.0.1:25', security: none, from: t@x.fr, to: [{address: q@x.fr}]"


def given(folder: Path, mail: str, **environ: str) -> Mail:
    file = folder / "office.yaml"
    file.write_text(
        f"site: x\nlines: {{accueil: {{}}}}\nservices: {{cartes: {{}}}}\nmail: {{{mail}}}", encoding="utf-8"
    )
    found = load(file, environ).mail
    assert found is not None
    return found


def refused(folder: Path, mail: str) -> str:
    with pytest.raises(ConfigError) as caught:
        given(folder, mail)
    (mistake,) = caught.value.mistakes
    return str(mistake).removeprefix(f"{folder}/office.yaml: mail.")


def test_what_is_not_said_is_safe(tmp_path: Path) -> None:
    found = given(tmp_path, WHOLE)
    assert (found.host, found.port, found.security, found.tls) == ("smtp.example", 587, "starttls", True)
    (recipient,) = found.to
    assert (recipient.language, recipient.send) == ("fr", ("day", "week", "month"))


@pytest.mark.parametrize(
    "mail",
    [
        LOCAL,
        "server: '[::1]:25', security: none, user: t, password_file: FILE, from: t@x.fr, to: [{address: q@x.fr}]",
        "server: relay:25, security: unprotected, from: t@x.fr, to: [{address: q@x.fr, lines: [accueil]}]",
        "server: smtp:465, security: tls, ca: FILE, user: t, password_file: FILE, from: t@x.fr, to: [{address: q@x.f}]",
        "server: s:1, from: t@x.fr, board: 'https://t.x.fr/a', to: [{address: q+a@x.fr, send: [week], language: en}]",
    ],
)
def test_what_is_whole_is_taken(mail: str, secret: Path, tmp_path: Path) -> None:
    found = given(tmp_path, mail.replace("FILE", str(secret)))
    assert "tres-secret" not in repr(found)


@pytest.mark.parametrize(
    ("mail", "says"),
    [
        (
            WHOLE.replace("587", "587, security: none"),
            'security: found "none", expected starttls or tls; or unprotected',
        ),
        (WHOLE.replace("587", "587, security: unprotected, user: t"), 'user: found "t", expected no value'),
        (WHOLE.replace("587", "587, security: unprotected, ca: FILE"), 'ca: found "FILE", expected no value'),
        (WHOLE.replace("587", "587, password_file: FILE"), 'password_file: found "FILE", expected no value'),
        (WHOLE.replace("587", "587, password: FILE"), "password: found an unknown key, expected a known key (did"),
        (WHOLE.replace("587", "587, sender: x"), "sender: found an unknown key"),
        (WHOLE.replace(":587", ""), 'server: found "smtp.example", expected one host:port'),
        (WHOLE.replace("587", "587,b:25"), 'server: found "smtp.example", expected one host:port'),
        (
            WHOLE.replace("t@x.fr", '"t@x.fr\\nBcc: all@x.fr"'),
            'from: found "t@x.fr\\nBcc: all@x.fr"',
        ),
        (WHOLE.replace("q@x.fr", '"q@x.fr\\r\\n"'), 'to.0.address: found "q@x.fr\\r\\n", expected an address'),
        (WHOLE.replace("q@x.fr", '"Q <q@x.fr>"'), 'to.0.address: found "Q <q@x.fr>", expected an address'),
        (WHOLE.replace("[{address: q@x.fr}]", "[]"), "to: found [], expected at least one"),
        (WHOLE.replace("}]", ", send: []}]"), "to.0.send: found [], expected at least one"),
        (WHOLE.replace("}]", ", send: [year]}]"), "to.0.send.0: found \"year\", expected 'day', 'week' or 'month'"),
        (WHOLE.replace("}]", ", lines: [cartes]}]"), 'to.0.lines: found "cartes", expected one of accueil'),
        (WHOLE.replace("}]", ", services: [accueil]}]"), 'to.0.services: found "accueil", expected one of cartes'),
        (
            WHOLE.replace("}]", "}, {address: Q@x.fr}]"),
            'to: found "q@x.fr", expected addresses that are',
        ),
        (
            WHOLE.replace("587", "587, board: 'javascript:x'"),
            'board: found "javascript:x", expected an address such as',
        ),
    ],
)
def test_what_is_wrong_is_told(mail: str, says: str, secret: Path, tmp_path: Path) -> None:
    if "587,b:25" in mail:
        mail = mail.replace("smtp.example:587,b:25", "'smtp.example,b:25'")
        says = says.replace("smtp.example", "smtp.example,b:25")
    assert refused(tmp_path, mail.replace("FILE", str(secret))).startswith(says.replace('"FILE"', shown(str(secret))))


def test_a_password_that_others_can_read_is_refused(secret: Path, tmp_path: Path) -> None:
    secret.chmod(0o644)
    assert "chmod 600" in refused(tmp_path, WHOLE.replace("587", f"587, user: t, password_file: {secret}"))


def test_the_environment_sets_a_key_and_keeps_the_password(tmp_path: Path) -> None:
    told = {"TOCSIN_MAIL_FROM": "other@x.fr", "TOCSIN_MAIL_SERVER": "smtp2:587", "TOCSIN_MAIL_PASSWORD": "tres-secret"}
    found = given(tmp_path, WHOLE, **told)
    assert (found.sender, found.server) == ("other@x.fr", "smtp2:587")
    assert "tres-secret" not in repr(found)
