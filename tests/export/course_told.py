"""A course as a chart: four weeks of somebody with a sore lower back, and the same with everything too long."""

from __future__ import annotations

import datetime
from typing import Any

from irtherapy.export.chart import Chart

FIRST = datetime.date(2026, 3, 2)
ZONE = datetime.timezone(datetime.timedelta(hours=1))
LAMP = {"id": "r125_150w", "name": "Red bulb, 150 W", "maker": "anybody", "kind": "lamp"}
PROGRAMME = {
    "id": "clinic-30",
    "version": "1",
    "title": "Heat, massage, then stretching",
    "source": "facts of the programme's own paper",
    "per_week": 3,
    "weeks": 4,
    "heat_min": 20,
    "parts": ["heat", "massage", "stretching"],
}
LINE = {"key": "pain", "first": 6.1, "last": 3.4, "change": -2.7, "low": -3.5, "high": -1.9, "matters": 1.8}
FEW = {"key": "peg", "first": 5.3, "last": 3.7, "change": None, "low": None, "high": None, "matters": 1.0}
JUDGED = (
    {**LINE, "judged": "at_least", "times": 28, "sentence": "Over 27 days it went from its start by -2.7 points."},
    {**FEW, "judged": "too_few", "times": 3, "sentence": ""},
)


def on(number: int, hour: int = 18) -> str:
    """Return the time of a day of the course."""
    day = FIRST + datetime.timedelta(days=number)
    return datetime.datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).isoformat()


def session(number: int, k: int, **changes: Any) -> dict[str, Any]:
    """Return the session of a day; the pain goes from 6 to 3."""
    before = round(6.0 - 0.25 * k, 1)
    record = {
        "order": {"region": "lower_back", "heat_s": 900.0, "driver": "manual"},
        "started_at": on(number),
        "ended": "completed",
        "ended_text": "The session was finished as planned.",
        "heat_s": 900.0,
        "skin_peak_c": 38.2 + 0.1 * k,
        "cem43_min": 0.01 * k,
        "note": "",
        "events": [],
    }
    whole = {
        "id": f"s{number}",
        "created": on(number),
        "sites": [{"region": "lower_back", "side": "left"}],
        "person": {"age_years": 52.0, "sex": "female", "height_m": 1.7, "weight_kg": 72.0},
        "verdict": {"setting": "home", "precautions": [{"text": "Dark skin in the field."}], "cleared": []},
        "device": LAMP,
        "placement": {"distance_m": 0.6},
        "plan": {"irradiance_w_m2": 278.5},
        "record": {**record, **changes.pop("record", {})},
        "pain_before": before,
        "pain_after": round(max(0.0, before - 1.0), 1),
        "skin_check": "clean",
        "course": "c",
    }
    return {**whole, **changes}


def told(**changes: Any) -> Chart:
    """Return the chart of a course with a missed day, a session cut short, a diary, scores and a side effect."""
    days = [7 * week + n for week in range(4) for n in (0, 2, 4)]
    early = {"ended": "stopped", "ended_text": "You stopped the session.", "heat_s": 400.0}
    sessions = [session(n, k, record=early if k == 5 else {}) for k, n in enumerate(days) if k != 3]
    course = {
        "id": "c",
        "programme": PROGRAMME,
        "started_on": FIRST.isoformat(),
        "ends_on": (FIRST + datetime.timedelta(days=27)).isoformat(),
        "status": "completed",
        "planned": [(FIRST + datetime.timedelta(days=n)).isoformat() for n in days],
        "missed": [{"on": (FIRST + datetime.timedelta(days=7)).isoformat(), "reason": "A cold"}],
        "note": "",
        "pauses": [{"from": on(7)[:10], "until": on(9)[:10], "reason": "A cold"}],
        "breaks": [
            {"id": "b", "at": on(7), "rule": "illness", "text": "Paused: you told of an illness.", "advice": ""}
        ],
    }
    site = {"region": "lower_back", "side": "left"}
    pains = [
        {"id": f"p{n}", "at": on(n, 8), "site": site, "value": round(6.2 - 0.1 * n, 1), "when": "next_morning"}
        for n in range(28)
    ]
    answers = [
        {"id": f"a{n}", "measure": "peg", "version": "1", "at": on(n, 9), "items": [], "score": 5.3 - 0.06 * n}
        for n in (0, 14, 27)
    ]
    motions = [
        {"id": f"m{n}", "at": on(n, 9), "name": "Bending forward", "value": 4.0 + n / 20, "unit": "cm",
         "of_first": (4.0 + n / 20) / 4.0} for n in (0, 14, 27)
    ]  # fmt: skip
    effects = [{"id": "e", "at": on(4, 20), "text": "Skin red for two hours", "grade": 1, "session": "s4"}]
    whole = {"courses": [course], "pains": pains, "answers": answers, "motions": motions, "effects": effects}
    return Chart("person", sessions, **{**whole, **changes})


def too_long() -> Chart:
    """Return the same course with every text as long as anybody could write it, and several of everything."""
    wide = "WMWMWMWMWMWM " * 12 + "W" * 90
    chart = told()
    why = [{"text": wide}] * 6
    guard = {"at_s": 1.0, "kind": "guard", "data": {"name": "x", "text": wide}}
    sites = [{"region": r, "side": "left"} for r in ("lower_back", "neck", "upper_back")]
    sessions = [
        {**s, "sites": sites, "device": {**LAMP, "id": f"d{k}", "name": wide}, "skin_check": "marks",
         "verdict": {"setting": "home_at_risk", "precautions": why, "cleared": why},
         "plan": {"irradiance_w_m2": 99.0 + 1000 * k}, "placement": {"distance_m": 0.1 * k},
         "record": {**s["record"], "ended": "skin_cutoff",
                    "order": {**s["record"]["order"], "driver": "simulated"}, "ended_text": f"{k} {wide}", "note": wide,
                    "events": [guard] * 3}}
        for k, s in enumerate(chart.sessions)
    ]  # fmt: skip
    course = {
        **chart.courses[0], "status": "on-hold", "note": wide,
        "programme": {**PROGRAMME, "title": wide, "source": wide, "parts": [wide] * 4},
        "missed": [{"on": on(n)[:10], "reason": f"{n} {wide}"} for n in (7, 9, 11, 14, 16)],
        "pauses": [{"from": on(7)[:10], "until": None, "reason": wide}] * 5,
    }  # fmt: skip
    names = ("pgic", "rmdq", "psfs", "promis_pi", "promis_pf", wide)
    return Chart(
        "person",
        sessions,
        [course],
        pains=[*chart.pains, *({**p, "site": {"region": "neck"}, "id": f"n{p['id']}"} for p in chart.pains)],
        answers=[{**a, "measure": m, "id": f"{m}{a['id']}"} for a in chart.answers for m in names],
        motions=[{**m, "name": f"{n} {wide}"} for m in chart.motions for n in range(4)],
        effects=[{"id": f"e{n}", "at": on(n), "text": wide, "grade": 3, "session": None} for n in range(9)],
        trials=[
            {"id": "t", "started_on": on(0), "ended_on": on(27), "sentence": wide * 2, "facts": [("Blocks", wide)]}
        ],
    )


WIDEST = {"first": 66.6, "last": 33.3, "change": -33.3, "low": -44.4, "high": -22.2, "matters": 11.1}
JUDGED_TOO_LONG = tuple(
    {**WIDEST, "key": key, "judged": "about", "times": 28, "sentence": "WMWM " * 90}
    for key in ("pain", "rmdq", "promis_pi", "promis_pf", "psfs")
)
