"""Commands about documents in the library: publish, withdraw, search, and the life of the index."""

import datetime as dt
from typing import Annotated

import typer

from kb.catalog import searched
from kb.catalog.access import PUBLIC
from kb.cli.console import FAILED, err, out, print_json, progress
from kb.cli.house import behind_readers, house
from kb.core.clock import now
from kb.core.errors import NoIndex
from kb.search.engines.chosen import Choice
from kb.search.stamp import Progress
from kb.services import anew, curate, find
from kb.services import index as indexing
from kb.services.answers import Ask, Found, Quote

index = typer.Typer(no_args_is_help=True, help="Rebuild the index, move it to another engine, check it.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Id = Annotated[str, typer.Argument(help="The document's identifier, as in its address /d/<id>.")]


def publish(context: typer.Context, id: Id) -> None:
    """Publish a document: from now on readers find it."""
    with house(context).open() as services:
        curate.publish(services, id)
    out.print(f"{id} is published.")


def withdraw(
    context: typer.Context,
    id: Id,
    reason: Annotated[str, typer.Option("--reason", help="What readers who follow an old link are told.")],
) -> None:
    """Withdraw a document: it is found no more, and its address says why."""
    with house(context).open() as services:
        curate.withdraw(services, id, reason)
    out.print(f"{id} is withdrawn.")


def search(
    context: typer.Context,
    query: Annotated[list[str], typer.Argument(help="What to look for, as typed in the search box.")],
    as_json: AsJson = False,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many documents to show.")] = 10,
) -> None:
    """Search what the public sees, best document first, with the passages that match and their pages."""
    with house(context).open() as services:
        try:
            answer = find.find(services, Ask(q=" ".join(query), size=limit), PUBLIC, services.settings.language)
        except NoIndex as error:
            raise NoIndex(f"{error}; {_far(anew.standing(services).progress)}") from error
    if answer.rebuilding:
        err.print(f"An earlier index answers: {_far(answer.rebuilding)}.")
    if as_json:
        print_json({"total": answer.total, "hits": [_hit(found) for found in answer.found]})
        return
    out.print(f"{answer.total} found")
    for rank, found in enumerate(answer.found, 1):
        where = f"  [{found.card.file_name}]" if found.card.file_name else ""
        out.print(f"\n{rank}. {found.card.title.text}{where}  /d/{found.card.id}")
        for quote in found.quotes:
            place = f"p. {quote.label or quote.page}" if quote.page else quote.field_label
            out.print(f"   {place}: {_bold(quote)}")


def _far(progress: Progress | None) -> str:
    if progress and progress.total:
        return f"it is being rebuilt, {progress.done} of {progress.total} documents"
    return "`kb serve` or `kb work` rebuilds it, and `kb index rebuild` does so at once"


def searches(
    context: typer.Context,
    zero: Annotated[bool, typer.Option("--zero", help="Only what found nothing, the most often first.")] = False,
    days: Annotated[int, typer.Option("--days", min=1, max=36500, help="How many days back.")] = 90,
    limit: Annotated[int, typer.Option("--limit", min=1, max=100_000, help="How many questions to show.")] = 100,
    as_json: AsJson = False,
) -> None:
    """Print what readers search: how often, how often it found nothing, the last day. Nothing tells who they are."""
    since = now().date() - dt.timedelta(days=days)
    with house(context).open() as services, services.database.reading() as session:
        totals = searched.totals(session, since, empty=zero, limit=limit)
        typed = searched.spelled(session, [total.terms for total in totals])
    if as_json:
        print_json([_asked(total, typed[total.terms]) for total in totals])
        return
    for total in totals:
        out.print(f"{total.asked:>6} {total.empty:>6}  {total.last}  {typed[total.terms]}")


def _asked(total: searched.Total, typed: str) -> dict[str, object]:
    return {
        "terms": total.terms,
        "typed": typed,
        "asked": total.asked,
        "empty": total.empty,
        "last": total.last.isoformat(),
    }


def _hit(found: Found) -> dict[str, object]:
    return {
        "id": found.card.id,
        "title": found.card.title.text,
        "file": found.card.file_name,
        "score": round(found.score, 6),
        "passages": [
            {
                "page": q.page or None,
                **({"field": q.field} if q.field else {}),
                "text": q.said.text,
                "marks": [[m.start, m.end] for m in q.said.marks],
            }
            for q in found.quotes
        ],
    }


def _bold(quote: Quote) -> str:
    text = quote.said.text
    for mark in reversed(quote.said.marks):
        text = f"{text[: mark.start]}«{text[mark.start : mark.end]}»{text[mark.end :]}"
    return " ".join(text.split())


@index.command("rebuild")
@behind_readers
def rebuild(context: typer.Context, as_json: AsJson = False) -> None:
    """Build the index anew beside the old one, then swap: search goes on all the while."""
    with house(context).open() as services, progress("Indexing") as report:
        count = indexing.rebuild(services, report)
    if as_json:
        print_json({"documents": count})
    else:
        out.print(f"{count} documents are in the new index.")


@index.command("move")
@behind_readers
def move(
    context: typer.Context,
    to: Annotated[str, typer.Option("--to", metavar="whoosh|tantivy", help="The engine that is to answer.")],
    as_json: AsJson = False,
) -> None:
    """Let another engine answer, from an index built beside the one in use: search goes on all the while.

    For KB_INDEX=auto; the engine chosen here stays, however the library grows.
    """
    with house(context).open() as services, progress("Indexing") as report:
        count = indexing.move(services, Choice(to, held=True), report)
    if as_json:
        print_json({"documents": count, "engine": to})
    else:
        out.print(f"{to} answers, with {count} documents.")


@index.command("merge")
@behind_readers
def merge(context: typer.Context) -> None:
    """Fold the index into the form that is fastest to search, as the worker does each night. Search goes on."""
    with house(context).open() as services:
        services.engine.tidy()
    out.print("The index is folded.")


@index.command("check")
@behind_readers
def check(context: typer.Context, as_json: AsJson = False) -> None:
    """Compare the index with the catalog and queue every difference. Exits with 1 when there were any.

    The worker mends what is queued, and makes an index anew that cannot be read.
    """
    with house(context).open() as services:
        try:
            differences = indexing.check(services)
        except NoIndex:
            anew.ask(services)
            raise
    missing, stale, surplus = differences.missing, differences.stale, differences.surplus
    if as_json:
        print_json({"missing": missing, "stale": stale, "surplus": surplus})
    else:
        out.print(f"{missing} missing, {stale} out of date, {surplus} that should not be there.")
    if differences.total:
        raise typer.Exit(FAILED)
