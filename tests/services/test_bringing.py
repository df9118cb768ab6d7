"""What becomes of a file that somebody with an account brings: whose it is, its state, and who learns of it."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kb.app import open_services
from kb.catalog import desk, documents
from kb.catalog.people import PersonRole
from kb.catalog.rights import Someone
from kb.catalog.tables import State
from kb.core.errors import Forbidden, Invalid, NotFound
from kb.core.settings import Settings
from kb.services import arrival, deposit
from kb.services.context import Services
from kb.services.importing import Summary

CONTRIBUTOR = Someone("c" * 10, "ن. التازي", "c@example.ma", PersonRole.CONTRIBUTOR)
OTHER = Someone("o" * 10, "س. العلوي", "o@example.ma", PersonRole.CONTRIBUTOR)
CURATOR = Someone("k" * 10, "ف. الإدريسي", "k@example.ma", PersonRole.CURATOR)
CONFINED = Someone("b" * 10, "م. بنجلون", "b@example.ma", PersonRole.CURATOR, "mtnra", confined=True)


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path_factory.mktemp("bringing"))) as opened:
        yield opened


class Brought(NamedTuple):
    id: str
    state: str
    deposited_by: str
    organisation_id: str | None


def bring(services: Services, by: Someone, words: str, state: str) -> Brought:
    id, _, _ = deposit.upload(
        services, io.BytesIO(words.encode()), "a.txt", by=by, title="", type="publication", language="", state=state
    )
    with services.database.reading() as session:
        document = documents.load(session, id)
        return Brought(id, document.state, document.deposited_by, document.organisation_id)


def test_a_document_is_theirs_who_brought_it(services: Services) -> None:
    assert bring(services, CONTRIBUTOR, "one", "submitted").deposited_by == CONTRIBUTOR.actor
    assert bring(services, CURATOR, "two", "published").state == State.PUBLISHED


def test_who_may_not_publish_is_not_offered_it(services: Services) -> None:
    with pytest.raises(Invalid) as refused:
        bring(services, CONTRIBUTOR, "three", "published")
    assert refused.value.problems == {"state": "unknown"}


def test_a_confined_person_brings_for_their_body(services: Services) -> None:
    assert bring(services, CONFINED, "four", "published").organisation_id == "mtnra"


def test_the_same_bytes_lead_to_a_draft_only_those_who_see_it_at_the_desk(services: Services) -> None:
    kept = bring(services, CONTRIBUTOR, "five", "draft")
    assert bring(services, CONTRIBUTOR, "five", "draft").id == kept.id
    assert bring(services, CURATOR, "five", "published").id == kept.id
    for stranger in (OTHER, CONFINED):
        with pytest.raises(Invalid) as refused:
            bring(services, stranger, "five", "draft")
        assert refused.value.problems == {"file": "not-public"}


def test_the_desk_shows_drafts_to_those_who_brought_or_curate_them(services: Services) -> None:
    kept = bring(services, CONTRIBUTOR, "six", "draft")
    bodys = bring(services, CONFINED, "seven", "draft")
    seen = {
        who.id: {id for id in (kept.id, bodys.id) if _seen(services, id, who)}
        for who in (CONTRIBUTOR, OTHER, CURATOR, CONFINED)
    }
    assert seen == {
        CONTRIBUTOR.id: {kept.id},
        OTHER.id: set(),
        CURATOR.id: {kept.id, bodys.id},
        CONFINED.id: {bodys.id},
    }


def _seen(services: Services, id: str, who: Someone) -> bool:
    with services.database.reading() as session:
        try:
            return desk.sees(who, desk.load(session, id, who))
        except NotFound:
            return False


def _archive(**members: str) -> io.BytesIO:
    raw = io.BytesIO()
    with zipfile.ZipFile(raw, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    raw.seek(0)
    return raw


def _bring_archive(services: Services, by: Someone, **members: str) -> Summary:
    came = arrival.receive(
        services,
        _archive(**members),
        "many.zip",
        by=by,
        title="",
        type="publication",
        language="",
        state=deposit.states(by)[0],
    )
    assert isinstance(came, Summary)
    return came


def test_a_description_in_an_archive_gives_nobody_more_rights(services: Services, tmp_path: Path) -> None:
    told = 'id = "guide-9"\ntype = "publication"\nstate = "published"\ntitle = { ar = "خبر" }\n'
    (kept,) = _bring_archive(services, CONTRIBUTOR, a_toml=told, b_txt="eight").kept[:1]
    assert kept.state == State.SUBMITTED
    assert _bring_archive(services, CURATOR, a_toml=told.replace("خبر", "نبأ"), c_txt="nine").changed == 1
    changed = _bring_archive(services, OTHER, a_toml=told, d_txt="ten")
    assert [type(problem.error) for problem in changed.refused] == [Forbidden]
    foreign = told.replace("guide-9", "guide-10") + 'organisation = "finance"\n'
    (refusal,) = _bring_archive(services, CONFINED, a_toml=foreign, e_txt="eleven").refused
    assert isinstance(refusal.error, Invalid)
