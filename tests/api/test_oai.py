"""OAI-PMH, as a harvester meets it: by the protocol's schema, and by a client that knows nothing of us."""

import base64
import re
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch
from starlette.testclient import TestClient

from kb.api.routes import create_router
from kb.catalog import documents, workflow
from kb.catalog.tables import State
from kb.core.settings import Settings
from kb.services import curate
from kb.services.context import Services
from kb.web import serving
from kb.web.site import create_site
from tests.opening import library
from tests.running import running
from tests.visited import House

SCHEMAS = Path(__file__).parents[1] / "fixtures" / "schemas"
SCHEMA = etree.XMLSchema(etree.parse(SCHEMAS / "oai-pmh.xsd"))
NS = {
    "o": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "i": "http://www.openarchives.org/OAI/2.0/oai-identifier",
}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
PUBLIC = "https://rassid.example.ma"


def read(response: Any) -> Any:
    """The answer, after it was held to the schema."""
    assert response.status_code == 200, response.text[:300]
    assert response.headers["content-type"].startswith("text/xml")
    tree = etree.fromstring(response.content)
    SCHEMA.assertValid(tree)
    return tree


@dataclass
class Asking:
    client: TestClient

    def __call__(self, query: str) -> Any:
        return read(self.client.get(f"/oai?{query}"))

    def error(self, query: str) -> str:
        tree = self(query)
        code: str = tree.xpath("string(//o:error/@code)", namespaces=NS)
        attributes = dict(tree.find("o:request", NS).attrib)
        assert bool(attributes) == (code not in {"badVerb", "badArgument"}), (code, attributes)
        return code

    def texts(self, query: str, path: str) -> list[str]:
        return [str(found) for found in self(query).xpath(path, namespaces=NS)]


@pytest.fixture
def ask(visitor: TestClient) -> Asking:
    return Asking(visitor)


ALL = "verb=ListRecords&metadataPrefix=oai_dc"


def test_it_says_who_it_is_and_what_it_keeps(house: House) -> None:
    services = at(house.services, public_url=PUBLIC, contact="maktaba@rassid.example.ma")
    with TestClient(create_site(services, create_router)) as client:
        tree = Asking(client)("verb=Identify")
    said = {one.tag.partition("}")[2]: one.text for one in tree.find("o:Identify", NS)}
    assert said["baseURL"] == f"{PUBLIC}/oai" == tree.findtext("o:request", namespaces=NS)
    assert (said["protocolVersion"], said["deletedRecord"]) == ("2.0", "persistent")
    assert said["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert said["adminEmail"] == "maktaba@rassid.example.ma"
    assert tree.findtext(".//i:repositoryIdentifier", namespaces=NS) == "rassid.example.ma"


def test_no_record_is_older_than_the_earliest_datestamp(ask: Asking) -> None:
    (earliest,) = ask.texts("verb=Identify", "//o:earliestDatestamp/text()")
    assert earliest <= min(ask.texts(ALL, "//o:datestamp/text()"))


def test_every_public_document_is_a_record_and_what_was_withdrawn_a_deleted_one(house: House, ask: Asking) -> None:
    tree = ask(ALL)
    there = set(tree.xpath("//o:record[o:metadata]/o:header/o:identifier/text()", namespaces=NS))
    gone = set(tree.xpath("//o:record[o:header/@status='deleted']/o:header/o:identifier/text()", namespaces=NS))
    assert there == {f"oai:testserver:{id}" for name, id in house.ids.items() if name != "withdrawn"}
    assert gone == {f"oai:testserver:{house.ids['withdrawn']}"}
    assert not tree.xpath("//o:record[o:header/@status='deleted']/o:metadata", namespaces=NS)
    assert "مسحوب" not in etree.tostring(tree, encoding="unicode")


def test_a_record_tells_titles_in_their_languages_bodies_dates_themes_and_its_address(
    house: House, ask: Asking
) -> None:
    query = f"verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:testserver:{house.ids['guide']}"
    dc = ask(query).find(".//o:metadata", NS)[0]
    said = [(one.tag.partition("}")[2], one.text, one.get(LANG)) for one in dc]
    assert ("title", "دليل تبسيط المساطر الإدارية", "ar") in said
    assert ("creator", "المديرية النموذجية لتحديث المساطر (جهة توضيحية)", "ar") in said
    assert ("date", "2021-12", None) in said
    assert ("identifier", f"http://testserver/d/{house.ids['guide']}", None) in said
    assert ("language", "ar", None) in said
    assert {text for name, text, language in said if name == "type"} >= {"Text", "إصدار", "Publication", "دليل"}
    assert len({language for name, _, language in said if name == "subject"}) >= 3
    assert ("relation", f"http://testserver/d/{house.ids['practice']}", None) in said
    assert len(said) == len(set(said))


def test_personal_data_is_in_no_record(house: House, ask: Asking) -> None:
    text = etree.tostring(ask(ALL), encoding="unicode")
    page = house.visitor().get(f"/ar/d/{house.ids['practice']}").text
    contacts = re.findall(r"[\w.]+@[\w.]+", page)
    assert not any(contact in text for contact in contacts)


def test_sets_are_types_themes_and_bodies_and_hold_what_they_say(house: House, ask: Asking) -> None:
    specs = ask.texts("verb=ListSets", "//o:setSpec/text()")
    assert {"type", "type:publication", "theme", "theme:simplification", "body"} <= set(specs)
    assert len(specs) == len(set(specs))
    for spec in specs:
        listed = ask(f"verb=ListIdentifiers&metadataPrefix=oai_dc&set={spec}")
        for header in listed.iterfind(".//o:header", NS):
            own = [one.text for one in header.iterfind("o:setSpec", NS)]
            assert any(f"{one}:".startswith(f"{spec}:") for one in own), (spec, own)
    assert ask.texts(f"{ALL}&set=type:news", "//o:identifier/text()") == [f"oai:testserver:{house.ids['news']}"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "badVerb"),
        ("verb=", "badVerb"),
        ("verb=listrecords", "badVerb"),
        ("verb=Identify&verb=Identify", "badVerb"),
        ("verb=Identify&verb=ListSets", "badVerb"),
        ("Verb=Identify", "badVerb"),
        ("&".join(["a=1"] * 500), "badVerb"),
        ("verb=Identify&metadataPrefix=oai_dc", "badArgument"),
        ("verb=Identify&x=%00", "badArgument"),
        ("verb=ListSets&from=2020-01-01", "badArgument"),
        ("verb=GetRecord&metadataPrefix=oai_dc", "badArgument"),
        ("verb=GetRecord&identifier=oai:testserver:0123456789", "badArgument"),
        ("verb=ListRecords", "badArgument"),
        ("verb=ListRecords&metadataPrefix=", "badArgument"),
        ("verb=ListRecords&metadataPrefix=a%20b", "badArgument"),
        (f"{ALL}&metadataPrefix=oai_dc", "badArgument"),
        (f"{ALL}&from=2020-01-01&from=2020-01-01", "badArgument"),
        (f"{ALL}&from=2020", "badArgument"),
        (f"{ALL}&from=", "badArgument"),
        (f"{ALL}&from=2020-02-30", "badArgument"),
        (f"{ALL}&from=0000-01-01", "badArgument"),
        (f"{ALL}&from=2020-01-01T00:00:00", "badArgument"),
        (f"{ALL}&from=2020-01-01T25:00:00Z", "badArgument"),
        (f"{ALL}&from=2020-01-01T00:00:00.5Z", "badArgument"),
        (f"{ALL}&from=٢٠٢٠-٠١-٠١", "badArgument"),
        (f"{ALL}&from=2020-01-01&until=2020-01-01T00:00:00Z", "badArgument"),
        (f"{ALL}&from=2021-01-02&until=2021-01-01", "badArgument"),
        (f"{ALL}&set=a%20b", "badArgument"),
        (f"{ALL}&set=", "badArgument"),
        (f"{ALL}&set=type:", "badArgument"),
        (f"{ALL}&resumptionToken=x", "badArgument"),
        ("verb=ListRecords&metadataPrefix=marc21", "cannotDisseminateFormat"),
        ("verb=GetRecord&metadataPrefix=marc21&identifier=oai:testserver:0123456789", "cannotDisseminateFormat"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:testserver:0123456789", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:elsewhere:0123456789", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=%3Cscript%3E", "idDoesNotExist"),
        ("verb=GetRecord&metadataPrefix=oai_dc&identifier=%EF%BF%BE%01", "idDoesNotExist"),
        ("verb=ListMetadataFormats&identifier=oai:testserver:0123456789", "idDoesNotExist"),
        (f"{ALL}&until=1999-01-01", "noRecordsMatch"),
        (f"{ALL}&from=9999-12-31&until=9999-12-31", "noRecordsMatch"),
        (f"{ALL}&from=9999-12-31T23:59:59Z&until=9999-12-31T23:59:59Z", "noRecordsMatch"),
        (f"{ALL}&set=type:nothing", "noRecordsMatch"),
        (f"{ALL}&set=nothing", "noRecordsMatch"),
        (f"{ALL}&set=type:publication:guide", "noRecordsMatch"),
        ("verb=ListRecords&resumptionToken=", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=AAAA", "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=" + "A" * 3000, "badResumptionToken"),
        ("verb=ListRecords&resumptionToken=%00%01", "badResumptionToken"),
        ("verb=ListSets&resumptionToken=AAAA", "badResumptionToken"),
    ],
)
def test_what_is_wrong_is_told_as_the_protocol_says(ask: Asking, query: str, code: str) -> None:
    assert ask.error(query) == code


def test_a_post_asks_the_same_from_anywhere(ask: Asking) -> None:
    asked = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
    answered = read(ask.client.post("/oai", data=asked, headers={"Origin": "https://harvester.example"}))
    got = ask("verb=ListIdentifiers&metadataPrefix=oai_dc")
    assert answered.xpath("//o:identifier/text()", namespaces=NS) == got.xpath("//o:identifier/text()", namespaces=NS)
    assert (
        read(ask.client.post("/oai", content=b"\xff\xfe")).xpath("string(//o:error/@code)", namespaces=NS) == "badVerb"
    )


def test_head_answers_without_a_body_and_other_methods_not_at_all(ask: Asking) -> None:
    assert ask.client.head("/oai?verb=Identify").content == b""
    assert ask.client.put("/oai").status_code in {403, 405}


def test_formats_are_listed_for_all_and_for_one(house: House, ask: Asking) -> None:
    for more in ("", f"&identifier=oai:testserver:{house.ids['guide']}"):
        assert ask.texts(f"verb=ListMetadataFormats{more}", "//o:metadataPrefix/text()") == ["oai_dc"]


def test_a_span_includes_both_its_ends_to_the_second_and_to_the_day(house: House, ask: Asking) -> None:
    query = f"verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:testserver:{house.ids['guide']}"
    (stamp,) = ask.texts(query, "//o:datestamp/text()")
    for span in (stamp, stamp[:10]):
        found = ask.texts(f"{ALL}&from={span}&until={span}", "//o:identifier/text()")
        assert f"oai:testserver:{house.ids['guide']}" in found


# ------------------------------------------------------------------ a library of its own, which changes


@dataclass
class Archive:
    services: Services
    address: str
    ids: list[str]

    def client(self) -> Sickle:
        return Sickle(self.address)

    def listed(self, **asked: Any) -> list[tuple[str, bool]]:
        found = self.client().ListRecords(metadataPrefix="oai_dc", ignore_deleted=False, **asked)
        return [(record.header.identifier.rpartition(":")[2], record.header.deleted) for record in found]

    def publish(self, title: str, **sheet: Any) -> str:
        with self.services.database.writing() as session:
            made = documents.create(session, type="publication", actor="test", title={"ar": title}, **sheet)
            workflow.move(session, made, State.PUBLISHED, actor="test")
            return made.id


def at(services: Services, **changed: Any) -> Services:
    """The same house under other settings."""

    given = services.settings.model_dump() | changed
    return replace(services, settings=Settings(**given))


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Seven documents behind a real server that gives three at a time."""
    with (
        library(tmp_path / "home", oai_page_size=3) as services,
        running(serving.server(create_site(services, create_router), services.settings, 5)) as port,
    ):
        found = Archive(services, f"http://127.0.0.1:{port}/oai", [])
        found.ids = [found.publish(f"الدليل {number}") for number in range(7)]
        yield found


def test_sickle_harvests_all_over_several_parts_each_once(archive: Archive) -> None:
    assert archive.listed() == [(id, False) for id in archive.ids]
    headers = archive.client().ListIdentifiers(metadataPrefix="oai_dc")
    assert [header.identifier.rpartition(":")[2] for header in headers] == archive.ids
    record = next(archive.client().ListRecords(metadataPrefix="oai_dc"))
    assert record.metadata["title"] == ["الدليل 0"]
    assert archive.client().Identify().deletedRecord == "persistent"
    assert {one.setSpec for one in archive.client().ListSets()} == {"type", "type:publication", "theme", "body"}
    assert [one.metadataPrefix for one in archive.client().ListMetadataFormats()] == ["oai_dc"]
    assert (
        Sickle(archive.address, http_method="POST")
        .GetRecord(identifier=record.header.identifier, metadataPrefix="oai_dc")
        .metadata["type"]
    )


def test_sickle_harvests_what_is_new_and_what_went_since_it_came_last(archive: Archive) -> None:
    time.sleep(1.1)  # datestamps are seconds
    since = (
        archive.client()
        .ListRecords(metadataPrefix="oai_dc")
        .oai_response.xml.findtext("{http://www.openarchives.org/OAI/2.0/}responseDate")
    )
    with pytest.raises(NoRecordsMatch):
        archive.listed(**{"from": since})
    curate.withdraw(archive.services, archive.ids[2], "نسخة قديمة")
    with archive.services.database.writing() as session:
        documents.destroy(session, documents.load(session, archive.ids[4]), actor="test", reason="بطلب")
        documents.edit(session, documents.load(session, archive.ids[5]), actor="test", audience="administration")
        documents.edit(session, documents.load(session, archive.ids[6]), actor="test", title={"fr": "Guide revu"})
    new = archive.publish("دليل جديد")
    went = [(archive.ids[place], True) for place in (2, 4, 5)]
    assert sorted(archive.listed(**{"from": since})) == sorted([*went, (archive.ids[6], False), (new, False)])
    assert archive.listed(**{"from": since, "set": "theme"}) == [(archive.ids[4], True)]  # it may have had any
    got = archive.client().GetRecord(identifier=f"oai:127.0.0.1:{archive.ids[2]}", metadataPrefix="oai_dc")
    assert got.deleted


def test_what_changes_during_a_harvest_is_met_again_and_nothing_is_missed(archive: Archive) -> None:
    records = iter(archive.client().ListRecords(metadataPrefix="oai_dc", ignore_deleted=False))
    met = [next(records) for _ in range(3)]
    with archive.services.database.writing() as session:
        documents.edit(session, documents.load(session, archive.ids[0]), actor="test", title={"ar": "الدليل صفر"})
    curate.withdraw(archive.services, archive.ids[3], "نسخة قديمة")
    met += list(records)
    last = {record.header.identifier.rpartition(":")[2]: record for record in met}
    assert set(last) == set(archive.ids)
    assert last[archive.ids[0]].metadata["title"] == ["الدليل صفر"]
    assert last[archive.ids[3]].deleted


def test_a_token_says_how_far_it_is_of_how_many_and_the_last_part_ends_it(archive: Archive) -> None:
    with TestClient(create_site(archive.services, create_router)) as client:
        ask, seen, query = Asking(client), [], ALL
        for _ in range(10):
            tree = ask(query)
            token = tree.find(".//o:resumptionToken", NS)
            seen.append((token.get("cursor"), token.get("completeListSize"), len(tree.findall(".//o:record", NS))))
            if not token.text:
                break
            assert token.get("expirationDate").endswith("Z")
            query = f"verb=ListRecords&resumptionToken={token.text}"
        assert seen == [("0", "7", 3), ("3", "7", 3), ("6", "7", 1)]
        assert ask.error(query.replace("ListRecords", "ListIdentifiers")) == "badResumptionToken"


def test_a_token_that_was_changed_or_has_expired_is_refused(archive: Archive) -> None:
    with TestClient(create_site(archive.services, create_router)) as client:
        ask = Asking(client)
        (token,) = ask.texts(ALL, "//o:resumptionToken/text()")
        for changed in (token[:-2], token + "AA", token[:20] + ("B" if token[20] != "B" else "C") + token[21:]):
            assert ask.error(f"verb=ListRecords&resumptionToken={changed}") == "badResumptionToken"
    late = at(archive.services, oai_token_seconds=60)
    with TestClient(create_site(late, create_router)) as client:
        ask = Asking(client)
        (token,) = ask.texts(ALL, "//o:resumptionToken/text()")
        packed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))[4:]
        old = re.sub(rb"[0-9]+\]$", b"1000]", packed)
        assert ask.error(f"verb=ListRecords&resumptionToken={signed(old)}") == "badResumptionToken"
        assert ask.texts(f"verb=ListRecords&resumptionToken={signed(packed)}", "//o:identifier/text()")


def signed(packed: bytes) -> str:

    return base64.urlsafe_b64encode(zlib.crc32(packed).to_bytes(4, "big") + packed).decode().rstrip("=")


@pytest.mark.parametrize(
    "packed",
    [
        b"[]", b"{}", b"1", b"null", b'"abcdefghij"',
        b'["ListRecords","oai_dc","","","","2020-01-01","x",0,1,9999999999]',
        b'["ListRecords","oai_dc","","","","2020-01-01T00:00:00+00:00","x",-1,1,9999999999]',
        b'["ListRecords","oai_dc","","","",null,"x",0,1,9999999999]',
        b'["ListRecords","oai_dc","","","",[],"x",0,1,1e400]',
        b'["ListRecords","oai_dc",5,"","","2020-01-01T00:00:00+00:00","x",0,1,9999999999]',
        b'["ListRecords",{},"","","","2020-01-01T00:00:00+00:00","x",0,1,9999999999]',
        b'["ListRecords","oai_dc","","",{},"2020-01-01T00:00:00+00:00","x",0,1,9999999999]',
        b'["ListRecords","marc","","","","2020-01-01T00:00:00+00:00","x",0,1,9999999999]',
        b"[" * 600,
    ],
)  # fmt: skip
def test_a_forged_token_is_refused_or_lists_what_may_be_seen(ask: Asking, packed: bytes) -> None:
    assert ask.error(f"verb=ListRecords&resumptionToken={signed(packed)}") == "badResumptionToken"


def test_an_empty_library_is_a_valid_archive(tmp_path: Path) -> None:
    with library(tmp_path / "home") as services, TestClient(create_site(services, create_router)) as client:
        ask = Asking(client)
        assert ask("verb=Identify") is not None
        assert ask.texts("verb=ListSets", "//o:setSpec/text()") == ["type", "theme", "body"]
        assert ask.error(ALL) == "noRecordsMatch"


def test_what_xml_cannot_hold_is_left_out_of_a_record(archive: Archive) -> None:
    id = archive.publish("عنوان\x01 فيه\x0b \ufffe <b>&amp; ]]> \U0001f600")
    with TestClient(create_site(archive.services, create_router)) as client:
        query = f"verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:testserver:{id}"
        (title,) = Asking(client).texts(query, "//dc:title/text()")
    assert "<b>&amp; ]]> \U0001f600" in title


def test_a_draft_has_no_identifier(archive: Archive) -> None:
    with archive.services.database.writing() as session:
        hidden = documents.create(session, type="publication", actor="test", title={"ar": "مسودة سرية"}).id
    with TestClient(create_site(archive.services, create_router)) as client:
        ask = Asking(client)
        query = f"metadataPrefix=oai_dc&identifier=oai:testserver:{hidden}"
        assert ask.error(f"verb=GetRecord&{query}") == "idDoesNotExist"
        assert "سرية" not in client.get(f"/oai?{ALL}").text
