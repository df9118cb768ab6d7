"""Lists say what is there: for these eyes, in the order asked, as narrow as wanted, and in few queries."""

import datetime as dt

import pytest

from kb.catalog import listing
from kb.catalog.access import PUBLIC
from kb.catalog.authority import Organisation, OrganisationName
from kb.catalog.listing import By, Order, Wanted
from kb.catalog.period import Period
from kb.core.clock import now
from kb.db.database import Database
from tests.catalog.library import attached, draft, published
from tests.catalog.test_lists import queries


def titles(database: Database, wanted: Wanted, audience: frozenset[str] = PUBLIC) -> list[str]:
    with database.reading() as session:
        found = listing.listing(session, wanted, audience, 50)
        assert found.total == len(found.documents)
        return [document.title["ar"]["text"] for document in found.documents]


def counted(database: Database, wanted: Wanted, by: By, audience: frozenset[str] = PUBLIC) -> dict[str, int]:
    with database.reading() as session:
        return listing.counts(session, wanted, audience, by)


def test_titles_are_in_the_order_of_the_alphabet_without_article_and_marks(database: Database) -> None:
    with database.writing() as session:
        for title in ("تدبير", "الإدارة", "2020 تقرير", "أرشيف", "البرنامج", "بَرنامج ثان", "Zone"):
            published(session, title)
    assert titles(database, Wanted()) == [
        "2020 تقرير",
        "Zone",
        "الإدارة",
        "أرشيف",
        "البرنامج",
        "بَرنامج ثان",
        "تدبير",
    ]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("newest", ["مستمر", "ب", "أ", "بلا تاريخ"]),
        ("oldest", ["أ", "ب", "مستمر", "بلا تاريخ"]),
        ("published", ["بلا تاريخ", "مستمر", "ب", "أ"]),
        ("changed", ["أ", "ب", "مستمر", "بلا تاريخ"]),
    ],
)
def test_every_order_is_kept(database: Database, order: Order, expected: list[str]) -> None:
    for title, years in (("أ", "2010"), ("ب", "2015/2016"), ("مستمر", "2018/.."), ("بلا تاريخ", "")):
        with database.writing() as session:
            published(session, title, period=Period.read(years) if years else None)
    assert titles(database, Wanted(order=order)) == expected


def test_a_list_is_as_narrow_as_wanted(database: Database) -> None:
    with database.writing() as session:
        session.add(Organisation(id="body", names=[OrganisationName(language="ar", text="هيئة", position=0)]))
        session.flush()
        published(session, "قانون", "law", themes=["a", "b"], language="ar", period=Period.read("2019"))
        published(session, "خبر", "news", themes=["b"], language="fr", organisation_id="body")
        other = published(session, "دليل", organisation_text="بلدية فاس", period=Period.read("2018/2020"))
        attached(session, other).language = "fr"
    assert titles(database, Wanted(types=frozenset({"law", "news"}))) == ["خبر", "قانون"]
    assert titles(database, Wanted(themes=frozenset({"a"}))) == ["قانون"]
    assert titles(database, Wanted(themes=frozenset({"b"}), types=frozenset({"news"}))) == ["خبر"]
    assert titles(database, Wanted(organisations=frozenset({"body", "بلدية فاس"}))) == ["خبر", "دليل"]
    assert titles(database, Wanted(languages=frozenset({"fr"}))) == ["خبر", "دليل"]
    assert titles(database, Wanted(years=(2020, None))) == ["دليل"]
    assert titles(database, Wanted(years=(None, 2018))) == ["دليل"]
    assert titles(database, Wanted(years=(2019, 2019))) == ["دليل", "قانون"]
    assert titles(database, Wanted(letter="خ")) == ["خبر"]
    assert titles(database, Wanted(types=frozenset({"nothing"}))) == []


def test_what_goes_on_is_in_every_year_up_to_this_one(database: Database) -> None:
    with database.writing() as session:
        published(session, "مستمر", period=Period.read("2024/.."))
    this = now().year
    assert titles(database, Wanted(years=(this, None))) == ["مستمر"]
    assert titles(database, Wanted(years=(this + 1, None))) == []
    assert set(counted(database, Wanted(), "year")) == {str(year) for year in range(2024, this + 1)}


def test_counts_are_of_what_these_eyes_see(database: Database) -> None:
    with database.writing() as session:
        published(session, "قانون", "law", themes=["a", "b"], language="ar", period=Period.read("2018/2019"))
        published(session, "2020 خبر", "news", themes=["b"], organisation_text="بلدية فاس", period=Period.read("2019"))
        published(session, "سري", "law", themes=["a"], audience="administration", language="fr")
        draft(session, "مسودة", "law")
    assert counted(database, Wanted(), "type") == {"law": 1, "news": 1}
    assert counted(database, Wanted(), "type", frozenset({"public", "administration"})) == {"law": 2, "news": 1}
    assert counted(database, Wanted(), "theme") == {"a": 1, "b": 2}
    assert counted(database, Wanted(), "organisation") == {"بلدية فاس": 1}
    assert counted(database, Wanted(), "language") == {"ar": 1}
    assert counted(database, Wanted(), "year") == {"2018": 1, "2019": 2}
    assert counted(database, Wanted(), "letter") == {"0": 1, "ق": 1}
    assert counted(database, Wanted(), "month") == {f"{now():%Y-%m}": 2}


def test_a_count_is_what_choosing_that_value_instead_would_find(database: Database) -> None:
    with database.writing() as session:
        published(session, "قانون", "law", themes=["a"])
        published(session, "خبر", "news", themes=["b"])
    wanted = Wanted(types=frozenset({"law"}))
    assert counted(database, wanted, "type") == {"law": 1, "news": 1}
    assert counted(database, wanted, "theme") == {"a": 1}


def test_a_document_in_a_language_by_two_of_its_files_counts_once(database: Database) -> None:
    with database.writing() as session:
        document = published(session, language="fr")
        for name in ("a", "b"):
            attached(session, document, digest=name).language = "fr"
    assert counted(database, Wanted(), "language") == {"fr": 1}


def test_documents_changed_between_two_moments_are_found(database: Database) -> None:
    before = now()
    with database.writing() as session:
        published(session, "دليل")
    after = now() + dt.timedelta(seconds=1)
    assert titles(database, Wanted(changed_since=before, changed_until=after)) == ["دليل"]
    assert titles(database, Wanted(changed_since=after)) == []
    assert titles(database, Wanted(changed_until=before)) == []


def test_a_list_takes_as_many_queries_for_one_document_as_for_many(database: Database) -> None:
    sent: dict[int, int] = {}
    for many in (1, 30):
        with database.writing() as session:
            for number in range(many):
                document = published(session, f"دليل {number}", themes=["a", "b"], language="ar")
                attached(session, document, digest=document.id)
        with queries(database) as statements, database.reading() as session:
            for document in listing.listing(session, Wanted(), PUBLIC, 20).documents:
                assert document.theme_codes
                assert document.files
            for by in ("type", "theme", "organisation", "language", "year", "letter", "month"):
                listing.counts(session, Wanted(), PUBLIC, by)
        sent[many] = len(statements)
    assert sent[1] == sent[30] == 6 + 7 - 1


def test_a_page_beyond_the_last_is_empty_and_knows_how_many_there_are(database: Database) -> None:
    with database.writing() as session:
        published(session)
    with database.reading() as session:
        assert listing.listing(session, Wanted(), PUBLIC, 20, 400) == ([], 1)


def test_laws_are_in_the_order_of_their_numbers_both_ways(database: Database) -> None:
    with database.writing() as session:
        for title, number in (("أ", "13.09"), ("ب", "2.17.265"), ("ج", "05.20"), ("د", "100-12"), ("ه", "بلا رقم")):
            published(session, title, "law", data={"number": number})
    laws = frozenset({"law"})
    assert titles(database, Wanted(types=laws, order="number")) == ["ب", "ج", "أ", "د", "ه"]
    assert titles(database, Wanted(types=laws, order="number-down")) == ["د", "أ", "ج", "ب", "ه"]


def test_a_part_of_a_list_by_number_is_told_with_the_total(database: Database) -> None:
    with database.writing() as session:
        for number in range(5):
            published(session, f"{number}", "law", data={"number": f"{number}.20"})
    with database.reading() as session:
        found = listing.listing(session, Wanted(order="number"), PUBLIC, 2, 3)
        assert ([document.data["number"] for document in found.documents], found.total) == (["3.20", "4.20"], 5)


def test_a_list_is_narrowed_by_the_fields_of_its_type(database: Database) -> None:
    with database.writing() as session:
        published(session, "أ", "good_practice", data={"level": "central", "regions": ["oriental", "marrakech-safi"]})
        published(session, "ب", "good_practice", data={"level": "regional", "regions": ["oriental"]})
        published(session, "ج", "good_practice", data={})
    assert titles(database, Wanted(fields=frozenset({("level", "central")}))) == ["أ"]
    assert titles(database, Wanted(fields=frozenset({("level", "central"), ("level", "regional")}))) == ["أ", "ب"]
    assert titles(database, Wanted(fields=frozenset({("regions", "oriental"), ("level", "regional")}))) == ["ب"]
    assert titles(database, Wanted(fields=frozenset({("regions", "orient")}))) == []
    assert titles(database, Wanted(fields=frozenset({("regions", "%"), ("level", "['\"")}))) == []


def test_values_of_a_field_count_as_if_chosen_instead(database: Database) -> None:
    with database.writing() as session:
        published(session, "أ", "good_practice", data={"level": "central", "regions": ["oriental", "marrakech-safi"]})
        published(session, "ب", "good_practice", data={"level": "regional", "regions": ["oriental"]})
    with database.reading() as session:
        wanted = Wanted(fields=frozenset({("level", "central")}))
        assert listing.field_counts(session, wanted, PUBLIC, "level") == {"central": 1, "regional": 1}
        assert listing.field_counts(session, wanted, PUBLIC, "regions") == {"oriental": 1, "marrakech-safi": 1}


def test_a_list_is_narrowed_by_bands_of_cost(database: Database) -> None:
    def cost(high: float, currency: str = "MAD") -> dict[str, object]:
        return {"cost": {"low": 1, "high": high, "currency": currency}}

    with database.writing() as session:
        for title, data in (("أ", cost(20_000)), ("ب", cost(20_000.5)), ("ج", cost(10**9)), ("د", cost(5, "EUR"))):
            published(session, title, "good_practice", data=data)
        published(session, "ه", "good_practice", data={})
    assert titles(database, Wanted(fields=frozenset({("cost", "small")}))) == ["أ"]
    assert titles(database, Wanted(fields=frozenset({("cost", "medium"), ("cost", "large")}))) == ["ب", "ج"]
    assert titles(database, Wanted(fields=frozenset({("cost", "free")}))) == []
    with database.reading() as session:
        counted = listing.field_counts(session, Wanted(), PUBLIC, "cost")
    assert counted == {"small": 1, "medium": 1, "large": 1}
