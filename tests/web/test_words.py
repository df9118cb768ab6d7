"""The catalogues are whole, and their plurals are those of each language."""

import ast
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from kb import ingest
from kb.ingest import verdict
from kb.ingest.extraction import ExtractionError
from kb.services.views import When
from kb.web import words
from kb.web.pages import statements
from tests.growth import lines_run

WEB = Path(words.__file__).parent
FORMS = {"ar": 6, "fr": 2, "en": 2}
# Keys that are put together from a prefix and a word of the data.
BUILT = tuple(
    f"{family}."
    for family in (
        "facet",
        "notice",
        "precision",
        "advanced",
        "hit",
        "sort",
        "failure",
        "advice",
        "warning",
        "role",
        "problem",
        "error",
        "currency",
        "language",
        "suggest",
        "alternative",
        "why.step",
        "upload",
        "meta",
        "reader.by",
        "reader.runs",
        "reader.step",
        "reader.view",
        "origin",
        "uploaded",
        "cite.format",
        "cite.style",
        "printed",
        "export",
        "state",
        "statement",
        "map",
        "drawer",
        "standing",
        "chart",
        "account.said",
        "act",
        "forbidden",
        "link",
        "person.role",
        "body.kind",
        "body.link",
        "activity.files",
        "event",
        "actor",
        "revisions",
        "arrival",
        "row",
        "bulk.stage",
        "bulk.left",
        "bulk.row",
        "bulk.wrong",
        "bulk.problem",
        "refusal",
        "bring.state",
        "audience",
        "correct.standing",
        "entry.column",
        "entry.date",
        "wording",
        "desk.did",
        "desk.why",
        "desk.tab",
        "desk.empty",
        "desk.quality",
        "desk.sort",
        "desk.news",
        "review.did",
        "review.do",
        "review.step",
        "review.did",
        "review.do",
        "review.step",
    )
)


KEBAB = re.compile(r"[a-z]+(-[a-z]+)+")


def catalogue(language: str) -> Catalog:
    with (WEB / "locale" / language / "LC_MESSAGES" / "messages.po").open("rb") as lines:
        return read_po(lines, locale=language, abort_invalid=True)


def key(message: object) -> str:
    return message[0] if isinstance(message, tuple) else str(message)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_no_message_is_missing_empty_or_fuzzy(language: str) -> None:
    for message in catalogue(language):
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(forms), message.id
        assert not message.fuzzy or not message.id, message.id
        if message.pluralizable:
            assert len(forms) == FORMS[language], message.id


def texts(language: str) -> list[str]:
    """Return every form of every message, and the statements."""
    said = [form for message in catalogue(language) if message.id for form in forms_of(message.string)]
    sections = [section for statement in statements.statements().values() for section in statement.sections]
    return said + [line.said[language] for section in sections for line in (*section.points, *section.text)]


def forms_of(string: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [string] if isinstance(string, str) else list(string or ())


def test_french_has_its_own_spaces_and_apostrophes() -> None:
    wrong = re.compile("[^ ] [:;?!%]|\u00ab[^\u00a0]|[^\u00a0]\u00bb|[^\\W_]'[^\\W_]")
    assert not [text for text in texts("fr") if wrong.search(text)]


def test_arabic_has_its_own_punctuation() -> None:
    wrong = re.compile("[\u0600-\u06ff] ?[,;?]|[,;?] ?[\u0600-\u06ff]|\u0640| [\u060c\u061b\u061f]")
    # A stroke only joins an article or a preposition to what is filled in.
    bare = [re.sub("(?<=\u0644)\u0640(?=[ {]|$)", "", text) for text in texts("ar")]
    assert not [text for text in bare if wrong.search(text)]


def test_all_languages_say_the_same_things() -> None:
    keys = {language: {key(message.id) for message in catalogue(language)} for language in words.LANGUAGES}
    assert keys["ar"] == keys["fr"] == keys["en"]


def test_all_languages_use_the_same_facts() -> None:
    def facts(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text)) - {"n"}

    others = {language: {key(m.id): m.string for m in catalogue(language)} for language in words.LANGUAGES}
    for name, text in others["ar"].items():
        for language in ("fr", "en"):
            assert facts(str(text)) == facts(str(others[language][name])), name


def test_every_key_that_a_page_uses_is_there_and_every_key_is_used() -> None:
    sources = [path.read_text("utf-8") for path in (*WEB.glob("templates/*.html"), *WEB.rglob("*.py"))]
    used = {name for text in sources for name in re.findall(r"""\b_?n?_\(\s*'([a-z][\w.-]*)'\s*[,)]""", text)}
    used |= {name for text in sources for name in re.findall(r"""otherwise=['"]([a-z][\w.-]*)['"]""", text)}
    known = {key(message.id) for message in catalogue("ar") if message.id}
    assert used <= known, used - known
    idle = {name for name in known - used if not name.startswith(BUILT)}
    assert not idle


def test_every_failure_of_a_file_has_words_and_advice() -> None:
    known = {key(message.id) for message in catalogue("ar")}
    for kind in ExtractionError.__subclasses__():
        assert {f"failure.{kind.code}", f"advice.{kind.code}"} <= known, kind.code


def codes_of_findings() -> set[str]:
    """Return every key that a reader of files may put into a Finding: in the call, or a constant of such a module."""
    found = kebabs(ast.parse(Path(verdict.__file__).read_text("utf-8")))
    for path in Path(ingest.__file__).parent.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and "Finding" in ast.dump(node.func)]
        if calls:
            constants = [node for node in tree.body if isinstance(node, ast.Assign)]
            found = found.union(*map(kebabs, [*calls, *constants]))
    return found


def kebabs(tree: ast.AST) -> set[str]:
    values = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return {value for value in values if isinstance(value, str) and KEBAB.fullmatch(value)}


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_key_that_a_reader_of_files_can_give_has_words_and_advice(language: str) -> None:
    known = {key(message.id) for message in catalogue(language) if message.string}
    failures = {kind.code for kind in ExtractionError.__subclasses__()}
    found = codes_of_findings() - failures
    assert {"no-text-layer", "page-cut", "missing-pages", "too-costly-page", "wrong-map-repaired"} <= found
    said = {f"failure.{code}" for code in failures} | {f"warning.{code}" for code in found}
    assert said | {f"advice.{code}" for code in found | failures} <= known


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "لا وثائق"),
        (1, "وثيقة واحدة"),
        (2, "وثيقتان"),
        (3, "3 وثائق"),
        (10, "10 وثائق"),
        (11, "11 وثيقة"),
        (99, "99 وثيقة"),
        (100, "100 وثيقة"),
        (103, "103 وثائق"),
        (2418, '<bdi dir="ltr">2.418</bdi> وثيقة'),
    ],
)
def test_arabic_counts_in_six_forms(number: int, said: str) -> None:
    assert words.tongues()["ar"].say_count("documents", number) == said


def test_what_a_visitor_typed_is_escaped_in_a_sentence() -> None:
    assert "<b>" not in words.tongues()["ar"].say("empty.title", q="<b>{n}</b>")


def test_a_period_is_said_once_where_both_ends_are_the_same() -> None:
    arabic = words.tongues()["ar"]
    assert arabic.when(When(dt.date(2015, 12, 1), dt.date(2015, 12, 31), "month")) == "دجنبر 2015"
    assert arabic.when(When(dt.date(2010, 1, 1), dt.date(2011, 12, 31), "year")) == "2010 – 2011"
    assert arabic.when(When(dt.date(2021, 1, 1), dt.date.max, "year")) == "2021 – …"
    assert arabic.when(When(dt.date(2020, 8, 20), dt.date(2020, 8, 20))) == "20 غشت 2020"


@pytest.mark.parametrize(("octets", "said"), [(0, "0 o"), (1023, "1.023 o"), (81 * 1024, "81 Ko"), (5 * 2**20, "5 Mo")])
def test_sizes_are_in_the_units_of_the_language(octets: int, said: str) -> None:
    written = words.tongues()["fr"].size(octets).replace("\u202f", ".").replace("\xa0", " ")
    assert written == f'<bdi dir="ltr">{said}</bdi>'


def test_what_was_written_once_is_not_worked_out_again() -> None:
    tongue = words.tongues()["fr"]
    writings: list[Callable[[], str]] = [
        lambda: tongue.figure(24_187_003),
        lambda: tongue.date(dt.date(1931, 5, 17)),
        lambda: tongue.say("home"),
    ]
    for write in writings:
        assert write() == write()
        assert lines_run(write) < 25
    assert tongue.say("home") != words.tongues()["ar"].say("home")
    assert tongue.number(2418) != words.tongues()["en"].number(2418)
