"""What the pages of administrations hold besides clean text: each spelling finds the clean one and is found by it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from kb.arabic.words import words
from kb.languages import PRODUCT
from kb.search.engine import SearchEngine
from kb.search.engines import ENGINES
from kb.search.highlight import Marker
from kb.search.hits import words_under
from kb.search.parse import parse
from tests.contracts.engines import entry, ids, opened, put

# As printed on public pages; what a reader types; what is marked for it, blanks aside.
DIRT = [
    ("يحدد ا لإجراءات والتدابير", "الإجراءات", "ا لإجراءات"),
    ("يحدد با لإجراءات والتدابير", "الإجراءات", "با لإجراءات"),
    ("يحدد ا\u00a0لإجراءات والتدابير", "إجراءات", "ا\u00a0لإجراءات"),
    ("دعم اللامركزية واللا تمركز الإداري", "اللاتمركز", "واللا تمركز"),
    ("مستوى أساسي لللاتمركز الإداري", "اللاتمركز", "لللاتمركز"),
    ("إعداد ميثاق وطني للاتمركز الإداري", "اللا تمركز", "للاتمركز"),
    ("مواكبة الجهوية باللاتمركز", "لللاتمركز", "باللاتمركز"),
    ("مقتضياته والعناصــر الأساسية", "العناصر", "والعناصــر"),
    ("لرفعه ّإلى الاتحاد الافريقي", "الإتحاد الإفريقي", "الاتحاد الافريقي"),
    ("تفشي وباء كوفيد19 نذكر منها", "كوفيد 19", "كوفيد19"),
    ("جائحة كورونا (كوفيد-19) ", "كوفيد19", "كوفيد 19"),
    ("للأزمة الصحية Covid-19 على الاقتصاد", "كوفيد 19", "Covid 19"),
    ("للوقاية من الكوفيد وآثاره", "covid", "الكوفيد"),
    ("خدمات على الأنترنيت للعموم", "internet", "الأنترنيت"),
    ("بميزانية تقدر بـ3,5 مليون يورو", "3.5", "3 5"),
    ("تقدر ب٣٫٥ مليون يورو", "3,5 مليون", "٣ ٥ مليون"),
    ("نظام بدر،الذي يسمح للفاعلين", "بدر", "بدر"),
    ("المغرب الرقمي 2013،والذي تم تقديمه", "الرقمي 2013", "الرقمي 2013"),
    ("للوظيفة العمومية\u00a0؛ والتنمية", "التنمية العمومية", "العمومية والتنمية"),
    ("الجهوية المتقدمة • L’accès à l’information.", "acces a l'information", "accès information"),
    ("منظومة 'إدارتي\"، من خلال تأهيل", "إدارتي", "إدارتي"),
    ("تطوير النظام ''إرسال''.", "إرسال", "إرسال"),
    ("في الوسط السجنى", "السجني", "السجنى"),
    ("معيارًا دائمًا للإستقبال", "معيار الاستقبال", "معيارًا للإستقبال"),
]
UNLIKE = entry("unlike", "رخصة السياقة", "تودع الملفات بمصلحة تسجيل السيارات")


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchEngine]:
    made = opened(request.param, tmp_path)
    yield made
    made.close()


def texts() -> list[tuple[str, str]]:
    """Return (what is printed, what is asked): each printed line is asked for clean, each clean one as printed."""
    asked = [(printed, clean) for printed, clean, _ in DIRT]
    return asked + [(clean, answer) for _, clean, answer in DIRT]


def test_each_spelling_finds_the_clean_one_and_is_found_by_it(engine: SearchEngine) -> None:
    cases = texts()
    put(engine, UNLIKE, *(entry(f"{number:02}", "", printed) for number, (printed, _) in enumerate(cases)))
    missed = [
        asked for number, (_, asked) in enumerate(cases) if f"{number:02}" not in ids(engine, parse(asked), limit=99)
    ]
    assert missed == []
    assert "unlike" not in {id for _, asked in cases for id in ids(engine, parse(asked), limit=99)}


@pytest.mark.parametrize(("printed", "clean", "answer"), DIRT)
def test_the_mark_is_on_what_is_printed(printed: str, clean: str, answer: str) -> None:
    marked = Marker(parse(clean), PRODUCT).marks(printed, "ar")
    assert "".join(printed[span.start : span.end] for span in marked).replace(" ", "") == answer.replace(" ", "")


@pytest.mark.parametrize(("printed", "clean", "answer"), DIRT)
def test_marked_words_are_told_as_they_are_marked(printed: str, clean: str, answer: str) -> None:
    del answer
    marker = Marker(parse(clean), PRODUCT)
    assert marker.words(printed, "ar") == words_under(printed, marker.marks(printed, "ar")) != []


@pytest.mark.parametrize("text", ["الأميرة للا سلمى", "كتابا لنا", "البند ا الفقرة", "هذا لكم", "اللا هو"])
def test_a_blank_between_two_words_stays_one(text: str) -> None:
    assert [word.group() for word in words(text)] == text.split()
