"""HTML: what a reader of the page reads, not what the site puts around it."""

from contextlib import suppress
from pathlib import Path

import pytest

from kb.ingest.extraction import Empty, Extraction, ExtractionError, Limits, TooCostly
from kb.ingest.formats.html import Html


def read(path: Path, page: str, encoding: str = "utf-8") -> Extraction:
    file = path / "a.html"
    file.write_bytes(page.encode(encoding))
    return Html().extract(file, Limits())


def text(path: Path, page: str) -> str:
    return read(path, page).pages[0].text


PAGE = """<!doctype html><html lang="ar" dir="rtl"><head><title>إصلاح الإدارة | الرئيسية</title>
<meta name="author" content="قطاع إصلاح الإدارة"><meta property="article:published_time" content="2023-05-04T10:00">
<style>p { color: red }</style></head><body>
<header><a href="/">البوابة</a></header><nav><ul><li>الرئيسية</li><li>اتصل بنا</li></ul></nav>
<main><article><header><h1>تبسيط&nbsp;المساطر</h1></header>
<p>يهدف القانون رقم <b>55.19</b> إلى <em>تبسيط</em>
المساطر.<br>ابتداء من 2021.</p><script>alert("x")</script>
<aside>مواضيع ذات صلة</aside>
<ul><li>الأجل</li><li>الوثائق</li></ul>
<table><tr><th>الخدمة</th><th>الأجل</th></tr><tr><td><p>شهادة</p></td><td>3 أيام</td></tr></table></article></main>
<footer>جميع الحقوق محفوظة</footer></body></html>"""


def test_the_main_content_is_read_without_the_furniture(tmp_path: Path) -> None:
    assert text(tmp_path, PAGE) == (
        "تبسيط المساطر\n\nيهدف القانون رقم 55.19 إلى تبسيط المساطر.\nابتداء من 2021.\n\nالأجل\n\nالوثائق\n\n"
        "الخدمة\tالأجل\nشهادة\t3 أيام"
    )


def test_the_file_says_who_when_and_what(tmp_path: Path) -> None:
    assert read(tmp_path, PAGE).meta == {
        "title": "إصلاح الإدارة | الرئيسية",
        "author": "قطاع إصلاح الإدارة",
        "created": "2023-05-04",
        "language": "ar",
        "heading": "تبسيط المساطر",
    }


def test_a_page_without_main_or_heading_is_read_whole_and_titled_by_its_title(tmp_path: Path) -> None:
    page = "<title>دليل</title><div>أولا<div>ثانيا</div>ثالثا</div><p hidden>خفي<p role='search'>ابحث"
    assert text(tmp_path, page) == "أولا\n\nثانيا\n\nثالثا"
    assert read(tmp_path, page).meta["heading"] == "دليل"


def test_a_tiny_main_does_not_hide_the_page(tmp_path: Path) -> None:
    page = f"<main>.</main><div>{'نص طويل ' * 50}</div>"
    assert text(tmp_path, page).count("نص") == 50


@pytest.mark.parametrize(
    ("encoding", "declared"), [("cp1256", "windows-1256"), ("iso8859-6", "iso-8859-6"), ("cp1256", ""), ("utf-16", "")]
)
def test_the_encoding_is_the_declared_one_or_found(tmp_path: Path, encoding: str, declared: str) -> None:
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    page = f"<html><head>{meta}</head><body><p>تبسيط المساطر الإدارية</p></body></html>"
    assert read(tmp_path, page, encoding).pages[0].text == "تبسيط المساطر الإدارية"


def test_a_declared_encoding_that_is_wrong_does_not_spoil_utf_8(tmp_path: Path) -> None:
    assert text(tmp_path, '<meta charset="nonsense"><p>تبسيط') == "تبسيط"


def test_preformatted_lines_stay(tmp_path: Path) -> None:
    assert text(tmp_path, "<pre>سطر\n  سطر</pre>") == "سطر\nسطر"


def test_a_layout_table_is_read_cell_by_cell(tmp_path: Path) -> None:
    page = "<table><tr><td><h1>عنوان</h1><p>فقرة</p><table><tr><td>أ</td><td>ب</td></tr></table></td></tr></table>"
    assert text(tmp_path, page) == "عنوان\n\nفقرة\n\nأ\tب"


def test_elements_nested_too_deeply_are_refused_and_not_cut_in_silence(tmp_path: Path) -> None:
    with pytest.raises(TooCostly):
        read(tmp_path, "<div>" * 5000 + "نص" + "</div>" * 5000 + "<p>بعد")


@pytest.mark.parametrize("page", ["", "   ", "<html></html>", "<html><body><script>var a</script></body></html>"])
def test_a_page_without_text_is_empty(tmp_path: Path, page: str) -> None:
    with pytest.raises(Empty):
        read(tmp_path, page)


@pytest.mark.parametrize(
    "page",
    [
        "<" * 10_000,
        "<p " + "a=1 " * 50_000 + ">نص",
        "&" * 10_000 + "#x110000;&#0;",
        "<!DOCTYPE html [<!ENTITY a 'aaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><p>&b;",
        "<!--" * 5_000,
        "<table>" * 200 + "نص",
    ],
)
def test_nonsense_gives_text_or_a_named_failure(tmp_path: Path, page: str) -> None:
    with suppress(ExtractionError):
        assert "aaaaaaaaaaaaaaaa" not in text(tmp_path, page)


def test_articles_within_articles_are_weighed_once(tmp_path: Path) -> None:
    path = tmp_path / "nested.html"
    path.write_text("<article>" * 150 + "<p>فقرة قصيرة</p>" * 2000 + "</article>" * 150, "utf-8")
    assert "فقرة قصيرة" in Html().extract(path, Limits(seconds=10)).pages[0].text


def test_headings_and_tables_are_regions_and_the_outline(tmp_path: Path) -> None:
    extraction = read(tmp_path, PAGE.replace("<ul>", "<h2>الآجال</h2><ul>"))
    [page] = extraction.pages
    assert [(one.kind, one.level, page.text[one.span.start : one.span.end]) for one in page.regions] == [
        ("heading", 1, "تبسيط المساطر"),
        ("heading", 2, "الآجال"),
        ("table", 0, "الخدمة\tالأجل\nشهادة\t3 أيام"),
    ]
    assert [(one.text, one.page, one.level) for one in extraction.outline] == [
        ("تبسيط المساطر", 1, 1),
        ("الآجال", 1, 2),
    ]


def test_a_table_that_lays_out_the_page_is_no_table(tmp_path: Path) -> None:
    page = "<table><tr><td><p>عمود</p><table><tr><td>أ</td><td>ب</td></tr></table></td><td>آخر</td></tr></table>"
    [one] = read(tmp_path, page).pages
    assert one.text == "عمود\n\nأ\tب\n\nآخر"
    assert [region.kind for region in one.regions] == ["table"]
