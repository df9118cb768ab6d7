"""OAI-PMH 2.0: the door at which other libraries fetch what is said of the documents, and what went."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, NamedTuple
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter, Depends, Request, Response

from kb.api.oai_asking import (
    Code,
    Refused,
    Selection,
    Verb,
    arguments_of,
    selection_of,
    spec_of,
    token_of,
    verb_of,
)
from kb.catalog.harvest import Asked
from kb.core import permanent
from kb.core.clock import now
from kb.core.errors import NotFound
from kb.services import harvesting
from kb.services.context import Services
from kb.services.dublin import OAI, XSI, Statement, oai_dc
from kb.services.harvesting import Item, Part
from kb.writing.xml import Element, element, written

PATH: Final = "/oai"

_NAME: Final = "رصيد — Rassid"
_FIELDS: Final = 40  # arguments of one request; the protocol has no more than six
# A host name as the guidelines for oai-identifier have it: without one, identifiers cannot be announced as such.
_DOMAIN: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z][a-zA-Z0-9-]*)+")
_MAIL: Final = re.compile(r"[^\s@:/]+@(?:[^\s@:/.]+\.)+[^\s@:/.]+")
_KINDS: Final[Mapping[str, str]] = {
    "type": "أنواع الوثائق — types of documents",
    "theme": "المواضيع — themes",
    "body": "الجهات — bodies",
}


class Format(NamedTuple):
    """A metadata format: where its schema is, its namespace, and how a record is written in it."""

    schema: str
    namespace: str
    write: Callable[[Sequence[Statement]], Element]


FORMATS: Final[Mapping[str, Format]] = {"oai_dc": Format(f"{OAI}oai_dc.xsd", f"{OAI}oai_dc/", oai_dc)}


@dataclass(frozen=True, slots=True)
class Door:
    """One request: whose it is, and what our addresses begin with."""

    services: Services
    audience: frozenset[str]
    base: str

    def answer(self, pairs: Sequence[tuple[str, str]]) -> bytes:
        """Return the whole answer. What the protocol has an error for is an answer too, with status 200."""
        told: Mapping[str, str] = {}
        try:
            verb = verb_of(pairs)
            given = arguments_of(verb, pairs)
            told = {"verb": verb, **given}
            inside = self._of(verb, given)
        except Refused as refused:
            told = {} if refused.problem in {"badVerb", "badArgument"} else told
            inside = element("error", refused.said, code=refused.problem)
        return written(
            element(
                "OAI-PMH",
                element("responseDate", stamp(now())),
                Element("request", told, (self.base + PATH,)),
                inside,
                xmlns=OAI,
                xmlns__xsi=XSI,
                xsi__schemaLocation=f"{OAI} {OAI}OAI-PMH.xsd",
            )
        )

    def _of(self, verb: Verb, given: Mapping[str, str]) -> Element:
        match verb:
            case "Identify":
                return self._identify()
            case "ListMetadataFormats":
                return self._formats(given)
            case "ListSets":
                return self._sets(given)
            case "GetRecord":
                _format(given["metadataPrefix"])
                return element(verb, self._record(self._item(given["identifier"]), given["metadataPrefix"]))
        return self._list(verb, given)

    def _identify(self) -> Element:
        host = urlsplit(self.base).hostname or ""
        first = harvesting.earliest(self.services, self.audience) or now()
        named = _DOMAIN.fullmatch(host) is not None
        return element(
            "Identify",
            element("repositoryName", _NAME),
            element("baseURL", self.base + PATH),
            element("protocolVersion", "2.0"),
            element("adminEmail", _mail(self.services.settings.contact, host)),
            element("earliestDatestamp", stamp(first)),
            element("deletedRecord", "persistent"),
            element("granularity", "YYYY-MM-DDThh:mm:ssZ"),
            element("compression", "gzip"),
            *([element("description", _identifier_form(host))] if named else ()),
        )

    def _formats(self, given: Mapping[str, str]) -> Element:
        if "identifier" in given:
            self._item(given["identifier"], told=False)
        return element("ListMetadataFormats", *(_described(prefix, one) for prefix, one in FORMATS.items()))

    def _sets(self, given: Mapping[str, str]) -> Element:
        if "resumptionToken" in given:
            raise Refused("badResumptionToken", "The list of sets is given whole.")
        found = harvesting.groups(self.services, self.audience, "ar")
        return element(
            "ListSets",
            *(
                element("set", element("setSpec", spec_of(group)), element("setName", name or _KINDS[group.kind]))
                for group, name in found
            ),
        )

    def _item(self, identifier: str, *, told: bool = True) -> Item:
        prefix = self._identifier("")
        id = identifier.removeprefix(prefix)
        if not identifier.startswith(prefix) or not permanent.is_id(id):
            raise Refused("idDoesNotExist", "No record has this identifier.")
        try:
            return harvesting.one(self.services, id, self.audience, self.base if told else "")
        except NotFound:
            raise Refused("idDoesNotExist", "No record has this identifier.") from None

    def _list(self, verb: Verb, given: Mapping[str, str]) -> Element:
        selection = selection_of(verb, given, now())
        _format(selection.prefix, "badResumptionToken" if selection.place else "cannotDisseminateFormat")
        if selection.unknown_set or (selection.group and not harvesting.is_group(self.services, selection.group)):
            raise Refused("noRecordsMatch", "There is no such set.")
        asked = Asked(self.audience, selection.since, selection.until, selection.group)
        size = self.services.settings.oai_page_size
        told = self.base if verb == "ListRecords" else ""
        found = harvesting.part(self.services, asked, size, told, selection.place)
        if not found.items:
            raise Refused("noRecordsMatch", "No record is of these dates and this set.")
        write = self._header if verb == "ListIdentifiers" else self._record
        return element(
            verb, *(write(item, selection.prefix) for item in found.items), *self._rest(verb, selection, found)
        )

    def _rest(self, verb: Verb, selection: Selection, found: Part) -> tuple[Element, ...]:
        """Return the token of a list that has more than one part; an empty one ends it."""
        if not found.rest and not selection.place:
            return ()
        facts = {"completeListSize": str(found.total), "cursor": str(selection.place.done if selection.place else 0)}
        if not found.rest:
            return (Element("resumptionToken", facts),)
        ends = now() + dt.timedelta(seconds=self.services.settings.oai_token_seconds)
        token = token_of(verb, selection, found.rest, ends)
        return (Element("resumptionToken", {"expirationDate": stamp(ends), **facts}, (token,)),)

    def _record(self, item: Item, prefix: str) -> Element:
        if item.said is None:
            return element("record", self._header(item, prefix))
        return element("record", self._header(item, prefix), element("metadata", FORMATS[prefix].write(item.said)))

    def _header(self, item: Item, _: str) -> Element:
        sets = sorted(map(spec_of, item.change.groups))
        return Element(
            "header",
            {"status": "deleted"} if item.change.gone else {},
            (
                element("identifier", self._identifier(item.change.id)),
                element("datestamp", stamp(item.change.at)),
                *(element("setSpec", spec) for spec in sets),
            ),
        )

    def _identifier(self, id: str) -> str:
        return f"oai:{urlsplit(self.base).hostname}:{id}"


def stamp(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _format(prefix: str, code: Code = "cannotDisseminateFormat") -> None:
    if prefix not in FORMATS:
        raise Refused(code, f"The formats are: {', '.join(FORMATS)}.")


def _described(prefix: str, one: Format) -> Element:
    return element(
        "metadataFormat",
        element("metadataPrefix", prefix),
        element("schema", one.schema),
        element("metadataNamespace", one.namespace),
    )


def _identifier_form(host: str) -> Element:
    space = f"{OAI}oai-identifier"
    return element(
        "oai-identifier",
        element("scheme", "oai"),
        element("repositoryIdentifier", host),
        element("delimiter", ":"),
        element("sampleIdentifier", f"oai:{host}:0123456789"),
        xmlns=space,
        xsi__schemaLocation=f"{space} {space}.xsd",
    )


def _mail(contact: str, host: str) -> str:
    """Return where harvesters write to: else the address that every mail domain has (RFC 5321), as the schema asks."""
    if _MAIL.fullmatch(contact):
        return contact
    return f"postmaster@{host if '.' in host else 'localhost.localdomain'}"


async def _pairs(request: Request) -> list[tuple[str, str]]:
    """Return the arguments in the order given: of the address, or of the body of a POST; blank ones too."""
    text = request.url.query
    if request.method == "POST":
        text = (await request.body()).decode("latin-1")
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=_FIELDS)
    except ValueError:
        return [("verb", "")]


def create_router(services: Services, audience_of: Callable[[Request], frozenset[str]]) -> APIRouter:
    """Build the routes; `audience_of` says who is asking."""
    router = APIRouter()
    audience = Annotated[frozenset[str], Depends(audience_of)]
    arguments = Annotated[list[tuple[str, str]], Depends(_pairs)]

    def oai(request: Request, audience: audience, pairs: arguments) -> Response:
        base = permanent.begun(services.settings.public_url, request.url.scheme, request.headers["host"])
        return Response(Door(services, audience, base).answer(pairs), media_type="text/xml; charset=utf-8")

    for method in ("GET", "POST"):
        router.add_api_route(PATH, oai, methods=[method], include_in_schema=False)
    return router
