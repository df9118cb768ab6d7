"""The review screen: a document beside its file, decided on one after the other."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kb.catalog.rights import Act, Someone
from kb.catalog.tables import State
from kb.catalog.vocabulary import labelled
from kb.catalog.workflow import NOTE_LENGTH
from kb.core.errors import Conflict, Forbidden, Invalid, KbError
from kb.services import curate, editing, holding, reviewing
from kb.services.curate import Owing
from kb.services.editing import Opened
from kb.services.holding import OpenElsewhere
from kb.services.reviewing import Review
from kb.web import asking, desk, forms
from kb.web.entry import sheet
from kb.web.entry.filling import Filling
from kb.web.entry.typed import Typed
from kb.web.pages.desk import decided, reason
from kb.web.pages.document import sent
from kb.web.wiring import AHouse, AnId, ANumber, ATongue, House
from kb.web.words import Tongue

router = APIRouter()

PRIMARY: Final = (State.PUBLISHED, State.SUBMITTED)
"""The step that the page leads to, where one of these is open."""


@router.get("/desk/documents/{id}")
def show(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)
    if "prefetch" not in request.headers.get("sec-purpose", ""):
        holding.lock(house.services, someone, id)
    return _Reviewing(request, house, tongue, someone, id, Typed(request.query_params.multi_items())).begin()


@router.post("/desk/documents/{id}")
async def act(request: Request, house: AHouse, tongue: ATongue, id: AnId) -> Response:
    form = await forms.posted(request, house, large=True)
    someone = forms.allowed(request, Act.DEPOSIT)
    typed = Typed(form.pairs())
    return await run_in_threadpool(_act, request, house, tongue, someone, id, typed)


def _act(request: Request, house: House, tongue: Tongue, someone: Someone, id: str, typed: Typed) -> Response:
    return _Reviewing(request, house, tongue, someone, id, typed).act(typed)


@router.get("/desk/documents/{id}/f/{number}/file")
def original(request: Request, house: AHouse, id: AnId, number: ANumber) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)
    return sent(request, reviewing.original(house.services, someone, id, number))


class _Reviewing:
    """One person before one document, within the list that they work through; `asked` says which, and which page."""

    def __init__(self, request: Request, house: House, tongue: Tongue, someone: Someone, id: str, asked: Typed) -> None:
        self._request = request
        self._house = house
        self._tongue = tongue
        self._someone = someone
        self._id = id
        self._asked = asked
        query = asked.text("list")
        self._desk = (
            desk.named(query, tongue.code)
            if query or asked.text("do")
            else desk.Desk(tongue.code, desk.read(asked.pairs))
        )

    def begin(self) -> Response:
        opened = self._opened()
        if opened is None:
            return self.page(None, Typed(()))
        return _Form(self, opened, self._type(opened)).begin(
            sheet.typed_of(opened, self._type(opened), self._tongue.code)
        )

    def act(self, typed: Typed) -> Response:
        """Do what the button says that was pressed; what is typed is kept first, where it may be."""
        what, _, value = typed.text("do").partition(":")
        if what == "turn":
            opened = self._opened()
            return self.page(opened, typed, turned=value)
        if what == "take-over":
            holding.take_over(self._house.services, self._someone, self._id)
            return RedirectResponse(self._desk.document(self._id), 303)
        if what == "undo":
            return self._undo()
        opened = self._opened() if typed.text("revision") else None
        if opened is None:
            return self.go_on(typed)
        return _Form(self, opened, self._type(opened)).take(typed)

    def go_on(self, typed: Typed) -> Response:
        """Take the step that was asked for, and go on to the next document of the list."""
        what, _, target = typed.text("do").partition(":")
        services, someone, over = self._house.services, self._someone, typed.text("over")
        try:
            if what == "assign":
                curate.assign(services, someone, self._id, typed.text("assign"), over=over)
            if what != "step":
                return RedirectResponse(self._desk.document(self._id, saved="1"), 303)
            onward = reviewing.following(services, someone, self._id, self._desk.wanted)
            note = asking.clean(typed.text("note"))
            curate.step(services, someone, self._id, target, note, seen=True, over=over)
        except OpenElsewhere as error:
            return self.page(None, typed, elsewhere=error.held, note=typed.text("note"), status=409)
        except (Forbidden, Conflict, Invalid) as error:
            return self._refused(typed, error)
        told = {"done": self._id, "did": target}
        return RedirectResponse(self._desk.document(onward, **told) if onward else self._desk.inbox(**told), 303)

    def _undo(self) -> Response:
        try:
            curate.undo(self._house.services, self._someone, self._id)
        except Conflict as error:
            return self._refused(Typed(()), error)
        return RedirectResponse(self._desk.document(self._id, did="undo"), 303)

    def _refused(self, typed: Typed, error: KbError) -> Response:
        """Show the page again with why the step was not taken; what was typed is kept by now."""
        problems = {}
        if isinstance(error, Invalid) and not isinstance(error, Owing):
            problems = {"note" if name == "reason" else name: code for name, code in error.problems.items()}
        opened = self._opened()
        said = sheet.typed_of(opened, self._type(opened), self._tongue.code) if opened else Typed(())
        note = typed.text("note")
        return self.page(opened, said, problems=problems, refused=reason(error, self._tongue), note=note, status=422)

    def page(
        self,
        opened: Opened | None,
        typed: Typed,
        *,
        turned: str = "",
        problems: Mapping[str, str] | None = None,
        status: int = 200,
        **more: Any,
    ) -> Response:
        file, _, page = turned.partition(".") if turned else (self._asked.text("file"), "", self._asked.text("page"))
        review = reviewing.show(
            self._house.services,
            self._someone,
            self._id,
            self._desk.wanted,
            self._tongue.code,
            asking.page_of(file),
            asking.page_of(page),
        )
        facts = self._facts(review)
        if opened and (review.editable or "elsewhere" in more):
            facts |= _Form(self, opened, self._type(opened)).facts(typed, **more)
        return forms.page(
            self._request,
            self._house,
            self._tongue,
            "review.html",
            here=self._desk.document(self._id).removeprefix(f"/{self._tongue.code}"),
            status=status,
            problems=problems,
            **(facts | more),
        )

    def _facts(self, review: Review) -> dict[str, Any]:
        kind = self._house.services.types[review.row.card.type]
        given = self._request.query_params
        return {
            "review": review,
            "at_desk": self._desk,
            "lacks": [
                (sheet.focus(kind, lack.field), labelled(lack.label, self._tongue.code)[0], lack.owed)
                for lack in review.lacks
            ],
            "primary": next((step for state in PRIMARY for step in review.steps if step.target == state), None),
            "curators": curate.curators(self._house.services) if review.may_curate else (),
            "longest": NOTE_LENGTH,
            "form": None,
            "elsewhere": None,
            "held": None,
            "revision": "",
            "refused": "",
            "note": "",
            "saved": "saved" in given,
            **decided(self._request, self._house, self._tongue, self._someone),
            "lock_seconds": self._house.services.settings.lock_seconds,
            "place": "desk",
        }

    def _opened(self) -> Opened | None:
        try:
            return editing.opened(self._house.services, self._someone, self._id, self._tongue.code)
        except Forbidden:
            return None

    def _type(self, opened: Opened) -> Any:
        return self._house.services.types[opened.type]

    def form_of(self, opened: Opened, kind: Any) -> tuple[Any, ...]:
        return self._request, self._house, self._tongue, self._someone, kind, opened


class _Form(Filling):
    """The form of the review screen: what was typed is kept, then the step is taken that was asked for."""

    def __init__(self, reviewing_: _Reviewing, opened: Opened, kind: Any) -> None:
        super().__init__(*reviewing_.form_of(opened, kind))
        self.here = f"/desk/documents/{opened.id}"  # what is held of the form stays at its own address
        self._reviewing = reviewing_

    def saved(self, id: str, typed: Typed) -> Response:  # noqa: ARG002 -- it is that of the page
        return self._reviewing.go_on(typed)

    def show(self, typed: Typed, *, problems: dict[str, str] | None = None, status: int = 200, **more: Any) -> Response:
        if "elsewhere" in more:
            more |= {"note": typed.text("note")}
        return self._reviewing.page(self.opened, typed, problems=problems, status=status, **more)
