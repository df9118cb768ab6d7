"""The files of a list: of a search, of a list by address."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from kb.core.errors import NotFound
from kb.services import taking
from kb.services.answers import Ask
from kb.web import asking, exports
from kb.web.addresses import EXPORTS
from kb.web.pages.reading_list import asked
from kb.web.wiring import ABase, AHouse, AnAudience, ATongue
from kb.web.words import Tongue

router = APIRouter()


@router.get("/search/export.{ending}")
def search(
    request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, base: ABase, ending: str
) -> Response:
    settings = house.services.settings
    ask = asking.read(request.query_params.multi_items(), settings)
    if ending not in EXPORTS:
        raise NotFound(ending)
    with exports.turns_of(request).turn():
        taken = taking.of_search(house.services, ask, audience, tongue.code, base, exports.most(ending, settings))
        return exports.file(ending, searched(ask, tongue), taken, tongue)


def searched(ask: Ask, tongue: Tongue) -> str:
    """What a list of results is called."""
    typed = ask.q or " ".join(filter(None, (ask.form.phrase, ask.form.every, ask.form.some)))
    return tongue.text("export.title.search", q=typed) if typed else tongue.text("search.all")


@router.get("/reading-list/export.{ending}")
def listed(
    request: Request, house: AHouse, tongue: ATongue, audience: AnAudience, base: ABase, ending: str
) -> Response:
    settings = house.services.settings
    if ending not in EXPORTS:
        raise NotFound(ending)
    ids, _ = asked(request, settings.max_list)
    with exports.turns_of(request).turn():
        taken = taking.of_ids(house.services, ids, audience, tongue.code, base, exports.most(ending, settings))
        return exports.file(ending, tongue.text("list.title"), taken, tongue)
