"""The front page of a course: one A4 page, read in a minute. What does not fit is cut and stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from statistics import fmean
from typing import Any

from irtherapy import units
from irtherapy.export.course_page import charts, questions, words
from irtherapy.export.course_page.digest import WORSE_POINTS, Digest
from irtherapy.export.course_page.sections import FRONT
from irtherapy.export.course_page.words import Cut, day, measure, pair, signed

Json = Mapping[str, Any]
Rows = list[tuple[str, str]]
EFFECTS_SHOWN = 4
SCORES_SHOWN = 4
# What stands beside what: each row has two columns, left and right in turn.
LAYOUT = (("who", "what", "when", "exposure"), ("response",), ("chart",), ("effects", "questions"))


def front(
    d: Digest, judged: Sequence[Json], wanted: Sequence[str], called: str, say: Callable[[str], str] = str
) -> str:
    """Return the body of the front page. ``judged``, ``say``: see ``course_page.course_page``."""
    cut = Cut(say)
    named = "; ".join(words.site(s) for s in d.sites[:3]) or words.REGIONS.get(d.region, "back")
    title = "Course of infrared heat" if d.course else "Infrared sessions"
    first, last = d.first_day, d.last_day
    span = "no session yet" if first is None or last is None else f"{day(first, True)} to {day(last, True)}"
    who = f"{cut(called, 40)} · " if called else ""
    parts = [
        f"<h1>{escape(say(title))}: {escape(cut(named, 60))}</h1>",
        f'<p class="sub">{escape(who)}{escape(say(span))} · {escape(say(f"written {day(d.today, True)}"))}</p>',
        f'<p class="headline">{escape(headline(d, judged))}</p>',
    ]
    if d.simulated:
        parts.append('<p class="sub"><strong>A simulated device: nobody was heated.</strong></p>')
    made: dict[str, Callable[[], str]] = {
        "who": lambda: words.table(_who(d, cut)),
        "what": lambda: words.table(_what(d, cut)),
        "when": lambda: words.table(_when(d, cut)),
        "exposure": lambda: words.table(_exposure(d)),
        "response": lambda: words.table(_response(d, judged, cut)) + _sentences(judged, d, cut),
        "chart": lambda: f'<figure tabindex="0">{charts.pain_chart(d, _matters(judged))}</figure>',
        "effects": lambda: words.bullets(effects(d, cut, EFFECTS_SHOWN)),
        "questions": lambda: words.bullets(_asked(d, judged, cut)),
    }
    made = {n: make for n, make in made.items() if n in wanted}
    rows = [[n for n in row if n in made] for row in LAYOUT]
    return "".join(parts) + "".join(_row(row, made) for row in rows if row)


def _row(names: Sequence[str], made: Mapping[str, Callable[[], str]]) -> str:
    """Return sections beside each other: one fills the row, of more the odd ones go into a second column."""
    told = [words.section(name, FRONT[name], made[name]()) for name in names]
    if len(told) == 1:
        return told[0]
    columns = (told[::2], told[1::2])
    return f'<div class="two">{"".join(f"<div>{chr(10).join(c)}</div>" for c in columns)}</div>'


def headline(d: Digest, judged: Sequence[Json] = ()) -> str:
    """Return the course in three short sentences."""
    if not d.sessions:
        return "No session is recorded yet."
    out = [f"{d.completed} of {d.due} planned sessions were done in full." if d.due else _plainly(d)]
    weeks, line = d.weeks_pain(d.region), next((j for j in judged if str(j["key"]) == "pain"), {})
    if line.get("change") is not None:
        out.append(f"Pain was {line['first']:.1f} of 10 at the beginning and {line['last']:.1f} at the end.")
    elif weeks is not None:
        out.append(f"Pain was {weeks[0]:.1f} of 10 in the first week and {weeks[1]:.1f} in the last.")
    many = len(d.chart.effects) + sum(s.skin_check == "marks" for s in d.sessions)
    out.append(f"Adverse events told: {many}." if many else "No adverse event was told.")
    return " ".join(out)


def _plainly(d: Digest) -> str:
    return f"{d.completed} of {len(d.sessions)} sessions were done in full."


def _who(d: Digest, cut: Cut) -> Rows:
    person, told = d.person, []
    if person.get("age_years") is not None:
        told.append(f"{person['age_years']:g} years")
    if person.get("sex"):
        told.append(str(person["sex"]))
    if person.get("height_m") and person.get("weight_kg"):
        told.append(f"BMI {person['weight_kg'] / person['height_m'] ** 2:.1f} kg/m²")
    ceilings = words.SETTINGS.get(d.setting, d.setting)
    rows = [("Person", ", ".join(told) or "age not told"), ("Ceilings", ceilings)]
    care = [f"{cut(str(r['text']), 40)}" for r in d.verdict.get("precautions", ())]
    cleared = [f"{cut(str(r['text']), 40)}" for r in d.verdict.get("cleared", ())]
    if cleared:
        rows.append(("Cleared", _few(cleared, 1)))
    rows.append(("Care with", _few(care, 1) if care else "nothing was named that asks for care"))
    return rows


def _few(items: Sequence[str], most: int) -> str:
    left = len(items) - most
    shown = " ".join(items[:most])
    return f"{shown} (and {left} more)" if left > 0 else shown


def _what(d: Digest, cut: Cut) -> Rows:
    programme = (d.course or {}).get("programme") or {}
    rows = [("Programme", cut(str(programme.get("title", "sessions outside of a course")), 44))]
    if programme:
        often = f"{programme['per_week']:g} times a week for {programme['weeks']:g} weeks"
        heat = programme.get("heat_min")
        planned = [often, f"{heat:g} min of heat"] if heat else [often]
        rows.append(("Planned", ", ".join(map(cut.say, planned))))
    if programme.get("parts"):
        rows.append(("Parts", cut(", ".join(str(p) for p in programme["parts"]), 66)))
    if programme.get("source"):
        rows.append(("Source", cut(str(programme["source"]), 48)))
    names = [cut(str(one["name"]), 34) for one in d.devices]
    rows.append(("Device", _few(names, 1) if names else "unknown"))
    return rows


def _when(d: Digest, cut: Cut) -> Rows:
    course = d.course or {}
    early = [s for s in d.sessions if s.ended != "completed"]
    rows = [("Done in full", f"{d.completed} of {d.due or len(d.sessions)}")]
    if early:
        rows.append(("Ended early", _early([s.ended_text or s.ended for s in early], cut)))
    if course:
        reasons = [str(m.get("reason") or "no reason told").rstrip(".") for m in d.missed]
        rows.append(("Not done", f"{len(d.missed)}{_why(reasons, cut)}"))
        status = words.STATUS.get(str(course.get("status")), str(course.get("status")))
        held = [(p["from"], p["reason"]) for p in course.get("pauses", ()) if p.get("reason")]
        held = sorted([*held, *((b["at"], b["text"]) for b in course.get("breaks", ()))], key=lambda h: str(h[0]))
        paused = [f"{cut(str(why), 34).rstrip('.。')} (from {_iso(on)})" for on, why in held]
        rows.append(("Course", status))
        if paused:
            rows.append(("Paused", _few(paused, 1)))
    return rows


def _iso(text: object) -> str:
    from datetime import date

    return day(date.fromisoformat(str(text)[:10]))


def _early(reasons: Sequence[str], cut: Cut) -> str:
    return f"{len(reasons)}: {cut('; '.join(dict.fromkeys(cut.say(r).rstrip('.。') for r in reasons)), 40)}"


def _why(reasons: Sequence[str], cut: Cut) -> str:
    told = "; ".join(dict.fromkeys(reasons))
    return f": {cut(told, 44)}" if told else ""


def _exposure(d: Digest) -> Rows:
    if not d.sessions:
        return [("Heat", "none yet")]
    minutes = [s.heat_min for s in d.sessions]
    light = "unknown"
    if d.irradiances_w_m2:
        milli = words.spread([units.mw_cm2(v) for v in d.irradiances_w_m2], "{:.0f}")
        light = f"{words.spread(d.irradiances_w_m2, '{:.0f}')} W/m² ({milli} mW/cm²)"
    peaks = [s.skin_peak_c for s in d.sessions if s.skin_peak_c is not None]
    doses = [s.cem43_min for s in d.sessions if s.cem43_min is not None]
    weeks = sorted(d.weekly_min.items(), key=lambda item: -item[1])
    rows = [
        ("Heat in all", f"{d.heat_min:.0f} min in {len(minutes)} sessions"),
        ("A session", f"{words.spread(minutes, '{:.0f}')} min; half had {d.median_min:.0f} or more"),
        ("Most in a week", f"{weeks[0][1]:.0f} min at the {words.REGIONS.get(weeks[0][0][1], weeks[0][0][1])}"),
        ("On the skin", light),
        ("Distance", words.spread([v * 100.0 for v in d.distances_m], "{:.0f}") + " cm"),
        ("Skin peak", f"{max(peaks):.1f} °C at most ({len(peaks)} measured)" if peaks else "not measured"),
    ]
    if doses:
        rows.append(("Thermal dose", f"CEM43 {words.dose(max(doses))} min at most"))
    return rows


def _matters(judged: Sequence[Json]) -> float | None:
    """Return the change of pain that matters, in points, where it was judged."""
    found = next((j for j in judged if str(j["key"]) == "pain"), None)
    return WORSE_POINTS if found is None or found.get("matters") is None else float(found["matters"])


def _response(d: Digest, judged: Sequence[Json], cut: Cut) -> Rows:
    rows = [(measure(str(j["key"])).split(",")[0], _judged(j, cut.say)) for j in judged[:4]]
    known = {str(j["key"]) for j in judged}
    weeks = d.weeks_pain(d.region)
    if "pain" not in known:
        told = "too few days to tell" if weeks is None else f"{weeks[0]:.1f} to {weeks[1]:.1f}, first and last week"
        rows.insert(0, ("Pain, 0 to 10", told))
    rows += [(cut(measure(p.name).split(",")[0], 22), pair(p, say=cut.say)) for p in d.scores if p.name not in known]
    rows = [*rows[:SCORES_SHOWN], *((cut(p.name, 22), pair(p, p.unit, cut.say)) for p in d.motions[:1])]
    both = [(s.pain_before, s.pain_after) for s in d.sessions if s.pain_before is not None and s.pain_after is not None]
    if both:
        change = fmean(after - before for before, after in both)
        rows.append(("In a session", f"{signed(change)} points of pain on average ({len(both)} told)"))
    return rows


def _judged(j: Json, say: Callable[[str], str]) -> str:
    """Return a judged measure, told: from, to, the change with its interval, and what would matter."""
    if j.get("first") is None:
        return say("not told")
    head = f"{j['first']:.1f} to {j['last']:.1f}"
    if j.get("times") == 1:
        head, inner = f"{j['last']:.1f}", ["told once"]
    elif j.get("change") is None:
        inner = [f"{j.get('times', 1)} times, too few to judge"]
    else:
        inner = [signed(float(j["change"]))]
        if j.get("low") is not None:
            low, high = signed(float(j["low"])), signed(float(j["high"]))
            inner.append(f"95 %: {low} to {high}")
    if j.get("matters") is not None:
        inner.append(f"{float(j['matters']):.1f} matters")
    return f"{say(head)} ({'; '.join(map(say, inner))})"


def _sentences(judged: Sequence[Json], d: Digest, cut: Cut) -> str:
    told = [words.JUDGED[str(j["judged"])] for j in judged if j["key"] == "pain" and j.get("judged")]
    told += [str(t["sentence"]) for t in d.chart.trials if t.get("sentence")][-1:]
    return "".join(f"<p>{escape(cut(t, 165))}</p>" for t in told)


def effects(d: Digest, cut: Cut, most: int | None = None) -> list[str]:
    """Return the adverse events, the worst first; at most so many, and how many more there are."""
    found = sorted(d.chart.effects, key=lambda e: (-int(e["grade"]), str(e["at"])))
    told = [
        f"{cut.say(words.GRADES[int(e['grade'])])}: {cut(str(e['text']), 56)} ({cut.say(_iso(e['at']))})" for e in found
    ]
    told += [f"marks on the skin after the session of {day(s.day)}" for s in d.sessions if s.skin_check == "marks"]
    if not told:
        return ["None was told."]
    if most is not None and len(told) > most:
        return [*told[: most - 1], f"and {len(told) - most + 1} more, on the pages behind"]
    return told


def _asked(d: Digest, judged: Sequence[Json], cut: Cut) -> list[str]:
    asked = questions.open_questions(d, cut, _matters(judged) or WORSE_POINTS)
    return [*asked[: questions.ENOUGH - 1], asked[-1]] if len(asked) > questions.ENOUGH else asked
