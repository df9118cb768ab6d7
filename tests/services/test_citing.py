"""How documents are cited: three golden examples in each style, from what a curator states of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.app import open_services, worker
from kb.catalog import documents, files
from kb.catalog.access import PUBLIC
from kb.core.errors import Gone, NotFound
from kb.core.settings import Settings
from kb.services import citing, curate, importing
from kb.services.citing import Place
from kb.services.context import Services
from kb.writing import csl

BASE = "https://library.example"
TEXT = "تعلق لائحة الوثائق كما نشرت،\nولا يضاف إليها شيء بمذكرة داخلية.\n"

SHEETS = {
    "guide": """
type = "publication"
kind = "guide"
title = { ar = "دليل تبسيط المساطر الإدارية", fr = "Guide de simplification" }
language = "ar"
date = "2020-05"
organisation = "mefra"
[data]
edition = "الطبعة الثانية"
[[file]]
path = "guide.txt"
""",
    "law": """
type = "law"
kind = "law"
title = { ar = "القانون رقم 31.13 المتعلق بالحق في الحصول على المعلومات" }
language = "ar"
date = "2018-03-12"
[data]
number = "31.13"
signed = 2018-02-22
bulletin = { number = "6655", date = 2018-03-12, page = 1438 }
""",
    "decree": """
type = "law"
kind = "decree"
title = { fr = "pris pour l'application de la loi n° 55-19" }
language = "fr"
date = "2020-09-10"
[data]
number = "2-20-660"
bulletin = { number = "6920", page = 5120 }
""",
    "report": """
type = "yearly_report"
title = { fr = "Bilan des réalisations", ar = "حصيلة المنجزات" }
language = "{language}"
date = "{year}"
organisation = "reform-department"
[data]
period = "{year}"
""",
}


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path_factory.mktemp("citing"))) as opened:
        yield opened


@pytest.fixture(scope="module")
def ids(services: Services, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder: Path = tmp_path_factory.mktemp("sheets")
    (folder / "guide.txt").write_text(TEXT, "utf-8")
    sheets = {name: text for name, text in SHEETS.items() if name != "report"}
    for language, year in (("ar", "2018"), ("fr", "2018"), ("ar", "2020"), ("fr", "2012")):
        sheets[f"report-{language}-{year}"] = SHEETS["report"].replace("{language}", language).replace("{year}", year)
    found = {}
    for name, text in sheets.items():
        path = folder / ("guide.txt.toml" if name == "guide" else f"{name}.toml")
        path.write_text(f'id = "{name}"\n{text}', "utf-8")
        summary = importing.take_in(services, [path])
        assert not summary.refused, summary.refused
        found[name] = summary.touched[0]
    assert not worker(services).drain().failed
    with services.database.writing() as session:
        document = documents.get(session, found["guide"], PUBLIC)
        files.page(session, files.numbered(document, 1), 1).label = "xii"
    return found


def cite(services: Services, id: str, language: str, place: Place | None = None) -> str:
    """The reference, with what differs from day to day put in short."""
    citation = citing.cited(services, id, PUBLIC, BASE, place)
    days = {"ar": "اطلع عليه في ", "fr": "consulté le ", "en": "accessed "}
    head, found, tail = csl.reference(citation, language).rpartition(days[language])
    assert found
    assert str(citation.consulted.year) in tail
    return head.replace(id, "ID") + found + "…" + tail[tail.index(")") :]


def test_a_publication_with_its_page_in_arabic(services: Services, ids: dict[str, str]) -> None:
    assert cite(services, ids["guide"], "ar", Place(1, 1)) == (
        "وزارة الاقتصاد والمالية وإصلاح الإدارة، «دليل تبسيط المساطر الإدارية»، الطبعة الثانية، ماي 2020، ص.\u00a0xii، "
        "متاح على: https://library.example/d/ID/f/1/p/1 (اطلع عليه في …)."
    )


def test_a_law_with_number_and_date_in_arabic(services: Services, ids: dict[str, str]) -> None:
    assert cite(services, ids["law"], "ar") == (
        "«القانون رقم 31.13 المتعلق بالحق في الحصول على المعلومات»، 22 فبراير 2018، الجريدة الرسمية عدد 6655، "
        "ص.\u00a01438، متاح على: https://library.example/d/ID (اطلع عليه في …)."
    )


def test_a_yearly_report_under_the_name_its_body_had_in_arabic(services: Services, ids: dict[str, str]) -> None:
    assert cite(services, ids["report-ar-2018"], "ar") == (
        "وزارة إصلاح الإدارة والوظيفة العمومية، «حصيلة المنجزات»، 2018، "
        "متاح على: https://library.example/d/ID (اطلع عليه في …)."
    )
    assert cite(services, ids["report-ar-2020"], "ar").startswith("قطاع إصلاح الإدارة، «حصيلة المنجزات»، 2020")


def test_a_publication_with_its_page_in_french(services: Services, ids: dict[str, str]) -> None:
    assert cite(services, ids["guide"], "fr", Place(1, 1)) == (
        "وزارة الاقتصاد والمالية وإصلاح الإدارة, دليل تبسيط المساطر الإدارية, الطبعة الثانية, mai 2020, p.\u00a0xii. "
        "En ligne\u00a0: https://library.example/d/ID/f/1/p/1 (consulté le …)."
    )


def test_a_law_with_number_and_date_in_french(services: Services, ids: dict[str, str]) -> None:
    assert cite(services, ids["decree"], "fr") == (
        "Décret n°\u00a02-20-660, pris pour l'application de la loi n° 55-19, 10 septembre 2020, "
        "Bulletin officiel n°\u00a06920, p.\u00a05120. En ligne\u00a0: https://library.example/d/ID (consulté le …)."
    )


def test_a_yearly_report_under_the_name_its_body_had_in_french(services: Services, ids: dict[str, str]) -> None:
    assert cite(services, ids["report-fr-2018"], "fr") == (
        "Ministère de la Réforme de l'administration et de la Fonction publique, Bilan des réalisations, 2018. "
        "En ligne\u00a0: https://library.example/d/ID (consulté le …)."
    )
    earlier = cite(services, ids["report-fr-2012"], "fr")
    assert earlier.startswith("Ministère de la Fonction publique et de la Modernisation de l'administration, ")


def test_an_english_reader_has_a_style_too(services: Services, ids: dict[str, str]) -> None:
    assert cite(services, ids["decree"], "en").startswith("Decree no.\u00a02-20-660, pris pour")


def test_words_are_quoted_as_the_page_writes_them(services: Services, ids: dict[str, str]) -> None:
    chosen = citing.cited(services, ids["guide"], PUBLIC, BASE, Place(1, 1, " كما  نشرت، ولا يضاف "))
    assert chosen.passage
    assert chosen.passage.words == "كما نشرت، ولا يضاف"


@pytest.mark.parametrize("words", ["ليس في الصفحة", "", " ", "نشرت " * 500, "كما.*نشرت", "(((("])
def test_nobody_quotes_what_is_not_written(services: Services, ids: dict[str, str], words: str) -> None:
    chosen = citing.cited(services, ids["guide"], PUBLIC, BASE, Place(1, 1, words))
    assert chosen.passage
    assert chosen.passage.words == ""


def test_a_page_that_is_not_there_cannot_be_cited(services: Services, ids: dict[str, str]) -> None:
    for place in (Place(1, 9), Place(2, 1), Place(1, 0)):
        with pytest.raises(NotFound):
            citing.cited(services, ids["guide"], PUBLIC, BASE, place)


def test_what_was_withdrawn_is_gone_also_for_who_cites(services: Services, ids: dict[str, str]) -> None:
    curate.withdraw(services, ids["report-fr-2012"], "نسخة أحدث")
    with pytest.raises(Gone):
        citing.cited(services, ids["report-fr-2012"], PUBLIC, BASE)
    assert citing.cited_all(services, [ids["report-fr-2012"]], PUBLIC, BASE, {}) == []
    curate.publish(services, ids["report-fr-2012"])
