"""Documents are described: a form for each content type, made of its TOML."""

import datetime as dt
from typing import Any

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kb.catalog import values
from kb.catalog.content_type import ContentType
from kb.catalog.rights import Act, Someone
from kb.core.errors import Conflict, Invalid, NotFound
from kb.services import editing
from kb.services.editing import Opened
from kb.web import forms
from kb.web.entry import differences, layout, sheet, steps
from kb.web.entry.typed import Typed
from kb.web.wiring import AHouse, AnId, ATongue, House
from kb.web.words import Tongue

router = APIRouter()


@router.get("/desk/new")
def types(request: Request, house: AHouse, tongue: ATongue) -> Response:
    forms.allowed(request, Act.DEPOSIT)
    facts: dict[str, Any] = {"types": list(house.services.types.values()), "place": "desk"}
    return forms.page(request, house, tongue, "entry_types.html", here="/desk/new", **facts)


@router.get("/desk/new/{type}")
def blank(request: Request, house: AHouse, tongue: ATongue, type: str) -> Response:
    someone, kind = forms.allowed(request, Act.DEPOSIT), _type(house, type)
    body = house.services.vocabulary.said(someone.organisation, tongue.code)[0] if someone.organisation else ""
    typed = Typed([("organisation", body), ("audience", "public")])
    return _Desk(request, house, tongue, someone, kind).begin(typed)


@router.post("/desk/new/{type}")
async def create(request: Request, house: AHouse, tongue: ATongue, type: str) -> Response:
    form = await forms.posted(request, house, large=True)
    someone, kind = forms.allowed(request, Act.DEPOSIT), _type(house, type)
    desk = _Desk(request, house, tongue, someone, kind)
    return await run_in_threadpool(desk.take, Typed(form.pairs()))


@router.get("/desk/documents/{id}/edit")
def edit(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)
    opened = editing.opened(house.services, someone, id, tongue.code)
    desk = _Desk(request, house, tongue, someone, house.services.types[opened.type], opened)
    return desk.begin(sheet.typed_of(opened, desk.type, tongue.code))


@router.post("/desk/documents/{id}/edit")
async def change(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    form = await forms.posted(request, house, large=True)
    someone = forms.allowed(request, Act.DEPOSIT)
    opened = await run_in_threadpool(editing.opened, house.services, someone, id, tongue.code)
    desk = _Desk(request, house, tongue, someone, house.services.types[opened.type], opened)
    return await run_in_threadpool(desk.take, Typed(form.pairs()))


def _type(house: House, name: str) -> ContentType:
    found = house.services.types.get(name)
    if found is None:
        raise NotFound(name)
    return found


class _Desk:
    """One person before the form of one document, which is `opened` or new."""

    def __init__(
        self,
        request: Request,
        house: House,
        tongue: Tongue,
        someone: Someone,
        type: ContentType,
        opened: Opened | None = None,
    ) -> None:
        self._request = request
        self._house = house
        self._tongue = tongue
        self._someone = someone
        self.type = type
        self._opened = opened
        self._here = f"/desk/documents/{opened.id}/edit" if opened else f"/desk/new/{type.name}"

    def begin(self, typed: Typed) -> Response:
        """Show the form as it was left, if that was without saving it, else as the document is."""
        held = editing.held(self._house.services, self._someone, self._here)
        if held:
            return self.show(Typed(held[1]), held=held[0])
        return self.show(typed, saved="saved" in self._request.query_params)

    def take(self, typed: Typed) -> Response:
        """Do what the button says that the form was sent by."""
        step = steps.read(typed.text("do"))
        match step.what:
            case "keep":
                editing.hold(self._house.services, self._someone, self._here, typed.but("do").pairs)
                return Response(status_code=204)
            case "discard":
                editing.discard(self._house.services, self._someone, self._here)
                return RedirectResponse(f"/{self._tongue.code}{self._here}", 303)
            case "save":
                return self._save(typed)
        return self._go_on(typed, step)

    def _save(self, typed: Typed) -> Response:
        try:
            entry = sheet.read(typed, self.type, self._house.services.vocabulary)
        except Invalid as error:
            return self.show(typed, problems=dict(error.problems))
        try:
            id = self._keep(typed, entry)
        except Invalid as error:
            return self.show(typed, problems=entry.told(error.problems))
        except Conflict:
            return self._differ(typed, entry)
        return RedirectResponse(f"/{self._tongue.code}/desk/documents/{id}/edit?saved=1", 303)

    def _keep(self, typed: Typed, entry: sheet.Entry) -> str:
        services = self._house.services
        if self._opened is None:
            return editing.create(services, self._someone, self.type.name, entry.sheet, self._here)
        editing.save(services, self._someone, self._opened.id, _revision(typed), entry.sheet, self._here)
        return self._opened.id

    def _go_on(self, typed: Typed, step: steps.Step) -> Response:
        services, language = self._house.services, self._tongue.code
        if step.what == "find":
            found = (
                steps.bodies(services.vocabulary, typed.text(step.name), language)
                if step.name == "organisation"
                else editing.find(services, self._someone, typed.text(f"{step.name}.text"), language)
            )
            return self.show(typed, found={step.name: found})
        previews = frozenset(name for name, _ in typed.pairs if name.startswith(f"{step.name}."))
        if step.what == "preview":
            return self.show(typed, previews=previews)
        return self.show(steps.done(typed, step, services.vocabulary, language))

    def _differ(self, typed: Typed, entry: sheet.Entry) -> Response:
        """Show who saved over another's work what both say; what they save then, they save knowing it."""
        assert self._opened is not None
        theirs = self._opened.sheet
        told = differences.between(self.type, theirs, entry.sheet, self._house.services.vocabulary, self._tongue)
        return self.show(typed, status=409, changed=told)

    def show(self, typed: Typed, *, problems: dict[str, str] | None = None, status: int = 200, **more: Any) -> Response:
        opened, tongue = self._opened, self._tongue
        services = self._house.services
        targets = {typed.text(f"{row}.target") for row in typed.rows(sheet.RELATION)} - {""}
        form = layout.form(
            self.type,
            services.vocabulary,
            typed,
            tongue,
            action=f"/{tongue.code}{self._here}",
            titles=editing.titles(services, self._someone, targets, tongue.code),
            found=more.pop("found", {}),
            previews=more.pop("previews", frozenset()),
        )
        stale = opened is not None and typed.text("revision") and status != 409
        facts: dict[str, Any] = {
            "form": form,
            "id": opened.id if opened else "",
            "state": opened.state if opened else "",
            "revision": typed.text("revision") if stale else (opened.revision if opened else ""),
            "heading": (opened.title if opened else "") or layout.label(self.type, tongue.code),
            "months": [(f"{month:02}", tongue.month(dt.date(2000, month, 1))) for month in range(1, 13)],
            "saved": False,
            "held": None,
            "changed": (),
            "place": "desk",
            **more,
        }
        return forms.page(
            self._request, self._house, tongue, "entry.html", here=self._here, status=status, problems=problems, **facts
        )


def _revision(typed: Typed) -> int:
    try:
        return values.count(typed.text("revision"))
    except ValueError:
        raise Conflict("no revision") from None
