"""One person before the form of one document: what its buttons do, and what happens when two save at once."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from fastapi.responses import RedirectResponse, Response
from starlette.requests import Request

from kb.catalog import values
from kb.catalog.content_type import ContentType
from kb.catalog.rights import Someone
from kb.catalog.tables import State
from kb.core.errors import Conflict, Invalid
from kb.services import editing, holding, revisions
from kb.services.editing import Opened
from kb.services.holding import OpenElsewhere
from kb.web import forms
from kb.web.entry import differences, layout, merging, sheet, steps
from kb.web.entry.differences import Difference
from kb.web.entry.merging import Versions
from kb.web.entry.typed import Typed
from kb.web.wiring import House
from kb.web.words import Tongue

OVER: Final = "over"
"""The field that takes the lock of another over, knowingly: its mark."""


class Filling:
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
        self.request = request
        self.house = house
        self.tongue = tongue
        self.someone = someone
        self.type = type
        self.opened = opened
        self.here = f"/desk/documents/{opened.id}/edit" if opened else f"/desk/new/{type.name}"
        self._held_at = self.here

    def begin(self, typed: Typed) -> Response:
        """Show the form as it was left, if that was without saving it, else as the document is."""
        held = editing.held(self.house.services, self.someone, self._held_at)
        if held:
            return self.show(Typed(held[1]), held=held[0])
        return self.show(typed, saved="saved" in self.request.query_params)

    def take(self, typed: Typed) -> Response:
        """Do what the button says that the form was sent by."""
        services, someone = self.house.services, self.someone
        step = steps.read(typed.text("do"))
        match step.what:
            case "keep":
                editing.hold(services, someone, self._held_at, typed.but("do").pairs)
                return Response(status_code=204)
            case "files" if self.opened is not None:
                editing.hold(services, someone, self._held_at, typed.but("do").pairs)
                return RedirectResponse(f"/{self.tongue.code}/desk/documents/{self.opened.id}/files", 303)
            case "discard":
                editing.discard(services, someone, self._held_at)
                return RedirectResponse(f"/{self.tongue.code}{self.here}", 303)
            case "save":
                return self._merge(typed) if typed.text("do") == "merge" else self._save(typed)
        return self._go_on(typed, step)

    def _save(self, typed: Typed) -> Response:
        try:
            entry = self._entry(typed)
        except Invalid as error:
            return self.show(typed, problems=dict(error.problems))
        try:
            id = self._keep(typed, entry)
        except Invalid as error:
            return self.show(typed, problems=entry.told(error.problems))
        except OpenElsewhere as error:
            return self.show(typed, elsewhere=error.held, status=409)
        except Conflict:
            return self._differ(typed, entry)
        return self.saved(id, typed)

    def saved(self, id: str, typed: Typed) -> Response:  # noqa: ARG002 -- for who goes on with what was typed
        """Go on after what was typed is kept."""
        return RedirectResponse(f"/{self.tongue.code}/desk/documents/{id}/edit?saved=1", 303)

    def _entry(self, typed: Typed) -> sheet.Entry:
        """Only what readers see already must be whole each time that it is saved."""
        whole = self.opened is None or self.opened.state == State.PUBLISHED
        return sheet.read(typed, self.type, self.house.services.vocabulary, whole=whole)

    def _keep(self, typed: Typed, entry: sheet.Entry) -> str:
        services = self.house.services
        if self.opened is None:
            return editing.create(services, self.someone, self.type.name, entry.sheet, self._held_at)
        number, over = _revision(typed), typed.text(OVER)
        editing.save(services, self.someone, self.opened.id, number, entry.sheet, self._held_at, over)
        return self.opened.id

    def _go_on(self, typed: Typed, step: steps.Step) -> Response:
        services, language = self.house.services, self.tongue.code
        if step.what == "find":
            found = (
                steps.bodies(services.vocabulary, typed.text(step.name), language)
                if step.name == "organisation"
                else editing.find(services, self.someone, typed.text(f"{step.name}.text"), language)
            )
            return self.show(typed, found={step.name: found})
        previews = frozenset(name for name, _ in typed.pairs if name.startswith(f"{step.name}."))
        if step.what == "preview":
            return self.show(typed, previews=previews)
        return self.show(steps.done(typed, step, services.vocabulary, language))

    def _differ(self, typed: Typed, entry: sheet.Entry) -> Response:
        """Put together what two people changed, and ask where both changed the same field."""
        assert self.opened is not None
        services, id, language = self.house.services, self.opened.id, self.tongue.code
        self.opened = now = editing.opened(services, self.someone, id, language)
        before = editing.as_of(services, self.someone, id, _number(typed))
        versions = Versions(before, now.sheet, entry.sheet)
        both, by_them = merging.conflicts(self.type, versions, services.vocabulary, self.tongue)
        said = sheet.typed_of(now, self.type, language)
        for name in by_them:
            typed = typed.taking(name, said)
        typed = typed.but("revision", str(now.revision))
        return self._choose(typed, both) if both else self.take(typed)

    def _merge(self, typed: Typed) -> Response:
        """Save what was chosen of two versions, field by field."""
        assert self.opened is not None
        said = editing.as_of(self.house.services, self.someone, self.opened.id, _number(typed))
        shown = replace(self.opened, sheet=said) if said else self.opened
        whole, missing = merging.chosen(typed, sheet.typed_of(shown, self.type, self.tongue.code))
        if not missing:
            return self.take(whole)
        mine = self._entry(typed).sheet
        differ = differences.between(self.type, shown.sheet, mine, self.house.services.vocabulary, self.tongue)
        asked = typed.all(merging.CONFLICT)
        return self._choose(typed, [one for one in differ if one.name in asked], missing)

    def _choose(self, typed: Typed, both: Sequence[Difference], missing: Sequence[str] = ()) -> Response:
        """Show both versions, field by field. What nobody else changed is carried along unseen."""
        facts: dict[str, Any] = {
            "both": both,
            "kept": merging.kept(typed),
            "chosen": {one.name: typed.text(f"{merging.CHOOSE}.{one.name}") for one in both},
            "then": typed.text(merging.THEN) or typed.text("do"),
            "revision": typed.text("revision"),
            "by": self._saved_by(_number(typed)),
            "action": f"/{self.tongue.code}{self.here}",
            "heading": self.opened.title if self.opened else "",
            "place": "desk",
        }
        problems = {f"{merging.CHOOSE}.{name}": "required" for name in missing}
        return forms.page(
            self.request,
            self.house,
            self.tongue,
            "merge.html",
            here=self.here,
            status=409,
            problems=problems,
            **facts,
        )

    def _saved_by(self, number: int) -> tuple[str, dt.datetime] | None:
        id = self.opened.id if self.opened else ""
        return revisions.saved_by(self.house.services, id, number, self.tongue.code)

    def show(self, typed: Typed, *, problems: dict[str, str] | None = None, status: int = 200, **more: Any) -> Response:
        """Show the form with what stands in it."""
        by = holding.opened_by(self.house.services, self.someone, self.opened.id) if self.opened else None
        return forms.page(
            self.request,
            self.house,
            self.tongue,
            "entry.html",
            here=self.here,
            status=status,
            problems=problems,
            open_by=by,
            **self.facts(typed, **more),
        )

    def facts(self, typed: Typed, **more: Any) -> dict[str, Any]:
        """Return what the templates of the form need."""
        opened, tongue, services = self.opened, self.tongue, self.house.services
        targets = {typed.text(f"{row}.target") for row in typed.rows(sheet.RELATION)} - {""}
        form = layout.form(
            self.type,
            services.vocabulary,
            typed,
            tongue,
            action=f"/{tongue.code}{self.here}",
            titles=editing.titles(services, self.someone, targets, tongue.code),
            found=more.pop("found", {}),
            previews=more.pop("previews", frozenset()),
        )
        return {
            "form": form,
            "id": opened.id if opened else "",
            "state": opened.state if opened else "",
            "revision": typed.text("revision") or (opened.revision if opened else ""),
            "heading": (opened.title if opened else "") or layout.label(self.type, tongue.code),
            "months": [(f"{month:02}", tongue.month(dt.date(2000, month, 1))) for month in range(1, 13)],
            "saved": False,
            "held": None,
            "elsewhere": None,
            "place": "desk",
            **more,
        }


def _revision(typed: Typed) -> int:
    try:
        return values.count(typed.text("revision"))
    except ValueError:
        raise Conflict("no revision") from None


def _number(typed: Typed) -> int:
    """Return the revision that was read before one typed; 0 where that is not known."""
    try:
        return _revision(typed)
    except Conflict:
        return 0
