"""A population on processes and on a real Dask cluster: killed, resumed, split, and always the same numbers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time

import pytest

from irtherapy.dose import cohort as pure
from irtherapy.edge import cohort, data
from irtherapy.values import InputError, Placement, Region, Site

COMMAND = ["population", "--device", "r125_150w", "--distance-cm", "45", "--minutes", "5", "--wavelengths", "6"]


@pytest.fixture(scope="module")
def question():
    lamp = data.catalogue()["r125_150w"]
    return pure.Question(
        Site(Region.LOWER_BACK, pain_0_10=5.0), lamp, Placement(0.45), 5.0, persons=5300, wavelengths=6
    )


@pytest.fixture(scope="module")
def expected(question):
    total = pure.empty()
    for batch in range(question.batches):
        total = pure.together(total, cohort.work(question, batch)[1])
    return total


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 3])
def test_processes_count_the_same(question, expected, workers):
    told = []
    assert cohort.run(question, workers, told=told.append) == expected
    assert told == list(range(7))


@pytest.mark.slow
def test_a_killed_worker_is_replaced(question, expected, tmp_path):
    def kill_one(done):
        if done == 1:
            found = subprocess.run(
                ["pgrep", "-P", str(os.getpid()), "-f", "spawn_main"], capture_output=True, text=True
            )
            os.kill(int(found.stdout.split()[-1]), signal.SIGKILL)

    assert cohort.run(question, 2, kept=tmp_path / "run.jsonl", told=kill_one) == expected
    lines = [json.loads(line) for line in (tmp_path / "run.jsonl").read_text().splitlines()]
    assert sorted(line["batch"] for line in lines[1:]) == list(range(6))


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was(question, expected, tmp_path):
    kept = tmp_path / "run.jsonl"
    call = [sys.executable, "-c", "from irtherapy.edge.cli import main; main()", *COMMAND]
    call += ["--persons", "5300", "--workers", "1", "--resume", str(kept), "--json"]
    first = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    until = time.monotonic() + 60
    while not kept.exists() or kept.read_bytes().count(b"\n") < 3:
        assert time.monotonic() < until and first.poll() is None
        time.sleep(0.01)
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    with kept.open("ab") as file:
        file.write(b'{"batch": 5, "gro')  # a line torn by the kill
    seen = []
    assert cohort.run(question, 1, kept=kept, told=seen.append) == expected
    assert seen[0] >= 2 and seen[-1] == 6
    again = subprocess.run(call, capture_output=True, text=True, check=True)
    told = json.loads(again.stdout)
    assert told["groups"]["all"]["persons"] == 5300
    assert told["groups"]["all"]["skin_target"]["share"] == expected.groups["all"][1] / 5300


@pytest.mark.slow
def test_a_dask_cluster_counts_the_same_and_outlives_a_worker(question, expected):
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
        workers = [worker.process.pid for worker in cluster.workers.values()]
        threading.Timer(1.0, os.kill, (workers[0], signal.SIGKILL)).start()
        assert cohort.run(question, cluster=cluster.scheduler_address) == expected


def test_files_and_clusters_that_are_not_there(question, tmp_path):
    other = tmp_path / "other.jsonl"
    other.write_text('{"question": "something else"}\n')
    with pytest.raises(InputError, match="another question"):
        cohort.run(question, 1, kept=other)
    assert other.read_text() == '{"question": "something else"}\n'
    other.write_text("not json")
    with pytest.raises(InputError, match="not a file of a population run"):
        cohort.run(question, 1, kept=other)
    store = tmp_path / "one.jsonl"
    cohort.run(question, 1, kept=store)
    kept = store.read_bytes()
    for line in (b'{"batch": 1}', b'{"batch": 1, "groups": {"all": [1]}, "peaks": []}', b"no"):
        store.write_bytes(kept + line + b"\n")
        with pytest.raises(InputError, match="a line that is no batch"):
            cohort.run(question, 1, kept=store)
        assert store.read_bytes() == kept + line + b"\n"
    with pytest.raises(InputError, match="Workers must be a number from 1"):
        cohort.run(question, 0)
    with pytest.raises(InputError, match="No Dask scheduler"):
        cohort.run(question, cluster="tcp://127.0.0.1:9")
