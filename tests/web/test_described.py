"""What a document's page says of itself: read as other programs read it, not as we wrote it."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.catalog import content_type, documents, workflow
from kb.catalog.tables import State
from kb.services.context import Services
from kb.web.site import create_site
from tests.opening import library
from tests.visited import House

OWN = "http://testserver"
# The types of schema.org that we use, as its vocabulary spells them.
KNOWN = {
    "Article", "Collection", "CreativeWork", "DigitalDocument", "HowTo", "LearningResource", "Legislation",
    "NewsArticle", "PresentationDigitalDocument", "Report", "ScholarlyArticle", "TechArticle",
}  # fmt: skip


class Head(HTMLParser):
    """The meta tags and the data blocks of a page, as a program collects them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.metas: list[tuple[str, str]] = []
        self.data: list[str] = []
        self.scripts = 0
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "meta" and (name := given.get("name") or given.get("property")):
            self.metas.append((name, given.get("content") or ""))
        if tag == "script":
            self._inside = given.get("type") == "application/ld+json"
            self.scripts += "src" not in given
            if self._inside:
                self.data.append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.data[-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "script"

    def all(self, name: str) -> list[str]:
        return [content for key, content in self.metas if key == name]

    def one(self, name: str) -> str:
        (found,) = self.all(name)
        return found

    def graph(self) -> list[dict[str, Any]]:
        (text,) = self.data
        found = json.loads(text)
        assert found["@context"] == "https://schema.org"
        return list(found["@graph"])


@pytest.fixture(name="guide")
def _guide(visitor: TestClient, house: House) -> Head:
    return Head(visitor.get(f"/fr/d/{house.ids['guide']}").text)


def test_scholar_and_zotero_read_title_body_date_language_and_keywords(guide: Head, house: House) -> None:
    assert guide.one("citation_title") == "دليل تبسيط المساطر الإدارية"
    assert guide.one("citation_author") == "المديرية النموذجية لتحديث المساطر (جهة توضيحية)"
    assert re.fullmatch(r"\d{4}(/\d{2}(/\d{2})?)?", guide.one("citation_publication_date"))
    assert guide.one("citation_publication_date") == "2021/12"
    assert guide.one("citation_language") == "ar"
    assert guide.one("citation_technical_report_institution") == guide.one("citation_author")
    assert guide.one("citation_public_url") == f"{OWN}/d/{house.ids['guide']}"
    assert ";" in guide.one("citation_keywords")
    assert guide.all("citation_pdf_url") == []  # its file is no PDF


def test_scholar_is_led_to_the_pdf(visitor: TestClient, house: House) -> None:
    head = Head(visitor.get(f"/ar/d/{house.ids['plan']}").text)
    address = head.one("citation_pdf_url")
    assert visitor.get(address.removeprefix(OWN)).headers["content-type"] == "application/pdf"


def test_dublin_core_says_what_the_harvest_says(guide: Head, visitor: TestClient, house: House) -> None:
    query = f"verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:testserver:{house.ids['guide']}"
    harvested = re.findall(r"<dc:([a-z]+)", visitor.get(f"/oai?{query}").text)
    assert [name.removeprefix("DC.") for name, _ in guide.metas if name.startswith("DC.")] == harvested
    assert "دليل تبسيط المساطر الإدارية" in guide.all("DC.title")


def test_what_is_sent_to_others_has_a_title_a_text_and_a_picture(guide: Head, house: House) -> None:
    assert guide.one("og:title") == "دليل تبسيط المساطر الإدارية"
    assert guide.one("og:url") == f"{OWN}/fr/d/{house.ids['guide']}"
    assert guide.one("og:image") == f"{OWN}/d/{house.ids['guide']}/card.png"
    assert guide.one("og:locale") == "fr_FR"
    assert guide.all("og:locale:alternate") == ["ar_MA", "en_GB"]
    assert guide.one("og:description")


def test_schema_org_names_the_work_its_bodies_its_files_and_the_way_to_it(guide: Head, house: House) -> None:
    work, crumbs = guide.graph()
    assert work["@type"] == "TechArticle"
    assert work["@id"] == f"{OWN}/d/{house.ids['guide']}"
    assert work["author"][0]["name"] == guide.one("citation_author")
    assert work["datePublished"] == "2021-12"
    assert work["inLanguage"] == ["ar"]
    (file,) = work["encoding"]
    assert file["contentUrl"] == f"{OWN}/d/{house.ids['guide']}/f/1/file"
    assert [item["position"] for item in crumbs["itemListElement"]] == [1, 2, 3]
    assert crumbs["itemListElement"][2]["name"] == "دليل تبسيط المساطر الإدارية"


def test_every_type_and_kind_has_a_type_of_schema_org_that_exists() -> None:
    for kind in content_type.load().values():
        assert {kind.schema, *kind.schemas.values()} <= KNOWN
        assert kind.schemas.keys() <= kind.kinds.keys()
        assert not kind.steps or kind.field(kind.steps)
        assert (kind.schema == "HowTo") == bool(kind.steps)


def test_personal_data_is_not_described(visitor: TestClient, house: House) -> None:
    text = visitor.get(f"/ar/d/{house.ids['practice']}").text
    head = text[: text.index("</head>")]
    body = text[text.index("</head>") :]
    assert not [mail for mail in re.findall(r"[\w.]+@[\w.]+\.\w+", body) if mail in head]


def test_the_headers_lead_to_the_citation_the_record_and_the_files(visitor: TestClient, house: House) -> None:
    id = house.ids["guide"]
    header = visitor.get(f"/ar/d/{id}").headers["link"]
    found = [
        (address, dict(re.findall(r'(\w+)="([^"]*)"', rest)))
        for address, rest in re.findall(r"<([^>]+)>([^<]*)", header)
    ]
    by_rel: dict[str, list[str]] = {}
    for address, facts in found:
        by_rel.setdefault(facts["rel"], []).append(address)
    assert by_rel["cite-as"] == [f"{OWN}/d/{id}"]
    assert by_rel["item"] == [f"{OWN}/d/{id}/f/1/file"]
    assert "https://schema.org/TechArticle" in by_rel["type"]
    for address in [*by_rel["describedby"], *by_rel["item"]]:
        assert visitor.get(address.removeprefix(OWN)).status_code == 200


def test_an_earlier_version_is_no_page_for_search_engines(visitor: TestClient, house: House) -> None:
    text = visitor.get(f"/ar/d/{house.ids['guide']}/v/1").text
    assert '<meta name="robots" content="noindex">' in text
    assert Head(text).data == []


def test_what_was_withdrawn_is_described_nowhere(visitor: TestClient, house: House) -> None:
    gone = visitor.get(f"/ar/d/{house.ids['withdrawn']}")
    assert gone.status_code == 410
    assert "link" not in gone.headers
    assert "citation_" not in gone.text
    assert "مسحوب من النشر" not in Head(gone.text).metas.__str__()


@pytest.fixture(name="hostile")
def _hostile(tmp_path: Path) -> Iterator[tuple[Services, TestClient]]:
    with library(tmp_path / "home") as services, TestClient(create_site(services, create_router)) as client:
        yield services, client


@pytest.mark.parametrize(
    "title",
    [
        "</script><script>alert(1)</script>",
        "<!-- <script> --> \u2028 \u2029 &amp; \" ' > ]]>",
        '"><meta http-equiv="refresh" content="0;url=//evil.example">',
        "\u202eعنوان مقلوب\u202c \U0001f600" * 20,
    ],
)
def test_a_hostile_title_stays_a_title(hostile: tuple[Services, TestClient], title: str) -> None:
    services, client = hostile
    with services.database.writing() as session:
        made = documents.create(session, type="publication", actor="test", title={"fr": title}, summary={"fr": title})
        workflow.move(session, made, State.PUBLISHED, actor="test")
    head = Head(client.get(f"/fr/d/{made.id}").text)
    assert head.scripts == 1
    assert (
        head.graph()[0]["alternateName" if "alternateName" in head.graph()[0] else "name"] == made.title["fr"]["text"]
    )
    assert "refresh" not in [name for name, _ in head.metas]
    assert head.one("og:title") == made.title["fr"]["text"]
