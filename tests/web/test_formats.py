"""A file of each format comes in through the page and is found by a word of it; an archive brings many."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from kb.core.settings import Settings
from kb.services.context import Services
from kb.web.site import create_site
from tests.opening import house_of
from tests.visited import Browser, settle

FOLDERS = sorted((Path(__file__).parents[1] / "fixtures" / "formats").iterdir())
FIELDS = {"title": "", "type": "publication", "language": "ar", "state": "published"}
ADDRESS = re.compile(r"/ar/d/[a-z0-9]{10}")


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    settings = Settings(home=tmp_path_factory.mktemp("formats"), page_size=100, max_archive_entries=6)
    with house_of(settings) as opened:
        yield opened


@pytest.fixture
def depositor(services: Services) -> Browser:
    own = {"Origin": "http://testserver"}
    return Browser(create_site(services), client=("127.0.0.1", 5), follow_redirects=False, headers=own)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_file_of_each_format_is_found_by_a_word_of_it(depositor: Browser, services: Services, folder: Path) -> None:
    path = next(path for path in sorted(folder.glob("good.*")) if path.suffix != ".txt")
    answer = depositor.post("/ar/upload", data=FIELDS, files={"file": (f"وثيقة{path.suffix}", path.read_bytes())})
    assert answer.status_code == 303
    address = ADDRESS.match(answer.headers["location"])
    assert address is not None
    settle(services)
    assert depositor.get(answer.headers["location"]).status_code == 200
    if words := re.findall("[\u0621-\u064a]{5,}", (folder / "good.txt").read_text("utf-8")):
        assert address[0] in depositor.get("/ar/search", params={"q": f'"{max(words, key=len)}"'}).text


def archive(members: Mapping[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in members.items():
            package.writestr(name, text)
    return packed.getvalue()


def bring(depositor: Browser, data: bytes, **fields: str) -> tuple[int, str]:
    answer = depositor.post("/ar/upload", data=FIELDS | fields, files={"file": ("أرشيف.zip", data)})
    return answer.status_code, answer.text


def test_each_file_of_an_archive_is_listed_with_what_became_of_it(depositor: Browser, services: Services) -> None:
    sidecar = 'id = "note-1"\ntitle = "بلاغ الزليج"\n'
    data = archive({"أ/بلاغ.txt": "نص البلاغ", "أ/بلاغ.txt.toml": sidecar, "ب.txt": "نص المذكرة", "../x.txt": "خارج"})
    status, text = bring(depositor, data, type="law")
    assert status == 200
    assert text.count("وثيقة جديدة") == 2
    assert "اسم الملف يخرج عن مجلد الأرشيف" in text
    assert "../x.txt" in text
    settle(services)
    addresses = ADDRESS.findall(text)
    assert len(addresses) == 2
    assert "بلاغ الزليج" in "".join(depositor.get(address).text for address in addresses)
    status, again = bring(depositor, data, type="law")
    assert again.count("وثيقة موجودة من قبل") == 2
    assert ADDRESS.findall(again) == addresses


def test_the_files_of_an_archive_can_be_kept_as_drafts(depositor: Browser) -> None:
    _, text = bring(depositor, archive({"a.txt": "مسودة أولى", "b.txt": "مسودة ثانية"}), state="draft")
    assert text.count("مسودة،") == 2
    for id in re.findall(r'<bdi dir="ltr">([a-z0-9]{10})</bdi>', text):
        assert depositor.get(f"/ar/d/{id}").status_code == 404


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (archive({f"{number}.txt": str(number) for number in range(7)}), "الأرشيف أكبر من الحدود"),
        (archive({"a.txt": "x" * 1000})[:-30] + b"x" * 30, "الأرشيف تالف"),
        (archive({}), "الملف فارغ"),
    ],
    ids=["too-many", "damaged", "empty"],
)
def test_an_archive_that_cannot_be_taken_is_a_problem_of_the_form(depositor: Browser, data: bytes, words: str) -> None:
    status, text = bring(depositor, data)
    assert (status, 'href="#file"' in text) == (422, True)
    assert words in text


def test_as_many_files_as_allowed_are_taken(depositor: Browser) -> None:
    status, text = bring(depositor, archive({f"{number}.txt": f"نص رقم {number}" for number in range(6)}))
    assert (status, text.count("وثيقة جديدة")) == (200, 6)


def test_what_the_form_cannot_have_offered_is_refused_for_an_archive_too(depositor: Browser) -> None:
    assert bring(depositor, archive({"a.txt": "x"}), type="nonsense")[0] == 422


@pytest.mark.parametrize("language", ["ar", "fr", "en"])
def test_the_form_names_what_it_takes(depositor: Browser, language: str) -> None:
    text = depositor.get(f"/{language}/upload").text
    assert all(f"{ending}," in text for ending in (".pdf", ".docx", ".doc", ".pptx", ".xlsx", ".odt", ".eml", ".zip"))
    assert "PowerPoint" in text
