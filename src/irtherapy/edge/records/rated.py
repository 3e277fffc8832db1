"""What is told after a session, and what is shown of it later."""

from __future__ import annotations

from typing import Any

from irtherapy import pathway
from irtherapy.edge.records import comparisons, courses, visits
from irtherapy.edge.records.models import Visit
from irtherapy.edge.records.visits import samples
from irtherapy.values import InputError

__all__ = ["doctor_html", "next_session", "rate", "samples", "told_events"]

WORDS = {
    "start": "START pressed",
    "heat_on": "Heat on",
    "heat_off": "Heat off",
    "heat_time": "Heat time began, the heat on or off as was drawn",
    "heat_time_over": "Heat time over",
    "pause": "Paused",
    "resume": "Went on",
    "stop": "Stop pressed",
    "ask_awake": "Asked: are you awake?",
    "awake": "Answered: awake",
    "ask_comfort": "Asked: how hot does it feel?",
    "massage_start": "Massage cued",
    "massage_end": "Massage ended",
    "ask_confirm_on": "Asked: is the device on?",
    "ask_off": "Asked to switch the device off",
    "heat_unknown": "Not known whether heat was still on",
    "on_confirmed": "Device confirmed on",
    "off_confirmed": "Device confirmed off",
    "stretch_skip": "Stretch skipped",
    "stretch_hurt": "A stretch hurt",
    "stretch_easier": "A stretch done the easier way",
    "driver_error": "The device did not answer",
    "program_stopped": "The program stopped",
}


def rate(visit: Visit, skin_check: str, pain_after: float, note: str) -> None:
    """Keep the skin check, pain and note in the visit and in its record; the journal stays as it was."""
    visit.refresh_from_db()
    if visit.record is None:
        raise InputError("Session", "There is no record of this session yet.")
    told = {"skin_check": skin_check, "pain_after_0_10": pain_after, "note": note[:2000]}
    visit.record = {**visit.record, **told}
    visit.skin_check, visit.pain_after = skin_check, pain_after
    visit.step = Visit.Step.DONE
    visit.save()


def told_events(visit: Visit) -> list[dict[str, str]]:
    """Return the events of a record that a reader wants to see, with their time as m:ss from START."""
    events = (visit.record or {}).get("events", [])
    zero = next((e["at_s"] for e in events if e["kind"] == "start"), 0.0)
    out = []
    for event in events:
        text = WORDS.get(event["kind"])
        if event["kind"] == "comfort":
            value = event["data"].get("value")
            text = "Answered: comfortable" if value is None else f"Answered: {value:g} of 10"
        elif event["kind"] == "guard":
            text = f"A guard tripped: {event['data'].get('text', '')}"
        elif event["kind"] == "ended":
            text = str(event["data"].get("text", ""))
        if text:
            at = max(0.0, event["at_s"] - zero)
            out.append({"at": f"{int(at) // 60}:{int(at) % 60:02d}", "text": text})
    return out


def next_session(visit: Visit) -> dict[str, Any]:
    """Return the next day on which a session may be, and the sentence that goes with it; a running course says it."""
    course = courses.current(visit.patient, visit.demo)
    if course is not None:
        found = courses.progress(course)
        return {"on": found.next_on, "sentence": found.sentence, "course": course}
    past = [
        {
            "on": v.created.date().isoformat(),
            "skin_check": v.skin_check or None,
            "pain_before": v.pain_before,
            "pain_after": v.pain_after,
            "ended": (v.record or {}).get("ended"),
        }
        for v in visits.finished(visit.patient).filter(demo=visit.demo, created__lte=visit.created).order_by("created")
    ]
    setting = (visit.verdict or {}).get("setting", "home")
    next_on, sentence = pathway.next_session(past, visits.today(), setting)
    return {"on": next_on, "sentence": sentence}


def doctor_html(visit: Visit) -> str:
    """Return the doctor's page of a visit, with the samples of its journal."""
    if visit.record is None:
        raise InputError("Record", "There is no record of this session yet.")
    if comparisons.hidden(visit):
        raise InputError(
            "Report", "This session is part of your comparison. Its page comes when the comparison has ended."
        )
    record = {**visit.record, "samples": samples(visit)}
    verdict, device, plan = visit.verdict or {}, visit.device or {}, visit.plan or {}
    sentence = str(next_session(visit)["sentence"])
    day = visits.today()
    return pathway.doctor_page(visit.person, visit.sites, verdict, device, plan, record, sentence, day)
