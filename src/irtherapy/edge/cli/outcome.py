"""`irtherapy outcome`: tell how it is going, and see whether it helps: pain, questionnaires, motion, side effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from irtherapy.edge.cli import show
from irtherapy.values import InputError

if TYPE_CHECKING:
    from irtherapy.edge.records.going import Going
    from irtherapy.edge.records.models import Patient, Told

PATIENT = typer.Option("", "--patient", help="The code of a patient; the person at home when left out.")
AT = typer.Option("", "--at", help="When, as 2026-03-31T08:30 or 2026-03-31; now when left out. Never the future.")
SITE = typer.Option("lower_back", "--site", help="neck, upper_back or lower_back; add :left or :right.")
WHEN = typer.Option("", "--when", help="next_morning: of yesterday's session. Left out: at any other time.")
ITEM = typer.Option(
    [],
    "--item",
    help="ITEM=ANSWER, repeated: peg_1=4, rmdq_3=yes, psfs_1_text=Walk, points=16. none: no sentence applies.",
)
FILE = typer.Option("", "--answers", help="A JSON object of item to answer; - reads it from standard input.")
WORDS = {"yes": True, "no": False, "true": True, "false": False}
EXAMPLES = (
    "Examples:  irtherapy outcome log --site neck --pain 4   |   irtherapy outcome questionnaire peg --item peg_1=4 "
    "--item peg_2=5 --item peg_3=3   |   irtherapy outcome show"
)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    outcome = typer.Typer(
        no_args_is_help=True,
        epilog=EXAMPLES,
        help="How it is going, and whether it helps: log, show, questionnaire, motion, effect, ill, undo.",
    )
    app.add_typer(outcome, name="outcome")
    _register_telling(outcome)
    _register_harm(outcome)
    _register_measuring(outcome)
    _register_looking(outcome)


def _register_telling(outcome: typer.Typer) -> None:
    @outcome.command(epilog="Example:  irtherapy outcome log --site lower_back:left --pain 4 --at 2026-03-31T08:30")
    def log(
        pain: str = typer.Option(..., "--pain", help="0 none to 10 the worst."),
        site: str = SITE,
        when: str = WHEN,
        at: str = AT,
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Keep how much it hurts, as often as you like in a day."""
        outcomes, who = _ready(patient)
        region, _, side = site.partition(":")
        visit = None
        if when == "next_morning":
            from irtherapy.edge.records import told

            visit = told.due_morning(who)
        entry = outcomes.log_pain(region, pain, side=side or "both", when=when, at=at, patient=who, visit=visit)
        _kept(entry, as_json, {"pain": entry.value, "site": region, "when": when})


def _register_harm(outcome: typer.Typer) -> None:
    @outcome.command(epilog="Example:  irtherapy outcome effect headache --grade 1 --text 'For an hour'")
    def effect(
        kind: str = typer.Argument(..., help="What it was: red_skin, blister, pattern, more_pain, nerve, dizzy ..."),
        grade: str = typer.Option(..., "--grade", help="1 mild, 2 moderate, 3 severe."),
        text: str = typer.Option("", "--text", help="In your own words."),
        at: str = AT,
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Keep something bad that came of it, and say what to do now."""
        outcomes, who = _ready(patient)
        from irtherapy.edge import data
        from irtherapy.outcome import effects

        told = outcomes.note_effect(kind, grade, text, at=at, patient=who)
        advice = effects.advice(data.effect_kinds()[told.kind], told.grade)
        _kept(told, as_json, {"kind": told.kind, "grade": told.grade, "advice": advice}, advice)

    @outcome.command(epilog="Example:  irtherapy outcome ill --text 'A cold with fever'")
    def ill(
        text: str = typer.Option("", "--text", help="In your own words."),
        at: str = AT,
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Keep that you were ill, with fever or an infection; a running course pauses until you say that you go on."""
        outcomes, who = _ready(patient)
        from irtherapy.edge.cli import keep
        from irtherapy.outcome.breaks import ILLNESS_ADVICE

        told = outcomes.note_illness(text, at=at, patient=who)
        keep.told_next()
        _kept(told, as_json, {"text": told.text, "advice": ILLNESS_ADVICE}, ILLNESS_ADVICE)

    @outcome.command(epilog="Example:  irtherapy outcome undo ID   (ids are in: irtherapy outcome show --json)")
    def undo(
        entry: str = typer.Argument(..., help="The id of an entry; a second undo brings it back."),
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Take an entry back, or bring it back."""
        outcomes, who = _ready(patient)
        from irtherapy.edge.cli import keep

        told = outcomes.find(entry, who)
        gone = told.deleted_at is None
        outcomes.remove(told) if gone else outcomes.restore(told)
        keep.told_next()
        if as_json:
            show.emit({"id": str(told.pk), "taken_back": gone})
        else:
            show.console.print("It is taken back." if gone else "It is there again.")


def _register_measuring(outcome: typer.Typer) -> None:
    @outcome.command(
        epilog="Examples:  irtherapy outcome questionnaire list   |   irtherapy outcome questionnaire rmdq "
        "--item rmdq_3=yes   |   irtherapy outcome questionnaire ndi --item points=18 --item sections=9   |   "
        "irtherapy outcome questionnaire peg --answers answers.json"
    )
    def questionnaire(
        measure: str = typer.Argument(..., help="peg, rmdq, psfs, pgic, odi, ndi, promis_pi, promis_pf; or list."),
        item: list[str] = ITEM,
        answers: str = FILE,
        at: str = AT,
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Score a questionnaire by its own rule and keep it; without answers, show its questions."""
        from irtherapy.edge import data

        if measure == "list":
            _list_measures(as_json)
            return
        given = _answers(item, answers)
        if given is None:
            _questions(data.measures().get(measure), measure, as_json)
            return
        outcomes, who = _ready(patient)
        told = outcomes.finish(outcomes.draft(measure, who), given, at=at)
        said = {"measure": measure, "score": told.score, "answered": told.value.answered}
        _kept(told, as_json, {**said, "missing": list(told.value.missing)}, f"Score: {told.score:.4g}")

    @outcome.command(epilog="Examples:  irtherapy outcome motion list   |   irtherapy outcome motion neck_turn_left 48")
    def motion(
        name: str = typer.Argument(..., help="Which movement; list shows them with how to measure."),
        reading: str = typer.Argument("", help="What the tape shows in cm, or the phone in degrees."),
        at: str = AT,
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Keep how far a movement goes, against your own first time."""
        from irtherapy.edge import data

        if name == "list":
            known = data.motions().values()
            if as_json:
                show.emit(list(known))
            else:
                show.rows(
                    (show.AsIs(m.id), f"{m.name} ({m.tool}, {m.low:g} to {m.high:g} {m.unit}). {m.how}") for m in known
                )
            return
        outcomes, who = _ready(patient)
        told = outcomes.measure_motion(name, reading, at=at, patient=who)
        _kept(told, as_json, {"name": name, "value": told.value, "unit": data.motions()[name].unit})


def _register_looking(outcome: typer.Typer) -> None:
    @outcome.command("show", epilog="Example:  irtherapy outcome show --patient P-7 --json")
    def show_(patient: str = PATIENT, as_json: bool = show.JSON_OPTION) -> None:
        """Say whether it helps: the change with its range, against what matters, or that there are too few days."""
        _, who = _ready(patient)
        from irtherapy.edge.records import going

        found = going.going(who)
        show.emit(going.as_json(found)) if as_json else _print(found)


def _ready(patient: str) -> tuple[Any, Patient | None]:
    from irtherapy.edge.cli import keep

    keep.ready()
    from irtherapy.edge.records import charts, outcomes

    return outcomes, charts.patient_of(patient) if patient else None


def _kept(told: Told, as_json: bool, said: dict[str, Any], line: str = "") -> None:
    if as_json:
        show.emit({"id": str(told.pk), "at": told.at.isoformat(timespec="seconds"), **said})
        return
    show.console.print(f"Kept. {line}".strip(), markup=False)
    show.console.print(f"To take it back: irtherapy outcome undo {told.pk}", style="dim", soft_wrap=True)


def _answers(items: list[str], path: str) -> dict[str, Any] | None:
    """Return the answers of the options or of the file; None without any. Raises InputError on what is neither."""
    if path:
        found = show.read_json(path, "Answers")
        if not isinstance(found, dict):
            raise InputError("Answers", f"Answers: {path} must be a JSON object of item to answer.")
        return found
    if items == ["none"]:
        return {}
    given: dict[str, Any] = {}
    for item in items:
        name, equals, value = item.partition("=")
        if not equals:
            raise InputError("Item", f"Item must be written as ITEM=ANSWER; got {item!r}.")
        word = value.strip()
        given[name.strip()] = word if name.strip().endswith("_text") else WORDS.get(word.lower(), word)
    return given if items else None


def _list_measures(as_json: bool) -> None:
    from irtherapy.edge import data

    known = data.measures().values()
    if as_json:
        keys = ("id", "name", "title", "low", "high", "better", "matters", "terms", "source")
        show.emit([{key: getattr(m, key) for key in keys} for m in known])
        return
    show.rows((show.AsIs(m.id), f"{m.title}. {m.low:g} to {m.high:g}, {m.better} is better. {m.terms}") for m in known)


def _questions(measure: Any, name: str, as_json: bool) -> None:
    from irtherapy.edge import data
    from irtherapy.outcome import scores

    if measure is None:
        raise InputError("Measure", f"Measure must be one of {', '.join(data.measures())}; got {name[:40]!r}.")
    known = scores.known_items(measure)
    if as_json:
        show.emit({"measure": measure.id, "instruction": measure.instruction, "items": list(known),
                   "questions": [{"id": i.id, "text": i.text} for i in measure.items]})  # fmt: skip
        return
    show.console.print(f"{measure.title}. {measure.instruction}")
    show.rows((show.AsIs(item.id), show.AsIs(item.text)) for item in measure.items)
    show.console.print(f"Answer with: irtherapy outcome questionnaire {measure.id} --item {known[0]}=...", style="dim")


def _print(found: Going) -> None:
    if found.is_empty:
        show.console.print("Nothing is told yet. Begin with: irtherapy outcome log --site neck --pain 4")
        return
    for place in found.places:
        side = "" if place.side == "both" else f", {place.side}"
        show.console.print(f"[bold]{place.region.replace('_', ' ').capitalize()}{side}[/bold]")
        show.console.print(" ".join(place.change.sentences), markup=False)
        if place.around is not None:
            show.console.print(f"Right after a session: {place.around.sentence}", markup=False)
    told = [f for f in found.filled if f.answers]
    if told:
        show.rows(
            (
                (f.measure.name, f"{f.answers[-1].score:.4g} on {f.answers[-1].day}. {' '.join(f.sentences)}")
                for f in told
            ),
            title="Questionnaires",
        )
    moved = [m for m in found.moved if m.measured]
    if moved:
        show.rows(
            (
                (
                    m.motion.name,
                    f"{m.measured[-1].value:g} {m.motion.unit} on {m.measured[-1].day}. {' '.join(m.sentences)}",
                )
                for m in moved
            ),
            title="Motion",
        )
    if found.effects:
        from irtherapy.edge.records import told as reading

        show.rows(
            ((str(e.day), f"{reading.effect_text(e)} (grade {e.grade})") for e in found.effects), title="Side effects"
        )
    if found.illnesses:
        show.rows(
            ((str(i.day), show.AsIs(i.text) if i.text else "Ill") for i in found.illnesses), title="Days of illness"
        )
