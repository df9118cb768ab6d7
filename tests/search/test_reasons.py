"""Each mark has its reason: the nearest step that joins a word of the text to one of the question."""

import pytest

from kb.languages import PRODUCT
from kb.search.highlight import Marker
from kb.search.parse import parse
from kb.search.query import Reading, Widened, Words
from kb.search.reasons import Reason, Step


def told(typed: str, text: str) -> list[Reason]:
    return list(Marker(parse(typed), PRODUCT).reasons(text, "ar"))


@pytest.mark.parametrize(
    ("typed", "text", "step", "found"),
    [
        ("الإدارة", "قامت الإدارة به", Step.WRITTEN, "الإدارة"),
        ("الادارة", "قامت الإدارة به", Step.SPELLING, "الإدارة"),
        ("الإدارة", "قامت الإدارةُ به", Step.WRITTEN, "الإدارةُ"),
        ("وزارة", "كتبت للوزارة أمس", Step.FORM, "للوزارة"),
        ("مسطرة", "كل المساطر هنا", Step.FAMILY, "المساطر"),
        ("المساظر", "كل المساطر هنا", Step.LIKE, "المساطر"),
        ("تبس*", "في تبسيطها نفع", Step.BEGINNING, "تبسيطها"),
        ("القانون 31.13", "ينص 31-13 على ذلك", Step.NUMBER, "31-13"),
    ],
)
def test_the_nearest_step_is_told(typed: str, text: str, step: Step, found: str) -> None:
    assert (step, found) in [(reason.step, reason.found) for reason in told(typed, text)]


def test_every_word_that_is_told_is_marked_and_no_stop_word_is() -> None:
    text = "في الإدارة وإلى الإدارات من المساطر ومسطرة"
    marker = Marker(parse("من الإدارة إلى المسطرة"), PRODUCT)
    marks = {text[span.start : span.end] for span in marker.marks(text, "ar")}
    assert {reason.found for reason in marker.reasons(text, "ar")} == marks
    assert marks.isdisjoint({"في", "من", "إلى"})


def test_a_reading_tells_its_source_and_what_it_stands_for() -> None:
    reading = Reading("congé", "إجازة", "ar", 0.5, "dictionary")
    marker = Marker(Widened(Words("congé"), (reading,)), PRODUCT)
    assert list(marker.reasons("طلب الإجازة السنوية", "ar")) == [Reason(Step.DICTIONARY, "congé", "الإجازة")]
