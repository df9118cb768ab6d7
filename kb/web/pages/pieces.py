"""The door for files that come piece by piece, from the script of the page of deposits. It answers in JSON."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from kb.catalog.intake import UploadState
from kb.catalog.rights import Act
from kb.core.errors import Conflict, Forbidden, Invalid, KbError, Quota, SignInNeeded, TooLarge, TooMany
from kb.ingest.parts import Misplaced
from kb.services import arrivals, held, settling, uploads
from kb.services.uploads import Announced, Standing
from kb.web import asking, forms, visitor
from kb.web.pages import bringing, bulk
from kb.web.wiring import AHouse, ATongue, House
from kb.web.words import Tongue

router = APIRouter()

AnUpload = Annotated[str, Path(pattern="^[a-z0-9]{10}$")]
OFFSET: Final = "upload-offset"
TOKEN: Final = "x-form-token"  # noqa: S105 - the name of a header
_DIGEST: Final = re.compile(r"[0-9a-f]{64}|")
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
_STATUS: Final = ((Misplaced, 409), (Conflict, 409), (TooMany, 429), (TooLarge, 413), (Invalid, 422))


class Hands:
    """How many pieces of each person are being taken: no more at once than the settings allow."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._busy: dict[str, int] = {}

    def lend(self, who: str) -> None:
        """Raises TooMany."""
        if self._busy.get(who, 0) >= self._most:
            raise TooMany(1.0)
        self._busy[who] = self._busy.get(who, 0) + 1

    def give_back(self, who: str) -> None:
        self._busy[who] -= 1
        if not self._busy[who]:
            del self._busy[who]


@router.post("/desk/uploads")
async def announce(request: Request, house: AHouse, tongue: ATongue) -> Response:
    """Begin a file, or go on with one that was begun before; without a batch one is opened."""
    someone = forms.allowed(request, Act.DEPOSIT)
    async with request.form(max_files=0, max_fields=house.services.settings.max_form_parts) as form:
        posted = forms.checked(request, house, form)
        chosen = bringing.chosen_of(form)

    def begin() -> Standing:
        file = _announced(posted)
        return uploads.begin(house.services, someone, posted.text("batch") or chosen, file)

    return await _answer(request, house, tongue, begin, 201)


@router.get("/desk/uploads/{id}")
def standing(request: Request, house: AHouse, tongue: ATongue, id: AnUpload) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)
    return _told(request, house, tongue, uploads.standing(house.services, someone, id), 200)


@router.patch("/desk/uploads/{id}")
async def append(request: Request, house: AHouse, tongue: ATongue, id: AnUpload) -> Response:
    someone = forms.allowed(request, Act.DEPOSIT)
    if not visitor.is_own_form(request, request.headers.get(TOKEN), house.services.settings):
        raise Forbidden("forbidden.foreign-form")
    offset = request.headers.get(OFFSET, "")
    hands: Hands = request.app.state.hands
    try:
        hands.lend(someone.actor)
    except TooMany as error:
        return _refusal(tongue, error)
    try:
        data = await request.body()

        def take() -> Standing:
            if not _NUMBER.fullmatch(offset):
                raise Invalid({"offset": "malformed"})
            return uploads.append(house.services, someone, id, int(offset), data)

        return await _answer(request, house, tongue, take, 200)
    finally:
        hands.give_back(someone.actor)


@router.post("/desk/uploads/{id}")
async def decide(request: Request, house: AHouse, tongue: ATongue, id: AnUpload) -> Response:
    """Take in a file that is whole, or give one up; import an archive by its table, or unpack it."""
    form = await forms.posted(request, house)
    someone = forms.allowed(request, Act.DEPOSIT)
    act = form.text("act")
    if act == "drop":
        of_import = await run_in_threadpool(uploads.drop, house.services, someone, id)
        return RedirectResponse(f"/{tongue.code}{bulk.HERE if of_import else bringing.HERE}#unfinished", 303)
    if act == "import":
        begun = await run_in_threadpool(_import, request, house, tongue, id)
        return begun if isinstance(begun, Response) else RedirectResponse(f"/{tongue.code}{bulk.HERE}/{begun}", 303)
    if act == "unpack":
        await run_in_threadpool(settling.set_aside, house.services, someone, id, UploadState.PACKED)
    else:
        await run_in_threadpool(uploads.finish, house.services, someone, id)
    shown = await run_in_threadpool(uploads.standing, house.services, someone, id)
    return RedirectResponse(f"/{tongue.code}{bringing.HERE}/{shown.batch}", 303)


def _import(request: Request, house: House, tongue: Tongue, id: str) -> Response | str:
    """Begin the import of an archive; where its table cannot be read, the page of imports says why."""
    someone = forms.allowed(request, Act.IMPORT)
    try:
        return held.begin_archive(house.services, someone, id)
    except Invalid as error:
        return bulk.refused(request, house, tongue, someone, error.problems)


async def _answer(
    request: Request, house: House, tongue: Tongue, work: Callable[[], Standing], status: int
) -> JSONResponse:
    try:
        done = await run_in_threadpool(work)
        return await run_in_threadpool(_told, request, house, tongue, done, status)
    except (Forbidden, SignInNeeded):
        raise
    except KbError as error:
        return _refusal(tongue, error)


def _told(request: Request, house: House, tongue: Tongue, done: Standing, status: int) -> JSONResponse:
    someone = forms.signed_in(request)
    one = arrivals.one(house.services, someone, done.id, tongue.code)
    facts: dict[str, Any] = {
        "id": done.id,
        "batch": done.batch,
        "state": done.state,
        "offset": done.offset,
        "chunk": house.services.settings.upload_chunk_bytes,
        "html": bringing.line(request, house, tongue, one),
    }
    return JSONResponse(facts, status)


def _refusal(tongue: Tongue, error: KbError) -> JSONResponse:
    """Say in words what is wrong; a piece in the wrong place is told the right one."""
    status = next((code for kind, code in _STATUS if isinstance(error, kind)), 0)
    status = status or (404 if error.code == "not-found" else 503)
    facts: dict[str, Any] = {"code": error.code, "says": tongue.text(*_words(error), **_facts(error))}
    headers = {"Cache-Control": "private, no-store"}
    if isinstance(error, Misplaced):
        facts["offset"] = error.wanted
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.whole_seconds)
    return JSONResponse(facts, status, headers)


def _words(error: KbError) -> tuple[str, str]:
    if isinstance(error, Quota):
        return f"refusal.{error.problem}", "refusal.too-many"
    return f"refusal.{error.code}", "refusal.unavailable"


def _facts(error: KbError) -> dict[str, Any]:
    return {"limit": error.limit} if isinstance(error, Quota) and error.which != "bytes" else {}


def _announced(posted: forms.Posted) -> Announced:
    """Raises Invalid for what no script of ours sends."""
    size, modified, sha256 = posted.text("size"), posted.text("modified") or "0", posted.text("sha256").lower()
    problems = {name: "malformed" for name, value in (("size", size), ("modified", modified)) if not _is_number(value)}
    if not _DIGEST.fullmatch(sha256):
        problems["sha256"] = "malformed"
    if not posted.text("name").strip():
        problems["name"] = "required"
    if problems:
        raise Invalid(problems)
    path = asking.clean(posted.text("name"))
    return Announced(path=path, size=int(size), sha256=sha256, modified=int(modified))


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None
