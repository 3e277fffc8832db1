"""irtherapy in a real Home Assistant: its entities appear, follow a session, end it, and know when nobody is there."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import announced_bench as bench
import pytest
import real_home_assistant as real

from irtherapy.edge.drivers.simulated import ADDRESS
from irtherapy.edge.drivers.twin import HEATER_LOG
from irtherapy.edge.faults.parts import Broker, wait_for
from irtherapy.edge.runner import RunnerHandle, start
from irtherapy.outcome import progress

pytestmark = pytest.mark.slow
STOP_MAX_S = 1.0
ENTITIES = {
    "sensor.irtherapy_phase",
    "sensor.irtherapy_heat_time_left",
    "binary_sensor.irtherapy_heat",
    "sensor.irtherapy_skin",
    "sensor.irtherapy_cem43",
    "sensor.irtherapy_limit",
    "sensor.irtherapy_next_session",
    "sensor.irtherapy_question",
    "button.irtherapy_stop",
    "button.irtherapy_pause",
    "button.irtherapy_i_am_awake",
}
HOWTO = real.HOWTO.read_text()
OUTLAST = {"sensor.irtherapy_limit", "sensor.irtherapy_next_session"}


@pytest.fixture(scope="module")
def environment() -> Path:
    python = real.python_3_13()
    if python is None:
        pytest.skip("Home Assistant 2025.4.4 needs Python 3.13 with venv, and this machine has none.")
    return real.installed(python)


@pytest.fixture
def assistant(environment: Path, broker: Broker, tmp_path: Path) -> Iterator[real.HomeAssistant]:
    started = real.HomeAssistant(environment, tmp_path / "assistant")
    try:
        started.set_up(broker.port)
        yield started
    finally:
        started.kill()


@pytest.fixture
def simulated(broker: Broker, tmp_path: Path) -> Iterator[tuple[RunnerHandle, Path]]:
    """A simulated session that warms a simulated skin and soon asks whether one is awake; not started yet."""
    folder = tmp_path / "simulated"
    order = bench.order_of("simulated", sensor=True, wake_every_s=2.0)
    bench.lay_out(folder, order)
    command = [sys.executable, str(Path(__file__).parents[1] / "lamp_process.py"), str(folder), "60"]
    lamp = subprocess.Popen(command, start_new_session=True)
    wait_for(lambda: (folder / ADDRESS).exists(), 10.0)
    handle = start(folder)
    yield handle, folder
    for process in (handle.process, lamp):
        process.kill()
        process.wait()


def is_lit(folder: Path) -> bool:
    path = folder / HEATER_LOG
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return bool(lines) and lines[-1]["heat"] == "on"


def test_sessions_in_home_assistant(
    assistant: real.HomeAssistant, simulated: tuple[RunnerHandle, Path], session: Callable[..., object]
) -> None:
    """One start of Home Assistant for all of it: it takes ten seconds to come up."""
    is_shown = shown(assistant)
    follows_and_stops(assistant, is_shown, *simulated)
    stops_by_the_automation_of_the_page(assistant, is_shown, session)
    knows_a_killed_runner(assistant, is_shown, session)
    assert not any("irtherapy" in key and key.split(".")[0] in ("switch", "light") for key in assistant.states())


def shown(assistant: real.HomeAssistant) -> Callable[..., None]:
    """Return what waits until Home Assistant shows these states; the names are those of ``ENTITIES``, shortened."""

    def wait(seconds: float = 10.0, **wanted: object) -> None:
        def does() -> bool:
            now = {key.split(".irtherapy_")[1]: state for key, state in assistant.states().items()}
            return all(now.get(key) == state for key, state in wanted.items())

        try:
            wait_for(does, seconds)
        except AssertionError:
            raise AssertionError(f"wanted {wanted}; Home Assistant shows {assistant.states()}") from None

    return wait


def follows_and_stops(
    assistant: real.HomeAssistant, is_shown: Callable[..., None], handle: RunnerHandle, folder: Path
) -> None:
    wait_for(lambda: set(assistant.states()) == ENTITIES, 15.0)
    assert all(f"`{entity}`" in HOWTO for entity in ENTITIES)
    is_shown(phase="checks", heat="off", heat_time_left="600", limit="unknown", next_session="unknown")
    bench.heat(handle)
    is_shown(phase="heating", heat="on", question="awake", cem43="0.0")
    skin_c = float(assistant.states()["sensor.irtherapy_skin"])
    assert 33.0 <= skin_c < 34.0
    assert 590 <= int(assistant.states()["sensor.irtherapy_heat_time_left"]) < 600
    assistant.press("button.irtherapy_i_am_awake")
    wait_for(lambda: any(e.kind == "awake" and e.data == {"by": "mqtt"} for e in bench.events(folder)))
    assistant.press("button.irtherapy_pause")
    is_shown(phase="paused", heat="off", question="no")
    assert not is_lit(folder)
    handle.send("resume")  # by the page: Home Assistant has no button for it
    is_shown(phase="heating", heat="on")
    since_s = time.monotonic()
    assistant.press("button.irtherapy_stop")
    wait_for(lambda: not is_lit(folder), 5.0)
    took_s = time.monotonic() - since_s
    sys.stdout.write(f"measured: STOP in Home Assistant to OFF {took_s:.2f} s\n")
    assert took_s < STOP_MAX_S
    is_shown(phase="rating", heat="off", limit="You stopped the session.")
    handle.send("finish")
    assert handle.process.wait(10) == 0
    is_shown(phase="unavailable", stop="unavailable", limit="You stopped the session.", next_session="unknown")


def stops_by_the_automation_of_the_page(
    assistant: real.HomeAssistant, is_shown: Callable[..., None], session: Callable[..., object]
) -> None:
    """The automation of docs/howto stops the heat when the last one leaves; and the next day is told afterwards."""
    running = session("real")  # heat on a plug: the day of rest counts
    assistant.set_state("zone.home", "1")
    is_shown(phase="heating", heat="on")
    assistant.set_state("zone.home", "0")
    wait_for(lambda: not running.plug.is_on, 5.0)  # type: ignore[attr-defined]
    for kind, told in (("skin_check", {"value": "clean"}), ("pain_after", {"value": 2}), ("finish", {})):
        running.handle.send(kind, **told)  # type: ignore[attr-defined]
    today = datetime.datetime.now().astimezone().date()
    is_shown(next_session=(today + datetime.timedelta(days=progress.REST_DAYS)).isoformat(), heat="unavailable")


def knows_a_killed_runner(
    assistant: real.HomeAssistant, is_shown: Callable[..., None], session: Callable[..., object]
) -> None:
    running = session("killed")
    is_shown(phase="heating", heat="on")
    since_s = time.monotonic()
    running.handle.process.kill()  # type: ignore[attr-defined]
    is_shown(phase="unavailable")
    sys.stdout.write(f"measured: killed runner to unavailable {time.monotonic() - since_s:.3f} s\n")
    gone = {key for key, state in assistant.states().items() if state == "unavailable"}
    assert gone == ENTITIES - OUTLAST
    assert assistant.states()["sensor.irtherapy_next_session"] != "unknown"
