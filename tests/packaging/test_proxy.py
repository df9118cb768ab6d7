"""The house behind nginx, as it is packaged: each thing that a proxy may spoil, through a real one."""

import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from kb.app import open_services
from kb.core.settings import Settings
from kb.services import accounts, importing
from tests.ingest import pdfs
from tests.packaging.nginx import NGINX, OPENSSL, configured
from tests.waiting import eventually, free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (NGINX and OPENSSL), reason="missing nginx or openssl"),
]

HOST = "library.example"
PASSWORD = "خمس نخلات على الواد"
MIB = 1024 * 1024
PATIENCE = 60.0


@dataclass(frozen=True)
class Site:
    tls: int
    plain: int
    document: str
    log: Path

    def browser(self) -> httpx2.Client:
        """A browser that finds the name of the site here; certificates of a test are not looked at."""
        unchecked = ssl.create_default_context()
        unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
        headers = {"Host": HOST, "Origin": f"https://{HOST}"}
        return httpx2.Client(
            base_url=f"https://127.0.0.1:{self.tls}", verify=unchecked, headers=headers, timeout=PATIENCE
        )

    def raw(self, head: str, body: bytes) -> str:
        """Send a request whose body goes no further, as a browser does that is still sending; return what comes."""
        unchecked = ssl.create_default_context()
        unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("127.0.0.1", self.tls), timeout=PATIENCE) as plain,
            unchecked.wrap_socket(plain, server_hostname=HOST) as line,
        ):
            line.sendall(head.replace("\n", "\r\n").encode() + b"\r\n\r\n")
            with contextlib.suppress(OSError):
                line.sendall(body)
            found = b""
            with contextlib.suppress(OSError):
                while b"</html>" not in found and (piece := line.recv(65536)):
                    found += piece
            return found.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`kb serve` as its unit starts it, behind nginx with its packaged example; only ports and folders are of here."""
    folder = tmp_path_factory.mktemp("proxied")
    home, port, tls, plain = folder / "home", free_port(), free_port(), free_port()
    document = filled(home, folder)
    configured(folder, HOST, {"443": tls, "80": plain, "8000": port})
    settings = {
        "KB_HOME": str(home),
        "KB_PORT": str(port),
        "KB_PUBLIC_URL": f"https://{HOST}",
        "KB_HOSTS": f"{HOST},127.0.0.1,localhost",
    }
    serve = [sys.executable, "-m", "kb", "serve", "--no-work", "--workers", "2"]
    proxy = [str(NGINX), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]
    with (
        subprocess.Popen(serve, env={**os.environ, **settings}, stderr=subprocess.DEVNULL) as house,
        subprocess.Popen(proxy, stderr=subprocess.DEVNULL) as nginx,
    ):
        try:
            found = Site(tls, plain, document, folder / "rassid.log")
            with found.browser() as browser:
                eventually(lambda: answers(browser), PATIENCE)
            yield found
        finally:
            nginx.terminate()
            house.terminate()


def answers(browser: httpx2.Client) -> bool:
    try:
        return browser.get("/health/live").status_code == 200
    except httpx2.HTTPError:
        return False


def filled(home: Path, folder: Path) -> str:
    """Make a library with a curator and a public document of one file; return its id."""
    (folder / "guide.pdf").write_bytes(pdfs.pdf({4: pdfs.stream(b"BT /F 12 Tf 72 700 Td (Guide) Tj ET")}))
    with open_services(Settings(home=home)) as services:
        invited = accounts.invite(services, "test", email="amina@example.ma", name="أمينة", role="curator")
        accounts.redeem(services, invited.secret, PASSWORD)
        [id] = importing.take_in(services, [folder / "guide.pdf"]).touched
    return id


@pytest.fixture(scope="module")
def curator(site: Site) -> Iterator[httpx2.Client]:
    with site.browser() as browser:
        given = {"csrf": token(browser, "/ar/sign-in"), "email": "amina@example.ma", "password": PASSWORD}
        answer = browser.post("/ar/sign-in", data=given)
        assert (answer.status_code, answer.headers["location"]) == (303, "/ar/profile")
        [cookie] = answer.headers.get_list("set-cookie")
        assert re.fullmatch(r"__Host-session=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure", cookie)
        yield browser


def token(browser: httpx2.Client, path: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', browser.get(path).text)
    assert found
    return found[1]


def test_who_comes_without_tls_is_led_to_it_and_told_to_stay(site: Site, curator: httpx2.Client) -> None:
    answer = httpx2.get(f"http://127.0.0.1:{site.plain}/ar/search?q=x", headers={"Host": HOST})
    assert (answer.status_code, answer.headers["location"]) == (308, f"https://{HOST}/ar/search?q=x")
    page = curator.get("/ar/profile")
    assert page.headers["strict-transport-security"] == "max-age=31536000"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "private, no-store"
    assert "nginx/" not in page.headers.get("server", "")
    assert f'href="https://{HOST}/ar/' in curator.get("/ar/").text


def test_a_form_is_sent_and_one_of_another_site_refused(curator: httpx2.Client) -> None:
    given = {"csrf": token(curator, "/ar/profile"), "name": "أمينة ب", "language": "ar"}
    assert curator.post("/ar/profile", data=given).status_code == 303
    assert "أمينة ب" in curator.get("/ar/profile").text
    foreign = curator.post("/ar/profile", data=given, headers={"Origin": "https://evil.example"})
    assert foreign.status_code == 403


def announce(curator: httpx2.Client, size: int, name: str = "large.txt", **more: str) -> dict[str, str]:
    facts = {"csrf": token(curator, "/ar/desk/deposit"), "name": name, "size": str(size), "type": "publication"}
    answer = curator.post("/ar/desk/uploads", data={**facts, "state": "draft", **more})
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "csrf": facts["csrf"]}


def piece(curator: httpx2.Client, told: dict[str, str], offset: int, data: bytes) -> httpx2.Response:
    headers = {"Upload-Offset": str(offset), "X-Form-Token": told["csrf"]}
    return curator.patch(f"/ar/desk/uploads/{told['id']}", content=data, headers=headers)


def large(size: int, name: str) -> bytes:
    line = f"{name}: نص توضيحي عن المسطرة\n".encode()
    return (line * (size // len(line) + 1))[: size - 1] + b"\n"


def test_a_hundred_megabytes_come_in_pieces(curator: httpx2.Client) -> None:
    data = large(100 * MIB, "pieces")
    told = announce(curator, len(data))
    chunk = int(told["chunk"])
    for offset in range(0, len(data), chunk):
        answer = piece(curator, told, offset, data[offset : offset + chunk])
        assert answer.status_code == 200, answer.text
    assert answer.json()["state"] == "done"


def test_a_hundred_megabytes_come_in_one_form_without_scripts(curator: httpx2.Client) -> None:
    given = {"csrf": token(curator, "/ar/desk/deposit"), "type": "publication", "state": "draft"}
    sent = {"file": ("form.txt", large(100 * MIB, "form"), "text/plain")}
    answer = curator.post("/ar/desk/deposit", data=given, files=sent)
    assert answer.status_code == 303
    assert "form.txt" in curator.get(answer.headers["location"]).text


def test_progress_is_told_as_it_happens(curator: httpx2.Client) -> None:
    """What is held back until an answer ends never comes here: this one goes on while a file is unfinished."""
    data = large(MIB, "progress")
    told = announce(curator, len(data), "progress.txt")
    with curator.stream("GET", f"/ar/desk/deposit/{told['batch']}/events") as events:
        assert events.headers["content-type"].startswith("text/event-stream")
        lines = (line for line in events.iter_lines() if line.startswith("data:"))
        assert "progress.txt" in next(lines)
        assert piece(curator, told, 0, data).json()["state"] == "done"
        assert "progress.txt" in next(lines)


def test_a_part_of_a_file_is_sent(site: Site, curator: httpx2.Client) -> None:
    path = f"/d/{site.document}/f/1/file"
    whole = curator.get(path)
    part = curator.get(path, headers={"Range": "bytes=5-11"})
    assert (part.status_code, part.content) == (206, whole.content[5:12])
    assert part.headers["content-range"] == f"bytes 5-11/{len(whole.content)}"
    assert "sandbox" in whole.headers["content-security-policy"]
    assert whole.headers["content-disposition"].startswith("attachment")


TOO_LARGE = ("/ar/sign-in", "/ar/profile", "/ar/desk/deposit", "/ar/desk/uploads/aaaaaaaaaa", "/ar/upload")


@pytest.mark.parametrize("path", TOO_LARGE)
def test_a_body_that_is_too_large_is_refused_in_our_words(site: Site, curator: httpx2.Client, path: str) -> None:
    """Of each kind of body, more than a form of many files may have: while it is still being sent."""
    cookies = "; ".join(f"{name}={value}" for name, value in curator.cookies.items())
    method = "PATCH" if "uploads" in path else "POST"
    head = f"""{method} {path} HTTP/1.1
Host: {HOST}
Origin: https://{HOST}
Cookie: {cookies}
Content-Type: multipart/form-data; boundary=x
Content-Length: {1200 * MIB}"""
    said = site.raw(head, large(4 * MIB, "too large"))
    assert said.startswith("HTTP/1.1 413 "), said[:300]
    assert "<title>" in said
    assert "<center>nginx" not in said
    assert 'lang="ar"' in said


def test_who_guesses_is_told_to_wait_in_our_words(site: Site) -> None:
    with site.browser() as stranger:
        given = {"csrf": token(stranger, "/ar/sign-in"), "email": "guessed@example.ma"}
        answers = [stranger.post("/ar/sign-in", data={**given, "password": f"guess {n}"}) for n in range(6)]
    assert [answer.status_code for answer in answers][:5] == [401] * 4 + [429]
    assert int(answers[4].headers["retry-after"]) >= 1
    assert "<center>nginx" not in answers[4].text


def test_what_a_reader_asked_and_links_of_accounts_are_in_no_log(site: Site, curator: httpx2.Client) -> None:
    curator.get("/ar/search?q=zafranol")
    curator.get(f"/ar/link/{'s' * 43}")
    eventually(lambda: "/link/" in site.log.read_text("utf-8"), PATIENCE)
    told = site.log.read_text("utf-8")
    assert "zafranol" not in told
    assert "s" * 43 not in told


def test_a_house_that_is_away_is_said_in_words(tmp_path: Path) -> None:
    tls = free_port()
    written = configured(tmp_path, HOST, {"443": tls, "80": free_port(), "8000": free_port()})
    with subprocess.Popen([str(NGINX), "-c", written, "-g", "daemon off;"], stderr=subprocess.DEVNULL) as nginx:
        with Site(tls, 0, "", tmp_path).browser() as browser:
            eventually(lambda: listening(browser), PATIENCE)
            answer = browser.get("/ar/")
        nginx.terminate()
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "نعود بعد قليل" in answer.text


def listening(browser: httpx2.Client) -> bool:
    try:
        return bool(browser.get("/ar/").status_code)
    except httpx2.HTTPError:
        return False


def test_browsers_speak_the_newer_protocol(site: Site) -> None:
    if shutil.which("curl") is None:
        pytest.skip("missing curl")
    asked = ["curl", "-sk", "-o", "/dev/null", "-w", "%{http_version}", "--resolve", f"{HOST}:{site.tls}:127.0.0.1"]
    address = f"https://{HOST}:{site.tls}/ar/"
    assert subprocess.run([*asked, address], capture_output=True, text=True, check=True).stdout == "2"
