"""Pages about the platform itself: how programs use it, and whether it is well."""

import logging
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.requests import Request

from kb.services import health
from kb.web import view
from kb.web.wiring import AHouse, ATongue

log = logging.getLogger("kb.web")

router = APIRouter()
outside = APIRouter()


@router.get("/api")
def api(request: Request, house: AHouse, tongue: ATongue) -> HTMLResponse:
    described = request.app.openapi()
    named = described.get("components", {}).get("schemas", {})
    operations = [(path, _operation(item["get"], named)) for path, item in described.get("paths", {}).items()]
    return view.page(house.view.render("api.html", tongue, here="/api", operations=operations))


def _operation(raw: dict[str, Any], named: dict[str, Any]) -> dict[str, Any]:
    parameters = [
        {"name": p["name"], "kind": _kind(p["schema"], named), "description": p.get("description", "")}
        for p in raw.get("parameters", ())
    ]
    return {"summary": raw["summary"], "parameters": parameters, "example": raw.get("x-example", "")}


def _kind(schema: dict[str, Any], named: dict[str, Any]) -> str:
    """What a parameter holds, in short: its values where they are a closed list."""
    if "$ref" in schema:
        return _kind(named[schema["$ref"].rpartition("/")[2]], named)
    if "anyOf" in schema:
        return " | ".join(_kind(one, named) for one in schema["anyOf"] if one.get("type") != "null")
    if "enum" in schema:
        return " | ".join(schema["enum"])
    return f"{schema['items']['type']}[]" if schema["type"] == "array" else str(schema["type"])


@outside.get("/health/live")
async def live() -> JSONResponse:
    """Answered by the loop itself: also when every thread is busy, which a restart would not mend."""
    return JSONResponse({"live": True}, headers={"Cache-Control": "no-store"})


@outside.get("/health/ready")
def ready(request: Request) -> JSONResponse:
    """Tells anybody which part cannot do its work, and nobody why: that is in the log."""
    found = request.app.state.readiness.look()
    well = all(found.values())
    return JSONResponse({"ready": well, **found}, 200 if well else 503, {"Cache-Control": "no-store"})


@outside.get("/health")
def check(house: AHouse) -> JSONResponse:
    """Runs a real search; 503 when anything is wrong, so that a supervisor needs to read nothing."""
    found = health.check(house.services)
    for problem in found.problems:
        log.error("not well: %s", problem)
    facts = {
        "ok": found.ok,
        "search_ms": round(found.search_ms, 1),
        "waiting": found.waiting,
        "unindexed": found.unindexed,
        "engine": found.engine,
        "passages": found.passages,
        "moving": found.moving,
        "outdated": found.outdated,
        "rebuilding": found.rebuilding._asdict() if found.rebuilding else None,
        "problems": [problem.partition(":")[0] for problem in found.problems],  # why is told in the log
    }
    return JSONResponse(facts, 200 if found.ok else 503, {"Cache-Control": "no-store"})
