"""What is counted of readers' searches, and what never is."""

import datetime as dt
from pathlib import Path

import pytest

from kb.catalog import searched
from kb.catalog.searched import Tally, recordable
from kb.db.database import Database
from kb.services.answers import Answer, Ask
from kb.services.recording import Recorder
from tests.opening import library

LONG_AGO = dt.date(2000, 1, 1)


def answer(q: str, total: int = 1, notices: tuple[str, ...] = (), **ask: object) -> Answer:
    return Answer(ask=Ask(q=q, **ask), total=total, found=(), facets=(), pages=1, notices=notices)  # type: ignore[arg-type]  # by name


def kept(database: Database, *, empty: bool = False) -> dict[str, tuple[int, int]]:
    with database.reading() as session:
        return {t.terms: (t.asked, t.empty) for t in searched.totals(session, LONG_AGO, empty=empty)}


@pytest.fixture
def recorder(database: Database) -> Recorder:
    return Recorder(database, 3600.0, on=True)


def test_spellings_of_one_question_count_together(recorder: Recorder, database: Database) -> None:
    for q in ("تبسيط  المساطر", "تَبسيط المساطر", "تبسيط المساطر "):
        recorder.note(answer(q))
    recorder.note(answer("زقزق", total=0))
    recorder.write()
    recorder.note(answer("زقزق", total=0))
    recorder.write()
    assert kept(database) == {"تبسيط المساطر": (3, 0), "زقزق": (2, 2)}
    assert kept(database, empty=True) == {"زقزق": (2, 2)}


def test_a_question_is_shown_as_most_people_type_it(recorder: Recorder, database: Database) -> None:
    for q in ("الإدارة  الرقمية", "الاداره الرقميه", "الإدارة الرقمية"):
        recorder.note(answer(q))
    recorder.write()
    recorder.note(answer("الإدارة الرقمية"))
    recorder.write()
    with database.reading() as session:
        (total,) = searched.totals(session, LONG_AGO)
        assert total.asked == 4
        assert searched.spelled(session, [total.terms, "قديم"]) == {total.terms: "الإدارة الرقمية", "قديم": "قديم"}


def test_only_the_first_page_of_a_whole_answer_without_filters_counts(recorder: Recorder, database: Database) -> None:
    recorder.note(answer("الماء", page=2))
    recorder.note(answer("الماء", filters={"type": frozenset({"law"})}))
    recorder.note(answer("الماء", total=0, notices=("partial",)))
    recorder.note(answer(""))
    recorder.write()
    assert kept(database) == {}


@pytest.mark.parametrize(
    "q",
    [
        "amina@example.ma",
        "ملف أمينة a.b@c",
        "0612345678",
        "٠٦١٢٣٤٥٦٧٨",
        "هاتف 06 12 34 56 78",
        "+212-6-12-34-56-78",
        "بطاقة AB123456",
        "K 12345",
        "RIB 007810000112233445566778",
        "نص " * 60,
        "",
        "   ",
    ],
)
def test_what_looks_like_personal_data_is_never_recorded(q: str) -> None:
    assert recordable(q) == ""


@pytest.mark.parametrize(
    "q", ["القانون 31.13", "مرسوم 2.20.660", "حصيلة 2022", "2018-2019", "covid 19", "55-19", "s 16"]
)
def test_numbers_of_texts_and_years_are_recorded(q: str) -> None:
    assert recordable(q)


def test_nothing_but_words_day_and_counts_is_kept() -> None:
    assert set(searched.Searched.__table__.columns.keys()) == {"day", "terms", "asked", "empty"}
    assert set(searched.Spelled.__table__.columns.keys()) == {"terms", "typed", "asked"}


def test_it_can_be_switched_off(database: Database) -> None:
    recorder = Recorder(database, 3600.0, on=False)
    recorder.note(answer("الماء"))
    recorder.close()
    assert kept(database) == {}


def test_a_database_that_does_not_answer_fails_no_search_and_loses_no_count(tmp_path: Path, database: Database) -> None:
    broken = Database(f"sqlite:///{tmp_path}/nowhere/kb.sqlite3")
    recorder = Recorder(broken, 3600.0, on=True)
    recorder.note(answer("الماء"))
    recorder.write()
    recorder._database = database
    recorder.note(answer("الماء"))
    recorder.close()
    broken.close()
    assert kept(database) == {"الماء": (2, 0)}


def test_what_is_held_is_written_when_the_house_closes(tmp_path: Path) -> None:
    with library(tmp_path) as services:
        services.recorder.note(answer("الماء"))
    with library(tmp_path) as services:
        assert kept(services.database) == {"الماء": (1, 0)}


def test_counts_before_the_day_asked_for_are_left_out(database: Database) -> None:
    with database.writing() as session:
        searched.add(session, dt.date(2026, 1, 1), {"قديم": Tally(5, 0)})
        searched.add(session, dt.date(2026, 3, 1), {"جديد": Tally(1, 0)})
    with database.reading() as session:
        assert [t.terms for t in searched.totals(session, dt.date(2026, 2, 1))] == ["جديد"]
