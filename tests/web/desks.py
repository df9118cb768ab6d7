"""A library with a contributor and two curators who are signed in, for the tests of the desk."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from kb.app import worker
from kb.catalog import documents
from kb.catalog.people import PersonRole
from kb.catalog.rights import Someone
from kb.core.settings import Settings
from kb.services import accounts, deposit
from kb.services.context import Services
from kb.web.site import create_site
from tests.opening import house_of
from tests.visited import Browser

PASSWORD = "خمس نخلات على الواد"
NAMES = {"contributor": "ن. التازي", "curator": "ف. الإدريسي", "other": "س. العلوي"}


@dataclass(frozen=True)
class Desk:
    services: Services
    browsers: dict[str, Browser]
    people: dict[str, Someone]

    def bring(self, words: str, *, by: str = "contributor", state: str = "submitted", type: str = "publication") -> str:
        """Deposit a document of this text and title."""
        given = {"title": words, "type": type, "language": "fr", "state": state}
        stream = io.BytesIO(f"Le texte de {words}.".encode())
        id, _, _ = deposit.upload(self.services, stream, f"{words}.txt", by=self.people[by], **given)
        worker(self.services).drain()
        return id

    def page(self, who: str, path: str) -> str:
        answer = self.browsers[who].get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def state(self, id: str) -> str:
        with self.services.database.reading() as session:
            return documents.load(session, id).state


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with house_of(Settings(home=tmp_path_factory.mktemp("desk"))) as services:
        site = create_site(services)
        browsers, people = {}, {}
        for who, name in NAMES.items():
            role = PersonRole.CONTRIBUTOR if who == "contributor" else PersonRole.CURATOR
            email = f"{who}@example.ma"
            invited = accounts.invite(services, "test", email=email, name=name, role=role)
            accounts.redeem(services, invited.secret, PASSWORD)
            browser = Browser(site, follow_redirects=False, headers={"Origin": "http://testserver"})
            assert browser.post("/ar/sign-in", data={"email": email, "password": PASSWORD}).status_code == 303
            browsers[who] = browser
            people[who] = Someone(invited.id, name, email, role)
        yield Desk(services, browsers, people)
