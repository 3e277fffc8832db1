"""`irtherapy course`: a course of sessions: start, show, pause, resume, holiday, skip, taper, end, undo, calendar."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from irtherapy.edge.cli import arguments, show
from irtherapy.values import InputError, to_json

if TYPE_CHECKING:
    from irtherapy.edge.records.models import Course
    from irtherapy.values import Progress

NAME = "irtherapy course"
PATIENT = typer.Option(None, "--patient", help="The code of a clinic's patient; without it, the person at home.")
REASON = typer.Option("", "--reason", help="Why, in a few words.")
PROGRAMME = typer.Argument("home_20_10", help="The id of a programme: `irtherapy programmes list`.")
FROM = typer.Option(None, "--from", help="First day, YYYY-MM-DD; today without it.")
DAYS = typer.Option("", "--days", help="Weekdays, as in mon,wed,fri; spread evenly without it.")
AT = typer.Option("18:00", "--at", help="Time of day, for the calendar.")
PER_WEEK = typer.Option(None, "--per-week", help="Fewer sessions a week than the programme has.")
WEEKS = typer.Option(None, "--weeks", help="Fewer weeks than the programme has.")
FIRST = typer.Argument(..., help="First day away, YYYY-MM-DD.")
LAST = typer.Argument(..., help="Last day away, YYYY-MM-DD.")
OUT = typer.Option(None, "--out", help="Where to write the calendar file; on the terminal without it.")
NEW_ADDRESS = typer.Option(False, "--new-address", help="Give the feed a new address; the one before is closed.")
CLOSE = typer.Option(False, "--close", help="Close the address of the feed.")
YES = typer.Option(False, "--done", help="After a break: yes, what was advised is done.")
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEKDAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MARKS = {
    "planned": "○", "done": "●", "part": "◐", "stopped": "■", "skipped": "–", "missed": "·", "left_out": "-",
    "away": "/", "": " ",
}  # fmt: skip
WORDS = {
    "planned": "planned", "done": "done", "part": "in part", "stopped": "stopped", "skipped": "skipped",
    "missed": "missed", "left_out": "left out", "away": "away or paused",
}  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    course = typer.Typer(no_args_is_help=True, help="A course of sessions: its days, what holds it, its calendar.")
    app.add_typer(course, name="course")
    _register_start(course)
    _register_changes(course)
    _register_dates(course)
    _register_calendar(course)


def _register_start(course: typer.Typer) -> None:
    @course.command(epilog=f"Examples:  {NAME} start   |   {NAME} start clinic_30 --patient P-7 --days mon,wed,fri")
    def start(
        programme: str = PROGRAMME,
        first: str = FROM,
        days: str = DAYS,
        at: str = AT,
        per_week: int = PER_WEEK,
        weeks: int = WEEKS,
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Start a course of a programme."""
        from irtherapy import pathway
        from irtherapy.edge import programmes
        from irtherapy.edge.cli import keep

        keep.ready()
        from irtherapy.edge.records import courses

        made = courses.start(
            pathway.programme_json(programmes.find(programme)),
            _day("First day", first or arguments.today()),
            _weekdays(days),
            _time(at),
            _patient(patient),
            per_week=per_week,
            weeks=weeks,
        )
        keep.told_next()
        _tell(made, as_json)

    @course.command("show", epilog=f"Examples:  {NAME} show   |   {NAME} show --patient P-7 --json")
    def show_(patient: str = PATIENT, as_json: bool = show.JSON_OPTION) -> None:
        """Show where the course stands: its weeks, the next day, what holds it."""
        _tell(_find(patient), as_json)


def _register_changes(course: typer.Typer) -> None:
    @course.command(epilog=f"Example:  {NAME} pause --reason 'A cold'")
    def pause(reason: str = REASON, patient: str = PATIENT, as_json: bool = show.JSON_OPTION) -> None:
        """Pause the course until it is resumed; nothing counts as missed."""
        _change("pause", patient, as_json, reason)

    @course.command(epilog=f"Example:  {NAME} resume")
    def resume(done: bool = YES, patient: str = PATIENT, as_json: bool = show.JSON_OPTION) -> None:
        """Go on after a pause or break; all questions are asked again before the next session."""
        found = _find(patient)
        from irtherapy.edge.records import courses
        from irtherapy.values import Break

        held = courses.progress(found).held
        if isinstance(held, Break) and not done:
            raise InputError("Done", f"{held.advice} When this is done, say so with --done.")
        _change("resume", patient, as_json)

    @course.command(epilog=f"Example:  {NAME} skip --reason Travelling")
    def skip(reason: str = REASON, patient: str = PATIENT, as_json: bool = show.JSON_OPTION) -> None:
        """Let the next session go; it is not made up for later."""
        _change("skip", patient, as_json, reason)

    @course.command(epilog=f"Example:  {NAME} taper")
    def taper(patient: str = PATIENT, as_json: bool = show.JSON_OPTION) -> None:
        """Let fewer sessions a week follow the course, and then its end."""
        _change("taper", patient, as_json)

    @course.command(epilog=f"Example:  {NAME} end")
    def end(
        note: str = typer.Option("", "--note", help="A note for the doctor's page."),
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """End the course today; its records stay."""
        _change("end", patient, as_json, note)

    @course.command(epilog=f"Example:  {NAME} undo")
    def undo(patient: str = PATIENT, as_json: bool = show.JSON_OPTION) -> None:
        """Undo the last change."""
        _change("undo", patient, as_json)


def _register_dates(course: typer.Typer) -> None:
    @course.command(epilog=f"Example:  {NAME} holiday 2026-12-24 2027-01-02")
    def holiday(first: str = FIRST, last: str = LAST, patient: str = PATIENT, as_json: bool = show.JSON_OPTION) -> None:
        """Keep days free; the course ends later by as many sessions."""
        _change("holiday", patient, as_json, _day("First day away", first), _day("Last day away", last))

    @course.command(epilog=f"Example:  {NAME} days tue,thu,sat --at 07:30")
    def days(
        weekdays: str = typer.Argument(..., help="Weekdays, as in mon,wed,fri."),
        at: str = AT,
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Choose other weekdays, or another time of day."""
        _change("reschedule", patient, as_json, _weekdays(weekdays) or (), _time(at))


def _register_calendar(course: typer.Typer) -> None:
    @course.command(epilog=f"Examples:  {NAME} calendar --out sessions.ics   |   {NAME} calendar --new-address")
    def calendar(
        out: Path = OUT,
        new_address: bool = NEW_ADDRESS,
        close: bool = CLOSE,
        patient: str = PATIENT,
        as_json: bool = show.JSON_OPTION,
    ) -> None:
        """Write the calendar file; tell, renew or close the address that a calendar program can follow."""
        found = _find(patient)
        from irtherapy.edge.records import course_calendar

        if new_address and close:
            raise InputError("Address", "Choose one of --new-address and --close.")
        if new_address or close:
            found = course_calendar.new_address(found) if new_address else course_calendar.no_address(found)
        body = course_calendar.ics(found)
        feed = None if found.feed_token is None else f"/calendar/{found.feed_token}.ics"
        if out is not None:
            try:
                out.write_bytes(body)
            except OSError as error:
                raise InputError("Out", f"The calendar cannot be written to {out}: {error.strerror}.") from None
        if as_json:
            show.emit({"ics": str(out.resolve()) if out else None, "feed": feed, "text": body.decode()})
        elif out is None and not (new_address or close):
            typer.echo(body.decode(), nl=False)
        else:
            told = f"At the address of irtherapy: {feed}" if feed else "The address is closed."
            show.console.print(f"Calendar: {out.resolve()}" if out else told, soft_wrap=True)


def _patient(code: str | None) -> Any:
    from irtherapy.edge.records import charts

    return None if code is None else charts.patient_of(code)


def _find(code: str | None) -> Course:
    """Return the running course of a person, else their newest. Raises InputError when there is none."""
    from irtherapy.edge.cli import keep

    keep.ready()
    from irtherapy.edge.records import courses

    found = courses.latest(_patient(code))
    if found is None:
        raise InputError("Course", f"There is no course yet. Start one with: {NAME} start")
    return found


def _change(act: str, patient: str | None, as_json: bool, *told: Any) -> None:
    found = _find(patient)
    from irtherapy.edge.cli import keep
    from irtherapy.edge.records import courses

    changed = getattr(courses, act)(found, *told)
    keep.told_next()
    _tell(changed, as_json)


def _day(field: str, text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise InputError(field, f"{field} must be a day as YYYY-MM-DD; got {text!r}.") from None


def _time(text: str) -> datetime.time:
    try:
        return datetime.time.fromisoformat(text)
    except ValueError:
        raise InputError("Time", f"Time of day must be like 18:30; got {text!r}.") from None


def _weekdays(text: str) -> tuple[int, ...] | None:
    if not text:
        return None
    names = [word.strip().lower()[:3] for word in text.split(",")]
    if any(name not in WEEKDAYS for name in names):
        raise InputError("Days", f"Days must be of {', '.join(WEEKDAYS)}; got {text!r}.")
    return tuple(sorted({WEEKDAYS.index(name) for name in names}))


def _tell(course: Course, as_json: bool) -> None:
    """Print a course and where it stands."""
    from irtherapy.edge.records import courses

    found = courses.progress(course)
    courses.finish_if_over(course, found)
    if as_json:
        show.emit({"course": courses.for_chart(course), "progress": found})
        return
    show.console.print(f"[bold]{course.title}[/bold]", highlight=False)
    show.console.print(found.sentence)
    _weeks(course, found)
    rows = [
        ("week", f"{found.week} of {found.weeks}"),
        ("sessions", f"{sum(found.counts.get(k, 0) for k in ('done', 'part', 'stopped'))} of {len(found.slots)}"),
    ]
    if not found.over:
        rows.append(("heat next time", f"{found.minutes:g} min at most. {found.minutes_why}"))
    rows += [
        (f"warm skin, {w.region.value.replace('_', ' ')}", f"{w.warm_min:.0f} of {w.most_min:.0f} min in seven days")
        for w in found.warm
    ]
    if found.rescreen:
        rows.append(("before the next", "All questions are asked again, because of the pause."))
    if found.end is not None:
        rows.append(("what may follow", found.end.sentence))
    show.rows(rows)


def _weeks(course: Course, found: Progress) -> None:
    """Print the weeks, a row a week and a mark a day; today in brackets."""
    from irtherapy.edge.records import courses
    from irtherapy.export import weeks

    shown = weeks.days(to_json(courses.shown_slots(found)), courses.days_away(course, found), found.today)
    show.console.print("\n        " + " ".join(show.told(name)[:2].center(3) for name in WEEKDAY_NAMES), style="dim")
    for week in shown:
        monday = datetime.date.fromisoformat(week[0][0])
        marks = [f"[{MARKS[how]}]" if day == found.today else f" {MARKS[how]} " for day, how in week]
        show.console.print(show.told(f"{monday.day} {monday:%b}").rjust(7) + " " + " ".join(marks), markup=False)
    kinds = dict.fromkeys(how for week in shown for _, how in week if how)
    show.console.print("  ".join(f"{MARKS[how]}  {WORDS[how]}" for how in kinds) + "\n", style="dim", markup=False)
