"""What `kb doctor` says of how the operator has arranged the house."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kb.app import open_services
from kb.core.settings import Settings
from kb.services import accounts, arrangement
from kb.services.context import Services


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    home: Path = tmp_path_factory.mktemp("arranged") / "home"
    with open_services(Settings(home=home)) as opened:
        yield opened


def said(services: Services, subject: str, **changes: object) -> tuple[bool, str]:
    changed = replace(services, settings=services.settings.model_copy(update=changes))
    return next((ok, says) for about, ok, says in arrangement.look(changed) if about == subject)


def test_a_home_that_others_may_look_into_is_wrong_once_there_are_accounts(services: Services) -> None:
    assert said(services, "privacy")[0]
    services.settings.home.chmod(0o755)
    assert said(services, "privacy")[0], "while the house is tried out"
    accounts.invite(services, "test", email="boss@example.ma", name="x", role="administrator")
    ok, says = said(services, "privacy")
    assert not ok
    assert "chmod 700" in says
    services.settings.home.chmod(0o700)
    assert said(services, "privacy")[0]


PUBLIC = {"public_url": "https://library.example", "hosts": ("library.example", "localhost")}


@pytest.mark.parametrize(
    ("changes", "well", "word"),
    [
        ({}, True, "this machine alone"),
        ({"host": "0.0.0.0"}, False, "without TLS"),
        (PUBLIC, True, "https://library.example"),
        (PUBLIC | {"hosts": ("localhost",)}, False, "KB_HOSTS"),
        (PUBLIC | {"public_url": "http://library.example"}, False, "not https"),
        (PUBLIC | {"host": "192.0.2.1"}, False, "127.0.0.1"),
    ],
)
def test_the_way_in_is_looked_at(services: Services, changes: dict[str, object], well: bool, word: str) -> None:  # noqa: FBT001 - a case
    ok, says = said(services, "address", **changes)
    assert ok is well
    assert word in says


def test_half_a_way_for_letters_is_none(services: Services) -> None:
    server = "smtp://me:word@mail.example"
    assert said(services, "mail") == (True, "none: links that open accounts are shown to whoever makes them")
    assert said(services, "mail", smtp=server) == (False, "no letter is sent: KB_MAIL_FROM is not set")
    assert said(services, "mail", mail_from="house@example.ma") == (False, "no letter is sent: KB_SMTP is not set")
    whole = said(services, "mail", smtp=server, mail_from="house@example.ma")
    assert whole == (True, "letters go by mail.example"), "and no password is repeated"


def test_a_provider_of_identities_is_asked(services: Services) -> None:
    away = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "rassid"}
    assert not said(services, "single sign-on", **away)[0]
    assert not said(services, "single sign-on", **away, **PUBLIC)[0]
    assert not any(about == "single sign-on" for about, _, _ in arrangement.look(services))
