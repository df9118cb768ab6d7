"""The desk as a person without scripts works at it: inbox, many at once, notices, what is due."""

import datetime as dt
import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from kb.catalog import documents, locks
from kb.catalog.tables import State
from kb.jobs.queue import JobRef
from kb.services import accounts, curate, news
from kb.web.site import create_site
from tests.mail import mail_server
from tests.visited import Browser
from tests.web.desks import NAMES, Desk, desk

__all__ = ["desk"]


def tab(page: str, name: str) -> int:
    """The count of a tab; its label is known by the address."""
    found = re.search(
        rf'href="/ar/desk\?tab={name}[^>]*>[^<]*<b>(\d+)'
        if name != "waiting"
        else r'href="/ar/desk"[^>]*>[^<]*<b>(\d+)',
        page,
    )
    assert found, name
    return int(found[1])


def test_what_is_submitted_waits_in_the_inbox_of_the_curator_and_is_the_contributors_own(desk: Desk) -> None:
    desk.bring("Rapport Alpha")
    draft = desk.bring("Brouillon Beta", state="draft")
    page = desk.page("curator", "/ar/desk")
    assert "Rapport Alpha" in page
    assert NAMES["contributor"] in page
    assert "Brouillon Beta" not in page, "a draft of somebody else is no work yet"
    own = desk.page("contributor", "/ar/desk")
    assert "Rapport Alpha" in own
    assert draft in own
    assert tab(own, "mine") >= 2


def test_a_row_tells_what_the_document_lacks_and_how_its_text_reads(desk: Desk) -> None:
    desk.bring("Rapport Gamma")
    page = desk.page("curator", "/fr/desk?q=gamma")
    assert "Date, Organisme, Thème" in page
    assert "Bonne" in page
    assert "Rapport Gamma.txt" in page


def test_filters_narrow_and_search_finds_titles_and_names_of_files(desk: Desk) -> None:
    desk.bring("Étude Delta")
    page = desk.page("curator", "/ar/desk?q=etude+delta")
    assert "Étude Delta" in page
    assert "Rapport" not in page
    assert "Étude Delta" in desk.page("curator", "/ar/desk?q=delta.txt")
    assert "Étude Delta" not in desk.page("curator", "/ar/desk?q=delta&type=law")
    assert "Étude Delta" in desk.page("curator", "/ar/desk?q=delta&quality=good")
    assert "Étude Delta" not in desk.page("curator", "/ar/desk?q=delta&quality=poor")
    actor = desk.people["contributor"].actor
    assert "Étude Delta" in desk.page("curator", f"/ar/desk?q=delta&depositor={actor}")
    assert "Étude Delta" not in desk.page("curator", "/ar/desk?q=delta&depositor=person:x")


@pytest.mark.parametrize("query", ["tab=x&sort=%00&page=99999", "quality=%27&state=x&organisation=%25", "page=-1"])
def test_whatever_an_address_says_the_inbox_opens(desk: Desk, query: str) -> None:
    desk.page("curator", f"/ar/desk?{query}")


def test_the_inbox_is_sorted_as_asked(desk: Desk) -> None:
    for name in ("Tri Un", "Tri Deux", "Tri Trois"):
        desk.bring(name)

    def names(sort: str) -> list[str]:
        page = desk.page("curator", f"/ar/desk?tab=all&q=tri&sort={sort}")
        return re.findall(r">(Tri (?:Un|Deux|Trois))</a>", page)

    assert names("oldest") == ["Tri Un", "Tri Deux", "Tri Trois"]
    assert names("newest") == ["Tri Trois", "Tri Deux", "Tri Un"]
    assert names("title") == ["Tri Deux", "Tri Trois", "Tri Un"]
    assert len(names("quality")) == 3


def test_many_are_published_at_once_and_each_line_tells_what_became_of_it(desk: Desk) -> None:
    good, bad = desk.bring("Guide Epsilon"), desk.bring("Pratique Zeta", type="good_practice")
    data = {"list": "", "id": [good, bad, "a" * 10], "do": "publish"}
    page = desk.browsers["curator"].post("/fr/desk", data=data)
    assert page.status_code == 200
    told = page.text.partition('id="t-told"')[2].partition("</section>")[0]
    assert re.search("Guide Epsilon</bdi>.*?publié<", told)
    assert "Un chiffre avec sa date et sa source" not in told, "the field is missing altogether"
    assert re.search("Pratique Zeta</bdi>.*?il manque.*?Obstacles", told)
    assert "introuvable" in told
    assert (desk.state(good), desk.state(bad)) == (State.PUBLISHED, State.SUBMITTED)


def test_nothing_chosen_and_no_note_are_asked_for(desk: Desk) -> None:
    id = desk.bring("Guide Eta")
    answer = desk.browsers["curator"].post("/ar/desk", data={"list": "", "id": id, "do": "return"})
    assert answer.status_code == 422
    assert 'href="#note"' in answer.text
    assert f'value="{id}" checked' in answer.text, "what was chosen stays so"
    assert desk.browsers["curator"].post("/ar/desk", data={"list": "", "do": "publish"}).status_code == 422


def test_a_document_is_returned_with_a_note_and_its_depositor_is_told(desk: Desk) -> None:
    id = desk.bring("Guide Theta")
    data = {"list": "", "id": id, "do": "return", "note": "La date manque"}
    desk.browsers["curator"].post("/ar/desk", data=data)
    assert desk.state(id) == State.RETURNED
    told = desk.page("contributor", "/ar/desk/notices")
    assert "La date manque" in told
    assert NAMES["curator"] in told


def test_a_contributor_publishes_nothing(desk: Desk) -> None:
    id = desk.bring("Guide Iota")
    page = desk.browsers["contributor"].post("/ar/desk", data={"list": "", "id": id, "do": "publish"}).text
    assert "من مهام القيّمين" in page
    assert desk.state(id) == State.SUBMITTED


def test_what_another_has_open_is_left_alone_by_many(desk: Desk) -> None:
    id = desk.bring("Guide Kappa")
    with desk.services.database.writing() as session:
        document = documents.load(session, id)
        locks.take(session, document, desk.people["other"].actor, dt.timedelta(minutes=5))
    page = desk.browsers["curator"].post("/ar/desk", data={"list": "", "id": id, "do": "publish"}).text
    assert NAMES["other"] in page
    assert desk.state(id) == State.SUBMITTED
    assert desk.people["other"].name in desk.page("curator", "/ar/desk?q=kappa")


def test_a_document_is_given_to_a_curator_who_is_told_and_finds_it_among_theirs(desk: Desk) -> None:
    id = desk.bring("Guide Lambda")
    data = {"list": "", "id": id, "do": "assign", "assign": desk.people["other"].id}
    desk.browsers["curator"].post("/ar/desk", data=data)
    assert "Guide Lambda" in desk.page("other", "/ar/desk?tab=mine")
    assert "أُسندت إليك" in desk.page("other", "/ar/desk/notices")
    with desk.services.database.reading() as session:
        assert [e.note for e in documents.events(session, id) if e.action == "assign"] == [desk.people["other"].id]
    data["assign"] = desk.people["contributor"].id
    refused = desk.browsers["curator"].post("/ar/desk", data=data).text
    assert "لا يُسند إلى هذا الشخص" in refused


def test_assigning_is_no_new_revision(desk: Desk) -> None:
    id = desk.bring("Guide Mu")
    with desk.services.database.reading() as session:
        before = documents.load(session, id).revision
    curate.assign(desk.services, desk.people["curator"], id, desk.people["other"].id)
    with desk.services.database.reading() as session:
        assert documents.load(session, id).revision == before


def test_notices_are_counted_in_the_head_and_read_one_by_one_or_all(desk: Desk) -> None:
    desk.bring("Guide Nu")
    page = desk.page("other", "/fr/desk/notices")
    count = len(re.findall('class="unread"', page))
    assert f"Bureau ({count}<" in page
    one = re.findall(r'name="id" value="(\d+)"', page)[0]
    desk.browsers["other"].post("/fr/desk/notices", data={"id": one})
    assert len(re.findall('class="unread"', desk.page("other", "/fr/desk/notices"))) == count - 1
    desk.browsers["other"].post("/fr/desk/notices", data={"do": "all"})
    assert 'class="unread"' not in desk.page("other", "/fr/desk/notices")


def test_notices_are_mailed_in_one_letter_and_once(desk: Desk) -> None:
    for name in ("Guide Xi", "Guide Omicron"):
        curate.step(desk.services, desk.people["curator"], desk.bring(name), State.RETURNED, "Voir la date")
    with mail_server() as (url, letters):
        settings = desk.services.settings.model_copy(update={"smtp": url, "mail_from": "rassid@example.ma"})
        services = replace(desk.services, settings=settings)
        job = [JobRef(1, "notify", desk.people["contributor"].id, 1)]
        news.run(services, job)
        news.run(services, job)
    assert len(letters) == 1


def test_a_letter_is_silent_about_a_document_that_its_reader_no_longer_sees(desk: Desk) -> None:
    here, elsewhere = sorted(desk.services.vocabulary.organisations)[:2]
    person = accounts.invite(
        desk.services,
        "test",
        email="confined@example.ma",
        name="م. الشرقاوي",
        role="curator",
        organisation_id=here,
        confined=True,
        language="fr",
    )
    kept, moved = desk.bring("Guide Rho"), desk.bring("Guide Sigma")
    for id in (kept, moved):
        with desk.services.database.writing() as session:
            documents.edit(session, documents.load(session, id), actor="test", organisation_id=here)
        curate.assign(desk.services, desk.people["curator"], id, person.id)
    with desk.services.database.writing() as session:
        documents.edit(session, documents.load(session, moved), actor="test", organisation_id=elsewhere)
    with mail_server() as (url, letters):
        settings = desk.services.settings.model_copy(update={"smtp": url, "mail_from": "rassid@example.ma"})
        news.run(replace(desk.services, settings=settings), [JobRef(1, "notify", person.id, 1)])
    (letter,) = letters
    said = message_from_bytes(letter, policy=default).get_content()
    assert "Guide Rho" in said
    assert "Guide Sigma" not in said


def test_what_is_due_is_listed_and_found_still_right(desk: Desk) -> None:
    id = desk.bring("Loi Pi", by="curator", state="published", type="publication")
    with desk.services.database.writing() as session:
        documents.load(session, id).review_on = dt.date(2020, 1, 1)
    assert "Loi Pi" in desk.page("curator", "/fr/desk/due")
    page = desk.browsers["curator"].post("/fr/desk/due", data={"id": id}).text
    assert "encore valable" in page
    assert "Loi Pi" not in desk.page("curator", "/fr/desk/due")
    with desk.services.database.reading() as session:
        document = documents.load(session, id)
        assert document.review_on is not None
        assert document.review_on > dt.date.today().replace(year=dt.date.today().year + 2)  # noqa: DTZ011 -- a day of this machine
        assert document.data["checked_on"]["first"]


def test_what_another_has_open_is_not_found_right_in_silence(desk: Desk) -> None:
    id = desk.bring("Guide Omega")
    curate.step(desk.services, desk.people["curator"], id, "published", seen=True)
    with desk.services.database.writing() as session:
        locks.take(session, documents.load(session, id), desk.people["other"].actor, dt.timedelta(minutes=5))
    page = desk.browsers["curator"].post("/ar/desk/due", data={"id": id}).text
    assert NAMES["other"] in page
    with desk.services.database.reading() as session:
        assert documents.load(session, id).review_on is None


def test_the_desk_is_for_those_who_bring_documents(desk: Desk) -> None:
    visitor = Browser(create_site(desk.services), follow_redirects=False)
    for path in ("/ar/desk", "/ar/desk/due", "/ar/desk/notices"):
        assert visitor.get(path).headers["location"].startswith("/ar/sign-in?next=")
    assert desk.browsers["contributor"].get("/ar/desk/due").status_code == 403
    assert desk.browsers["curator"].get("/ar/desk").headers["cache-control"] == "private, no-store"
    assert "/ar/desk" not in visitor.get("/ar/").text
