"""The past as it is read at the desk: the trace, versions compared and gone back to, persons who are forgotten."""

import datetime as dt
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.app import open_services
from kb.catalog import documents, people, trace, workflow
from kb.catalog.events import Wanted
from kb.catalog.rights import Act, Someone
from kb.catalog.tables import Event, Revision, State
from kb.core.errors import Conflict, Forbidden
from kb.core.settings import Settings
from kb.services import accounts, audit, deposit, forgetting, own
from kb.services.context import Services
from kb.services.deposit import Deposit
from kb.services.unbag import ARRIVED
from kb.web import changed_words, words
from kb.web.site import create_site
from tests.visited import Browser

PASSWORD = "خمس نخلات على الواد"
BEFORE = "تبسيط المساطر الإدارية في الجماعات <script>"
AFTER = "تبسيط المساطر الرقمية في الجماعات <script> guide"


@dataclass(frozen=True)
class Desk:
    services: Services
    boss: Browser
    curator: Browser
    reader: Browser
    who: dict[str, Someone]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with open_services(Settings(home=tmp_path_factory.mktemp("home"))) as services:
        site = create_site(services)
        found: dict[str, Browser] = {}
        who: dict[str, Someone] = {}
        for role in ("administrator", "curator", "reader"):
            invited = accounts.invite(services, "test", email=f"{role}@example.ma", name=f"اسم {role}", role=role)
            visit = accounts.redeem(services, invited.secret, PASSWORD)
            browser = Browser(site, follow_redirects=False, headers={"Origin": "http://testserver"})
            browser.cookies.set("session", visit)
            found[role] = browser
            someone = accounts.who(services, visit)
            assert someone is not None
            who[role] = someone
        yield Desk(services, found["administrator"], found["curator"], found["reader"], who)


@pytest.fixture
def edited(desk: Desk) -> str:
    """A draft that the curator changed once, so that it has two versions."""
    with desk.services.database.writing() as session:
        wanted = Deposit(type="news", title={"ar": "خبر"}, state=State.DRAFT)
        id = deposit.create(session, wanted, actor=desk.who["curator"].actor).id
    for text in (BEFORE, AFTER):
        with desk.services.database.writing() as session:
            document = documents.load(session, id)
            documents.edit(session, document, actor=desk.who["curator"].actor, summary={"ar": text})
    return id


def past(id: str) -> str:
    return f"/ar/desk/documents/{id}/revisions"


def marked(element: str, page: str) -> list[str]:
    found = re.findall(rf"<{element}><span class=\"vh\">[^<]*</span><bdi[^>]*>(.*?)</bdi></{element}>", page)
    return [html.unescape(text) for text in found]


def test_versions_say_who_made_them_and_when(desk: Desk, edited: str) -> None:
    page = desk.curator.get(past(edited))
    assert page.status_code == 200
    assert page.headers["cache-control"] == "private, no-store"
    assert page.text.count("اسم curator") >= 3
    assert "إنشاء" in page.text
    assert "تعديل" in page.text


def test_two_versions_are_compared_word_by_word(desk: Desk, edited: str) -> None:
    page = desk.curator.get(past(edited), params={"before": 2, "after": 3}).text
    gone, new = marked("del", page), marked("ins", page)
    assert gone == ["الإدارية"]
    assert [text.strip() for text in new] == ["الرقمية", "guide"]
    assert "<script>" not in page.replace('<script src="', "")
    same = desk.curator.get(past(edited), params={"before": 3, "after": 3}).text
    assert "<del>" not in same
    assert 'dir="rtl">الإدارية</bdi>' in page, "a run of an Arabic text reads from the right whatever it begins with"


def test_an_earlier_version_comes_back_as_a_new_one(desk: Desk, edited: str) -> None:
    with desk.services.database.writing() as session:
        document = documents.load(session, edited)
        documents.edit(session, document, actor="x", audience="administration")
        workflow.move(session, document, State.PUBLISHED, actor="x")
    answer = desk.curator.post(past(edited), data={"number": "2", "revision": "4"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{past(edited)}?done=1")
    assert "رجعت الوثيقة" in desk.curator.get(answer.headers["location"]).text
    with desk.services.database.reading() as session:
        document = documents.load(session, edited)
        assert document.summary["ar"]["text"] == BEFORE
        assert (document.revision, document.state, document.audience) == (5, "published", "administration")
        told = [(event.action, event.note, event.revision) for event in documents.events(session, edited)][-2:]
        assert told == [("edit", "", 5), ("revert", "2", 5)]
    again = desk.curator.post(past(edited), data={"number": "2", "revision": "5"})
    assert again.headers["location"].endswith("?done=0")


def test_a_document_that_changed_meanwhile_is_not_taken_back(desk: Desk, edited: str) -> None:
    answer = desk.curator.post(past(edited), data={"number": "1", "revision": "2"})
    assert answer.status_code == 422
    assert "أثناء ذلك" in answer.text
    with desk.services.database.reading() as session:
        assert documents.load(session, edited).revision == 3


def test_versions_are_for_those_who_work_on_the_document(desk: Desk, edited: str) -> None:
    assert desk.reader.get(past(edited)).status_code == 403
    assert desk.reader.post(past(edited), data={"number": "1", "revision": "3"}).status_code == 403
    assert desk.curator.get(past("a" * 10)).status_code == 404
    assert desk.curator.get(past(edited), params={"before": 1, "after": 99}).status_code == 404
    assert desk.curator.post(past(edited), data={"number": "99", "revision": "3"}).status_code == 404
    assert desk.curator.post(past(edited), data={"number": "x", "revision": "3"}).status_code == 404
    foreign = desk.curator.post(past(edited), data={"number": "1", "revision": "3", "csrf": "00"})
    assert foreign.status_code == 403


def test_the_trace_is_read_and_narrowed_by_administrators_alone(desk: Desk, edited: str) -> None:
    for browser in (desk.reader, desk.curator):
        for path in ("/ar/desk/audit", "/ar/desk/audit/export.csv", "/ar/desk/audit/export.jsonl"):
            assert browser.get(path).status_code == 403
    page = desk.boss.get("/ar/desk/audit", params={"document": edited})
    assert page.status_code == 200
    assert "3 أفعال" in page.text
    assert f"{past(edited)}#v3" in page.text
    nobody = desk.boss.get("/ar/desk/audit", params={"document": edited, "action": "publish"})
    assert "لا فعل" in nobody.text
    today = f"{dt.datetime.now(dt.UTC):%Y-%m-%d}"
    assert "3 أفعال" in desk.boss.get("/ar/desk/audit", params={"document": edited, "first": today, "last": today}).text
    wrong = desk.boss.get("/ar/desk/audit", params={"first": "2026-13-45"})
    assert wrong.status_code == 422
    assert desk.boss.get("/ar/desk/audit", params={"page": "999"}).status_code == 404


def test_the_trace_is_taken_along_as_it_is_narrowed(desk: Desk, edited: str) -> None:
    lines = desk.boss.get("/ar/desk/audit/export.jsonl", params={"document": edited})
    assert lines.headers["content-type"] == "application/jsonl"
    assert [json.loads(line)["action"] for line in lines.text.splitlines()] == ["create", "edit", "edit"]
    table = desk.boss.get("/fr/desk/audit/export.csv", params={"document": edited})
    assert "attachment" in table.headers["content-disposition"]
    assert table.text.count("\r\n") == 4
    assert desk.boss.get("/ar/desk/audit/export.pdf").status_code in {404, 422}


def test_a_program_reads_the_trace_with_a_key_for_it_and_with_no_other(desk: Desk) -> None:
    for scope, status in ((Act.AUDIT, 200), (Act.CURATE, 403)):
        key = own.cut_key(desk.services, desk.who["administrator"], "siem", [scope], dt.timedelta(days=1))
        program = Browser(desk.reader.app, headers={"Authorization": f"Bearer {key}"})
        assert program.get("/ar/desk/audit/export.jsonl").status_code == status


def test_the_trace_has_pages(desk: Desk) -> None:
    with desk.services.database.writing() as session:
        session.add_all(Event(actor="import", action="odd", note=f"<b>{n}</b>") for n in range(audit.PAGE + 1))
    first = desk.boss.get("/ar/desk/audit", params={"action": "odd"}).text
    assert 'rel="next"' in first
    assert "&lt;b&gt;" in first
    assert 'rel="next"' not in desk.boss.get("/ar/desk/audit", params={"action": "odd", "page": "2"}).text


def closed(desk: Desk, email: str) -> str:
    invited = accounts.invite(desk.services, "test", email=email, name=f"اسم يمحى {email[0]}", role="curator")
    with desk.services.database.writing() as session:
        documents.create(session, type="news", actor=people.actor_of(invited.id), title={"ar": f"خبر {email[0]}"})
    return invited.id


def test_who_is_forgotten_is_a_former_colleague_and_the_trace_still_verifies(desk: Desk) -> None:
    id = closed(desk, "gone@example.ma")
    with pytest.raises(Conflict, match="close it first"):
        forgetting.forget(desk.services, "operator", id)
    accounts.change(desk.services, "operator", id, active=False)
    before = audit.head(desk.services)
    page = desk.boss.get(f"/ar/people/{id}").text
    assert "محو الهوية" in page
    assert desk.boss.post(f"/ar/people/{id}/forget", data={}).status_code == 422
    assert desk.boss.post(f"/ar/people/{id}/forget", data={"sure": "1"}).status_code == 303
    with desk.services.database.reading() as session:
        assert trace.verify(session, [before], lambda _done, _total: None).fault is None
        row = people.get(session, id)
        assert (row.name, row.email, row.password, row.organisation_id) == ("", "", "", None)
        assert people.by_email(session, "gone@example.ma") is None
    everything = "".join(str(row) for row in audit.export(desk.services, None, Wanted()))
    for page in (everything, desk.boss.get("/ar/people").text, desk.boss.get(f"/ar/people/{id}").text):
        assert "gone@example.ma" not in page
        assert "اسم يمحى g" not in page
    shown = desk.boss.get("/ar/desk/audit", params={"person": people.actor_of(id)}).text
    assert "زميل سابق" in shown
    assert desk.boss.get(f"/ar/people/{id}").status_code == 200
    forgetting.forget(desk.services, "operator", id)
    with pytest.raises(Conflict, match="forgotten"):
        accounts.change(desk.services, "operator", id, active=True)
    assert accounts.invite(desk.services, "test", email="gone@example.ma", name="x", role="reader").id != id


def test_only_an_administrator_makes_forget(desk: Desk) -> None:
    id = closed(desk, "kept@example.ma")
    accounts.change(desk.services, "operator", id, active=False)
    for role in ("curator", "reader"):
        with pytest.raises(Forbidden):
            forgetting.forget(desk.services, desk.who[role], id)
    assert desk.curator.post(f"/ar/people/{id}/forget", data={"sure": "1"}).status_code == 403


def test_a_person_who_is_forgotten_is_not_in_the_versions_either(desk: Desk) -> None:
    id = closed(desk, "lost@example.ma")
    accounts.change(desk.services, "operator", id, active=False)
    forgetting.forget(desk.services, "operator", id)
    with desk.services.database.reading() as session:
        made = session.query(Event.document_id).filter(Event.actor == people.actor_of(id)).first()
        assert made
        kept = str([row.snapshot for row in session.query(Revision).filter(Revision.document_id == made[0])])
    assert "اسم يمحى" not in kept
    assert "زميل سابق" in desk.curator.get(past(made[0])).text


def test_every_action_has_its_words_in_each_language() -> None:
    literal = re.compile(r'action="([a-z.-]+)"')
    told = {
        name
        for path in Path(words.__file__).parents[1].rglob("*.py")
        for name in literal.findall(path.read_text("utf-8"))
    }
    told |= {step.action for step in workflow.TRANSITIONS} | {ARRIVED}
    assert len(told) > 20
    for tongue in words.tongues().values():
        unsaid = {name for name in told if str(tongue.say(f"event.{name}")) == f"event.{name}"}
        assert not unsaid, tongue.code


@given(st.lists(st.sampled_from(["كتاب", "كتب", "a", "\n", " "])), st.lists(st.sampled_from(["كتاب", "b", " "])))
def test_runs_of_words_put_together_are_both_texts(one: list[str], other: list[str]) -> None:
    before, after = " ".join(one), " ".join(other)
    runs = changed_words.runs(before, after)
    assert "".join(text for kind, text in runs if kind != "new") == before
    assert "".join(text for kind, text in runs if kind != "gone") == after


def test_texts_too_long_to_compare_stand_for_one_another() -> None:
    one, other = " ".join(map(str, range(3000))), " ".join(map(str, range(9000, 12000)))
    assert changed_words.runs(one, other) == [("gone", one), ("new", other)]
    assert changed_words.runs(one, one) == [("same", one)]


def test_a_word_over_and_over_is_not_compared_with_itself_for_minutes() -> None:
    one, other = " ".join(["نعم"] * 800), " ".join(["نعم", "لا"] * 800)
    assert changed_words.runs(f"رأس {one}", f"رأس {other}")[-1][0] == "new"
