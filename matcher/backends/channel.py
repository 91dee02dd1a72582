"""Messages between parent and worker: pickles behind a short header.

The header holds a magic word, the protocol and a length. The magic word tells a
message from stray text; anything else on the pipe is a `ChannelError`, never half
a message taken for a whole one. Both ends are processes of this package on one
machine, so unpickling is safe here.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from matcher.backends.contract import BackendUnavailable
    from matcher.program.program import Arrays, Floats
    from matcher.program.solution import Progress, Solution, SolveOptions

_MAGIC = b"MTCH"
_HEADER = struct.Struct("!4sHQ")

PROTOCOL = 1
"""Raised whenever a message changes: a worker that is started while the package is
being updated must be told apart from one that speaks the same language."""

_LARGEST = 1 << 36
"""Bytes; a length beyond 64 GB is noise that happens to follow the magic word."""

_UNREADABLE = (
    pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError, KeyError,
    MemoryError, OverflowError, TypeError, ValueError,
)  # fmt: skip
"""What unpickling raises on bytes that are no message."""


class ChannelError(Exception):
    """The pipe carries something that is no message of this package."""


@dataclass(frozen=True, slots=True)
class Hello:
    """First word of a worker that is ready."""

    name: str
    version: str
    features: frozenset[str]
    tested: int = 0
    """Programs of the start-up test that it solved; all of them, or it would not be
    ready."""


@dataclass(frozen=True, slots=True)
class Refused:
    """First and last word of a worker that cannot serve."""

    error: BackendUnavailable


@dataclass(frozen=True, slots=True)
class Solve:
    """Parent asks for an answer; `number` marks all that belongs to this solve."""

    number: int
    arrays: Arrays
    options: SolveOptions


@dataclass(frozen=True, slots=True)
class Stop:
    """Parent asks solve `number` to hand over its best so far."""

    number: int


@dataclass(frozen=True, slots=True)
class Reported:
    """Progress of solve `number`, with the best answer so far when it is new."""

    number: int
    progress: Progress
    x: Floats | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Outcome of solve `number`."""

    number: int
    solution: Solution
    last: bool = False
    """Whether the worker leaves now, as what failed may have harmed it."""


Message = Hello | Refused | Solve | Stop | Reported | Answer


def send(stream: IO[bytes], message: Message) -> None:
    """Write one message; raises OSError when the other end is gone."""
    body = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_HEADER.pack(_MAGIC, PROTOCOL, len(body)))
    stream.write(body)
    stream.flush()


def receive(stream: IO[bytes]) -> Message:
    """Read one message.

    Raises
    ------
    EOFError
        When the other end closed the pipe between two messages.
    ChannelError
        When the bytes are no message, or break off within one.
    """
    header = stream.read(_HEADER.size)
    if not header:
        raise EOFError("the other end closed the pipe")
    if len(header) < _HEADER.size or not header.startswith(_MAGIC):
        raise ChannelError(f"no message starts with {header!r}")
    _, protocol, length = _HEADER.unpack(header)
    if protocol != PROTOCOL:
        raise ChannelError(
            f"it speaks protocol {protocol} and this is {PROTOCOL}; the package was "
            "changed meanwhile, so start again"
        )
    if length > _LARGEST:
        raise ChannelError(f"a message of {length} bytes is announced")
    body = stream.read(length)
    if len(body) < length:
        raise ChannelError(f"a message broke off after {len(body)} of {length} bytes")
    try:
        message = pickle.loads(body)
    except _UNREADABLE as error:
        raise ChannelError(f"a message cannot be read: {error}") from error
    if not isinstance(message, Message):
        raise ChannelError(f"{type(message).__name__} is no message")
    return message
