"""Every failure the house knows by name. HTTP statuses and exit codes live at the edges."""

import errno
import math
from collections.abc import Mapping, Sequence
from typing import Final

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CLOSED: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})


class KbError(Exception):
    """Root of all failures we expect; `code` is stable, machine-readable and a message key."""

    code = "error"


class NotFound(KbError):
    """There is no such thing, or the asker may not know that there is."""

    code = "not-found"


class Gone(KbError):
    """It was here and was withdrawn; `reason` is what the curator wrote for readers."""

    code = "gone"

    def __init__(self, id: str, reason: str = "") -> None:
        super().__init__(id, reason)
        self.id = id
        self.reason = reason


class Forbidden(KbError):
    code = "forbidden"


class SignInRefused(KbError):
    """Address and password do not open an account; nothing says which of them is wrong."""

    code = "sign-in-refused"


class SignInNeeded(KbError):
    """Somebody who has signed in may perhaps do this; a visitor may not.

    `onward` is the address to come back to; `typed` are the fields of a form that came too late, in order.
    """

    code = "sign-in-needed"

    def __init__(self, onward: str = "", typed: Sequence[tuple[str, str]] | None = None) -> None:
        super().__init__(onward)
        self.onward = onward
        self.typed = typed


class TooMany(KbError):
    """Tried too often; it may be tried again after `seconds`."""

    code = "too-many"

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds

    @property
    def whole_seconds(self) -> int:
        """Return `seconds` as a header says them: rounded up, so that who comes back then is not told so again."""
        return max(1, math.ceil(self.seconds))


class Quota(TooMany):
    """A person has brought what one may in a day, or has too much unfinished; `which` names it, `limit` is how much."""

    code = "quota"

    def __init__(self, which: str, limit: int, seconds: float) -> None:
        super().__init__(seconds)
        self.which = which
        self.limit = limit

    @property
    def problem(self) -> str:
        """The key of the words for it, beside a field or a file."""
        return f"quota-{self.which}"


class Conflict(KbError):
    """Somebody else changed it since it was read, or the step is not open from this state."""

    code = "conflict"


class Unavailable(KbError):
    """A part of the house cannot answer now (locked, unreadable, full); trying again may help."""

    code = "unavailable"


class NoRoom(Unavailable):
    """The disk, or what we may use of it, is full."""

    code = "no-room"


class ReadOnly(Unavailable):
    """A folder or the database may be read and not written."""

    code = "read-only"


class Busy(Unavailable):
    """Somebody else held the database for longer than we wait."""

    code = "busy"


class NoIndex(Unavailable):
    """There is no index that can be read: it is being rebuilt, or has to be. Documents can be read all the same."""

    code = "no-index"


class TooLarge(KbError):
    """Input above a limit of the settings; `limit` is that number."""

    code = "too-large"

    def __init__(self, what: str, limit: int) -> None:
        super().__init__(what, limit)
        self.what = what
        self.limit = limit


class Invalid(KbError):
    """The input breaks a rule of ours; `problems` maps field name to message key."""

    code = "invalid"

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(dict(problems))
        self.problems = dict(problems)


def refused_by_disk(what: str, error: OSError) -> Unavailable:
    """Return what a refusal of the disk is to us: no room, no permission, or another reason; `what` names the folder.

    A file that outgrows the limit of its process (RLIMIT_FSIZE) has no room either.
    """
    kind = NoRoom if error.errno in _FULL else ReadOnly if error.errno in _CLOSED else Unavailable
    return kind(f"{what} cannot be written: {error.strerror or error}")
