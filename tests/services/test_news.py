"""Letters of notices, when the one who sends them dies at the worst moment: the mail server is real, the kill too."""

import datetime as dt
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import select, update

from kb.app import open_services
from kb.catalog import documents, notices
from kb.catalog.notices import Notice
from kb.core import clock
from kb.core.errors import Unavailable
from kb.core.settings import Settings
from kb.jobs.queue import Job, JobRef
from kb.services import accounts, mail, news, upkeep
from kb.services.context import Services
from tests.mail import mail_server
from tests.waiting import eventually

WORK = """
import sys
from pathlib import Path
from kb.app import TEXT, open_services, worker
from kb.core.settings import Settings

with open_services(Settings(home=Path(sys.argv[1]), smtp=sys.argv[2], mail_from="rassid@example.ma")) as services:
    worker(services, TEXT).drain()
"""


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    with open_services(Settings(home=tmp_path / "home")) as opened:
        yield opened


def told(services: Services, number: int) -> str:
    """Leave a person so many notices that are due to be mailed; return their id."""
    person = accounts.invite(services, "test", email="amina@example.ma", name="أمينة", role="contributor")
    with services.database.writing() as session:
        for n in range(number):
            document = documents.create(session, type="news", actor=f"person:{person.id}", title={"ar": f"خبر رقم {n}"})
            notices.tell(session, [person.id], document, notices.News.RETURNED, actor="test", note="انظر التاريخ")
    due(services)
    return person.id


def due(services: Services) -> None:
    """Let what waits, or what a dead worker held, be done now."""
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    with services.database.writing() as session:
        session.execute(update(Job).where(Job.kind == notices.NOTIFY).values(due=past))
        session.execute(update(Job).where(Job.kind == notices.NOTIFY, Job.lease.is_not(None)).values(lease=past))


def names(letters: list[bytes]) -> list[str]:
    return [str(message_from_bytes(letter)["Message-ID"]) for letter in letters]


def work(services: Services, server: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", WORK, str(services.settings.home), server])


def work_until_killed(services: Services, server: str, letters: list[bytes]) -> None:
    """Kill a worker when the mail server has the text of a letter and has not said so."""
    before = len(letters)
    with work(services, server) as child:
        eventually(lambda: len(letters) > before)
        child.send_signal(signal.SIGKILL)
    due(services)


def waiting(services: Services) -> int:
    with services.database.reading() as session:
        return len(session.scalars(select(Notice).where(Notice.mailed_at.is_(None))).all())


def test_a_letter_whose_sender_was_killed_is_sent_once_more_under_its_name(services: Services) -> None:
    id, silence = told(services, 3), threading.Event()
    with mail_server(silence) as (server, letters):
        work_until_killed(services, server, letters)
        with services.database.writing() as session:  # what is told meanwhile is no part of that letter
            document = documents.load(session, session.scalars(select(Notice.document_id)).first() or "")
            notices.tell(session, [id], document, notices.News.PUBLISHED, actor="test")
        due(services)
        silence.set()
        assert work(services, server).wait() == 0
        assert work(services, server).wait() == 0
    first, again, next_ = names(letters)
    assert first == again != next_
    bodies = [letter.partition(b"\r\n\r\n")[2] for letter in letters]
    assert bodies[0] == bodies[1] != bodies[2]
    assert waiting(services) == 0


def test_a_letter_whose_sender_was_killed_twice_is_sent_no_more(services: Services) -> None:
    told(services, 2)
    with mail_server(threading.Event()) as (server, letters):
        work_until_killed(services, server, letters)
        work_until_killed(services, server, letters)
        assert work(services, server).wait() == 0
    assert len(letters) == 2
    assert len(set(names(letters))) == 1
    assert waiting(services) == 0, "they stay at the desk, and wait for no letter"


def test_a_letter_that_the_server_does_not_take_is_tried_for_as_long_as_it_takes(services: Services) -> None:
    id = told(services, 1)
    gone = services.settings.model_copy(update={"smtp": "smtp+plain://127.0.0.1:9", "mail_from": "a@example.ma"})
    for _ in range(4):
        with pytest.raises(Unavailable):
            news.run(replace(services, settings=gone), [JobRef(1, notices.NOTIFY, id, 1)])
    with mail_server() as (server, letters):
        assert work(services, server).wait() == 0
    assert len(letters) == 1


def test_a_line_that_breaks_while_the_text_is_on_its_way_counts_as_sent_perhaps(services: Services) -> None:
    id = told(services, 1)
    with mail_server(hanging_up=True) as (server, letters):
        settings = services.settings.model_copy(update={"smtp": server, "mail_from": "a@example.ma"})
        for _ in range(2):
            with pytest.raises(mail.Uncertain):
                news.run(replace(services, settings=settings), [JobRef(1, notices.NOTIFY, id, 1)])
        news.run(replace(services, settings=settings), [JobRef(1, notices.NOTIFY, id, 1)])
    assert len(letters) == 2
    assert len(set(names(letters))) == 1


def test_a_notice_is_forgotten_long_after_it_was_read_and_never_before(services: Services) -> None:
    id, days = told(services, 3), dt.timedelta(services.settings.notice_days)
    with services.database.writing() as session:
        just, long_ago, unread = notices.of(session, id, 3)
        just.read_at, long_ago.read_at = clock.now() - days + dt.timedelta(hours=1), clock.now() - days
        unread.at = clock.now() - 3 * days
    upkeep._sweep(services)
    with services.database.reading() as session:
        assert {one.id for one in notices.of(session, id, 3)} == {just.id, unread.id}
