"""The files of a list (of a search, of what is browsed, of a list by address), and a document's sheet on paper."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kb.catalog.listing import Wanted
from kb.catalog.vocabulary import labelled
from kb.core.errors import NotFound
from kb.services import citing, read, taking
from kb.services.answers import Ask
from kb.services.context import Services
from kb.services.grounds import grounds
from kb.services.leaving import leaving
from kb.services.shown import facet_label
from kb.web import asking, browsing, exports, papers
from kb.web.addresses import EXPORTS, Addresses
from kb.web.attachment import attach
from kb.web.pages.reading_list import asked
from kb.web.wiring import ABase, AHouse, AnAudience, AnId, ATongue
from kb.web.words import Tongue
from kb.writing import pdf

router = APIRouter()


@router.get("/search/export.{ending}")
def search(
    request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, base: ABase, ending: str
) -> Response:
    most = _most(house, ending)
    ask = asking.read(request.query_params.multi_items(), house.services.settings)
    address = base + Addresses(tongue.code).turn(ask, 1)
    with exports.turns_of(request).turn():
        taken = taking.of_search(house.services, ask, audience, tongue.code, base, most)
        return exports.file(ending, searched(ask, tongue), address, taken, tongue)


def searched(ask: Ask, tongue: Tongue) -> str:
    """What a list of results is called."""
    typed = ask.q or " ".join(filter(None, (ask.form.phrase, ask.form.every, ask.form.some)))
    return tongue.text("export.title.search", q=typed) if typed else tongue.text("search.all")


@router.get("/browse/export.{ending}")
def browse(
    request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, base: ABase, ending: str
) -> Response:
    most = _most(house, ending)
    wanted, _ = browsing.wanted_of(request)
    address = base + Addresses(tongue.code).browse(wanted)
    with exports.turns_of(request).turn():
        taken = taking.of_shelf(house.services, wanted, audience, tongue.code, base, most)
        return exports.file(ending, walked(house.services, wanted, tongue), address, taken, tongue)


def walked(services: Services, wanted: Wanted, tongue: Tongue) -> str:
    """What a list is called: after the types, the themes and the bodies that it is narrowed to."""
    types = [labelled(services.types[t].plural, tongue.code)[0] for t in sorted(wanted.types) if t in services.types]
    chosen = (("theme", wanted.themes), ("organisation", wanted.organisations))
    named = [facet_label(services, by, value, tongue.code) for by, values in chosen for value in sorted(values)]
    return tongue.text("comma").join([*types, *named]) or tongue.text("search.all")


@router.get("/reading-list/export.{ending}")
def listed(
    request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, base: ABase, ending: str
) -> Response:
    most = _most(house, ending)
    ids, _ = asked(request, house.services.settings.max_list)
    with exports.turns_of(request).turn():
        taken = taking.of_ids(house.services, ids, audience, tongue.code, base, most)
        address = base + Addresses(tongue.code).reading_list(line.card.id for line in taken.lines)
        return exports.file(ending, tongue.text("list.title"), address, taken, tongue)


def _most(house: AHouse, ending: str) -> int:
    """How many documents a file of this kind holds. Raises NotFound for a kind that is none."""
    if ending not in EXPORTS:
        raise NotFound(ending)
    return exports.most(ending, house.services.settings)


@router.get("/d/{id}/sheet.pdf")
def sheet(request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, base: ABase, id: AnId) -> Response:
    with exports.turns_of(request).turn():
        record = leaving(house.services, read.record(house.services, id, audience, tongue.code))
        based = grounds(house.services, record, audience, tongue.code)
        citation = citing.cited(house.services, id, audience, base)
        paper = papers.of_record(record, based, citation, tongue)
        return attach(pdf.write(paper), f"{record.card.title.text[:100]}.pdf", pdf.MEDIA_TYPE, f"rassid-{id}.pdf")
