"""Shapes whose fonts name them wrongly learn their names from the words they make."""

from collections.abc import Mapping

import pytest

from kb.ingest.formats.pdf import repair
from kb.ingest.formats.pdf.evidence import Evidence
from kb.ingest.formats.pdf.lines import Line
from kb.ingest.formats.pdf.sheet import Glyph, Override

TEXT = """
صدر قانون جديد يحدد شروط تسيير الجمعيات وقد نشرته الجريدة الرسمية في شهر يوليوز الماضي بعد أن صادق عليه البرلمان
وينص القانون على إحداث سجل وطني للجمعيات تمسكه وزارة الداخلية كما ينص على حق كل جمعية في الحصول على دعم مالي من
الدولة أو من الجماعات المحلية شريطة أن تقدم تقريرا سنويا عن أنشطتها وعن طريقة صرف الأموال العمومية التي توصلت بها
ويحدد القرار المشترك بين وزير المالية ووزير الداخلية شكل التقرير وأجل تقديمه وتسهر المفتشية العامة على مراقبة ذلك
"""


def line(text: str, names: Mapping[str, str]) -> Line:
    """Return a line that draws `text`, each letter a shape of its own, called by `names` where these name it."""
    glyphs = [
        Glyph(names.get(char, char), 400.0 - 5 * n, 405.0 - 5 * n, 0.0, 10.0, 0, n, 0, ord(char))
        for n, char in enumerate(text)
    ]
    for glyph in glyphs:
        glyph.unmapped = glyph.text == "\ufffd"
    return Line(glyphs[::-1], 0.0, 405.0, 0.0, 10.0, len(text), 0)


def learnt(text: str, names: Mapping[str, str]) -> dict[str, Override]:
    evidence = Evidence()
    evidence.add([line(row, names) for row in text.strip().splitlines()])
    return {chr(cid): override for (_, cid), override in repair.learn(evidence).items()}


def test_a_text_that_is_named_rightly_is_left_alone() -> None:
    assert learnt(TEXT, {}) == {}


def test_letters_that_were_swapped_are_swapped_back() -> None:
    assert learnt(TEXT, {"ق": "ط", "ر": "خ"}) == {"ق": Override("ط", "ق"), "ر": Override("خ", "ر")}


def test_a_letter_without_a_name_gets_one() -> None:
    assert learnt(TEXT, {"م": "\ufffd"}) == {"م": Override("\ufffd", "م")}


def test_a_letter_that_is_called_a_space_is_told_from_the_space() -> None:
    assert learnt(TEXT, {"د": " "}) == {"د": Override(" ", "د")}


def test_a_stroke_that_is_called_a_letter_loses_its_name() -> None:
    stretched = TEXT.replace("ا", "اـ").replace("م", "مـ")
    assert learnt(stretched, {"ـ": "ل"}) == {"ـ": Override("ل", "")}


def test_a_ligature_is_learnt_as_a_whole() -> None:
    text = TEXT + "\nلا بد من الأخذ بالاعتبار أعلاه خلال الاجتماعات الإدارية والاقتصادية والاجتماعية لاحقا ثلاثة سلام"
    assert learnt(text.replace("لا", "\u0600"), {"\u0600": "\ufffd"})["\u0600"] == Override("\ufffd", "لا")


def test_names_and_rare_words_are_no_reason_to_rename_letters() -> None:
    names = """
    إيت بوكماز تيغسالين أنزكان تاكزيرت غفساي زومي إيموزار تاهلة كندر مولاي بوسلهام تيفلت أولماس خنيفرة القباب
    بوشعيب الغرباوي ثريا بنكيران حمو أوحلي غيثة الظهراوي زهور أزغار ظافر الشاوش ضاوية غزلان ثورية
    """
    assert learnt(names, {}) == {}


@pytest.mark.parametrize("rare", ["مجتمق", "موضوق", "متتبق"])  # one letter from مجتمع, موضوع, متتبع
def test_forms_of_one_rare_word_are_no_reason_to_rename_a_letter(rare: str) -> None:
    rest = " ".join(word for word in TEXT.split() if "ق" not in word)
    forms = " ".join(particles + rare for particles in ("ال", "وبال", "لل", "وال", "بال"))
    assert learnt(f"{rest} {forms} تطبيق الوثائق", {}) == {}


def test_renamings_are_told_to_people() -> None:
    overrides = [Override("ل", ""), Override(" ", "ق"), Override("\ufffd", "لا"), Override(" ", "ق")]
    assert repair.told(overrides) == "ل ← ∅، ␣ ← ق، \ufffd ← لا"


def test_a_letter_named_after_the_stroke_that_follows_it_gets_its_name_where_it_stands_alone() -> None:
    # L is lam before ~, the stroke to the next letter; the font calls the stroke lam, and L nothing.
    names = {"L": "", "~": "ل"}
    drawn = [
        Glyph(names.get(shape, shape), 400.0 - 5 * n, 405.0 - 5 * n, 0.0, 10.0, 0, 100 - n, 0, ord(shape))
        for n, shape in enumerate("الLبر الل~كم اL~كم")
    ]
    evidence = Evidence()
    evidence.tails.add(drawn[::-1])
    assert {chr(cid): override for (_, cid), override in repair.learn(evidence).items()} == {
        "L": Override("", "ل"),
        "~": Override("ل", ""),
    }


def test_a_letter_that_occurs_by_itself_is_no_stroke() -> None:
    names = {"L": "", "~": "ل"}
    drawn = [
        Glyph(names.get(shape, shape), 400.0 - 5 * n, 405.0 - 5 * n, 0.0, 10.0, 0, 100 - n, 0, ord(shape))
        for n, shape in enumerate("اL~كم ال~كم ب~ر")
    ]
    evidence = Evidence()
    evidence.tails.add(drawn[::-1])
    assert repair.learn(evidence) == {}


def test_a_root_seen_with_and_without_its_particles_is_one_reason_to_rename_a_letter() -> None:
    text = "تتبع الشكايات عبر البوابة الوطنية للشكايات داخل أجل عشرين يوما"
    assert learnt(text, {}) == {}
