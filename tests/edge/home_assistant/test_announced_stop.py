"""STOP over MQTT, and all that must not happen over MQTT: the real runner, a real broker, a pretended plug."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import announced_bench as bench
import pytest

from irtherapy.edge.faults.parts import Broker, Pretended, wait_for
from irtherapy.edge.runner import announce, announced, broker_line, start, topics
from irtherapy.session.state import INPUT_EVENTS

pytestmark = pytest.mark.slow
STOP_MAX_S = 1.0
SAMPLES_APART_S = 1.6  # one each second, on a busy machine


def say(what: str, seconds: float) -> None:
    sys.stdout.write(f"measured: {what} {seconds:.2f} s\n")


def seconds_to_off(running: object, since_s: float, most_s: float = 5.0) -> float:
    return running.plug.seconds_to_off(since_s, most_s)  # type: ignore[attr-defined, no-any-return]


def test_stop_is_off_within_a_second(session: Callable, somebody: bench.Listener) -> None:
    running = session()
    wait_for(lambda: somebody.state().get("heat") == "ON")
    since_s = time.time()
    somebody.press(b"stop")
    took_s = seconds_to_off(running, since_s)
    say("STOP over MQTT to OFF", took_s)
    assert took_s < STOP_MAX_S
    wait_for(lambda: bench.ended(running.folder) == "stopped")
    stop = next(e for e in bench.events(running.folder) if e.kind == "stop")
    assert stop.data == {"by": "mqtt"}
    wait_for(lambda: somebody.state()["heat"] == "OFF" and somebody.state()["limit"] == "You stopped the session.")
    assert not any(topic == topics.command(bench.NAME) and kept for _, topic, _, kept in somebody.heard)


def test_stop_works_while_the_pages_program_hangs(session: Callable, somebody: bench.Listener, tmp_path: Path) -> None:
    """One that dies takes the heat with it, since the pipe ends. One that hangs does not, and STOP must pass."""
    code = (
        "import sys, time; from pathlib import Path; from irtherapy.edge.runner import start;"
        "h = start(Path(sys.argv[1])); h.send('check', id='bare'); h.send('start'); time.sleep(60)"
    )
    running = session(by=lambda folder: subprocess.Popen([sys.executable, "-c", code, str(folder)]))
    running.process.send_signal(signal.SIGSTOP)
    since_s = time.time()
    somebody.press(b"stop")
    took_s = seconds_to_off(running, since_s)
    say("STOP over MQTT to OFF, the page's program hanging", took_s)
    assert took_s < STOP_MAX_S
    wait_for(lambda: bench.ended(running.folder) == "stopped")


def test_nothing_on_the_broker_starts_heat(broker: Broker, somebody: bench.Listener, tmp_path: Path) -> None:
    """Before START, with every check confirmed: each word of the session, in every shape, on every topic of ours."""
    plug = Pretended("tasmota", broker.port, tmp_path / "plug")
    wait_for(lambda: somebody.last(f"tele/{plug.topic}/LWT") == b"Online", 10.0)
    folder = bench.lay_out(tmp_path / "s", bench.order_of("mqtt"), plug, broker.port)
    handle = start(folder)
    try:
        wait_for(lambda: somebody.state().get("phase") == "checks", 10.0)
        handle.send("check", id="bare")
        wait_for(lambda: any(e.kind == "check" for e in bench.events(folder)))
        words = sorted({*INPUT_EVENTS, "on", "ON", "heat", "heating", "1", "true", "PRESS"} - {"stop"})
        shapes = [w.encode() for w in words] + [json.dumps({"kind": w}).encode() for w in words]
        shapes += [json.dumps(w).encode() for w in words] + [b"start\n", b"start stop", b"confirm start", b"START"]
        own = [at(bench.NAME) for at in (topics.command, topics.state, topics.availability, topics.next_session)]
        own += [topics.discovery(bench.NAME), *(f"irtherapy/{bench.NAME}/{w}" for w in ("start", "heat", "heat/set"))]
        for topic in own:
            for payload in shapes:
                for kept in (False, True):
                    last = somebody.client.publish(topic, payload, qos=1, retain=kept)
            last.wait_for_publish(10.0)
            assert last.is_published()
        time.sleep(1.0)
        assert not any(line["on"] for line in plug.truth())
        assert {e.kind for e in bench.events(folder)} <= {"order", "check", "sample"}
        somebody.press(b"stop")  # and it has listened all the while
        wait_for(lambda: bench.ended(folder) == "never_started")
        assert handle.process.wait(10) == 0
    finally:
        handle.process.kill()
        plug.kill()


def test_pause_is_off_and_nothing_sent_lifts_it(session: Callable, somebody: bench.Listener) -> None:
    running = session()
    since_s = time.time()
    somebody.press(b"pause")
    assert seconds_to_off(running, since_s) < STOP_MAX_S
    wait_for(lambda: somebody.state().get("phase") == "paused")
    for word in (b"pause", b"confirm", b"resume", b"start", b'{"kind": "resume"}', b"on_confirmed", b"awake"):
        somebody.press(word)
    time.sleep(1.0)
    assert not running.plug.is_on and somebody.state()["phase"] == "paused"
    assert running.handle.send("resume")  # the page can
    wait_for(lambda: running.plug.is_on)


def test_an_answer_sent_ahead_is_none(session: Callable, somebody: bench.Listener) -> None:
    """An automation that confirms every half second is no sign of life until the question stands."""
    running = session(wake_every_s=3.0, wake_answer_s=1.5)
    for _ in range(4):
        somebody.press(b"confirm")
        time.sleep(0.5)
    assert not any(e.kind == "awake" for e in bench.events(running.folder))
    wait_for(lambda: somebody.state().get("question") == "awake")
    somebody.press(b"CONFIRM\n")
    wait_for(lambda: somebody.state().get("question") == "no")
    wait_for(lambda: bench.ended(running.folder) == "no_answer", 15.0)  # the next one is not answered
    assert not running.plug.is_on


HOSTILE = (
    b"",
    b"\x00",
    b"\xff\xfe\x80stop",
    "stöp".encode(),
    b"stop" * 50,
    b"s" * 400,
    b"{" * 5_000,
    bytes(200_000),
    b'{"kind": "stop"}',
    b"stop now",
    b"nan",
    b"confirm\x00",
)


def test_hostile_messages_do_nothing_and_kill_nothing(
    broker: Broker, session: Callable, somebody: bench.Listener
) -> None:
    somebody.press(b"stop", retain=True)  # kept by the broker from before: no word of now
    somebody.press(b"confirm", retain=False)
    running = session()
    rng = random.Random(7)
    for payload in HOSTILE:
        for kept in (False, True):
            somebody.client.publish(topics.command(bench.NAME), payload, qos=1, retain=kept)
    for _ in range(3_000):
        noise = rng.randbytes(rng.randrange(40))
        somebody.client.publish(topics.command(bench.NAME), noise, qos=rng.randrange(2))
    somebody.press(b"the end")
    time.sleep(1.5)
    assert running.plug.is_on and running.handle.alive and bench.ended(running.folder) is None
    samples = [e.at_s for e in bench.events(running.folder) if e.kind == "sample"]
    assert max(b - a for a, b in zip(samples, samples[1:], strict=False)) < SAMPLES_APART_S
    since_s = time.time()
    somebody.press(b"stop")
    assert seconds_to_off(running, since_s) < STOP_MAX_S


def test_the_broker_itself_throws_long_messages_away(broker: Broker, somebody: bench.Listener) -> None:
    to, words, sizes = announced.load(), [], []
    assert to is not None
    line = broker_line.BrokerLine(to, True, lambda word, _first: words.append(word))
    took = line._client.on_message
    line._client.on_message = lambda c, d, m: (sizes.append(len(m.payload)), took(c, d, m))  # type: ignore[misc]
    try:
        wait_for(lambda: somebody.last(topics.availability(bench.NAME)) == b"online")
        for payload in (b"s" * 400, b"s" * broker_line.PACKET_MAX_BYTES, bytes(200_000), b"stop"):
            somebody.press(payload)
        wait_for(lambda: words == ["stop"])
        assert sizes == [400, 4]
    finally:
        line.close()


@pytest.mark.parametrize("how", ["SIGKILL", "SIGSTOP"])
def test_a_broker_that_dies_or_hangs_is_no_matter_to_a_session(
    how: str, broker: Broker, session: Callable, somebody: bench.Listener, tmp_path: Path
) -> None:
    """The plug has another broker; the announcing one goes and comes back. Guards, samples and OFF are on time."""
    (tmp_path / "plugs").mkdir()
    plugs = Broker(tmp_path / "plugs")
    try:
        running = session(plugs=plugs, heat_s=7.0)
        wait_for(lambda: somebody.state().get("heat") == "ON")
        broker.process.send_signal(getattr(signal, how))
        time.sleep(3.0)
        if how == "SIGKILL":
            broker.process.wait()
            broker.start()
        else:
            broker.process.send_signal(signal.SIGCONT)
        again = bench.Listener(broker.port)
        wait_for(lambda: again.last(topics.availability(bench.NAME)) == b"online", 15.0)
        wait_for(lambda: again.last(topics.discovery(bench.NAME)) is not None)
        again.close()
        wait_for(lambda: any(e.kind == "heat_off" for e in bench.events(running.folder)), 15.0)
        wait_for(lambda: not running.plug.is_on)
        told = bench.events(running.folder)
        on_s = next(e.at_s for e in told if e.kind == "heat_on")
        off_s = next(e.at_s for e in told if e.kind == "heat_off")
        say(f"7 s of heat with the broker under {how}", off_s - on_s)
        assert 7.0 <= off_s - on_s < 8.5
        samples = [e.at_s for e in told if e.kind == "sample"]
        assert max(b - a for a, b in zip(samples, samples[1:], strict=False)) < SAMPLES_APART_S
    finally:
        plugs.kill()


@pytest.mark.parametrize("how", ["nobody there", "takes the call and never answers"])
def test_no_broker_at_all_is_no_matter(how: str, broker: Broker, session: Callable, tmp_path: Path) -> None:
    (tmp_path / "plugs").mkdir()
    plugs = Broker(tmp_path / "plugs")
    broker.kill()
    mute = socket.create_server(("127.0.0.1", broker.port)) if how.startswith("takes") else None
    try:
        running = session(plugs=plugs)
        since_s = time.time()
        running.handle.send("stop")
        assert seconds_to_off(running, since_s) < STOP_MAX_S
        since_s = time.time()
        running.handle.send("finish")
        assert running.process.wait(5) == 0
        say(f"end of the program, broker: {how}", time.time() - since_s)
        assert time.time() - since_s < 2.5
    finally:
        plugs.kill()
        if mute is not None:
            mute.close()


def test_a_second_session_takes_stop_alone(session: Callable, somebody: bench.Listener, tmp_path: Path) -> None:
    one = session("one")
    wait_for(lambda: somebody.state().get("heat") == "ON")
    two = session("two")
    somebody.press(b"pause")
    wait_for(lambda: not one.plug.is_on)
    time.sleep(0.7)
    assert two.plug.is_on and somebody.state()["phase"] == "paused"
    since_s = time.time()
    somebody.press(b"stop")
    assert seconds_to_off(two, since_s) < STOP_MAX_S
    wait_for(lambda: bench.ended(two.folder) == "stopped")


def test_without_a_broker_of_its_own_a_session_has_no_line(tmp_path: Path) -> None:
    code = (
        "import sys, threading, irtherapy.edge.runner.announce as a\n"
        "with a.beside(None, 1) as (inbox, show):\n"
        "    assert (inbox, show) == (1, None) and threading.active_count() == 1\n"
        "assert 'irtherapy.edge.runner.broker_line' not in sys.modules and 'django' not in sys.modules"
    )
    environment = {**os.environ, "IRTHERAPY_HOME": str(tmp_path)}
    assert subprocess.run([sys.executable, "-c", code], env=environment).returncode == 0


@pytest.mark.parametrize("text", ["{", "[]", '{"host": ""}', '{"host": "h", "port": 0}', '{"host": "h", "x": 1}'])
def test_a_damaged_file_is_said_and_no_matter(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path))
    (tmp_path / announced.FILE).write_text(text)
    with announce.beside(bench.order_of("mqtt"), "inbox") as (inbox, show):  # type: ignore[arg-type]
        assert (inbox, show) == ("inbox", None)
    assert capsys.readouterr().err.startswith("Not announced: ")
