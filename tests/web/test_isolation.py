"""What readers and documents wrote never turns the sentence around it (UAX 9), on any page that quotes them."""

import re
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from kb.web import words
from tests.visited import House
from tests.web.test_pages import PAGES
from tests.web.test_words import catalogue, key

ASKED = "v2 C++"
VOID = frozenset({"meta", "link", "input", "img", "br", "rect", "use", "hr", "source", "path", "line", "circle"})
# What the interface itself calls by a Latin name, and a marked piece of a text that is isolated as a whole.
OURS = re.compile(r"[A-Z]|[A-Z]{2,5}،?|×[0-9]+|Rassid|[A-Za-z]*\.?(pdf|docx)")


HELD = re.compile("\u2068[^\u2068\u2069]*\u2069")
"""What the characters that are made for it hold together, without an element around it."""


class Reading(HTMLParser):
    """The texts of a page that run from left to right, and whether something holds each of them together."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.loose: list[str] = []
        self.marked_up: list[str] = []
        self.title = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.marked_up += [value for value in given.values() if value and re.search("</?bdi", value)]
        if tag not in VOID:
            holds = tag in {"bdi", "code", "kbd"} or (
                tag not in {"html", "body"} and ("dir" in given or "lang" in given)
            )
            self.open.append((tag, holds))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1][0] == "title":
            self.title += data
        data = HELD.sub("", data)
        foreign = re.search("[A-Za-z]", data) and not re.search("[\u0621-\u064a]", data)
        if foreign and not OURS.fullmatch(data.strip()) and not any(holds for _, holds in self.open):
            self.loose.append(data.strip())


@pytest.mark.parametrize("name", [*PAGES, "latin", "unfound", "chosen"])
def test_latin_words_in_an_arabic_page_are_held_together(visitor: TestClient, house: House, name: str) -> None:
    more = {
        "latin": "/search?q=simplification",
        "unfound": f"/search?q={ASKED.replace('+', '%2B')}",
        "chosen": "/d/{accueil}?q=simplification",
    }
    reading = Reading(visitor.get("/ar" + {**PAGES, **more}[name].format(**house.ids)).text)
    assert not reading.marked_up
    assert "bdi" not in reading.title
    assert not reading.loose


def test_a_question_is_isolated_in_heading_and_title(visitor: TestClient) -> None:
    page = visitor.get("/ar/search", params={"q": ASKED}).text
    assert f"«<bdi>{ASKED}</bdi>»" in page
    assert re.search("<title>\u2068" + re.escape(ASKED) + "\u2069", page)


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_every_message_isolates_what_it_quotes(language: str) -> None:
    tongue = words.tongues()[language]
    for message in catalogue(language):
        name = key(message.id)
        forms = message.string if isinstance(message.string, tuple) else (str(message.string),)
        facts = dict.fromkeys(set(re.findall(r"\{(\w+)\}", "".join(forms))) - {"n"}, ASKED)
        for number in range(len(forms)) if facts else ():
            said = tongue.say_count(name, number, **facts) if len(forms) > 1 else tongue.say(name, **facts)
            assert said.count(ASKED) == said.count(f"<bdi>{ASKED}</bdi>"), name


def test_in_an_attribute_isolates_are_characters() -> None:
    said = words.tongues()["ar"].say("empty.title", q='"><b>')
    assert words.plain(said) == "لا نتائج لعبارة «\u2068&#34;&gt;&lt;b&gt;\u2069»"
    assert words.plain(words.left_to_right("12 KB")) == "\u206612 KB\u2069"
    assert words.plain("a & b") == "a &amp; b"
