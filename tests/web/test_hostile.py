"""Whatever stands in an address, a header or a form, no answer is a failure of ours."""

import re
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from tests.visited import House

pytestmark = pytest.mark.slow

ADDRESSES = [
    "/",
    "/ar",
    "/ar/",
    "/ar/search",
    "/ar/d/{guide}",
    "/ar/d/{guide}/f/1/p/1",
    "/ar/d/{guide}/v/1",
    "/ar/upload",
    "/ar/api",
    "/d/{guide}",
    "/d/{guide}/f/1/p/1",
    "/d/{guide}/f/1/file",
    "/health",
    "/robots.txt",
    "/favicon.ico",
    "/static/x/app.css",
    "/api/v1/search",
    "/api/v1/documents/{guide}",
    "/api/v1/openapi.json",
    "/nothing",
]
STRINGS = [
    "",
    "؟",
    "*",
    '"',
    '"غير مغلقة',
    "(((((((((",
    "AND OR NOT",
    "-",
    "- -",
    "NOT",
    "a AND",
    "+",
    "\\",
    "'; DROP TABLE document;--",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "{{7*7}}",
    "${7*7}",
    "%s%n%x",
    "../../etc/passwd",
    "\x00",
    "\x00\x01\x02",
    "\u202e\u202d\u2066",
    "\ufeff",
    "\ufffe",
    "😀" * 100,
    "ا" * 1000,
    "ب " * 500,
    "َ" * 400,
    "\u0640" * 300,
    "e\u0301" * 200,
    "ﷺ" * 100,
    "0" * 500,
    "-1",
    "1e999",
    "NaN",
    "null",
    "undefined",
    "true",
    "[]",
    "{}",
    "title:x",
    "type:publication",
    "field:*",
    "[1 TO *]",
    "a~99",
    "a^99",
    "/.*/",
    "a" * 1000,
    "\r\nSet-Cookie: x=y",
    "ⵜⴰⴳⵍⴷⵉⵜ",
    "العربية et le français and English",
    "٢٠٢٠",
    "3.14",
    "\t\n\r",
    "?" * 300,
    "\u200f\u200e",
    "ـ",
    "ء",
    "لا",
]
RAW = [
    "q=%",
    "q=%ff%fe",
    "q=%c0%ae",
    "q[]=1",
    "q=1&q=2&q=3",
    "=",
    "&&&&",
    "q",
    "page=-5",
    "page=1e9",
    "page=" + "9" * 300,
    "page=٣",
    "sort=x",
    "sort=",
    "year=abc",
    "year=-1&year=99999999999999999999",
    "type=" + "x" * 3000,
    "size=0",
    "type=a" + "&type=b" * 500,
    "lang=xx",
    "labels=xx",
    "from=x&to=y",
    "_trace=1",
    "debug=1",
    "q=%u0627",
    "#",
    "q=a;b",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_query_string_breaks_an_address(visitor: TestClient, house: House, address: str) -> None:
    path = address.format(**house.ids)
    names = ("q", "page", "type") if "search" in path else ("q",)
    queries = [f"{name}={quote(text)}" for text in STRINGS for name in names] + RAW
    for query in queries:
        answer = visitor.get(f"{path}?{query}")
        assert answer.status_code < 500, query
        assert "Traceback" not in answer.text, query
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert "<script>alert" not in answer.text, query
            assert "<img src=x" not in answer.text, query


@pytest.mark.parametrize("text", STRINGS)
def test_no_path_breaks_the_site(visitor: TestClient, text: str) -> None:
    for path in ("/", "/ar/", "/ar/d/", "/d/", "/api/v1/documents/", "/static/", "/ar/d/aaaaaaaaaa/f/"):
        answer = visitor.get(path + quote(text, safe=""))
        assert answer.status_code < 500, path
        assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "name", ["Accept-Language", "Cookie", "Accept", "Referer", "User-Agent", "If-None-Match", "Range"]
)
def test_no_header_breaks_a_page(visitor: TestClient, house: House, name: str) -> None:
    for text in STRINGS:
        value = re.sub(rb"[\x00-\x1f\x7f]", b"", text.encode())[:900]
        for path in ("/", "/ar/search", f"/d/{house.ids['guide']}/f/1/file"):
            answer = visitor.get(path, headers={name.encode(): value})
            assert answer.status_code < 500, (path, text)


@pytest.mark.parametrize("text", STRINGS)
def test_no_form_breaks_the_deposit(visitor: TestClient, text: str) -> None:
    printable = text.replace("\r", "").replace("\n", "")
    fields = dict.fromkeys(("title", "type", "language", "state"), text)
    answer = visitor.post("/ar/upload", data=fields, files={"file": (f"{printable}.txt", b"hostile form")})
    assert answer.status_code in {400, 413, 422}
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b",
        b"--b\r\n\r\n\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        + b"X: y\r\n" * 500
        + b"\r\nx\r\n--b--",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="' + b"n" * 9000 + b'"\r\n\r\nx\r\n--b--',
        b'--b\r\nContent-Disposition: form-data; name="title"\r\n\r\n' + b"x" * 20000 + b"\r\n--b--",
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename*=UTF-8''%ff%fe\r\n\r\nx\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="title"\r\nContent-Type: a/b; charset=nonsense\r\n\r\nx\r\n--b--',
        b"\x00" * 1000,
    ],
)
def test_no_multipart_body_breaks_the_deposit(visitor: TestClient, body: bytes) -> None:
    answer = visitor.post("/ar/upload", content=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert answer.status_code in {400, 403, 422}


@pytest.mark.parametrize(
    "kind",
    ["multipart/form-data; boundary=", "multipart/form-data; boundary=" + "b" * 5000, "multipart/mixed", ";", ""],
)
def test_no_content_type_breaks_the_deposit(visitor: TestClient, kind: str) -> None:
    answer = visitor.post("/ar/upload", content=b"--b\r\n\r\n", headers={"Content-Type": kind})
    assert 400 <= answer.status_code < 500
