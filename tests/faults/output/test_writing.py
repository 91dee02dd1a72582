"""A folder is written whole or not at all, whatever fails and wherever."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from matcher.errors import WriteFailed
from matcher.report.folder import write_folder
from tests.faults.output.failing import NEW, OLD, Faulty, content, strays
from tests.scenarios.conftest import ROOT, call

if TYPE_CHECKING:
    from pathlib import Path

POSIX = pytest.mark.skipif(os.name == "nt", reason="limits of POSIX systems")


def attempt(target: Path, n: int, *, lasting: bool, exchange: bool) -> tuple[str, bool]:
    """Write the new folder while the n-th call fails: message, and whether it did."""
    with pytest.MonkeyPatch.context() as patch:
        faulty = Faulty(patch.setattr, n, lasting=lasting, exchange=exchange)
        try:
            write_folder(target, NEW)
        except WriteFailed as error:
            return str(error), True
        return "", faulty.left <= 0


@pytest.mark.parametrize("exchange", [True, False])
@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize("earlier", [False, True])
def test_every_fault_leaves_the_earlier_result(
    tmp_path: Path, earlier: bool, lasting: bool, exchange: bool
) -> None:
    """Fail the n-th call for every n, until a run ends without meeting the fault."""
    aside = 0
    for n in range(1, 200):
        target = tmp_path / f"{n}" / "deep" / "result"
        target.parent.parent.mkdir()
        if earlier:
            write_folder(target, OLD)
        message, struck = attempt(target, n, lasting=lasting, exchange=exchange)
        if not message:
            assert content(target) == NEW
        elif earlier and not target.exists():
            # Putting it back failed as well: the message says where it stands, and
            # the next run puts it back before it does anything else.
            (kept,) = target.parent.glob(".result.old-*")
            aside += 1
            assert str(kept) in message
            assert content(kept) == OLD
            assert attempt(target, 8, lasting=True, exchange=exchange)[0]
            assert content(target) == OLD
        else:
            assert "No space left" in message
            assert "free that much space" in message
            assert str(target) in message
            assert content(target) == (OLD if earlier else {})
        if earlier or not message:
            assert not strays(target.parent)
        else:
            assert not list((tmp_path / f"{n}").iterdir())
        if not struck:
            break
    else:
        pytest.fail("it never succeeded")
    assert n > 15
    assert bool(aside) == (earlier and lasting and not exchange)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (errno.ENOSPC, "free that much space"),
        (errno.EROFS, "allow writing there"),
        (errno.EBUSY, "folder inside it"),
        (errno.EIO, "name another folder, or try again"),
    ],
)
def test_a_refusal_names_path_reason_and_remedy(
    tmp_path: Path, code: int, remedy: str
) -> None:
    """Plain words, whatever the system says."""
    with pytest.MonkeyPatch.context() as patch:
        Faulty(patch.setattr, 4, lasting=True, code=code)
        with pytest.raises(WriteFailed) as caught:
            write_folder(tmp_path / "result", {**NEW, "b.csv": "x" * 32_000})
    told = str(caught.value)
    assert str(tmp_path / "result") in told
    assert os.strerror(code) in told
    assert "40,007 bytes are needed" in told
    assert remedy in told
    assert caught.value.exit_code == 8
    assert not list(tmp_path.iterdir())


def command(out: Path, bytes_: int | None) -> subprocess.CompletedProcess[str]:
    """Solve for real, with the size of files limited once the solving is done."""
    code = (
        "import resource, sys\n"
        "from matcher.cli import main\n"
        "from matcher.report import folder\n"
        "real = folder.replace_folder\n"
        "def limited(*words):\n"
        f"    resource.setrlimit(resource.RLIMIT_FSIZE, ({bytes_}, {bytes_}))\n"
        "    real(*words)\n"
        f"if {bytes_} is not None: folder.replace_folder = limited\n"
        f"main(['solve', 'starter', '--out', {str(out)!r}])\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, encoding="utf-8", check=False, timeout=300,
    )  # fmt: skip


@POSIX
def test_a_limit_of_the_system_keeps_the_earlier_result(tmp_path: Path) -> None:
    """Code 8 and the remedy; the earlier result still verifies, nothing is left."""
    out = tmp_path / "out"
    assert command(out, None).returncode == 0
    before = content(out)
    ended = command(out, 5_000)
    assert ended.returncode == 8, ended.stderr
    assert "ulimit" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert content(out) == before
    assert os.listdir(tmp_path) == ["out"]
    assert call("verify", out).exit_code == 0


def test_a_full_disk_keeps_the_earlier_result(tmp_path: Path) -> None:
    """The real thing: a disk of 200 kB that is filled up."""
    disk = tmp_path / "disk"
    disk.mkdir()
    size = ["mount", "-t", "tmpfs", "-o", "size=200k", "none", str(disk)]
    try:
        subprocess.run(size, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this user may mount no disk")
    try:
        write_folder(disk / "result", OLD)
        with pytest.raises(WriteFailed, match="No space left"):
            write_folder(disk / "result", {**NEW, "b.csv": "x" * 190_000})
        assert content(disk / "result") == OLD
        assert os.listdir(disk) == ["result"]
        write_folder(disk / "result", NEW)
        assert content(disk / "result") == NEW
    finally:
        subprocess.run(["umount", str(disk)], check=True)
