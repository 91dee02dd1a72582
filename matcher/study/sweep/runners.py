"""Who works on the runs of a sweep: this process, processes beside it, or a cluster.

Every process holds open desks: solvers stay alive between runs, and equal programs are
solved once. A process that dies takes no other run with it: what was under way is
asked again, each run by itself, so that only the one that kills its process fails.
"""

from __future__ import annotations

import os
import signal
import threading
import uuid
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Protocol

from matcher import __version__
from matcher.engine.desk import Desk
from matcher.engine.stages import open_workers
from matcher.errors import InputError, MatcherError, SolverFailed
from matcher.study.sweep.answers import FAILED, FAULTY, Answer, Failed, answered, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from matcher.engine.solving import Workers
    from matcher.program.solution import SolveOptions
    from matcher.study.sweep.answers import Task
    from matcher.study.sweep.grid import Grid

Outcome = Answer | Failed
AHEAD: Final = 2
"""Tasks handed over for each process of a cluster, so that none waits for work."""
SPARE: Final = 1
"""The same for processes of this machine, all together: they are near."""
ORPHAN_SECONDS: Final = 1.0
"""How often a process looks whether the one that started it is still there."""
CONNECT_SECONDS: Final = 20.0
"""How long a cluster may take to answer."""
ONLY: Final = "only"
"""The sweep of a process that serves no other."""
LOST: Final = "the process that worked on it ended, and ended again when tried alone"
OTHERWISE: Final = (
    "the process that worked on it resolves the inputs otherwise: all must run the "
    "same versions of matcher and of Python"
)


class ClusterUnavailable(SolverFailed):
    """A cluster cannot be used, or was lost; the message says what to do."""


class Runner(Protocol):
    """Works on tasks, in any order."""

    def outcomes(self, grid: Grid, tasks: Sequence[Task]) -> Iterator[Outcome]:
        """One outcome for each task, as soon as it is known.

        Closing the iterator ends all work.
        """


class _Seats:
    """Open desks of one thread, by backend and options."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._workers: dict[str, Workers] = {}
        self._desks: dict[tuple[str, SolveOptions], Desk] = {}

    def desk(self, backend: str, options: SolveOptions) -> Desk:
        """The desk for a backend and options; desks of a backend share its workers."""
        if backend not in self._workers:
            opened = self._stack.enter_context(open_workers(backend))
            self._workers[backend] = opened
        key = backend, options
        if key not in self._desks:
            self._desks[key] = Desk(self._workers[backend], options)
        return self._desks[key]

    def close(self) -> None:
        """End the workers."""
        self._stack.close()


open_seats: dict[tuple[str, int], _Seats] = {}
"""By sweep and thread: a worker serves one thread, and a process of a cluster may
serve several sweeps at a time."""


def work(grid: Grid, task: Task, sweep: str) -> Outcome:
    """Answer a task of a sweep, whatever is wrong with it.

    Raises
    ------
    KeyboardInterrupt
        On Ctrl-C.
    """
    try:
        setting = grid.setting(task.run)
        if key_of(setting, task.options, task.backend, task.begin) != task.key:
            return Failed(task.key, FAILED, OTHERWISE)
        seats = open_seats.setdefault((sweep, threading.get_ident()), _Seats())
        return answered(task, setting, seats.desk(task.backend, task.options))
    except InputError as error:
        return Failed(task.key, FAULTY, str(error))
    except MatcherError as error:
        return Failed(task.key, FAILED, str(error))


def leave(sweep: str) -> None:
    """End the workers that this process has for a sweep, and no others."""
    for key in [key for key in list(open_seats) if key[0] == sweep]:
        open_seats.pop(key).close()


def _new_sweep() -> str:
    """A name that no other sweep has, on any machine."""
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Here:
    """The process that asks, one task after the other."""

    def outcomes(self, grid: Grid, tasks: Sequence[Task]) -> Iterator[Outcome]:
        """As every runner."""
        sweep = _new_sweep()
        try:
            for task in tasks:
                yield work(grid, task, sweep)
        finally:
            leave(sweep)


@dataclass(frozen=True, slots=True)
class Processes:
    """Processes of this machine."""

    jobs: int

    def outcomes(self, grid: Grid, tasks: Sequence[Task]) -> Iterator[Outcome]:
        """As every runner."""
        left = {task.key: task for task in tasks}
        suspects: set[str] = set()
        while left:
            together = [task for key, task in left.items() if key not in suspects]
            batch = together or list(left.values())[:1]
            pool = _Pool(grid, min(self.jobs, len(batch)))
            try:
                for outcome in pool.outcomes(batch):
                    del left[outcome.key]
                    yield outcome
            finally:
                pool.close()
            suspects |= pool.lost
            if not together and pool.lost:
                yield Failed(left.pop(batch[0].key).key, FAILED, LOST)


class _Pool:
    """Processes that share the fate of one executor."""

    def __init__(self, grid: Grid, jobs: int) -> None:
        from loky import ProcessPoolExecutor

        self._window = jobs + SPARE if jobs > 1 else 1
        self._executor = ProcessPoolExecutor(
            max_workers=jobs, initializer=begin, initargs=(os.getpid(), grid)
        )
        self._ended = False
        self.lost: set[str] = set()
        """Tasks under way when a process died."""

    def outcomes(self, tasks: Iterable[Task]) -> Iterator[Outcome]:
        """Outcomes until all are known or a process dies."""
        from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, wait

        waiting = iter(tasks)
        under_way: dict[Future[Outcome], str] = {}
        while True:
            try:
                for task in islice(waiting, self._window - len(under_way)):
                    under_way[self._executor.submit(_worked, task)] = task.key
            except BrokenExecutor:
                self.lost.add(task.key)
            if not under_way:
                break
            done, _ = wait(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                key = under_way.pop(future)
                try:
                    outcome = future.result()
                except BrokenExecutor:
                    self.lost |= {key, *under_way.values()}
                else:
                    yield outcome
            if self.lost:
                return
        self._ended = True

    def close(self) -> None:
        """End the processes: at once, unless all is done."""
        self._executor.shutdown(wait=True, kill_workers=not self._ended)


_grid: list[Grid] = []
"""The grid that a process of a pool works on."""


def begin(parent: int, grid: Grid) -> None:
    """Get a process of a pool ready."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent hears Ctrl-C, and ends it
    _grid.append(grid)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    """End this process soon after its parent, however that ended."""
    wait = threading.Event().wait
    while os.getppid() == parent:
        wait(ORPHAN_SECONDS)
    os._exit(1)


def _worked(task: Task) -> Outcome:
    return work(_grid[0], task, ONLY)


@dataclass(frozen=True, slots=True)
class Cluster:
    """An existing Dask cluster. Whoever may reach it may run code on its machines."""

    address: str

    def outcomes(self, grid: Grid, tasks: Sequence[Task]) -> Iterator[Outcome]:
        """As every runner.

        Raises
        ------
        ClusterUnavailable
            When it cannot be reached, does not know this version, or is lost.
        """
        with _connected(self.address) as client:
            try:
                _same_versions(client)
                yield from _distributed(client, grid, tasks)
            except (OSError, TimeoutError) as error:
                raise _lost(self.address, error) from error


def _connected(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise ClusterUnavailable(
            "dask is not installed; run pip install 'regional-matcher[dask]'"
        ) from None
    try:
        return Client(address, timeout=CONNECT_SECONDS)
    except (OSError, TimeoutError, ValueError) as error:
        raise _lost(address, error) from error


def _lost(address: str, error: Exception) -> ClusterUnavailable:
    return ClusterUnavailable(
        f"the Dask cluster at {address} cannot be used ({error}); see whether its "
        "scheduler runs and the address is right"
    )


def _same_versions(client: Any) -> None:
    """Refuse a cluster of which some process has another version, or none."""
    found = client.run(_version)
    if not found:
        raise ClusterUnavailable("the Dask cluster has no workers; start some")
    strange = {at: it for at, it in found.items() if it != __version__}
    if strange:
        at, version = next(iter(strange.items()))
        raise ClusterUnavailable(
            f"the Dask worker {at} has matcher {version}, here is {__version__}; "
            "install the same version there"
        )


def _version() -> str:
    return __version__


def _distributed(client: Any, grid: Grid, tasks: Sequence[Task]) -> Iterator[Outcome]:
    """Outcomes of tasks that the workers of a cluster take in turn."""
    from distributed import KilledWorker, as_completed

    sweep = _new_sweep()
    shared = client.scatter(grid, broadcast=True, hash=False)
    waiting = iter(tasks)
    keys: dict[str, str] = {}
    ahead = AHEAD * sum(client.nthreads().values())

    def submitted() -> Iterator[Any]:
        for task in islice(waiting, max(ahead - len(keys), 0)):
            future = client.submit(work, shared, task, sweep, pure=False)
            keys[future.key] = task.key
            yield future

    line = as_completed(list(submitted()))
    try:
        for future in line:
            key = keys.pop(future.key)
            try:
                outcome = future.result()
            except KilledWorker:
                outcome = Failed(key, FAILED, LOST)
            yield outcome
            line.update(list(submitted()))
    finally:
        with suppress(OSError, TimeoutError):
            client.cancel(list(line.futures))
            client.run(leave, sweep)
