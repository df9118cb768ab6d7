"""The past of a document at the desk: its versions, two of them compared, and back to one."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kb.catalog.rights import Act
from kb.core.errors import Conflict, Invalid
from kb.services import revisions
from kb.services.holding import OpenElsewhere
from kb.services.revisions import Compared, Versions
from kb.web import changed_words, forms
from kb.web.entry import changes
from kb.web.entry.changes import Change
from kb.web.wiring import AHouse, AnId, ATongue, House, whole
from kb.web.words import Tongue

router = APIRouter()

ANumber = Annotated[str, Query(max_length=10)]


@router.get("/desk/documents/{id}/revisions")
def versions(
    request: Request, house: AHouse, tongue: ATongue, id: AnId, before: ANumber = "", after: ANumber = ""
) -> Response:
    return _page(request, house, tongue, id, before, after)


@router.post("/desk/documents/{id}/revisions")
async def restore(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    form = await forms.posted(request, house)
    someone = forms.allowed(request, Act.DEPOSIT)
    number, revision = whole(form.text("number")), whole(form.text("revision"))
    try:
        changed = await run_in_threadpool(revisions.restore, house.services, someone, id, number, revision)
    except OpenElsewhere:
        return await run_in_threadpool(_page, request, house, tongue, id, problems={"revision": "open-elsewhere"})
    except Conflict:
        return await run_in_threadpool(_page, request, house, tongue, id, problems={"revision": "changed-meanwhile"})
    except Invalid as error:
        return await run_in_threadpool(_page, request, house, tongue, id, problems=dict(error.problems))
    return RedirectResponse(f"/{tongue.code}/desk/documents/{id}/revisions?done={'1' if changed else '0'}", 303)


def _page(
    request: Request,
    house: House,
    tongue: Tongue,
    id: str,
    before: str = "",
    after: str = "",
    problems: dict[str, str] | None = None,
) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)
    shown = revisions.versions(house.services, someone, id, tongue.code)
    compared = (
        revisions.compared(house.services, someone, id, whole(before), whole(after)) if before and after else None
    )
    facts: dict[str, Any] = {
        "versions": shown,
        "compared": compared,
        "changes": _changes(house, shown, compared, tongue) if compared else [],
        "done": request.query_params.get("done", ""),
        "place": "desk",
    }
    here = f"/desk/documents/{id}/revisions"
    return forms.page(request, house, tongue, "desk_revisions.html", here=here, problems=problems, **facts)


def _changes(house: House, shown: Versions, compared: Compared, tongue: Tongue) -> list[Change]:
    services = house.services
    found = list(changes.between(services.types[shown.type], compared.sheets, services.vocabulary, tongue))
    for name, before, after in compared.facts:
        one, other = (tongue.text(f"state.{text}") if name == "state" else text for text in (before, after))
        found.append(Change(tongue.text(f"revisions.{name}"), tuple(changed_words.runs(one, other))))
    return found
