"""Landlock: the kernel itself lets this process read the files it is given, and no other file. Linux 5.13 and newer."""

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from contextlib import suppress

_LIBC = ctypes.CDLL(None, use_errno=True)
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every machine
_ASK_VERSION = 1
_PATH_BENEATH = 1
_RUN, _WRITE_FILE, _READ_FILE, _READ_FOLDER = 1, 1 << 1, 1 << 2, 1 << 3
_READ, _OF_FILES = _READ_FILE | _READ_FOLDER, _RUN | _WRITE_FILE | _READ_FILE
# What versions 1, 2, 3 and 5 of the kernel's interface know of files, 4 of TCP, 6 of signals and abstract sockets.
_FILE_RIGHTS = ((1, 13), (2, 14), (3, 15), (5, 16))
_NETWORK_SINCE, _SCOPES_SINCE = 4, 6


def install(readable: Iterable[str], *, runnable: Iterable[str] = (), writable: Iterable[str] = ()) -> bool:
    """Let nothing be read but these files, and what is in these folders, for good; nothing be run or written but here.

    What may be run or written may be read too. A path that does not exist is left out. False where the system has no
    such means.
    """
    if sys.platform != "linux":
        return False
    version = _LIBC.syscall(_CREATE, None, ctypes.c_size_t(0), _ASK_VERSION)
    if version < 1:
        return False
    bits = max(count for since, count in _FILE_RIGHTS if version >= since)
    parts = [(1 << bits) - 1]
    parts += [3] if version >= _NETWORK_SINCE else []
    parts += [3] if version >= _SCOPES_SINCE else []
    rules = struct.pack(f"={len(parts)}Q", *parts)
    ruleset = _LIBC.syscall(_CREATE, rules, ctypes.c_size_t(len(rules)), 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow(ruleset, path, _READ)
        for path in runnable:
            _allow(ruleset, path, _READ | _RUN)
        for path in writable:
            _allow(ruleset, path, parts[0] & ~_RUN)
        return bool(_LIBC.syscall(_RESTRICT, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    with suppress(OSError):
        opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not os.path.isdir(path):  # noqa: PTH112 - text, as sys.path
                rights &= _OF_FILES
            _LIBC.syscall(_ADD, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, opened), 0)
        finally:
            os.close(opened)
