"""A filter of system calls (seccomp) for the child: no network, no process, nothing written, no new rights.

It holds for code that has left Python behind, as one that took over a library by its bytes would. Linux on x86_64 and
aarch64; the numbers are those of the kernel's own tables (asm/unistd_64.h, asm-generic/unistd.h).
"""

import ctypes
import errno
import os
import platform
import socket
import struct
from collections.abc import Iterator

_LIBC = ctypes.CDLL(None, use_errno=True)

# Name, number on x86_64, number on aarch64, `-` where it is none there.
_TO_OTHERS = """
socketpair 53 199 connect 42 203 sendto 44 206 sendmsg 46 211 sendmmsg 307 269
setsid 112 157 setpgid 109 154 kill 62 129 tkill 200 130 rt_sigqueueinfo 129 138 rt_tgsigqueueinfo 297 240
ptrace 101 117 process_vm_readv 310 270 process_vm_writev 311 271 process_madvise 440 440 pidfd_open 434 434
pidfd_getfd 438 438 pidfd_send_signal 424 424 kcmp 312 272
"""
_TO_START_OR_WRITE = """
bind 49 200 listen 50 201 accept 43 202 accept4 288 242
fork 57 - vfork 58 - execve 59 221 execveat 322 281 tgkill 234 131
creat 85 - rename 82 - renameat 264 38 renameat2 316 276 link 86 - linkat 265 37 symlink 88 - symlinkat 266 36
unlink 87 - unlinkat 263 35 mkdir 83 - mkdirat 258 34 rmdir 84 - mknod 133 - mknodat 259 33
chmod 90 - fchmod 91 52 fchmodat 268 53 fchmodat2 452 452 chown 92 - fchown 93 55 lchown 94 - fchownat 260 54
truncate 76 45 ftruncate 77 46 fallocate 285 47 utime 132 - utimes 235 - futimesat 261 - utimensat 280 88
setxattr 188 5 lsetxattr 189 6 fsetxattr 190 7 removexattr 197 14 lremovexattr 198 15 fremovexattr 199 16
memfd_create 319 279 setrlimit 160 164
"""
_TO_RULE = """
shmget 29 194 semget 64 190 msgget 68 186 mq_open 240 180
name_to_handle_at 303 264 open_by_handle_at 304 265 inotify_init1 294 26 fanotify_init 300 262
unshare 272 97 setns 308 268 mount 165 40 umount2 166 39 pivot_root 155 41 chroot 161 51
open_tree 428 428 move_mount 429 429 fsopen 430 430 fsconfig 431 431 fsmount 432 432 fspick 433 433
mount_setattr 442 442 keyctl 250 219 add_key 248 217 request_key 249 218 bpf 321 280 perf_event_open 298 241
userfaultfd 323 282 io_uring_setup 425 425 io_uring_enter 426 426 io_uring_register 427 427
init_module 175 105 finit_module 313 273 delete_module 176 106 kexec_load 246 104 kexec_file_load 320 294
reboot 169 142 swapon 167 224 swapoff 168 225 settimeofday 164 170 clock_settime 227 112 clock_adjtime 305 266
adjtimex 159 171 sethostname 170 161 setdomainname 171 162 acct 163 89 quotactl 179 60 syslog 103 116
iopl 172 - ioperm 173 - personality 135 92
"""
# libc has an older call to fall back on, whose flags a filter can see: it is told that these are not there.
_UNKNOWN = "clone3 435 435 openat2 437 437"
_LOOKED_INTO = {
    "socket": (41, 198),
    "open": (2, None),
    "openat": (257, 56),
    "clone": (56, 220),
    "prctl": (157, 167),
    "prlimit": (302, 261),
    "access": (21, None),
    "faccessat": (269, 48),
}

_MACHINES = {"x86_64": (0, 0xC000003E, 317), "aarch64": (1, 0xC00000B7, 277)}  # column, AUDIT_ARCH_*, seccomp(2)
_X32 = 0x40000000
_NUMBER, _ARCH, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data; an argument is 8 bytes, its low half first

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CLONE_THREAD, _PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 0x10000, 1, 38
_SET_MODE_FILTER, _ALL_THREADS = 1, 1

_Instruction = tuple[int, int, int, int]
"""Operation, how many to leap if true, if false, operand."""


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def install(*, programs: bool = False) -> bool:
    """Filter the calls of this process, all its threads, for good. False where the system has no such means.

    With `programs` it may start programs and write, within what Landlock lets it: there is still no network, and no
    process of its that leaves its group.
    """
    machine = _MACHINES.get(platform.machine())
    if machine is None or not hasattr(_LIBC, "prctl") or struct.calcsize("P") != 8:
        return False
    column, arch, call = machine
    code = b"".join(struct.pack("=HBBI", *instruction) for instruction in _program(column, arch, programs=programs))
    program = _Program(len(code) // 8, code)
    _LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    return bool(_LIBC.syscall(call, _SET_MODE_FILTER, _ALL_THREADS, ctypes.byref(program)) == 0)


def _program(column: int, arch: int, *, programs: bool) -> Iterator[_Instruction]:
    yield (_LOAD, 0, 0, _ARCH)
    yield (_EQUAL, 1, 0, arch)
    yield (_RETURN, 0, 0, _KILL)
    yield (_LOAD, 0, 0, _NUMBER)
    yield from _answer(_AT_LEAST, _X32, errno.ENOSYS)
    for number in _numbers(_TO_OTHERS + _TO_RULE + _TO_START_OR_WRITE * (not programs), column):
        yield from _answer(_EQUAL, number, errno.EPERM)
    for number in _numbers(_UNKNOWN, column):
        yield from _answer(_EQUAL, number, errno.ENOSYS)
    for name, checks in _conditions(programs=programs).items():
        number_here = _LOOKED_INTO[name][column]
        if number_here is not None:
            yield (_EQUAL, 0, len(checks), number_here)
            yield from checks
    yield (_RETURN, 0, 0, _ALLOW)


def _conditions(*, programs: bool) -> dict[str, list[_Instruction]]:
    """Return what is looked at in the arguments of a call; each list ends in a verdict."""
    refuse, allow = (_RETURN, 0, 0, _ERRNO | errno.EPERM), (_RETURN, 0, 0, _ALLOW)
    death = [(_LOAD, 0, 0, _argument(0)), (_EQUAL, 0, 1, _PR_SET_PDEATHSIG), refuse, allow]
    if programs:
        # LibreOffice's pipe is a socket on this machine, to which it cannot connect; where nobody may write in /tmp, it
        # is in the program's own folder.
        return {
            "prctl": death,
            "socket": [(_LOAD, 0, 0, _argument(0)), (_EQUAL, 1, 0, socket.AF_UNIX), refuse, allow],
            "access": [(_LOAD, 0, 0, _argument(1)), (_ANY_BIT, 0, 1, os.W_OK), refuse, allow],
            "faccessat": [(_LOAD, 0, 0, _argument(2)), (_ANY_BIT, 0, 1, os.W_OK), refuse, allow],
        }
    return {
        "prctl": death,
        "socket": [refuse],
        "open": [(_LOAD, 0, 0, _argument(1)), (_ANY_BIT, 0, 1, _WRITING), refuse, allow],
        "openat": [(_LOAD, 0, 0, _argument(2)), (_ANY_BIT, 0, 1, _WRITING), refuse, allow],
        "clone": [(_LOAD, 0, 0, _argument(0)), (_ANY_BIT, 1, 0, _CLONE_THREAD), refuse, allow],
        # New limits are a pointer: not even its upper half may be set.
        "prlimit": [
            (_LOAD, 0, 0, _argument(2)),
            (_EQUAL, 0, 2, 0),
            (_LOAD, 0, 0, _argument(2) + 4),
            (_EQUAL, 1, 0, 0),
            refuse,
            allow,
        ],
    }


def _answer(test: int, operand: int, error: int) -> tuple[_Instruction, _Instruction]:
    return (test, 0, 1, operand), (_RETURN, 0, 0, _ERRNO | error)


def _argument(place: int) -> int:
    return _ARGUMENTS + 8 * place


def _numbers(table: str, column: int) -> list[int]:
    words = table.split()
    return [int(number) for number in words[1 + column :: 3] if number != "-"]
