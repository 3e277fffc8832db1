"""Working through the batches of a population: on processes of this machine, or on a Dask cluster.

What is done is appended to a file, one line a batch, so that a run that was stopped goes on where it was. A worker that
dies takes its batch with it, and the batch is made again.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, TextIO

from irtherapy.dose import cohort
from irtherapy.dose.cohort import Counts, Question
from irtherapy.edge import data
from irtherapy.values import InputError, in_range, to_json

AHEAD = 2  # batches waiting for each worker
LOSSES_MAX = 5  # pools lost in a row without one batch done

Done = tuple[int, Counts]


def work(question: Question, batch: int) -> Done:
    """Return a batch with its counts; runs in a worker."""
    return batch, cohort.count(question, batch, data.body_tables())


def run(
    question: Question,
    workers: int | None = None,
    cluster: str | None = None,
    kept: Path | None = None,
    told: Callable[[int], None] = lambda done: None,
) -> Counts:
    """Return the counts of the whole question.

    ``kept`` is the file that is resumed and appended to, ``told`` is called with the number of batches done. Raises
    InputError for a file of another question, a cluster that does not answer, or workers that keep dying.
    """
    total, done = cohort.empty(), set[int]()
    store = _Store(kept, question)
    for batch, counts in store.found:
        done.add(batch)
        total = cohort.together(total, counts)
    told(len(done))
    left = [batch for batch in range(question.batches) if batch not in done]
    finished = _on_cluster(question, left, cluster) if cluster else _on_processes(question, left, workers)
    with store:
        for batch, counts in finished:
            store.append(batch, counts)
            total = cohort.together(total, counts)
            done.add(batch)
            told(len(done))
    return total


def _on_processes(question: Question, batches: list[int], workers: int | None) -> Iterator[Done]:
    many = int(in_range("Workers", (os.cpu_count() or 1) if workers is None else workers, 1, 256))
    left, losses = list(batches), 0
    while left:
        pool = ProcessPoolExecutor(min(many, len(left)), mp_context=multiprocessing.get_context("spawn"))
        try:
            for batch, counts in _pooled(pool, question, list(left), many):
                left.remove(batch)
                losses = 0
                yield batch, counts
        except BrokenProcessPool:
            losses += 1
            if losses >= LOSSES_MAX:
                raise InputError(
                    "Workers", "The worker processes keep dying; is there enough memory? Try --workers 1."
                ) from None
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _pooled(pool: ProcessPoolExecutor, question: Question, batches: list[int], many: int) -> Iterator[Done]:
    """Yield batches as they are done, never with more than a few waiting: memory stays bounded."""
    waiting: set[Future[Done]] = set()
    while batches or waiting:
        while batches and len(waiting) < many * AHEAD:
            waiting.add(pool.submit(work, question, batches.pop(0)))
        ready, waiting = wait(waiting, return_when=FIRST_COMPLETED)
        for future in ready:
            yield future.result()


def _on_cluster(question: Question, batches: Iterable[int], address: str) -> Iterator[Done]:
    try:
        from distributed import Client, as_completed
    except ImportError:
        raise InputError(
            "Cluster", "A cluster needs Dask: install it with pip install 'irtherapy[cluster]', here and there."
        ) from None
    try:
        client = Client(address, timeout="10s")
    except (OSError, ValueError) as error:
        raise InputError("Cluster", f"No Dask scheduler answers at {address} ({error}).") from None
    with client:
        futures = [client.submit(work, question, batch, pure=False, retries=3) for batch in batches]
        for future in as_completed(futures):
            yield future.result()
            future.release()


def _read_batch(line: bytes) -> Done:
    item = json.loads(line)
    groups = {name: tuple(numbers) for name, numbers in item["groups"].items()}
    if groups.keys() != cohort.empty().groups.keys():
        raise ValueError(line)
    return int(item["batch"]), Counts(groups, tuple(item["peaks"]))


class _Store:
    """The file of finished batches: a line that names the question, then a line a batch."""

    def __init__(self, path: Path | None, question: Question) -> None:
        self.path = path
        self.file: TextIO | None = None
        self.found: list[Done] = []
        told = json.dumps(to_json({**vars(question), "batch": cohort.BATCH}), sort_keys=True)
        self.name = hashlib.sha256(told.encode()).hexdigest()
        if path is not None and path.exists():
            self._read(path)

    def _read(self, path: Path) -> None:
        try:
            first, *lines = path.read_bytes().split(b"\n")
            name = json.loads(first)["question"]
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError("Resume", f"{path} is not a file of a population run.") from None
        if name != self.name:
            raise InputError("Resume", f"{path} holds another question; name another file or remove it.")
        whole = lines[:-1]  # what follows the last line break was being written when the run was stopped
        try:
            self.found = [_read_batch(line) for line in whole]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InputError("Resume", f"{path} has a line that is no batch of a population run.") from None
        size = len(first) + 1 + sum(len(line) + 1 for line in whole)
        if size < path.stat().st_size:
            os.truncate(path, size)

    def __enter__(self) -> _Store:
        if self.path is not None:
            try:
                fresh = not self.path.exists()
                self.file = self.path.open("a", encoding="utf-8")
                if fresh:
                    self._line({"question": self.name})
            except OSError as error:
                raise InputError("Resume", f"{self.path} cannot be written: {error.strerror}.") from None
        return self

    def __exit__(self, *_: object) -> None:
        if self.file is not None:
            self.file.close()

    def append(self, batch: int, counts: Counts) -> None:
        """Keep one batch."""
        self._line({"batch": batch, "groups": counts.groups, "peaks": counts.peaks})

    def _line(self, item: Any) -> None:
        if self.file is not None:
            self.file.write(json.dumps(to_json(item)) + "\n")
            self.file.flush()
