"""The vocabularies know a body under all its names and a relation from both ends."""

import datetime as dt
from pathlib import Path

import pytest

from kb.catalog import vocabulary
from kb.core.errors import Invalid

WORDS = vocabulary.load()


@pytest.mark.parametrize(
    ("written", "id"),
    [
        ("وزارة تحديث القطاعات العامة", "reform-department"),
        ("وزارة الوظيفة العمومية و تحديث الادارة", "reform-department"),
        ("وِزارة إصلاح الإدارة والوظيفة العمومية", "reform-department"),
        ("قطاع اصلاح الادارة", "reform-department"),
        ("وزارة الاقتصاد والمالية وإصلاح الإدارة", "mefra"),
        ("Ministère de la Modernisation des secteurs publics", "reform-department"),
        ("ministère de la transition numérique et de la réforme de l’administration", "mtnra"),
        ("Agence de developpement du digital", "add"),
        ("fomap", "fomap"),
        ("ADD", "add"),
        ("reform-department", "reform-department"),
    ],
)
def test_a_body_is_found_by_any_of_its_names(written: str, id: str) -> None:
    assert WORDS.find_organisation(written) == id


@pytest.mark.parametrize("written", ["", "؟", "وزارة", "جماعة واحة الزيتون"])
def test_an_unknown_name_finds_nobody(written: str) -> None:
    assert WORDS.find_organisation(written) is None


@pytest.mark.parametrize(
    ("year", "name"),
    [
        (2010, "وزارة تحديث القطاعات العامة"),
        (2015, "وزارة الوظيفة العمومية وتحديث الإدارة"),
        (2018, "وزارة إصلاح الإدارة والوظيفة العمومية"),
        (2020, "قطاع إصلاح الإدارة"),
        (2024, "قطاع إصلاح الإدارة"),
    ],
)
def test_the_department_of_reform_is_named_as_in_that_year(year: int, name: str) -> None:
    assert WORDS.organisations["reform-department"].name("ar", dt.date(year, 6, 1)).text == name


def test_the_department_sat_in_two_ministries() -> None:
    body = WORDS.organisations["reform-department"]
    assert body.parents(dt.date(2020, 6, 1)) == ("mefra",)
    assert body.parents(dt.date(2023, 6, 1)) == ("mtnra",)
    assert body.parents(dt.date(2010, 6, 1)) == ()
    assert body.parents() == ("mefra", "mtnra")


def test_successions_are_many_to_many() -> None:
    assert {link.to for link in WORDS.organisations["mefra"].successors} == {"finance", "mtnra"}
    assert WORDS.predecessors("mefra") == ("finance",)
    assert WORDS.predecessors("mtnra") == ("mefra",)


def test_a_name_falls_back_to_a_language_that_there_is() -> None:
    assert WORDS.said("entraide-nationale", "en") == ("التعاون الوطني", "ar")
    assert WORDS.said("جماعة واحة الزيتون", "fr") == ("جماعة واحة الزيتون", "")
    assert vocabulary.labelled({"fr": "Guide"}, "en") == ("Guide", "fr")
    assert vocabulary.labelled({}, "ar") == ("", "")


def test_the_lists_are_complete() -> None:
    assert (len(WORDS.themes), len(WORDS.regions)) == (14, 12)
    labels = [term.label for term in (*WORDS.themes.values(), *WORDS.regions.values())]
    labels += [label for kind in WORDS.relations.values() for label in (kind.label, kind.inverse)]
    labels += list(WORDS.languages.values())
    assert all(set(label) == {"ar", "fr", "en"} and all(label.values()) for label in labels)


@pytest.mark.parametrize(
    "name",
    [
        "draws_from",
        "based_on",
        "replicated_by",
        "taught_in",
        "observed_in",
        "contributes_to",
        "related",
        "evidenced_by",
        "reported_in",
        "before",
        "after",
        "presents",
        "announces",
        "amends",
        "implements",
        "repeals",
        "explained_by",
        "part_of",
    ],
)
def test_a_relation_reads_differently_from_its_other_end(name: str) -> None:
    kind = WORDS.relations[name]
    assert (kind.label == kind.inverse) == (name == "related")


@pytest.mark.parametrize("day", [None, dt.date(1956, 1, 1), dt.date(2020, 1, 1)])
def test_every_body_has_an_arabic_name_on_any_day(day: dt.date | None) -> None:
    assert {body.name("ar", day).language for body in WORDS.organisations.values()} == {"ar"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = Path(vocabulary.__file__).parent / "vocabularies"
    for file in source.glob("*.toml"):
        (tmp_path / file.name).write_text(file.read_text("utf-8"), "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('links = [{ kind = "parent", to = "nobody" }]', "unknown"),
        ('acronyms = ["fomap"]', "two-bodies"),
    ],
)
def test_an_authority_file_that_contradicts_itself_is_refused(folder: Path, more: str, problem: str) -> None:
    with (folder / "organisations.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\n[[organisation]]\nid = "x"\nkind = "agency"\nnames = [{{ language = "ar", text = "س" }}]\n{more}\n'
        )
    with pytest.raises(Invalid) as refusal:
        vocabulary.load_folder(folder)
    assert set(refusal.value.problems.values()) == {problem}


def test_the_ministry_is_near_the_department_it_grew_from_and_to() -> None:
    words = vocabulary.load()
    assert {"mefra", "reform-department"} <= set(words.near("mtnra"))
    assert set(words.near("reform-department")) == {"mefra", "mtnra"}
    assert words.near("dgct") == ()


def test_former_names_reach_every_step_before_and_after_and_no_sister() -> None:
    words = vocabulary.load()
    assert {"mtnra", "mefra", "reform-department"} <= words.under_former_names({"mtnra"})
    assert words.under_former_names({"interior"}) == {"interior"}
    assert words.under_former_names({"a printed name"}) == {"a printed name"}
