"""The pages behind the front page: every session, every rating, every score, and what stopped the heat."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from irtherapy.export.course_page import charts, front, words
from irtherapy.export.course_page.digest import Digest, Done
from irtherapy.export.course_page.sections import DETAIL
from irtherapy.export.course_page.words import day, measure, signed

Json = Mapping[str, Any]


def detail(d: Digest, judged: Sequence[Json], wanted: Sequence[str], say: Callable[[str], str] = str) -> str:
    """Return the sections behind the front page that were asked for; one without content says so."""
    made: dict[str, Callable[[], str]] = {
        "sessions": lambda: _sessions(d),
        "weeks": lambda: _weeks(d),
        "scores": lambda: _scores(d, judged),
        "trial": lambda: _trial(d),
        "safety": lambda: _safety(d, words.Cut(say)),
        "diary": lambda: _diary(d),
        "notes": lambda: _notes(d, say),
    }
    shown = [name for name in DETAIL if name in wanted]
    return "".join(words.section(n, DETAIL[n], made[n](), "first" if n == shown[0] else "") for n in shown)


def _figure(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def _sessions(d: Digest) -> str:
    if not d.sessions:
        return "<p>No session is recorded yet.</p>"
    several = len({s.region for s in d.sessions}) > 1
    heads = ("Day", *(("Site",) if several else ()), "Heat, min", "Peak, °C", "CEM43, min", "Pain", "Skin", "Ended")
    rows: list[tuple[datetime.date, Sequence[str]]] = [(s.day, _row(s, several)) for s in d.sessions]
    for one in d.missed:
        on = datetime.date.fromisoformat(str(one["on"])[:10])
        rows.append((on, (day(on), *["–"] * (len(heads) - 2), f"not done: {one.get('reason') or 'no reason told'}")))
    rows.sort(key=lambda r: r[0])
    return f'<figure tabindex="0">{charts.minutes_chart(d)}</figure>' + words.columns(heads, [r for _, r in rows])


def _row(s: Done, several: bool) -> Sequence[str]:
    return (
        day(s.day),
        *((words.REGIONS.get(s.region, s.region),) if several else ()),
        f"{s.heat_min:.1f} of {s.planned_min:g}",
        _figure(s.skin_peak_c, "{:.1f}"),
        "–" if s.cem43_min is None else words.dose(s.cem43_min),
        f"{_figure(s.pain_before, '{:g}')} to {_figure(s.pain_after, '{:g}')}",
        words.SKIN.get(s.skin_check, "not told"),
        "in full" if s.ended == "completed" else (s.ended_text or s.ended),
    )


def _weeks(d: Digest) -> str:
    if not d.weekly_min:
        return "<p>No heat yet.</p>"
    regions = list(dict.fromkeys(region for _, region in d.weekly_min))
    weeks = sorted({week for week, _ in d.weekly_min})
    rows = [(day(week), *[_figure(d.weekly_min.get((week, r)), "{:.0f}") for r in regions]) for week in weeks]
    heads = ("Week from", *[words.REGIONS.get(r, r) for r in regions])
    return f"<p>Minutes of heat at each site.</p>{words.columns(heads, rows)}"


def _scores(d: Digest, judged: Sequence[Json]) -> str:
    out = []
    if judged:
        rows = [_judged(j) for j in judged]
        out.append(words.columns(("Measure", "First", "Last", "Change", "95 % interval", "Matters"), rows))
        told_of = [j for j in judged if j.get("sentence") and j.get("change") is not None]
        out += [f"<p>{escape(measure(str(j['key'])).split(',')[0])}. {escape(str(j['sentence']))}</p>" for j in told_of]
    told = [(_stamp(a["at"]), measure(str(a["measure"])), _figure(a.get("score"), "{:g}")) for a in d.chart.answers]
    told += [(_stamp(m["at"]), str(m["name"]), _motion(m)) for m in d.chart.motions]
    if told:
        ordered = sorted(told, key=lambda r: (r[1], r[0]))
        out.append(words.columns(("Measure", "Day", "Value"), [(r[1], _iso(r[0]), r[2]) for r in ordered]))
    return "".join(out) or "<p>No questionnaire and no movement is recorded.</p>"


def _stamp(at: object) -> str:
    return str(at)[:10]


def _iso(text: str) -> str:
    return day(datetime.date.fromisoformat(text[:10]))


def _motion(m: Json) -> str:
    share = m.get("of_first")
    told = f"{float(m['value']):g} {m['unit']}"
    return told if share is None else f"{told} ({100 * float(share):.0f} % of the first)"


def _judged(j: Json) -> Sequence[str]:
    change, low = j.get("change"), j.get("low")
    return (
        measure(str(j["key"])),
        "–" if j.get("times") == 1 else _figure(j.get("first"), "{:.1f}"),
        _figure(j.get("last"), "{:.1f}"),
        "too few to judge" if change is None else signed(float(change)),
        "–" if low is None else f"{signed(float(low))} to {signed(float(j['high']))}",
        _figure(j.get("matters"), "{:.1f}"),
    )


def _trial(d: Digest) -> str:
    if not d.chart.trials:
        return "<p>No comparison with and without heat was made.</p>"
    return "".join(_one_trial(t) for t in d.chart.trials)


def _one_trial(t: Json) -> str:
    ended = _year(t["ended_on"]) if t.get("ended_on") else "not over"
    told = [("From", _year(t["started_on"])), ("To", ended), *((str(k), str(v)) for k, v in t.get("facts", ()))]
    return f"<p>{escape(str(t.get('sentence') or 'There is no result yet.'))}</p>{words.table(told)}"


def _year(text: object) -> str:
    return day(datetime.date.fromisoformat(str(text)[:10]), year=True)


def _safety(d: Digest, cut: words.Cut) -> str:
    course = d.course or {}
    told = [f"{cut.say(day(s.day))}: {cut.say(text)}" for s in d.sessions for text in s.guards]
    told += [f"{cut.say(_iso(str(b['at'])))}: {cut.say(str(b['text']))}" for b in course.get("breaks", ())]
    told += [
        f"Paused from {_iso(str(p['from']))} to {_iso(str(p['until'])) if p.get('until') else 'now'}: "
        f"{p.get('reason') or 'no reason told'}"
        for p in course.get("pauses", ())
    ]
    events = "" if not d.chart.effects else f"<h3>Adverse events</h3>{words.bullets(front.effects(d, cut))}"
    return (words.bullets(told) if told else "<p>Nothing was stopped by the program.</p>") + events


def _diary(d: Digest) -> str:
    if not d.pains:
        return "<p>No rating is recorded.</p>"
    by_day: dict[tuple[datetime.date, str], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in d.pains:
        by_day[one.at.date(), one.region][one.when if one.when in words.WHEN else ""].append(one.value)
    heads = ("Day", "Site", *words.WHEN.values(), "at other times")
    rows = [
        (day(on), words.REGIONS.get(region, region), *[_values(told.get(w, ())) for w in (*words.WHEN, "")])
        for (on, region), told in sorted(by_day.items())
    ]
    return words.columns(heads, rows)


def _values(values: Sequence[float]) -> str:
    return ", ".join(f"{v:g}" for v in values) or "–"


def _notes(d: Digest, say: Callable[[str], str]) -> str:
    told = [f"{say(day(s.day))}: {s.note}" for s in d.sessions if s.note]
    return words.bullets(told) if told else "<p>Nothing was written.</p>"
