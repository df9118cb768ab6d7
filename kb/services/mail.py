"""Letters to persons, sent by the worker. A link is made when its letter is: it is nowhere kept."""

import smtplib
import ssl
import tomllib
from collections.abc import Mapping, Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from kb.catalog import keys, people
from kb.catalog.keys import Purpose
from kb.catalog.people import Person
from kb.core.clock import now
from kb.core.errors import Unavailable
from kb.core.settings import Settings
from kb.jobs import queue
from kb.jobs.queue import JobRef
from kb.services import accounts
from kb.services.context import Services

MAIL: Final = "mail"
"""Kind of the jobs; the key is what the letter is and whom it is for."""


class Uncertain(Unavailable):
    """The mail server had the letter and did not say what it did with it: it may be on its way."""


_SECONDS: Final = 20.0
_PORTS: Final = {"smtp": 587, "smtps": 465, "smtp+plain": 25}


def is_possible(settings: Settings) -> bool:
    """Tell whether letters can be sent from here."""
    return bool(settings.smtp and settings.mail_from)


def ask(services: Services, purpose: Purpose, whom: str) -> None:
    """Have a letter sent: an invitation to a person's id, a new link to the address of who forgot their password.

    Nothing tells whether the address has an account: the worker finds out.
    """
    with services.database.writing() as session:
        queue.put(session, MAIL, f"{purpose}:{whom}"[:500], now())


def run(services: Services, jobs: Sequence[JobRef]) -> None:
    """Send the letters. Raises Unavailable when the mail server does not take one: it is tried again.

    After a crash another letter may follow one that had gone out. It is no double of it: its link is new, and opens
    alone.
    """
    for job in jobs:
        purpose, _, whom = job.key.partition(":")
        with services.database.writing() as session:
            person = people.by_email(session, whom) if purpose == Purpose.RESET else session.get(Person, whom)
            if person is None or not person.active:
                continue
            lasts = accounts.RESET if purpose == Purpose.RESET else accounts.INVITED
            secret = keys.cut_link(session, Purpose(purpose), person, lasts)
            letter = _letter(services.settings, purpose, person, secret)
        send(services.settings, letter)


class _Telling(smtplib.SMTP):
    """Remembers that it began to hand over the text of a letter."""

    is_told = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.is_told = True
        return super().data(msg)


class _TellingSafely(_Telling, smtplib.SMTP_SSL):
    pass


def send(settings: Settings, letter: EmailMessage) -> None:
    """Hand a letter to the mail server, over TLS unless the setting says `smtp+plain`.

    Raises Uncertain where the line broke when the text was on its way, Unavailable where the server has not taken it.
    """
    server = urlsplit(settings.smtp)
    port = server.port or _PORTS[server.scheme]
    host = server.hostname or ""
    context = ssl.create_default_context()
    connection: _Telling | None = None
    try:
        if server.scheme == "smtps":
            connection = _TellingSafely(host, port, timeout=_SECONDS, context=context)
        else:
            connection = _Telling(host, port, timeout=_SECONDS)
        with connection:
            if server.scheme == "smtp":
                connection.starttls(context=context)
            if server.username:
                connection.login(unquote(server.username), unquote(server.password or ""))
            connection.send_message(letter)
    except (OSError, smtplib.SMTPException) as error:
        broke = not isinstance(error, smtplib.SMTPException) or isinstance(error, smtplib.SMTPServerDisconnected)
        kind = Uncertain if connection is not None and connection.is_told and broke else Unavailable
        raise kind(f"the mail server {host} port {port}: {error}") from error


def digest(
    settings: Settings, person: Person, told: Sequence[tuple[str, str, str]], most: int, name: str
) -> EmailMessage:
    """Return the letter that tells a person what became of documents: (kind, title, note) of each, the first `most`.

    Its Message-ID follows from its `name`: sent again it is the same letter, and receivers drop the second.
    """
    said = _said("digest", person)
    lines = [
        f"- {said[kind]}: {_line(title)}" + (f" ({_line(note)})" if note else "") for kind, title, note in told[:most]
    ]
    if len(told) > most:
        lines.append(said["more"].format(n=len(told) - most))
    link = f"{accounts.site_address(settings)}/{person.language}/desk/notices"
    letter = _dressed(settings, person, said, n=len(told), lines="\n".join(lines), link=link)
    letter.replace_header("Message-ID", f"<notices-{name}@{_domain(settings)}>")
    return letter


def _line(text: str) -> str:
    return " ".join(text.split())


def _letter(settings: Settings, purpose: str, person: Person, secret: str) -> EmailMessage:
    return _dressed(settings, person, _said(purpose, person), link=accounts.link_address(settings, secret))


def _said(letter: str, person: Person) -> Mapping[str, str]:
    words = _letters()[letter]
    return words.get(person.language) or words["ar"]


def _dressed(settings: Settings, person: Person, said: Mapping[str, str], **facts: object) -> EmailMessage:
    letter = EmailMessage()
    letter["From"] = settings.mail_from
    letter["To"] = person.email
    letter["Subject"] = said["subject"].format(**facts)
    letter["Date"] = formatdate()
    letter["Message-ID"] = make_msgid(domain=_domain(settings))
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(said["text"].strip().format(name=_line(person.name), **facts) + "\n")
    return letter


def _domain(settings: Settings) -> str:
    return settings.mail_from.rpartition("@")[2].strip("> ") or "localhost"


@cache
def _letters() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    return tomllib.loads(files("kb.services").joinpath("letters.toml").read_text("utf-8"))
