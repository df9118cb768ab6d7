"""The trace, for administrators: who did what and when, narrowed, page by page, and as a file."""

import datetime as dt
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response, StreamingResponse
from starlette.requests import Request

from kb.catalog.events import Wanted
from kb.catalog.rights import Act
from kb.core.clock import now
from kb.services import audit as trail
from kb.web import asking, forms
from kb.web.attachment import disposition
from kb.web.wiring import AHouse, ATongue, at_once
from kb.writing import delimited

router = APIRouter()

_HERE: Final = "/desk/audit"
_FIELDS: Final = ("person", "document", "action", "first", "last")
_LONGEST: Final = 100
_MEDIA_TYPES: Final = {"csv": f"{delimited.MEDIA_TYPE}; charset=utf-8", "jsonl": "application/jsonl"}


def _given(request: Request) -> dict[str, str]:
    return {name: asking.clean(request.query_params.get(name, ""))[:_LONGEST].strip() for name in _FIELDS}


Given = Annotated[dict[str, str], Depends(at_once(_given))]


@router.get("/desk/audit")
def page(request: Request, house: AHouse, tongue: ATongue, given: Given) -> Response:
    someone = forms.allowed(request, Act.AUDIT)
    wanted, problems = _wanted(given)
    number = asking.page_of(request.query_params.get("page", ""))
    found = trail.trail(house.services, someone, wanted, number, tongue.code)
    asked = {name: value for name, value in given.items() if value}
    facts: dict[str, Any] = {
        "trail": found,
        "given": given,
        "question": urlencode(asked),
        "place": "audit",
    }
    return forms.page(request, house, tongue, "desk_audit.html", here=_HERE, problems=problems, **facts)


@router.get("/desk/audit/export.{ending}")
def export(
    request: Request, house: AHouse, tongue: ATongue, given: Given, ending: Annotated[Literal["csv", "jsonl"], Path()]
) -> Response:
    someone = forms.allowed(request, Act.AUDIT)
    rows = trail.export(house.services, someone, _wanted(given)[0])
    parts = trail.table(rows, tongue.code) if ending == "csv" else trail.lines(rows)
    name = f"rassid-trace-{now().astimezone():%Y-%m-%d}.{ending}"
    headers = {"Content-Disposition": disposition(name, name), "Cache-Control": "private, no-store"}
    return StreamingResponse((part.encode() for part in parts), headers=headers, media_type=_MEDIA_TYPES[ending])


def _wanted(given: dict[str, str]) -> tuple[Wanted, dict[str, str]]:
    """What is asked, and what of it cannot be: a day that is none narrows nothing."""
    days: dict[str, dt.date | None] = {}
    problems: dict[str, str] = {}
    for name in ("first", "last"):
        try:
            days[name] = dt.date.fromisoformat(given[name]) if given[name] else None
        except ValueError:
            problems[name] = "not-a-date"
    wanted = Wanted(
        actor=given["person"],
        document=given["document"].lower(),
        action=given["action"],
        first=days.get("first"),
        last=days.get("last"),
    )
    return wanted, problems
