"""Word views: the forms of one word share a term, the forms of two words do not."""

from functools import cache
from itertools import combinations
from operator import eq
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.arabic.fold import fold
from kb.arabic.stem import light, skeleton
from kb.arabic.vocabulary import listed, vocabulary

FAMILIES = [
    line.split("\t")
    for line in (Path(__file__).parents[1] / "quality" / "families.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
# One pair a line, of words that look alike and mean different things.
STRANGERS = """\
وزارة زيارة
وزير زير
وكالة كلية
ولاية لائحة
والي مال
وظيفة نظافة
وثيقة ثقة
وسيلة سيولة
وصاية وصفة
وقاية قيادة
واجب جواب
وفاة آفة
بوابة باب
بلدية بلاد
بطاقة طاقة
بيان بناء
برنامج نموذج
بناية ناي
بنك نكبة
بيئة هيئة
بعثة عبث
برلمان برميل
لجنة جنة
لغة غاية
لائحة رائحة
لقاء قائد
لوحة لواء
لسان سن
كفاءة كلفة
كتاب تاب
كلفة لفة
كلية كل
كيفية كفاية
كراسة رأس
فعالية عالية
فلاحة لائحة
فصل صلة
فريق ريق
فكرة كرة
فئة مئة
فحص حصة
فرصة رصيد
فائدة قائد
فساد أساس
إدارة دار
التزام زمام
إلغاء لغاية
آلية مال
الإلكتروني كتان
إلزام لازم
قانون قناة
قرار قرية
مرسوم مراسلة
مسطرة سطر
مرفق رفيق
ميزانية ميزة
مكتب كتيبة
موظف وصف
مدينة دين
مكان مكة
تقرير قرار
تدبير برد
تكوين كون
تفتيش فتوى
صفقة صفة
جماعة جامعة
جهة وجه
خبير خبز
عمالة عملة
مقاولة مقال
"""


@cache
def views(word: str) -> tuple[str, str]:
    stem = light(fold(word))
    return stem, skeleton(stem)


def meet(one: str, other: str) -> bool:
    return any(map(eq, views(one), views(other)))


def test_there_are_families_enough_to_judge_by() -> None:
    assert len(FAMILIES) >= 150
    assert all(len(family) >= 2 for family in FAMILIES)


def test_forms_of_a_word_meet_its_first_form() -> None:
    pairs = [(first, form) for first, *forms in FAMILIES for form in forms]
    apart = [pair for pair in pairs if not meet(*pair)]
    assert len(apart) <= 0.02 * len(pairs), apart


def test_forms_of_a_word_meet_each_other() -> None:
    pairs = [pair for family in FAMILIES for pair in combinations(family, 2)]
    apart = [pair for pair in pairs if not meet(*pair)]
    assert len(apart) <= 0.02 * len(pairs), apart


@pytest.mark.parametrize("pair", STRANGERS.splitlines())
def test_strangers_do_not_share_a_stem(pair: str) -> None:
    one, other = pair.split()
    assert light(fold(one)) != light(fold(other))


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("وزارة", "وزار"),
        ("ووزارة", "وزار"),
        ("للجنة", "لجن"),
        ("للجان", "لجان"),
        ("اللاتمركز", "لاتمركز"),
        ("لللاتمركز", "لاتمركز"),
        ("الالتزامات", "التزام"),
        ("بإدارتها", "ادار"),
        ("وعمل", "عمل"),
        ("الحق", "حق"),
        ("لغات", "لغ"),
        ("كلثوم", "كلثوم"),
        ("وباستعمال", "استعمال"),
        ("مدرستها", "مدرس"),
        ("لمدونات", "مدون"),
    ],
)
def test_particles_come_off_and_root_letters_stay(word: str, stem: str) -> None:
    assert light(fold(word)) == stem


@pytest.mark.parametrize(
    "forms",
    [
        "تعاون التعاونيات تعاونه",
        "إمكان إمكانات إمكانية إمكانياتها",
        "امتحان الامتحانات امتحانه",
        "ائتمان ائتمانية",
        "استبيان استبيانات استبيانه",
        "تمرين تمرينية",
        "مخزون مخزونه",
        "ميزان ميزانية ميزانيات",
        "مجان مجانا بالمجان بالمجانية",
    ],
)
def test_a_noon_of_the_root_is_no_ending(forms: str) -> None:
    assert len({light(fold(word)) for word in forms.split()}) == 1


@pytest.mark.parametrize(
    "forms",
    [
        "أداء أدائه أداؤها لأدائهم بأدائها أدائي",
        "إنشاء بإنشائها إنشاؤه إنشائية",
        "توصية توصياته توصيتها توصيته بتوصياتها",
        "قرار قراراتهم قراراته بقراراتها",
        "شكاية شكايته شكاياتهم",
        "وفاة وفاته وفاتها",
    ],
)
def test_a_word_meets_itself_with_a_pronoun(forms: str) -> None:
    assert len({light(fold(word)) for word in forms.split()}) == 1


def test_a_pronoun_takes_no_letter_of_the_root() -> None:
    assert light(fold("تثبيته")) == light(fold("تثبيت"))
    assert light(fold("مائة")) != light(fold("ماء"))


@pytest.mark.parametrize("number", ["موظف موظفون موظفين", "قرار قراران قرارين", "مهندس المهندسون مهندسان"])
def test_a_noon_of_number_is_an_ending(number: str) -> None:
    assert len({light(fold(word)) for word in number.split()}) == 1


@pytest.mark.parametrize(
    "plural", ["كتاب كتب", "مدينة مدن", "دليل أدلة", "ميثاق مواثيق", "مشروع مشاريع", "قانون قوانين", "هيئة هيأة"]
)
def test_broken_plurals_share_their_skeleton(plural: str) -> None:
    one, many = (skeleton(light(fold(word))) for word in plural.split())
    assert one == many


def test_a_word_unknown_to_every_list_loses_its_article() -> None:
    assert vocabulary().known(fold("الزقنبوت")) is None
    assert light(fold("والزقنبوت")) == light(fold("الزقنبوت")) == light(fold("زقنبوت"))


@given(st.text() | st.text(st.sampled_from("ابتلوفكهينمءئؤسر"), max_size=12))
@settings(deadline=None)
def test_stemming_never_raises_and_never_empties_a_word(word: str) -> None:
    folded = fold(word)
    stem = light(folded)
    assert bool(stem) == bool(folded)
    assert bool(skeleton(stem)) == bool(folded)


def test_no_stop_word_is_kept_in_the_vocabulary() -> None:
    assert listed("stopwords.txt") & listed("vocabulary.txt") == frozenset()
