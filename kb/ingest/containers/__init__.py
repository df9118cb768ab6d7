"""Files that hold files: a ZIP of documents, a message with its attachments. What is in them comes out in the sandbox.

Nothing is written here: the bytes are the caller's to keep.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from kb.core.errors import Invalid, KbError
from kb.ingest import media, sandbox
from kb.ingest.containers import archive, mail
from kb.ingest.containers.member import Bounds, Member
from kb.ingest.extraction import Damaged, ExtractionError, Limits

_BATCH_BYTES = 16 * 1024 * 1024
_BATCH_MEMBERS = 256
_NAME_CHARS = 4096

_LISTS: Mapping[str, Callable[..., bytes]] = {media.ZIP: archive.listed, media.MAIL: mail.listed}
_CONTENTS: Mapping[str, Callable[..., bytes]] = {media.ZIP: archive.contents, media.MAIL: mail.contents}
_FAILURES = {kind.code: kind for kind in ExtractionError.__subclasses__()}


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A member with its bytes, or with the reason why they cannot be had; `name` is a path, NFC, forward slashes."""

    name: str
    data: bytes = b""
    problem: KbError | None = None


def names_in(path: Path, media_type: str, bounds: Bounds, limits: Limits) -> list[str]:
    """Return the names of what can be had of a container. Raises as `unpack`."""
    told = _members(sandbox.call(_LISTS[media_type], path, limits, {"bounds": asdict(bounds)}))
    return [member.name for member in told if not member.problem]


def unpack(path: Path, media_type: str, bounds: Bounds, limits: Limits) -> Iterator[Unpacked]:
    """Yield what a ZIP or a message holds, in its order. A member that is refused or damaged stops no other.

    Folders, and what systems put beside documents on their own, are left out. Raises ExtractionError, before anything
    else, for a container that cannot be read or has too much in it: TooCostly past `bounds`.
    """
    members = _members(sandbox.call(_LISTS[media_type], path, limits, {"bounds": asdict(bounds)}))
    for batch in _batches(members):
        wanted = [member.number for member in batch if not member.problem]
        contents = _contents(path, media_type, limits, wanted) if wanted else {}
        for member in batch:
            if member.problem:
                yield Unpacked(member.name, problem=_error(member.problem))
            elif (data := contents.get(member.number)) is None:
                yield Unpacked(member.name, problem=Damaged("its bytes are not what its container says"))
            else:
                yield Unpacked(member.name, data)


def _members(answer: bytes) -> list[Member]:
    """Read what the child says, which has read a stranger's file."""
    try:
        told = json.loads(answer)
        return [Member(int(n), str(name)[:_NAME_CHARS], int(size), str(problem)) for n, name, size, problem in told]
    except (ValueError, TypeError, RecursionError) as error:
        raise Damaged("the reader's answer makes no sense") from error


def _batches(members: Sequence[Member]) -> Iterator[list[Member]]:
    """Group members so that a child brings many small ones at once and no more than it may hold."""
    batch: list[Member] = []
    size = 0
    for member in members:
        if batch and (size + member.size > _BATCH_BYTES or len(batch) >= _BATCH_MEMBERS):
            yield batch
            batch, size = [], 0
        batch.append(member)
        size += 0 if member.problem else member.size
    if batch:
        yield batch


def _contents(path: Path, media_type: str, limits: Limits, numbers: Sequence[int]) -> dict[int, bytes]:
    """Return the bytes of members by number; those that cannot be had are left out."""
    try:
        answer = sandbox.call(_CONTENTS[media_type], path, limits, {"numbers": list(numbers)})
    except ExtractionError:
        if len(numbers) == 1:
            return {}
        halves = (numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :])
        return {number: data for half in halves for number, data in _contents(path, media_type, limits, half).items()}
    head, _, rest = answer.partition(b"\n")
    try:
        lengths = [int(length) for length in json.loads(head)]
    except (ValueError, TypeError, RecursionError) as error:
        raise Damaged("the reader's answer makes no sense") from error
    if len(lengths) != len(numbers) or sum(length for length in lengths if length > 0) != len(rest):
        raise Damaged("the reader's answer makes no sense")
    found, at = {}, 0
    for number, length in zip(numbers, lengths, strict=True):
        if length >= 0:
            found[number] = rest[at : at + length]
            at += length
    return found


def _error(problem: str) -> KbError:
    return _FAILURES[problem]() if problem in _FAILURES else Invalid({"file": problem})
