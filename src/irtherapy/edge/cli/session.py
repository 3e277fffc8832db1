"""`irtherapy session`: a session in the terminal, at the pace of the clock, led by keys."""

from __future__ import annotations

import select
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer
from rich.live import Live
from rich.panel import Panel

from irtherapy.edge.cli import arguments, prescribed, show
from irtherapy.edge.cli.spoken import Spoken, told, told_line
from irtherapy.values import InputError, Side, in_range

if TYPE_CHECKING:
    from irtherapy.edge.plugs import OwnPlug
    from irtherapy.edge.records.comparisons import Part
    from irtherapy.edge.records.models import Visit

DIGITS = {str(k): float(k) for k in range(10)} | {"t": 10.0}
CONFIRM = {"awake": "awake", "confirm_on": "on_confirmed", "confirm_off": "off_confirmed"}
HELP = {
    "checks": "Enter: yes, confirmed    q: leave",
    "heating": "any key: STOP    space: pause",
    "paused": "space: go on    any other key: stop",
    "heat_ended": "Enter: start stretching    q: stop",
    "stretching": "Enter: done    s: skip    e: easier    h: that hurt    q: stop",
    "rating": "answer with a key",
}


@contextmanager
def keys() -> Iterator[None]:
    """Read single keys without Enter while inside, where the terminal can."""
    if not sys.stdin.isatty():
        yield
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin.fileno())
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


class Keyboard:
    """Turns single keys into the words of the session, by phase and question."""

    def __init__(self, order: Any) -> None:
        self.checks = dict(order.checks)
        self.fine = False  # "comfortable" was told by a key to the question that is open

    def pressed(self) -> Iterable[str]:
        """Return the keys pressed since last asked."""
        while select.select([sys.stdin], [], [], 0)[0]:
            key = sys.stdin.read(1)
            if key == "":
                from irtherapy.edge.runner.loop import ParentGone

                raise ParentGone
            yield key

    def poll(self, snapshot: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """Return the wishes of the keys pressed."""
        return [wish for key in self.pressed() for wish in self.wishes(key, snapshot)]

    def wishes(self, key: str, snapshot: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        """Return what one key means now."""
        phase, question = snapshot["phase"], snapshot["question"]
        if question == "comfort":
            if key in "sq\x1b":
                return [{"kind": "stop"}]
            if key in DIGITS:
                return [{"kind": "comfort", "value": DIGITS[key]}]
            again, self.fine = self.fine, True  # two keys in a row are no "comfortable": the heat goes off
            return [{"kind": "pause"} if again else {"kind": "comfort", "fine": True}]
        self.fine = False
        if question in CONFIRM and key in "\n y":
            return [{"kind": CONFIRM[question]}]
        if phase == "checks":
            return self._check(key, snapshot)
        if phase == "heating":
            return [{"kind": "pause" if key == " " else "stop"}]
        if phase == "paused":
            return [{"kind": "resume" if key == " " else "stop"}]
        if phase == "heat_ended" and key in "\nq":
            return [{"kind": "stop" if key == "q" else "stretch_start"}]
        words = {"\n": "stretch_done", "s": "stretch_skip", "e": "stretch_easier", "h": "stretch_hurt", "q": "stop"}
        if phase == "stretching" and key in words:
            return [{"kind": words[key]}]
        return self._rate(key, snapshot) if phase == "rating" else []

    def _check(self, key: str, snapshot: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        if key == "q":
            return [{"kind": "stop"}]
        if key not in "\n y":
            return []
        left = [name for name in self.checks if name in snapshot["checks_left"]]
        return [{"kind": "check", "id": left[0]}] if left else [{"kind": "start"}]

    def _rate(self, key: str, snapshot: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
        if snapshot["skin_check"] is None:
            value = {"c": "clean", "r": "red_fading", "m": "marks"}.get(key)
            return [{"kind": "skin_check", "value": value}] if value else []
        if snapshot["pain_after_0_10"] is None:
            return [{"kind": "pain_after", "value": DIGITS[key]}, {"kind": "finish"}] if key in DIGITS else []
        return [{"kind": "finish"}]


def sentence(order: Any, snapshot: Mapping[str, Any]) -> str:
    """Return the one sentence of the screen."""
    question, phase = snapshot["question"], snapshot["phase"]
    asked = {
        "awake": "Are you awake? Press Enter.",
        "comfort": "How hot does it feel, 0 to 10? A digit (t for ten); any other key: comfortable; s: stop.",
        "confirm_on": "Switch the device on now, then press Enter.",
        "confirm_off": "Switch the device OFF now, then press Enter.",
    }
    if question:
        return asked[question]
    if phase == "checks":
        left = [text for name, text in order.checks if name in snapshot["checks_left"]]
        return left[0] if left else "All is confirmed. Press Enter to START."
    if phase == "stretching":
        item = order.stretch[snapshot["item_index"]]
        how = f"The easier way: {item.easier}" if snapshot["eased"] else item.say
        doing = {
            Side.BOTH: f"{item.name}. {how}",
            Side.LEFT: f"{item.name}, left side. {how}",
            Side.RIGHT: f"{item.name}, right side. {how}",
        }[item.side]
        return f"{doing} Set {item.set_number} of {item.sets}." if item.sets > 1 else doing
    if phase == "rating":
        if snapshot["skin_check"] is None:
            return "How is the skin? c: clean   r: red but fading   m: marks"
        return "How much does it hurt now, 0 to 10? Press a digit (t for ten)."
    if phase == "heating" and order.comparison:
        return "Gentle massage may begin." if snapshot["massage"] else "Rest."
    if phase == "heating":
        return "Massage may begin: the muscle is warm." if snapshot["massage"] else "Rest. The heat is on."
    if order.comparison and phase in ("paused", "heat_ended"):
        return snapshot["advice"] or ("Paused." if phase == "paused" else "This part is over. Get ready to stretch.")
    said = {"paused": "Paused. The heat is off.", "heat_ended": "The heat has ended. Get ready to stretch."}
    return snapshot["advice"] or said.get(phase, "")


def face(order: Any, snapshot: Mapping[str, Any]) -> Panel:
    """Return the terminal screen: one number, one sentence, the keys."""
    left_s = snapshot["item_left_s"] if snapshot["phase"] == "stretching" else snapshot["heat_left_s"]
    clock = f"{int(left_s) // 60}:{int(left_s) % 60:02d}"
    heat = "[bold dark_orange]heat is ON[/]" if snapshot["heat_on"] else "heat is off"
    compared = {"hidden": "part of your comparison; the heat may be on or off", "without": "the heat stays off"}
    top = [f"[bold]{clock}[/]", told_line(compared.get(order.comparison, heat))]
    if snapshot["skin_c"] is not None:
        top.append(told(f"skin {snapshot['skin_c']:.1f} °C"))
    keys_now = "Enter" if snapshot["question"] in CONFIRM else HELP.get(snapshot["phase"], "")
    said = (told_line(sentence(order, snapshot)), f"[dim]{told_line(keys_now)}[/]")
    return Panel("\n\n".join(("   ".join(top), *said)), width=76)


ANSWERS = typer.Option(None, "--answers", help="JSON file of screening answers; asked when left out.")
CLEARANCE = typer.Option(None, "--clearance", help="JSON file: who, given_on, covers, until.")
DRIVER = typer.Option("simulated", "--driver", help="simulated, or manual: you switch the device.")
CLOSED_LOOP = typer.Option(False, "--closed-loop", help="Research: skin thermometer steers the heat.")
PLUG = typer.Option("", "--plug", help="Your tested plug that switches it: irtherapy devices.")
OUTSIDE = typer.Option(False, "--outside", help="Leave it out of the comparison that runs.")
EARLY = typer.Option(False, "--early", help="Yes, today, though it comes too early in your course.")
SPEED = typer.Option(1.0, "--speed", help="Simulated device only: times faster than the clock.")
SCRIPTED = typer.Option(False, "--scripted", help="Simulated device only: a script answers everything.")
VOICE = typer.Option(True, "--voice/--no-voice", help="Say aloud what to do, where a voice is installed.")
EXAMPLES = (
    "Examples:  irtherapy session --answers answers.json --age 45   |   "
    "irtherapy session --driver manual --device r125_150w --distance-cm 60   |   "
    "irtherapy session --plug desk-lamp --distance-cm 60   |   irtherapy session --closed-loop --speed 20"
)


def register(app: typer.Typer) -> None:
    """Add the command to the program."""

    @app.command(epilog=EXAMPLES)
    def session(
        site: list[str] = arguments.SITE,
        pain: float = arguments.PAIN,
        age: float = arguments.AGE,
        device: str = arguments.DEVICE,
        distance_cm: float = arguments.DISTANCE,
        room_c: float = arguments.ROOM,
        answers: str = ANSWERS,
        clearance: str = CLEARANCE,
        driver: str = DRIVER,
        closed_loop: bool = CLOSED_LOOP,
        plug: str = PLUG,
        speed: float = SPEED,
        scripted: bool = SCRIPTED,
        voice: bool = VOICE,
        outside: bool = OUTSIDE,
        early: bool = EARLY,
        programme: str = prescribed.PROGRAMME,
        minutes: float = prescribed.MINUTES,
        patient: str = prescribed.PATIENT,
        first_minutes: float = prescribed.FIRST,
        level: int = prescribed.LEVEL,
        set_by: str = prescribed.SET_BY,
        seed: int = arguments.SEED,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Run one session here: checks, heat, stretching, and how it was."""
        _session(**locals())


def _session(
    site: list[str], pain: float, age: float, device: str, distance_cm: float, room_c: float, answers: str,
    clearance: str, driver: str, closed_loop: bool, plug: str, speed: float, scripted: bool, voice: bool,
    outside: bool, early: bool, seed: int, as_json: bool, **asked_for: Any,
) -> None:  # fmt: skip
    """Walk the pathway by the options and run the session; ``asked_for`` is what was prescribed."""
    from irtherapy.edge import data
    from irtherapy.edge.cli import keep, walk
    from irtherapy.edge.cli.screen import ask
    from irtherapy.edge.cli.voice import Voice, speaker
    from irtherapy.screening import pages_for

    switch = _switch(plug)
    driver, device = (switch.driver, switch.device_id) if switch is not None else (driver, device)
    if switch is None and driver not in ("simulated", "manual"):
        raise InputError("Driver", f"Driver must be simulated or manual; got {driver!r}.")
    if driver != "simulated" and (scripted or speed != 1.0):
        raise InputError("Driver", "A real device runs at the pace of the clock and by your own keys.")
    sites, chosen = arguments.sites(site, pain), arguments.device(device)
    person = arguments.person(age, None, None)
    placement = arguments.placement(chosen, distance_cm, room_c)
    demo = driver == "simulated"
    of, wanted = prescribed.asked(sites, demo, **asked_for)
    if not early:
        _wanted_early(keep.too_early(demo, of))
    asked = data.questionnaire()
    pages = pages_for(asked, {s.region for s in sites}, {chosen.kind}, arguments.told_age(person))
    given = arguments.answers(answers) if answers else ask(pages)
    cleared = arguments.clearance(clearance)
    count = keep.clean_sessions(sites, demo, of)
    sensor = switch is not None and switch.has_thermometer
    plan = walk.prepare(sites, person, chosen, placement, given, cleared, driver, count, seed, demo, sensor, wanted)
    pace = in_range("Speed", speed, 1, 1000, "times") if demo else 0.0
    if closed_loop and not plan.order.sensor:
        raise InputError("Closed loop", "A closed loop needs a skin thermometer and a device switched for you.")
    part = None if outside else keep.part_of(plan, "" if switch is None else switch.name, of)
    if part is not None:
        plan, closed_loop, switch = _compared(plan, part, switch)
    record = _led(
        plan, switch, pace, scripted, closed_loop, Voice(speaker(Spoken.language)) if voice and not scripted else None
    )
    _told(keep.save(plan, record, part, of), record, part, as_json)


def _wanted_early(why: str) -> None:
    """Ask whether a session is wanted that comes too early in the course; raise InputError where nobody says yes."""
    if not why:
        return
    if not sys.stdin.isatty():
        raise InputError("Early", f"{why} If you want one today all the same, say so with --early.")
    show.console.print(why)
    if not show.confirm("Do you want a session today all the same?"):
        raise typer.Exit


def _compared(plan: Any, part: Part, switch: OwnPlug | None) -> tuple[Any, bool, OwnPlug | None]:
    """Return the session as one of a comparison: its walk, no closed loop, and the plug when one is to switch it."""
    from irtherapy.edge.cli import walk

    show.errors.print(f"This session is part of your comparison, block {part.block + 1}.")
    plan = walk.compared(plan, part.with_heat, part.hidden)
    return plan, False, None if plan.order.driver == "manual" else switch


def _told(visit: Visit, record: Any, part: Part | None, as_json: bool) -> None:
    if part is not None and part.hidden:
        show.hidden(str(visit.id), record, as_json)
    elif as_json:
        show.emit({"record_id": str(visit.id), "record": record})
    else:
        show.record(record)
        show.console.print(f"Record {visit.id}. The doctor's page: irtherapy report {visit.id} --pdf page.pdf")


def _switch(name: str) -> OwnPlug | None:
    from irtherapy.edge import plugs

    return plugs.find(name) if name else None


def _led(plan: Any, switch: OwnPlug | None, pace: float, scripted: bool, steered: bool, mouth: Any) -> Any:
    """Run the session on the screen and by voice, and return its record; a pace of 0 is a device of one's own."""
    from irtherapy.edge.cli import walk
    from irtherapy.edge.runner import Scripted

    with keys(), Live(console=show.errors, auto_refresh=False, transient=True) as live:

        def draw(snapshot: dict[str, Any]) -> None:
            live.update(face(plan.order, snapshot), refresh=True)
            if mouth is not None:
                mouth.say(snapshot["prompts"])

        if switch is not None:
            record = walk.run_plug(plan, switch, draw, Keyboard(plan.order), steered)
        elif pace == 0.0:
            record = walk.run_manual(plan, draw, Keyboard(plan.order))
        else:
            inbox = Scripted() if scripted else Keyboard(plan.order)
            record = walk.run_simulated(plan, pace, draw, inbox, steered)
    if mouth is not None:
        mouth.close()
    return record
