"""What befalls a session under heat. Each returns the moment from which its OFF is counted."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

from irtherapy.edge import journal
from irtherapy.edge.faults.bench import LEASE_S, Bench, rising
from irtherapy.edge.faults.benches import PlugBench
from irtherapy.edge.faults.parts import wait_for
from irtherapy.edge.home import DATABASE
from irtherapy.session.guards import SENSOR_SETTLE_S

HOUR_S = 3600.0
WRITE = "from irtherapy.edge.cli import keep; keep.ready(); from irtherapy.edge.records.models import Patient; "
WRITE += "Patient.objects.create(code=__import__('uuid').uuid4().hex)"


def stop(bench: Bench) -> float:
    """Press STOP."""
    now_s = time.time()
    bench.send("stop")
    return now_s


def kill_runner(bench: Bench) -> float:
    """Kill the process that holds the heater."""
    now_s = time.time()
    os.kill(bench.runner_pid(), signal.SIGKILL)
    return now_s


def suspend_runner(bench: Bench) -> float:
    """Suspend it for longer than the lease (``undo`` wakes it)."""
    now_s = time.time()
    os.kill(bench.runner_pid(), signal.SIGSTOP)
    time.sleep(LEASE_S + 1.0)
    if bench.by_hand:  # it can ask when it is awake again
        now_s = time.time()
        undo(bench)
    return now_s


def kill_front(bench: Bench) -> float:
    """Kill the program in front of the runner."""
    assert bench.front is not None
    now_s = time.time()
    bench.front.kill()
    return now_s


def kill_broker(bench: Bench) -> float:
    """Kill the broker."""
    now_s = time.time()
    plugs(bench).kill_broker()
    return now_s


def plugs(bench: Bench) -> PlugBench:
    """Return the bench of a plug. Raises TypeError for another."""
    if not isinstance(bench, PlugBench):
        raise TypeError(f"{bench.driver} has no broker")
    return bench


def cut_network(bench: Bench) -> float:
    """Cut the wire: what is sent goes nowhere, and nobody is told."""
    now_s = time.time()
    bench.wire.cut = True
    return now_s


def power_cycle(bench: Bench) -> float:
    """Take the device's power away for a second."""
    now_s = time.time()
    bench.unplug()
    time.sleep(bench.blink_s)
    bench.plug_in()
    time.sleep(2.0)  # it starts, and might go on
    return now_s


def blink_under_kept_on(bench: Bench) -> float:
    """Have the broker keep an ON, and let the power blink."""
    on = plugs(bench)
    on.keep_an_on()
    now_s = time.time()
    on.unplug()
    on.plug_in()
    time.sleep(2.0)
    return now_s


def foreign_on(bench: Bench) -> float:
    """After STOP, have another program switch the device on."""
    stop(bench)
    wait_for(lambda: not bench.is_on, 3.0)
    now_s = time.time()
    bench.light_by_another()
    wait_for(lambda: sum(was for _, was in bench.switched()) >= 2, 3.0)  # it did go on
    return now_s


def _set_clock(bench: Bench, by_s: float) -> float:
    bench.move_clocks(by_s, 0.0)
    time.sleep(2.0)
    if not bench.is_on:
        raise RuntimeError("the heat ended because somebody set the clock")
    return stop(bench)


def clock_set_back(bench: Bench) -> float:
    """Set the clock back; the heat has to go on, and STOP to work."""
    return _set_clock(bench, -HOUR_S)


def clock_set_ahead(bench: Bench) -> float:
    """Set the clock ahead; the heat has to go on, and STOP to work."""
    return _set_clock(bench, HOUR_S)


def clock_leaps(bench: Bench) -> float:
    """Let more time than a lease have passed while the program did not run."""
    now_s = time.time()
    bench.move_clocks(2.0 * LEASE_S, 2.0 * LEASE_S)
    return now_s


def _writes(bench: Bench, most_bytes: int | None = None) -> bool:
    """Return whether the program of the pages can write to its database, with files of at most so many bytes."""

    def bound() -> None:
        if most_bytes is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    environment = {**os.environ, "IRTHERAPY_HOME": str(bench.root)}
    command = [sys.executable, "-c", WRITE]
    quiet = subprocess.DEVNULL
    done = subprocess.run(command, env=environment, preexec_fn=bound, stdout=quiet, stderr=quiet, timeout=60)
    return done.returncode == 0


def _without_database(bench: Bench, broken: Callable[[], contextlib.AbstractContextManager[int | None]]) -> float:
    if not _writes(bench):
        raise RuntimeError("the database could not be written before the fault")
    with broken() as most_bytes:
        if _writes(bench, most_bytes):
            raise RuntimeError("the database could be written in spite of the fault")
        if not bench.is_on:
            raise RuntimeError("the heat ended with the database")
        now_s = stop(bench)
        wait_for(lambda: not bench.is_on, 3.0)
    if not _writes(bench):
        raise RuntimeError("the database could not be written after the fault")
    return now_s


def database_locked(bench: Bench) -> float:
    """Lock the database for good; the heat goes on, STOP works, and afterwards it can be written again."""

    @contextlib.contextmanager
    def locked() -> Iterator[None]:
        other = sqlite3.connect(bench.root / DATABASE, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        try:
            yield
        finally:
            other.execute("ROLLBACK")
            other.close()

    return _without_database(bench, locked)


def database_full(bench: Bench) -> float:
    """Leave no room for another page of the database, by the system's bound on files."""
    return _without_database(bench, lambda: contextlib.nullcontext(4096))


def disk_full(bench: Bench) -> float:
    """Leave no room for another line of the journal, by the system's bound on files."""
    size = (bench.folder / journal.JOURNAL).stat().st_size
    now_s = time.time()
    resource.prlimit(bench.runner_pid(), resource.RLIMIT_FSIZE, (size, size))
    return now_s


def skin(say: Callable[[float], str | None]) -> Callable[[Bench], float]:
    """Return the fault of a thermometer that says this."""

    def fail(bench: Bench) -> float:
        now_s = time.time()
        bench.skin.say = say
        return now_s

    return fail


def second_disagrees(bench: Bench) -> float:
    """Let the second thermometer say five degrees more than the first."""
    now_s = time.time()
    bench.skin2.say = lambda t_s: f"{float(rising(t_s)) + 5.0:.2f}"
    return now_s


def comes_off_later(bench: Bench) -> float:
    """Let the thermometer come off once a minute of heat has passed, after which a fall is its own fault."""
    bench.let_pass(bench.lit_s + SENSOR_SETTLE_S + 5.0 - time.time())
    return comes_off(bench)


def comes_off(bench: Bench) -> float:
    """Let the thermometer fall into the air of the room, where it cools with a time constant of 20 s."""
    thermometer = bench.skin
    began_s = time.monotonic() - thermometer.began_s
    now_s = time.time()
    thermometer.say = lambda t_s: f"{22.0 + 11.0 * 2.718281828 ** ((began_s - t_s) / 20.0):.2f}"
    return now_s


def undo(bench: Bench) -> None:
    """Wake what was suspended, so that it can say how it ended."""
    with contextlib.suppress(OSError, ValueError):
        os.kill(bench.runner_pid(), signal.SIGCONT)
        time.sleep(0.5)
