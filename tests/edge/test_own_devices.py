"""A device nobody has listed: told by flags or asked for, kept, shown, and planned with like any other."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from irtherapy.device.own import OwnDevice
from irtherapy.edge import devices
from irtherapy.edge.cli import build, exposure
from irtherapy.values import DeviceKind, InputError

PANEL = ("panel", "--kind", "led_panel", "--claimed-mw-cm2", "100", "--meter", "thermal")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("IRTHERAPY_HOME", str(tmp_path))
    return tmp_path


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(build(("devices", "plan")), words, input=typed)


def told(*words: str) -> Any:
    ran = run(*words, "--json")
    assert ran.exit_code == 0, ran.output or ran.exception
    return json.loads(ran.output)


def refused(*words: str, typed: str = "") -> str:
    ran = run(*words, typed=typed)
    assert isinstance(ran.exception, InputError), ran.output
    return str(ran.exception)


def test_claimed_and_measured_stay_apart_and_the_limits_reckon_with_the_higher(home: Path) -> None:
    made = told("devices", "add", *PANEL, "--reading", "20:48", "--reading", "40:36", "--plot", str(home / "c.svg"))
    assert made["id"] == "own_panel" and made["claimed"]["irradiance_w_m2"] == pytest.approx(1000.0)
    assert made["claimed_over_measured"] > 1.5 and len(made["measured"]["curve"]) > 3
    assert "<svg" in (home / "c.svg").read_text() and "claimed at 15 cm" in (home / "c.svg").read_text()
    assert [one["id"] for one in told("devices", "list")["own"]] == ["own_panel"]
    assert told("devices", "show", "panel") == made
    believed = told("plan", "--site", "lower_back", "--device", "own_panel", "--distance-cm", "30")
    told("devices", "add", "honest", *PANEL[1:3], "--meter", "thermal", "--reading", "20:48", "--reading", "40:36")
    measured = told("plan", "--site", "lower_back", "--device", "own_honest", "--distance-cm", "30")
    assert believed["minutes"] < measured["minutes"]  # the limits believe the label, the light on the skin the meter
    assert believed["irradiance_w_m2"] == pytest.approx(measured["irradiance_w_m2"], rel=0.02)
    assert run("devices", "remove", "panel").exit_code == 0
    assert [one["id"] for one in told("devices", "list")["own"]] == ["own_honest"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--reading", "20:30", "--reading", "40:60"), "Between 20 and 40 cm the reading rises"),
        (("--reading", "20"), "Reading must be CM:MW_CM2"),
        (("--reading", "20:nan"), "Reading, second figure"),
        (("--reading", "-5:40"), "Reading, first figure"),
        (("--reading", "30:40", "--at-cm", "-3"), "istance"),
        (("--claimed-w-m2", "500"), "not both"),
        (("--plot", "/nowhere/at/all.svg", "--reading", "30:40"), "cannot be written"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_nothing_is_kept(words: tuple[str, ...], says: str) -> None:
    assert says in refused("devices", "add", *PANEL, *words)
    assert devices.load() == {}


def test_a_damaged_file_is_told_and_stays_as_it_is(home: Path) -> None:
    (home / devices.FILE).write_text("[{]")
    assert devices.FILE in refused("devices", "list")
    assert (home / devices.FILE).read_text() == "[{]"


def test_the_wizard_asks_again_for_what_cannot_be_and_takes_no_reading_that_contradicts() -> None:
    answers = [
        "my lamp",
        "lamp",
        "nothing",
        "1",
        "5000",
        "150",
        "",
        "",
        "y",
        "thermal",
        "30:42.5",
        "60:80",
        "60:17",
        "",
        "n",
    ]
    ran = run("devices", "add", typed="\n".join([*answers, ""]))
    assert ran.exit_code == 0, ran.output or ran.exception
    (made,) = devices.load().values()
    assert (made.kind, made.watts, made.name) == (DeviceKind.LAMP, 150.0, "my lamp")
    assert made.metered is not None and made.metered.readings == ((0.3, 425.0), (0.6, 170.0))
    assert "falls as E0/(1+d/a)²" in ran.output


class Skin:
    """A person with a thermometer whose skin warms by so many degrees a minute, at a clock that the answers move."""

    def __init__(self, per_min: float, every_s: float, words: dict[int, str | None] | None = None) -> None:
        self.per_min, self.every_s, self.words = per_min, every_s, words or {}
        self.clock_s, self.count, self.said, self.off_asked = 0.0, 0, list[str](), 0

    def now_s(self) -> float:
        return self.clock_s

    def say(self, text: str) -> None:
        self.said.append(text)

    def ask(self, text: str, most_s: float | None) -> str | None:
        if text.startswith("Is it off"):
            self.off_asked += 1
            return "y" if self.off_asked == 2 else "what"
        if text.startswith("Switch the device on"):
            return ""
        if text.startswith("Skin before"):
            return "33.1"
        assert most_s is not None
        self.count += 1
        self.clock_s += min(self.every_s, most_s)
        if self.count in self.words:
            return self.words[self.count]
        return f"{33.1 + self.per_min * self.clock_s / 60.0:.2f}"


def test_the_test_exposure_ends_in_time_or_at_the_ceiling_and_asks_until_it_is_off() -> None:
    slow, hot = Skin(1.0, 20.0), Skin(6.0, 20.0)
    pairs = exposure.led(slow, 41.0)
    assert pairs[0] == (0.0, 33.1) and pairs[-1][0] <= 180.0 and len(pairs) >= 8
    pairs = exposure.led(hot, 41.0)
    assert pairs[-1][1] >= 41.0 and all(c < 41.0 for _, c in pairs[:-1])
    for skin in (slow, hot):
        assert skin.off_asked == 2 and any("Switch the device off now" in text for text in skin.said)


@pytest.mark.parametrize(("answer", "says"), [("ouch", "too hot"), (None, "No reading came")])
def test_a_word_or_silence_ends_the_test(answer: str | None, says: str) -> None:
    skin = Skin(1.0, 20.0, {3: answer})
    pairs = exposure.led(skin, 41.0)
    assert len(pairs) == 3 and skin.off_asked == 2 and any(says in text for text in skin.said)


def test_the_skin_tells_the_output_within_its_interval() -> None:
    skin = [f"{s}:{c}" for s, c in ((0, 33.0), (60, 34.6), (120, 35.5), (180, 36.2))]
    words = [word for reading in skin for word in ("--skin-reading", reading)]
    common = ("lamp", "--kind", "lamp", "--spectrum", "red_glass", "--watts", "150", "--age", "45")
    made = told("devices", "add", *common, "--skin-at-cm", "60", *words)
    assert made["by_skin"]["irradiance_w_m2"] > 50.0 and 0.0 < made["by_skin"]["spread"] < 1.0
    assert "0" in refused("devices", "add", *common, "--skin-at-cm", "60", "--skin-reading", "60:34.5")
    assert "distance" in refused("devices", "add", *common, *words)


def test_an_own_device_is_a_frozen_value_that_comes_back() -> None:
    one = OwnDevice(name="A B", kind=DeviceKind.LED_PANEL, claimed_w_m2=500.0)
    devices.keep(one)
    assert devices.find("a b") == one and devices.known()[one.id].name == "A B"
