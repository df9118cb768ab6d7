"""The form of every content type: what is stored, typed, read, shown and stored again."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kb.app import open_services
from kb.catalog import content_type, documents, drafts, keys, markdown, people, relations, values, vocabulary, workflow
from kb.catalog.content_type import ContentType
from kb.catalog.documents import Sheet
from kb.catalog.fields import Kind
from kb.catalog.period import OPEN, Period
from kb.catalog.tables import State
from kb.catalog.values import CURRENCIES, LANGUAGES, STATES
from kb.core import clock
from kb.core.errors import Invalid
from kb.core.settings import Settings
from kb.services import accounts, importing, upkeep
from kb.services.context import Services
from kb.services.editing import Opened
from kb.web import rich
from kb.web.entry import sheet
from kb.web.entry.typed import Typed
from kb.web.site import create_site
from tests.visited import Browser
from tests.web.filled import Filled

PASSWORD = "خمس نخلات على الواد"
TYPES = content_type.load()
WORDS = vocabulary.load()

text = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Cf", "Co", "Cn"]) | st.sampled_from("\n\n  *_#>-[]()<&\"'\\."),
    max_size=60,
)
figures = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: round(x, 12)))
amounts = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(CURRENCIES))


@st.composite
def periods(draw: st.DrawFn) -> dict[str, str]:
    first, last = sorted([draw(st.dates()), draw(st.dates() | st.just(OPEN))])
    if draw(st.booleans()):
        year = str(first.year).zfill(4)
        first, last = Period.read(year).first, Period.read(year).last
    told = {"first": first, "last": ".." if last == OPEN else last, "text": draw(text)}
    told |= {"precision": draw(st.sampled_from(["day", "month", "year"]))}
    return Period.read({**told, "calendar": draw(st.sampled_from(["gregorian", "hijri"]))}).stored()


RAW: dict[str, st.SearchStrategy[Any]] = {
    "date": periods(),
    "period": periods(),
    "number": figures,
    "count": st.integers(0, 10**9),
    "percent": st.integers(0, 100) | st.floats(0, 100),
    "score": st.integers(0, 3),
    "year": st.integers(1000, 2999),
    "flag": st.booleans(),
    "money": amounts.map(lambda a: {"low": min(a[:2]), "high": max(a[:2]), "currency": a[2]}),
    "email": st.just("nom@example.ma"),
    "url": st.just("https://example.ma/?a=1&b=<2>"),
    **dict.fromkeys(("lines", "texts", "organisations"), st.lists(text, max_size=4)),
    **dict.fromkeys(
        ("translated_line", "translated_text"),
        st.dictionaries(
            st.sampled_from(LANGUAGES), st.fixed_dictionaries({"text": text, "state": st.sampled_from(STATES)})
        ),
    ),
}


def raw(kind: Kind, choices: Any) -> st.SearchStrategy[Any]:
    """Whatever a kind of field may be given; what it refuses is left out by who asks."""
    if kind.columns:
        row = st.fixed_dictionaries({}, optional={c.name: raw(c.kind, c.choices) for c in kind.columns})
        full = st.fixed_dictionaries({c.name: raw(c.kind, c.choices) for c in kind.columns})
        return st.lists(row | full, max_size=3) if kind.shape == "rows" else row | full
    if kind.coded:
        code = st.sampled_from(sorted(choices))
        return st.lists(code, max_size=3) if kind.shape == "many" else code
    return RAW.get(kind.name, text)


@st.composite
def data(draw: st.DrawFn, type: ContentType) -> dict[str, Any]:
    """What documents of the type hold, each field or not."""
    found = {}
    for field in type.fields:
        if not draw(st.booleans()):
            continue
        given = draw(raw(field.kind, field.choices))
        if field.kind.name == content_type.SOURCES:
            given = [{**row, "statement": draw(st.sampled_from([f.name for f in type.fields]))} for row in given]
        try:
            value = field.read(given)
        except ValueError:
            continue
        if value is not None:
            found[field.name] = value
    return found


def opened(type: str, held: dict[str, Any], **more: Any) -> Opened:
    blank: dict[str, Any] = {"title": {}, "summary": {}, "language": "", "audience": "public", "period": None}
    blank |= {"organisation_id": None, "organisation_text": "", "themes": [], "links": []}
    told = Sheet(**{**blank, "data": held, **more})  # type: ignore[typeddict-item]  # put together here
    return Opened(id="a", type=type, state="draft", revision=1, sheet=told, vocabulary=WORDS)


@pytest.mark.parametrize("name", TYPES)
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(more=st.data())
def test_what_is_shown_in_the_form_and_sent_again_is_what_was_stored(name: str, more: st.DataObject) -> None:
    type = TYPES[name]
    held = more.draw(data(type))
    typed = sheet.typed_of(opened(name, held, title={"ar": "عنوان"}), type, "fr")
    posted = Typed((field, value.replace("\n", "\r\n")) for field, value in typed.pairs)
    absent = {field.name for field in type.fields if field.required and field.name not in held}
    if not absent:
        assert sheet.read(posted, type, WORDS).sheet["data"] == held
        return
    with pytest.raises(Invalid) as refused:
        sheet.read(posted, type, WORDS)
    assert set(refused.value.problems.values()) == {"required"}
    assert len(refused.value.problems) == len(absent)


@settings(max_examples=60, deadline=None)
@given(
    period=periods(),
    themes=st.sets(st.sampled_from(sorted(WORDS.themes))),
    body=st.sampled_from(sorted(WORDS.organisations)),
)
def test_what_every_document_has_comes_back_as_it_was(period: dict[str, str], themes: set[str], body: str) -> None:
    told: dict[str, Any] = {
        "title": {"ar": {"text": "عنوان", "state": "reviewed"}, "fr": {"text": "Titre", "state": "draft"}},
        "summary": {"zgh": {"text": "ⴰⵣⵓⵍ", "state": "missing"}},
        "language": "ar",
        "audience": f"organisation:{body}",
        "period": Period.read(period),
        "organisation_id": body,
        "organisation_text": "اسم مطبوع",
        "themes": sorted(themes),
    }
    type = TYPES["workshop"]
    typed = sheet.typed_of(
        opened("workshop", {"purpose": {"ar": {"text": "x", "state": "reviewed"}}}, **told), type, "ar"
    )
    found = sheet.read(typed, type, WORDS).sheet
    assert {name: found[name] for name in told} == told  # type: ignore[literal-required]  # names of the sheet


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path_factory.mktemp("entry"))) as found:
        for role in ("contributor", "curator", "reader", "administrator"):
            invited = accounts.invite(found, "test", email=f"{role}@example.ma", name=role, role=role)
            accounts.redeem(found, invited.secret, PASSWORD)
        yield found


@pytest.fixture(scope="module")
def desks(services: Services) -> dict[str, Browser]:
    """Return a browser for each role, signed in."""
    found = {}
    for role in ("contributor", "curator", "reader"):
        browser = Browser(create_site(services), follow_redirects=False, headers={"Origin": "http://testserver"})
        fields = {"email": f"{role}@example.ma", "password": PASSWORD}
        assert browser.post("/ar/sign-in", data=fields).status_code == 303
        found[role] = browser
    return found


@pytest.fixture
def curator(desks: dict[str, Browser]) -> Browser:
    return desks["curator"]


def send(browser: Browser, address: str, fields: list[tuple[str, str]]) -> Response:
    """Send a form as a browser does; every field may come more than once."""
    sent = [(name, (None, value)) for name, value in fields]
    return browser.request("POST", address, files=sent)


def shown(page: str) -> list[tuple[str, str]]:
    return Filled(page, "entry").pairs


def with_fields(fields: list[tuple[str, str]], **more: str) -> list[tuple[str, str]]:
    """Type into fields of a form; a name that it does not have is added. `__` stands for a dot."""
    typed = {name.replace("__", "."): value for name, value in more.items()}
    kept = [(name, typed.pop(name, value)) for name, value in fields]
    return [*kept, *typed.items()]


LESSON = {
    "title__ar": "درس في الاستقبال",
    "data__lesson__ar": "عندما نصغي فإن الشكايات تقل لأن الناس يُفهمون",
    "data__nature": "success",
    "data__recommendation__ar": "أصغوا **أولا**",
}


def made(browser: Browser, **more: str) -> str:
    """Make a lesson as a person does; return its id."""
    page = browser.get("/ar/desk/new/lesson").text
    answer = send(browser, "/ar/desk/new/lesson", with_fields(shown(page), do="save", **{**LESSON, **more}))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).split("/")[4]


def test_a_person_chooses_a_type_with_a_word_on_each(curator: Browser) -> None:
    page = curator.get("/ar/desk/new").text
    for type in TYPES.values():
        assert f'href="/ar/desk/new/{type.name}"' in page
        assert type.note["ar"] in page
        assert curator.get(f"/fr/desk/new/{type.name}").status_code == 200
    assert curator.get("/ar/desk/new/nothing").status_code == 404


def test_what_is_wrong_is_listed_with_links_to_fields_and_nothing_typed_is_lost(curator: Browser) -> None:
    page = curator.get("/ar/desk/new/good_practice").text
    typed = with_fields(
        shown(page),
        title__fr="Titre <b>",
        data__cost__low="beaucoup",
        data__indicators__0__before="12",
        data__contact__email="no",
        organisation="جهة لا وجود لها",
        date__y1="x",
        do="save",
    )
    answer = send(curator, "/ar/desk/new/good_practice", typed)
    assert answer.status_code == 422
    again = Filled(answer.text, "entry")
    assert set(typed) - set(again.pairs) <= {("do", "save"), *(pair for pair in typed if pair[0] == "csrf")}
    links = re.findall(r'<li><a href="#([^"]+)">', answer.text)
    for name in ("data.cost.low", "data.indicators.0.name", "data.contact.email", "organisation", "date.y1"):
        assert name in links
    assert set(links) <= set(again.ids), "every link leads to a field"
    assert 'role="alert"' in answer.text


def test_a_saved_form_is_a_document_with_one_event_and_shows_what_was_typed(
    services: Services, curator: Browser
) -> None:
    id = made(curator)
    page = curator.get(f"/ar/desk/documents/{id}/edit").text
    assert ("title.ar", "درس في الاستقبال") in shown(page)
    assert (
        send(
            curator, f"/ar/desk/documents/{id}/edit", with_fields(shown(page), title__fr="Leçon", do="save")
        ).status_code
        == 303
    )
    with services.database.reading() as session:
        events = documents.events(session, id)
        document = documents.load(session, id)
        assert [event.action for event in events] == ["create", "edit"]
        assert {event.actor.partition(":")[0] for event in events} == {"person"}
        assert document.title["fr"] == {"text": "Leçon", "state": "reviewed"}
        assert document.data["recommendation"]["ar"]["text"] == "أصغوا **أولا**"


def test_a_form_saved_as_it_was_shown_changes_nothing(services: Services, curator: Browser) -> None:
    id = made(curator)
    page = curator.get(f"/ar/desk/documents/{id}/edit").text
    send(curator, f"/ar/desk/documents/{id}/edit", with_fields(shown(page), do="save"))
    with services.database.reading() as session:
        assert [event.action for event in documents.events(session, id)] == ["create"]
        assert documents.load(session, id).revision == 1


def test_rows_come_go_and_rise_without_a_script(curator: Browser) -> None:
    address = "/ar/desk/new/good_practice"
    page = curator.get(address).text
    for number in range(3):
        fields = with_fields(
            shown(page), **{f"data__indicators__{number}__name": f"i{number}", "do": "add:data.indicators"}
        )
        page = send(curator, address, fields).text
    names = [value for name, value in shown(page) if re.fullmatch(r"data\.indicators\.\d+\.name", name)]
    assert names == ["i0", "i1", "i2", ""]
    page = send(curator, address, with_fields(shown(page), do="up:data.indicators.2")).text
    page = send(curator, address, with_fields(shown(page), do="remove:data.indicators.0")).text
    names = [value for name, value in shown(page) if re.fullmatch(r"data\.indicators\.\d+\.name", name)]
    assert names == ["i2", "i1", ""]


def test_a_body_is_found_in_any_spelling_and_chosen(curator: Browser) -> None:
    address = "/ar/desk/new/lesson"
    fields = with_fields(
        shown(curator.get(address).text), organisation="اصلاح الاداره", title__ar="ما كُتب", do="find:organisation"
    )
    page = send(curator, address, fields).text
    assert ("title.ar", "ما كُتب") in shown(page)
    [pick, *_] = re.findall(r'value="(pick:organisation:[\w-]+)"', page)
    page = send(curator, address, with_fields(shown(page), do=pick)).text
    [name] = [value for field, value in shown(page) if field == "organisation"]
    assert WORDS.find_organisation(name) == pick.rpartition(":")[2]


def test_documents_are_related_by_what_is_found_or_wait_for_a_title(services: Services, curator: Browser) -> None:
    law = made(curator, title__ar="قانون تبسيط المساطر")
    with services.database.writing() as session:
        workflow.move(session, documents.load(session, law), State.PUBLISHED, actor="test")
    address = f"/ar/desk/documents/{made(curator, title__ar='درس آخر')}/edit"
    page = send(curator, address, with_fields(shown(curator.get(address).text), do="add:relation")).text
    fields = with_fields(
        shown(page), relation__0__kind="based_on", relation__0__text="تبسيط المساطر", do="find:relation.0"
    )
    page = send(curator, address, fields).text
    assert f'value="pick:relation.0:{law}"' in page
    page = send(curator, address, with_fields(shown(page), do=f"pick:relation.0:{law}")).text
    assert "قانون تبسيط المساطر" in page
    page = send(curator, address, with_fields(shown(page), relation__0__page="3", do="add:relation")).text
    fields = with_fields(shown(page), relation__1__kind="cites", relation__1__text="كتاب لم يصل بعد", do="save")
    assert send(curator, address, fields).status_code == 303
    with services.database.reading() as session:
        said = relations.said_by(session, documents.load(session, address.split("/")[4]))
        assert [(row.kind, row.target_id, row.target_text, row.page) for row in said] == [
            ("based_on", law, "", 3),
            ("cites", None, "كتاب لم يصل بعد", 0),
        ]


def test_who_saves_over_anothers_work_is_shown_both_and_loses_nothing(services: Services, curator: Browser) -> None:
    id = made(curator)
    address = f"/ar/desk/documents/{id}/edit"
    mine = with_fields(shown(curator.get(address).text), title__ar="عنواني", do="save")
    theirs = with_fields(shown(curator.get(address).text), title__ar="عنوانهم", do="save")
    assert send(curator, address, theirs).status_code == 303
    answer = send(curator, address, mine)
    assert answer.status_code == 409
    assert "عنوانهم" in answer.text
    both = Filled(answer.text, "merge").pairs
    assert ("title.ar", "عنواني") in both
    assert send(curator, address, with_fields(both, choose__title="mine", do="merge")).status_code == 303
    with services.database.reading() as session:
        assert documents.load(session, id).title["ar"]["text"] == "عنواني"


def test_a_contributor_describes_what_they_brought_and_no_more(services: Services, desks: dict[str, Browser]) -> None:
    own, others = made(desks["contributor"]), made(desks["curator"])
    assert desks["contributor"].get(f"/ar/desk/documents/{own}/edit").status_code == 200
    assert desks["contributor"].get(f"/ar/desk/documents/{others}/edit").status_code == 404
    assert desks["curator"].get(f"/ar/desk/documents/{own}/edit").status_code == 200
    assert desks["reader"].get(f"/ar/desk/documents/{own}/edit").status_code == 403
    assert desks["reader"].get("/ar/desk/new").status_code == 403
    with services.database.writing() as session:
        workflow.move(session, documents.load(session, own), State.PUBLISHED, actor="test")
    assert desks["contributor"].get(f"/ar/desk/documents/{own}/edit").status_code == 403


HOSTILE = (
    "<script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    '[x](https://a.ma "onmouseover=alert(1)")',
    "![x](https://a.ma/x.png)",
    "<javascript:alert(1)>",
    '# <img src=x onerror="alert(1)">',
    "> <iframe src=//a.ma>",
    "- <style>*{display:none}</style>",
    "**<b onclick=x>**",
)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_markdown_is_shown_as_text_and_brings_nothing_else(curator: Browser, hostile: str) -> None:
    address = "/ar/desk/new/lesson"
    page = curator.get(address).text
    fields = with_fields(shown(page), data__context__fr=hostile, do="preview:data.context")
    [seen] = re.findall(r'<div class="preview[^>]*>(.*?)</div>', send(curator, address, fields).text, re.DOTALL)
    assert set(re.findall(r"<(\w+)", seen)) <= {"p", "strong", "b", "ul", "li", "h4", "blockquote", "a"}
    assert not re.search(r"<[^>]*(?:\bon\w+=|javascript:|data:|\bsrc=|style=)", seen)


@settings(max_examples=200, deadline=None)
@given(typed=st.text(max_size=200) | st.text("*_#>-+[]()<>\\`1. \n\t!&;:/", max_size=60))
def test_whatever_is_typed_shows_every_letter_and_no_foreign_element(typed: str) -> None:
    kept = values.text(typed) if values_take(typed) else ""
    html = str(rich.html(kept))
    assert set(re.findall(r"<([a-z]\w*)", html)) <= {
        "p",
        "strong",
        "b",
        "ul",
        "ol",
        "li",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "a",
    }
    letters = re.findall(r"[^\W_\d]", kept)
    assert re.findall(r"[^\W_\d]", markdown.words(kept)) == letters or "](" in kept
    places = [place for block in markdown.blocks(kept) for place in block.lines]
    assert places == sorted(set(places))


def values_take(typed: str) -> bool:
    try:
        values.text(typed)
    except ValueError:
        return False
    return True


def test_what_is_being_typed_is_kept_for_its_writer_until_it_is_saved_or_forgotten(desks: dict[str, Browser]) -> None:
    curator, address = desks["curator"], f"/ar/desk/documents/{made(desks['contributor'])}/edit"
    fields = with_fields(shown(curator.get(address).text), title__fr="Pas fini", data__applies_to="", do="keep")
    assert send(curator, address, fields).status_code == 204
    again = curator.get(address).text
    assert ("title.fr", "Pas fini") in shown(again)
    assert 'value="discard"' in again
    assert "Pas fini" not in desks["contributor"].get(address).text, "it is nobody else's"
    assert send(curator, address, with_fields(shown(again), do="save")).status_code == 303
    assert 'value="discard"' not in curator.get(address).text
    assert "Pas fini" in desks["contributor"].get(address).text
    send(curator, address, with_fields(shown(curator.get(address).text), title__fr="Non", do="keep"))
    assert send(curator, address, [*shown(curator.get(address).text), ("do", "discard")]).status_code == 303
    assert ("title.fr", "Pas fini") in shown(curator.get(address).text)


def test_the_way_to_the_files_keeps_what_is_typed(curator: Browser) -> None:
    address = f"/ar/desk/documents/{made(curator)}/edit"
    answer = send(curator, address, with_fields(shown(curator.get(address).text), title__en="Kept", do="files"))
    assert (answer.status_code, answer.headers["location"]) == (303, address.replace("/edit", "/files"))
    assert ("title.en", "Kept") in shown(curator.get(address).text)


def test_of_one_person_few_forms_are_kept_and_none_for_ever(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = clock.now()
    for number in range(5):
        monkeypatch.setattr(drafts, "now", lambda n=number: moment + dt.timedelta(minutes=n))
        with services.database.writing() as session:
            drafts.keep(session, "person:x", f"/{number}", [("a", "b")], most=3, days=1)
    with services.database.reading() as session:
        assert [n for n in range(5) if drafts.held(session, "person:x", f"/{n}")] == [2, 3, 4]
    monkeypatch.setattr(drafts, "now", lambda: moment + dt.timedelta(days=2))
    with services.database.writing() as session:
        drafts.keep(session, "person:y", "/", [], most=3, days=1)
        assert drafts.held(session, "person:x", "/4") is None


def test_what_was_left_unsaved_long_ago_goes_by_itself(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    days = services.settings.draft_days
    with services.database.writing() as session:
        drafts.keep(session, "person:z", "/today", [("a", "b")], most=3, days=days)
        with monkeypatch.context() as then:
            then.setattr(drafts, "now", lambda: clock.now() - dt.timedelta(days=days, seconds=1))
            drafts.keep(session, "person:z", "/long-ago", [("a", "b")], most=3, days=days)
    upkeep._sweep(services)
    with services.database.reading() as session:
        assert drafts.held(session, "person:z", "/long-ago") is None
        assert drafts.held(session, "person:z", "/today") is not None


def test_a_form_outlives_the_session_of_who_typed_it(services: Services) -> None:
    browser = Browser(create_site(services), follow_redirects=False, headers={"Origin": "http://testserver"})
    fields = {"email": "administrator@example.ma", "password": PASSWORD}
    browser.post("/ar/sign-in", data=fields)
    page = browser.get("/ar/desk/new/lesson").text
    typed = with_fields(shown(page), title__ar="طويل " * 90, data__context__ar="سطر\n" * 3000, do="save")
    with services.database.writing() as session:
        keys.end(session, people.by_email(session, "administrator@example.ma").id)  # type: ignore[union-attr]  # is there
    answer = send(browser, "/ar/desk/new/lesson", typed)
    assert answer.status_code == 401
    carried = [(name, value) for name, value in Filled(answer.text, "").pairs if name != "csrf"]
    token = re.findall(r'name="csrf" value="([0-9a-f]+)"', answer.text)[0]
    again = send(browser, "/ar/sign-in", [*with_fields(carried, **fields), ("csrf", token)])
    assert again.status_code == 200
    held = [pair for pair in Filled(again.text, "").pairs if pair[0] != "csrf"]
    assert {name: value.split() for name, value in held} == {
        name: value.split() for name, value in typed if name != "csrf"
    }


DEMO = Path(__file__).resolve().parents[2] / "corpus" / "demo"


def test_a_document_of_each_type_saved_as_its_form_shows_it_stays_as_it_was(
    services: Services, curator: Browser
) -> None:
    alone = [path for path in sorted(DEMO.glob("*.toml")) if path.stem.count(".") == 0]
    summary = importing.take_in(services, alone)
    assert not summary.refused
    with services.database.reading() as session:
        by_type = {document.type: document for document in documents.load_all(session, summary.touched)}
        before = {document.id: (document.type, document.revision) for document in by_type.values()}
    assert len(before) >= 6
    for id, (type, revision) in before.items():
        page = curator.get(f"/fr/desk/documents/{id}/edit").text
        answer = send(curator, f"/fr/desk/documents/{id}/edit", with_fields(shown(page), do="save"))
        assert answer.status_code == 303, (type, re.findall(r'<li><a href="#([^"]+)">', answer.text))
        with services.database.reading() as session:
            assert documents.load(session, id).revision == revision, type


NAMES = st.sampled_from([f"data.{field.name}" for type in TYPES.values() for field in type.fields])
PARTS = st.sampled_from(
    ["", ".ar", ".ar.state", ".0.name", ".1.date", ".0.row", ".y1", ".m1", ".low", ".currency", ".٣.text"]
)
WHOLE = st.sampled_from(
    ["title.fr", "themes", "organisation", "audience", "language", "date.y1", "relation.0.kind", "do"]
)
DO = st.sampled_from(["add", "remove", "up", "find", "pick", "clear", "preview", "keep", "save", "", "x"])


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.sampled_from(sorted(TYPES)),
    pairs=st.lists(st.tuples(st.builds(str.__add__, NAMES, PARTS) | WHOLE | text, text | st.integers().map(str))),
    what=DO,
    where=st.builds(str.__add__, NAMES, PARTS) | text,
)
def test_whatever_is_sent_is_answered(
    curator: Browser, name: str, pairs: list[tuple[str, str]], what: str, where: str
) -> None:
    fields = [(field or "x", value) for field, value in pairs if '"' not in field and "\n" not in field]
    answer = send(curator, f"/ar/desk/new/{name}", [*fields, ("csrf", curator.token()), ("do", f"{what}:{where}")])
    assert answer.status_code in {200, 204, 422}
