"""Words put right by hand, laid over a page: they stay where their words stand, and nothing else moves."""

from hypothesis import given
from hypothesis import strategies as st

from kb.catalog.overlay import laid, place, stretches, word_spans
from kb.core.text import Box, Page, Region, Span

words = st.lists(st.sampled_from(["في", "من", "الإدارة", "المسطرة", "قرار", "2019", "a", "b"]), max_size=14)
spaces = st.sampled_from([" ", "\n", "  ", "\n\n"])


@st.composite
def texts(draw: st.DrawFn) -> str:
    return "".join(word + draw(spaces) for word in draw(words))


def page(text: str) -> Page:
    """Return a page with a word each ten points, five on a line."""
    boxes = tuple(
        Box(n, n % 5 * 100, n // 5 * 20, n % 5 * 100 + 90, n // 5 * 20 + 12, 50) for n in range(len(text.split()))
    )
    return Page(1, text, boxes=boxes)


@given(texts(), texts())
def test_what_was_put_right_is_what_is_shown(old: str, new: str) -> None:
    shown, fits = laid(page(old), stretches(old, new))
    assert all(fits)
    assert shown.text.split() == new.split()
    assert {box.word for box in shown.boxes} <= set(range(len(shown.text.split())))
    assert [box.word for box in shown.boxes] == sorted(box.word for box in shown.boxes)


@given(texts())
def test_the_same_words_are_no_correction(text: str) -> None:
    assert stretches(text, text.replace(" ", "\n")) == []


@given(texts())
def test_spans_are_those_of_the_words(text: str) -> None:
    assert [text[span.start : span.end] for span in word_spans(text)] == text.split()


def test_a_word_put_right_keeps_its_place_on_the_picture_and_its_neighbours_theirs() -> None:
    read = page("واحد اثتان ثلاثة أربعة خمسة ستة")
    shown, fits = laid(read, stretches(read.text, read.text.replace("اثتان", "اثنان")))
    assert fits == [True]
    assert shown.text == "واحد اثنان ثلاثة أربعة خمسة ستة"
    assert [box[:5] for box in shown.boxes] == [box[:5] for box in read.boxes]
    assert [box.confidence for box in shown.boxes] == [50, 100, 50, 50, 50, 50]


def test_words_that_came_of_one_stand_on_its_whole_line() -> None:
    read = page("واحد اثنانثلاثة أربعة خمسة ستة سبعة ثمانية")
    shown, _ = laid(read, stretches(read.text, read.text.replace("اثنانثلاثة", "اثنان ثلاثة")))
    assert shown.text.split()[1:3] == ["اثنان", "ثلاثة"]
    line = (0, 0, 490, 12)
    assert [box[1:5] for box in shown.boxes if box.word in {1, 2}] == [line, line]
    assert [box[1:5] for box in shown.boxes if box.word == 3] == [read.boxes[2][1:5]]
    assert shown.boxes[-1].word == 7


def test_a_word_that_was_missing_comes_between_its_neighbours_on_its_own_line() -> None:
    old = "عنوان الفصل\nيبدأ النص هنا"
    for new in ("عنوان الفصل\nثم يبدأ النص هنا", "عنوان الفصل الأول\nيبدأ النص هنا", "عنوان الفصل\nيبدأ النص من هنا"):
        shown, fits = laid(page(old), stretches(old, new))
        assert (shown.text, fits) == (new, [True])


def test_regions_move_with_the_words_around_them() -> None:
    text = "عنوان\nنص خطا هنا\nحاشية"
    read = Page(1, text, regions=(Region("heading", Span(0, 5), 1), Region("footnote", Span(17, 22))))
    shown, _ = laid(read, stretches(text, "عنوان\nنص صحيح تماما هنا\nحاشية"))
    assert [shown.text[one.span.start : one.span.end] for one in shown.regions] == ["عنوان", "حاشية"]


def test_after_another_reading_it_is_found_by_the_words_around_it() -> None:
    [one] = stretches("قرر الوزير تبسيظ المسطرة في المغرب", "قرر الوزير تبسيط المسطرة في المغرب")
    again = "مقدمة جديدة تبسيظ أخرى\nقرر الوزير تبسيظ\nالمسطرة في المغرب"
    assert laid(Page(1, again), [one])[0].text == again.replace("الوزير تبسيظ", "الوزير تبسيط")
    assert place(["لم", "يبق", "من", "النص", "شيء"], one) is None
    assert place(["قرر", "الوزير", "تبسيط", "المسطرة"], one) is None


def test_a_page_without_text_takes_what_is_written_and_gives_it_up_when_it_is_read() -> None:
    over = stretches("", "كتب يدويا")
    assert laid(Page(1, ""), over)[0].text == "كتب يدويا"
    assert laid(Page(1, "قرئ"), over) == (Page(1, "قرئ"), [False])


def test_a_large_page_is_compared_without_end() -> None:
    many = " ".join(f"w{n}" for n in range(20_000))
    new = many.replace("w7 ", "x ").replace("w19000 ", "y ")
    assert laid(Page(1, many), stretches(many, new))[0].text == new


def test_a_page_of_one_word_over_and_over_is_one_stretch() -> None:
    was, now = "قرار " * 800, "قرار رقم " * 800
    (stretch,) = stretches(was, now)
    assert laid(page(was), [stretch])[0].text.split() == now.split()
