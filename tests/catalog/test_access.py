"""Who sees what: one condition, used everywhere."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kb
from kb.catalog import documents
from kb.catalog.access import PUBLIC, audience_of, is_audience, readers
from kb.catalog.briefs import briefs
from kb.catalog.tables import State
from kb.db.database import Database
from tests.catalog.library import draft, published

KB = Path(kb.__file__).parent

# What may read documents past the condition: curators, jobs and the catalog's own bookkeeping;
# and what is handed the ids of documents that were asked for by it.
PAST_IT = {
    "catalog/documents.py": {"whole", "load", "load_all", "by_import_id", "revisions", "is_empty"},
    "catalog/harvest.py": {"_groups"},
    "catalog/organisations.py": {"install"},
    "catalog/trace.py": {"_with_versions"},
}

AUDIENCES = ("public", "administration", "organisation:dra", "organisation:finance")


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(
    ("reader", "sees"),
    [
        (readers(), {"public"}),
        (readers(official=True), {"public", "administration"}),
        (readers(organisations=["dra"]), {"public", "administration", "organisation:dra"}),
        (frozenset(), set()),
    ],
)
def test_a_reader_sees_what_is_published_for_them_everywhere(
    database: Database, state: State, reader: frozenset[str], sees: set[str]
) -> None:
    with database.writing() as session:
        made = {audience: published(session, audience=audience, themes=["a"]) for audience in AUDIENCES}
        for document in made.values():
            document.state = state
    seen = sees if state == State.PUBLISHED else set()
    ids = {made[audience].id for audience in seen}
    with database.reading() as session:
        assert {d.id for d in documents.latest(session, reader, 10)} == ids
        assert {d.id for d in documents.cards(session, [d.id for d in made.values()], reader)} == ids
        assert briefs(session, [d.id for d in made.values()], reader).keys() == ids
        counts = documents.counts(session, reader)
        assert (counts.total, sum(counts.types.values()), sum(counts.themes.values())) == (len(ids),) * 3


def test_the_index_is_given_the_audience_of_what_is_published_only(database: Database) -> None:
    with database.writing() as session:
        assert audience_of(published(session, audience="administration")) == {"administration"}
        assert audience_of(draft(session)) == frozenset()


def test_everybody_is_the_public() -> None:
    assert readers() == PUBLIC


@pytest.mark.parametrize("text", ["public", "administration", "organisation:reform-department"])
def test_these_are_audiences(text: str) -> None:
    assert is_audience(text)


@pytest.mark.parametrize(
    "text", ["", "Public", "public ", "organisation:", "organisation:a b", "organisation:a\n", "*"]
)
def test_these_are_none(text: str) -> None:
    assert not is_audience(text)


def functions() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted(KB.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                yield path.relative_to(KB).as_posix(), node


def calls(function: ast.FunctionDef, name: str) -> list[ast.Call]:
    found = (node for node in ast.walk(function) if isinstance(node, ast.Call))
    return [call for call in found if isinstance(call.func, ast.Name) and call.func.id == name]


def called(function: ast.FunctionDef) -> set[str]:
    """The names of all that is called, of whatever module it is."""
    nodes = [node.func for node in ast.walk(function) if isinstance(node, ast.Call)]
    return {node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in nodes}


def names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def test_no_statement_reads_documents_without_asking_who_reads() -> None:
    """By the condition itself, by that of the desk, by those of a list, or by being handed these as `asked`."""
    bare = {
        (path, function.name)
        for path, function in functions()
        if any("Document" in names(call) for call in calls(function, "select"))
        or (path.startswith(("catalog/", "services/")) and "whole" in called(function))
        if not names(function) & {"visible_to", "conditions", "seen_by"}
        if "asked" not in {argument.arg for argument in function.args.args}
        if function.name not in PAST_IT.get(path, set())
    }
    assert bare == set()


def test_the_conditions_of_a_list_ask_who_reads() -> None:
    lists = {function.name: function for path, function in functions() if path == "catalog/listing.py"}
    assert "visible_to" in names(lists["conditions"])


def test_what_may_read_past_the_condition_still_does() -> None:
    present = {(path, function.name) for path, function in functions()}
    assert {(path, name) for path, allowed in PAST_IT.items() for name in allowed} <= present


def test_no_statement_changes_documents_behind_the_listener() -> None:
    guarded = {"Document", "File", "DocumentTheme", "Relation"}
    behind = {
        (path, function.name)
        for path, function in functions()
        for verb in ("update", "insert", "delete")
        for call in calls(function, verb)
        if names(call) & guarded
    }
    assert behind == set()


def test_only_the_catalog_fetches_a_document_by_its_row() -> None:
    fetching = {
        (path, function.name)
        for path, function in functions()
        if not path.startswith("catalog/")
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        if call.func.attr in {"get", "get_one", "query"}
        if any(isinstance(given, ast.Name) and given.id == "Document" for given in call.args)
    }
    assert fetching == set()
