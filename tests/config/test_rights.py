"""Rights to see and to decide are set in the configuration; unknown users or offices are rejected."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.offices import OfficeFiles
from config.refusal import ConfigError
from tests.agents.board.nation import made

HEADER = "board: {decide: {header: X-Remote-User}}\n"


def refused(folder: Path, more: str) -> list[tuple[str, str, str]]:
    with pytest.raises(ConfigError) as error:
        OfficeFiles(made.written(folder, 4, more), {}).load()
    return [(each.key, each.found, each.expected) for each in error.value.mistakes]


def test_a_right_names_offices_by_site_region_department_or_all(tmp_path: Path) -> None:
    more = 'rights: [{who: [anne], see: ["*", gard, "region:Occitanie"], decide: ["department:Aude"]}]\n'
    nation = OfficeFiles(made.written(tmp_path, 4, HEADER + more), {}).load().nation
    assert nation is not None
    assert nation.rights is not None
    assert nation.rights[0].decide == ("department:Aude",)


@pytest.mark.parametrize(
    ("rights", "key", "expected"),
    [
        ("[{who: [anne], see: [gord]}]", "rights.0.see.0", "did you mean gard?"),
        ("[{who: [anne], see: ['*']}, {who: [bo], decide: [gard, 'region:Nord']}]", "rights.1.decide.1", "region:NAME"),
        ("[{who: [anne], see: ['department:Occitanie']}]", "rights.0.see.0", "department:NAME"),
        ("[{see: ['*']}]", "rights.0.who", "names, or a token_file in place of them"),
        ("[{who: [anne]}]", "rights.0.see", "offices to see, or to decide in"),
        ("[]", "rights", "leave the key out to show all offices to all"),
        ("[{who: [anne], sees: ['*']}]", "rights.0.sees", "did you mean see?"),
    ],
)
def test_what_gives_no_right_is_refused_by_its_key(tmp_path: Path, rights: str, key: str, expected: str) -> None:
    found = refused(tmp_path, f"{HEADER}rights: {rights}\n")
    assert [each[0] for each in found] == [key]
    assert expected in found[0][2]


def test_names_need_the_header_that_gives_them(tmp_path: Path) -> None:
    ((key, found, expected),) = refused(tmp_path, "rights: [{who: [anne], see: ['*']}]\n")
    assert (key, found) == ("rights.0.who", '"anne"')
    assert "board.decide.header" in expected


OIDC = "oidc: {issuer: 'https://id.example/realms/etat', client_id: tocsin}"
RIGHTS = "rights: [{who: [qualite], see: ['*']}]\n"


def test_a_provider_gives_names_and_needs_rights(tmp_path: Path) -> None:
    shared = OfficeFiles(made.written(tmp_path, 4, f"board: {{{OIDC}}}\n{RIGHTS}"), {}).load().shared
    assert shared.board.oidc is not None
    assert (shared.board.oidc.scope, shared.board.oidc.claim) == ("openid profile email", "email")
    ((key, _, expected),) = refused(tmp_path, f"board: {{{OIDC}}}\n")
    assert key == "rights"
    assert "may know many other people" in expected


@pytest.mark.parametrize(
    ("board", "key", "expected"),
    [
        (f"{OIDC}, decide: {{header: X-Remote-User}}", "board.decide.header", "no header beside board.oidc"),
        (OIDC.replace("https://id", "http://id"), "board.oidc.issuer", "https://HOST/PATH"),
        (OIDC.replace("client_id: tocsin", "scope: openid"), "board.oidc.client_id", ""),
        (OIDC.replace("tocsin}", "tocsin, scope: profile}"), "board.oidc.scope", "openid among the scopes"),
        (OIDC.replace("tocsin}", "tocsin, redirect: x}"), "board.oidc.redirect", ""),
    ],
)
def test_a_provider_that_could_not_be_trusted_is_refused(tmp_path: Path, board: str, key: str, expected: str) -> None:
    found = refused(tmp_path, f"board: {{{board}}}\n{RIGHTS}")
    assert found[0][0] == key
    assert expected in found[0][2]


def test_an_office_alone_may_have_rights_of_its_own(tmp_path: Path) -> None:
    alone = made.written(tmp_path, 1).parent / "sites" / "lozere.yaml"
    text = alone.read_text(encoding="utf-8")
    alone.write_text(f"{text}board: {{{OIDC}}}\n{RIGHTS}", encoding="utf-8")
    assert OfficeFiles(alone, {}).load().shared.rights
    alone.write_text(f"{text}board: {{{OIDC}}}\n{RIGHTS.replace('*', 'aude')}", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"rights\.0\.see\.0"):
        OfficeFiles(alone, {}).load()


def test_one_secret_for_all_is_none_beside_rights(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("cheval-juste-batterie", encoding="utf-8")
    secret.chmod(0o600)
    more = f'board: {{decide: {{token_file: "{secret}"}}}}\nrights: [{{token_file: "{secret}", see: ["*"]}}]\n'
    ((key, _, expected),) = refused(tmp_path, more)
    assert key == "rights"
    assert "token_file" in expected
