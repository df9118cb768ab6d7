"""From the arguments of an OAI-PMH request to what is asked, or to the errors of the protocol (section 3.6)."""

import base64
import binascii
import datetime as dt
import json
import re
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from kb.catalog.harvest import KINDS, Group
from kb.core.errors import KbError
from kb.services.harvesting import Place

Code = Literal[
    "badArgument", "badResumptionToken", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "noRecordsMatch"
]
Verb = Literal["Identify", "ListMetadataFormats", "ListSets", "GetRecord", "ListIdentifiers", "ListRecords"]

VERBS: Final[tuple[Verb, ...]] = get_args(Verb)

_LIST: Final = (frozenset({"metadataPrefix"}), frozenset({"from", "until", "set", "resumptionToken"}))
# What each verb needs, and what it takes beside it; a token stands alone.
_ARGUMENTS: Final[Mapping[Verb, tuple[frozenset[str], frozenset[str]]]] = {
    "Identify": (frozenset(), frozenset()),
    "ListMetadataFormats": (frozenset(), frozenset({"identifier"})),
    "ListSets": (frozenset(), frozenset({"resumptionToken"})),
    "GetRecord": (frozenset({"identifier", "metadataPrefix"}), frozenset()),
    "ListIdentifiers": _LIST,
    "ListRecords": _LIST,
}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SECOND: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SPEC: Final = re.compile(r"[A-Za-z0-9_.!~*'()-]+(:[A-Za-z0-9_.!~*'()-]+)*")
_PREFIX: Final = re.compile(r"[A-Za-z0-9_.!~*'()-]+")
_TOKEN_CHARS: Final = 1000


class Refused(KbError):
    """The protocol has a name for what is wrong: `code`, with words for whoever runs the harvester."""

    def __init__(self, code: Code, said: str) -> None:
        super().__init__(code, said)
        self.problem = code
        self.said = said


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records: `since` is included, `until` is not. `unknown_set`: no record of ours can be in it."""

    prefix: str
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    group: Group | None = None
    unknown_set: bool = False
    place: Place | None = None


def verb_of(pairs: Sequence[tuple[str, str]]) -> Verb:
    named = [value for name, value in pairs if name == "verb"]
    found = next((verb for verb in VERBS if [verb] == named), None)
    if found is None:
        raise Refused("badVerb", "There must be one verb, and it must be one of OAI-PMH 2.0.")
    return found


def arguments_of(verb: Verb, pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """Return the arguments beside the verb. Raises Refused for one that is foreign, repeated, missing or malformed."""
    needed, taken = _ARGUMENTS[verb]
    counted = Counter(name for name, _ in pairs if name != "verb")
    given = {name: value for name, value in pairs if name != "verb"}
    if foreign := sorted(counted.keys() - needed - taken):
        raise Refused("badArgument", f"{verb} takes no argument {foreign[0][:60]}.")
    if repeated := [name for name, times in counted.items() if times > 1]:
        raise Refused("badArgument", f"The argument {repeated[0]} is given more than once.")
    if "resumptionToken" in given and len(given) > 1:
        raise Refused("badArgument", "A resumptionToken stands alone beside the verb.")
    if "resumptionToken" not in given and (missing := sorted(needed - given.keys())):
        raise Refused("badArgument", f"{verb} needs the argument {missing[0]}.")
    for name, form in (("metadataPrefix", _PREFIX), ("set", _SPEC)):
        if name in given and not form.fullmatch(given[name]):
            raise Refused("badArgument", f"The argument {name} is malformed.")
    return given


def selection_of(verb: Verb, given: Mapping[str, str], now: dt.datetime) -> Selection:
    """Return what a list is to hold. Raises Refused."""
    if "resumptionToken" in given:
        return _resumed(verb, given["resumptionToken"], now)
    since, until = given.get("from"), given.get("until")
    if since and until and len(since) != len(until):
        raise Refused("badArgument", "The arguments from and until must be of one granularity.")
    begin, end = _moment("from", since), _moment("until", until)
    if begin and end and begin > end:
        raise Refused("badArgument", "The argument from is later than until.")
    group = group_of(given.get("set", ""))
    return Selection(
        given["metadataPrefix"],
        begin,
        _after(end, len(until or "")),
        group,
        unknown_set="set" in given and group is None,
    )


def _moment(name: str, written: str | None) -> dt.datetime | None:
    if written is None:
        return None
    if not (_DAY.fullmatch(written) or _SECOND.fullmatch(written)):
        raise Refused("badArgument", f"The argument {name} is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ.")
    try:
        return dt.datetime.fromisoformat(written).replace(tzinfo=dt.UTC)
    except ValueError:
        raise Refused("badArgument", f"The argument {name} is no date that there is.") from None


def _after(end: dt.datetime | None, length: int) -> dt.datetime | None:
    """Return the end of the day or second that is included; none where time ends before it."""
    if end is None:
        return None
    try:
        return end + (dt.timedelta(days=1) if length == len("YYYY-MM-DD") else dt.timedelta(seconds=1))
    except OverflowError:
        return None


def group_of(spec: str) -> Group | None:
    kind, colon, value = spec.partition(":")
    named = next((one for one in KINDS if one == kind), None)
    return Group(named, value) if named and bool(colon) == bool(value) else None


def spec_of(group: Group) -> str:
    return f"{group.kind}:{group.value}" if group.value else group.kind


def token_of(verb: Verb, selection: Selection, place: Place, ends: dt.datetime) -> str:
    """Return where a list goes on. It holds all that is needed, so none is kept here, and nothing that is secret.

    Whoever forges one asks for what they could have asked for by dates; the sum finds what was cut or mistyped.
    """
    facts = [
        verb,
        selection.prefix,
        _stamp(selection.since),
        _stamp(selection.until),
        spec_of(selection.group) if selection.group else "",
        _stamp(place.at),
        place.id,
        place.done,
        place.total,
        int(ends.timestamp()),
    ]
    packed = json.dumps(facts, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(zlib.crc32(packed).to_bytes(4, "big") + packed).decode().rstrip("=")


def _resumed(verb: Verb, token: str, now: dt.datetime) -> Selection:
    try:
        facts = _unpacked(token)
        of, prefix, since, until, spec, at, id, done, total, ends = facts
        place = Place(dt.datetime.fromisoformat(at), str(id), int(done), int(total))
        begin, end = (dt.datetime.fromisoformat(text) if text else None for text in (since, until))
        expired = int(ends) < now.timestamp()
        group = group_of(spec)
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, binascii.Error):
        raise Refused("badResumptionToken", "This is no token of ours.") from None
    zoned = all(moment is None or moment.tzinfo for moment in (place.at, begin, end))
    if of != verb or not zoned or not 0 <= place.done <= place.total or (group is None) != (spec == ""):
        raise Refused("badResumptionToken", "This token is not of such a list.")
    if expired:
        raise Refused("badResumptionToken", "The token has expired; ask for the list again, from your last datestamp.")
    return Selection(str(prefix), begin, end, group, place=place)


def _unpacked(token: str) -> list[str]:
    if len(token) > _TOKEN_CHARS or not token.isascii():
        raise ValueError(token)
    packed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    if len(packed) < 4 or zlib.crc32(packed[4:]).to_bytes(4, "big") != packed[:4]:
        raise ValueError(token)
    facts = json.loads(packed[4:])
    return list(facts)


def _stamp(moment: dt.datetime | None) -> str:
    return moment.isoformat() if moment else ""
