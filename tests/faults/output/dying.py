"""Writers in processes of their own, to be killed: ``python -m`` with a way and words.

``nth TARGET EXCHANGE``: for n = 1, 2, ... fork a child that dies by `kill -9` at its
n-th system call; print whether it died, and wait for a line before the next one.
``loop TARGET NAME TIMES``: write results named NAME; print how many were refused.
``hold TARGET``: keep the place until killed.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from matcher.errors import WriteFailed
from matcher.report.folder import claimed, write_folder
from tests.faults.output.failing import NEW, Faulty


def nth(target: Path, *, exchange: bool) -> None:
    """Let one child after the other die, each one call later."""
    n, died = 0, True
    while died:
        n += 1
        child = os.fork()
        if not child:
            Faulty(setattr, n, kill=True, exchange=exchange)
            write_folder(target, NEW)
            os._exit(0)
        died = os.waitpid(child, 0)[1] != 0
        print("died" if died else "ended", flush=True)
        sys.stdin.readline()


def loop(target: Path, name: str, times: int) -> None:
    """Write again and again, in spite of others."""
    refused = 0
    for i in range(times):
        text = f"{name}-{i}\n"
        files = {"manifest.json": text, **{f"{k}.csv": text for k in range(20)}}
        try:
            write_folder(target, files)
        except WriteFailed as error:
            refused += "another run (process " in str(error)
            if "another run" not in str(error):
                raise
    print(refused)


def hold(target: Path) -> None:
    """Keep the place."""
    with claimed(target):
        print("held", flush=True)
        time.sleep(600)


if __name__ == "__main__":
    way, where, *words = sys.argv[1:]
    if way == "nth":
        nth(Path(where), exchange=words == ["exchange"])
    elif way == "loop":
        loop(Path(where), words[0], int(words[1]))
    else:
        hold(Path(where))
