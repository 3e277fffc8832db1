"""The doctor's page: one A4 page, read in a minute, the same on screen, on paper and as PDF.

Everything comes in as the JSON forms of the pathway's values (``values.to_json``); what is not known is said to be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from irtherapy import units
from irtherapy.export.svg import Band, Series, line_chart

Json = Mapping[str, Any]
REGIONS = {"neck": "neck", "upper_back": "upper back", "lower_back": "lower back"}
SIDES = {"left": ", left", "right": ", right", "both": ""}
SKIN = {"clean": "as before, no marks", "red_fading": "evenly pink, fading", "marks": "MARKS: see open questions"}
SETTINGS = {"home": "home", "home_at_risk": "home, with the lower ceilings for people at risk", "clinic": "clinic"}

CSS = """
@page { size: A4; margin: 12mm 15mm; }
* { box-sizing: border-box; }
body { font: 9.5pt/1.38 "DejaVu Sans", system-ui, sans-serif; color: #221d19; background: #fff; margin: 0 auto;
  max-width: 180mm; padding: 12px; }
h1 { font-size: 17pt; margin: 0 0 2pt; font-weight: 600; }
h2 { font-size: 10.5pt; margin: 9pt 0 3pt; border-bottom: 1px solid #b9aea2; padding-bottom: 2pt; }
p { margin: 0 0 4pt; }
.sub { color: #5b5149; }
.grid { display: flex; flex-wrap: wrap; gap: 0 18pt; }
.grid > section { flex: 1 1 75mm; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 400; color: #5b5149; padding: 1.5pt 8pt 1.5pt 0; vertical-align: top;
  white-space: nowrap; }
td { padding: 1.5pt 0; vertical-align: top; width: 99%; font-variant-numeric: tabular-nums; }
ul { margin: 0; padding-left: 13pt; }
figure { margin: 4pt 0 0; }
figure svg { width: 100%; height: auto; max-height: 52mm; }
.foot { margin-top: 9pt; border-top: 1px solid #b9aea2; padding-top: 4pt; font-size: 8.5pt; color: #5b5149; }
@media screen { body { padding: 24px; } }
"""


def doctor_page(
    person: Json,
    sites: Sequence[Json],
    verdict: Json,
    device: Json,
    plan: Json,
    record: Json,
    progress_sentence: str,
    generated_on: str,
) -> str:
    """Return the whole HTML page. ``record`` holds ``samples``; ``generated_on`` is an ISO day."""
    started = str(record.get("started_at") or "not started")[:16].replace("T", ", ")
    where = "; ".join(_site(s) for s in sites) or "not told"
    body = [
        f"<h1>Infrared session: {escape(where)}</h1>",
        f'<p class="sub">{escape(started)} UTC · {escape(_who(person))} · ceilings: '
        f"{escape(SETTINGS.get(str(verdict.get('setting')), 'home'))}</p>",
        f"<p><strong>{escape(str(record.get('ended_text', '')))}</strong></p>",
        '<div class="grid">',
        _section("Exposure", _table(_exposure(device, plan, record))),
        _section("Response", _table(_response(record))),
        "</div>",
        "<h2>Skin temperature, planned and measured</h2>",
        f"<figure>{record_chart(record, record.get('samples', ()), plan)}</figure>",
        '<div class="grid">',
        _section("Screening", _list(_screening(verdict))),
        _section("Open questions", _list(_questions(verdict, record, progress_sentence))),
        "</div>",
        '<p class="foot">Written on this person\'s own machine by irtherapy, '
        f"{escape(generated_on)}. It times, guides, records and explains; it does not treat. "
        "Temperatures planned are estimates for people like this one. Every limit is the program's own careful "
        "proposal, not a standard. CEM43 after Sapareto and Dewey 1984.</p>",
    ]
    return document("Infrared session, one page for the doctor", "".join(body))


def ask_list_page(verdict: Json, questions: Sequence[str], generated_on: str) -> str:
    """Return the printable list of what to ask the doctor before heat."""
    body = (
        "<h1>Before using heat: what to ask</h1>"
        f'<p class="sub">{escape(generated_on)}</p><p>{escape(str(verdict.get("next_step", "")))}</p>'
        f"<h2>Questions</h2>{_list(questions)}"
        "<h2>Answer</h2><p>Heat is all right: yes / no &#160; for: ________________ &#160; until: ____________</p>"
        "<p>Name and date: ______________________________</p>"
        '<p class="foot">irtherapy times, guides, records and explains; it does not treat.</p>'
    )
    return document("What to ask before using heat", body)


def document(title: str, body: str, css: str = CSS) -> str:
    """Return a whole HTML document with the print style of a report."""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="icon" href="data:,"><title>{escape(title)}</title>'
        f"<style>{css}</style></head><body><main>{body}</main></body></html>"
    )


def record_chart(
    record: Json,
    samples: Sequence[Json],
    plan: Json | None = None,
    width: int = 640,
    draw: Callable[..., str] = line_chart,
) -> str:
    """Return planned (with its spread, when the plan is given) against measured skin temperature as SVG.

    ``width`` is in the units of the letters (14 high): narrower makes them larger on a small screen. ``draw``
    draws it, in other units where a reader has those.
    """
    order = record["order"]
    zero = _zero(record, samples)
    heat_s, end_s = float(order["heat_s"]), max([float(record["heat_s"]), float(order["heat_s"])]) + 300.0
    planned = [(t, c) for t, c in zip(order["planned_time_s"], order["planned_skin_c"], strict=False) if t <= end_s]
    series = [Series("planned", [t / 60 for t, _ in planned], [c for _, c in planned], soft=True)] if planned else []
    measured = [(s["at_s"] - zero, s["skin_c"]) for s in samples if 0 <= s["at_s"] - zero <= end_s]
    if any(c is not None for _, c in measured):
        series.append(Series("measured", [t / 60 for t, _ in measured], [c for _, c in measured], ember=True))
    band = None
    if plan and plan.get("skin_c"):
        times = [t for t in plan["time_s"] if t <= end_s]
        low, high = plan["skin_c"]["p2_5"][: len(times)], plan["skin_c"]["p97_5"][: len(times)]
        band = Band([t / 60 for t in times], low, high, "95 of 100 people like this one")
    cutoff = float(order["skin_cutoff_c"])
    desc = "; ".join(f"minute {m}: planned {p} °C, measured {a} °C" for m, p, a in record_rows(record, samples)[::2])
    return draw(
        series,
        "minutes since the heat began",
        "°C",
        "Skin temperature by time",
        desc,
        band=band,
        limits=[(cutoff, f"cut-off {cutoff:g} °C")],
        marks=[(heat_s / 60, "planned end of heat")],
        width=width,
        height=260,
    )


def record_rows(record: Json, samples: Sequence[Json]) -> list[tuple[str, str, str]]:
    """Return (minute, planned, measured) as text, for the table beside the chart."""
    order, zero = record["order"], _zero(record, samples)
    planned = list(zip(order["planned_time_s"], order["planned_skin_c"], strict=False))
    measured = [(s["at_s"] - zero, s["skin_c"]) for s in samples if s["skin_c"] is not None]
    last = int(max(record["heat_s"], order["heat_s"]) // 60)
    return [(str(m), _near(planned, m * 60.0, 40.0), _near(measured, m * 60.0, 10.0)) for m in range(last + 1)]


def _near(points: Sequence[tuple[float, float]], at_s: float, within_s: float) -> str:
    found = min(points, key=lambda p: abs(p[0] - at_s), default=None)
    return "–" if found is None or abs(found[0] - at_s) > within_s else f"{found[1]:.1f}"


def _zero(record: Json, samples: Sequence[Json]) -> float:
    on = next((e["at_s"] for e in record.get("events", ()) if e["kind"] == "heat_on"), None)
    if on is None:
        on = samples[0]["at_s"] if samples else 0.0
    return float(on)


def _section(title: str, inner: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{inner}</section>"


def _table(rows: Sequence[tuple[str, str]]) -> str:
    cells = "".join(f'<tr><th scope="row">{escape(k)}</th><td>{escape(v)}</td></tr>' for k, v in rows)
    return f"<table>{cells}</table>"


def _list(items: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(i)}</li>" for i in items) + "</ul>"


def _site(site: Json) -> str:
    return f"{REGIONS.get(str(site.get('region')), '?')}{SIDES.get(str(site.get('side')), '')}"


def _who(person: Json) -> str:
    told = []
    if person.get("age_years") is not None:
        told.append(f"{person['age_years']:g} years")
    if person.get("sex"):
        told.append(str(person["sex"]))
    if person.get("height_m") and person.get("weight_kg"):
        told.append(f"BMI {person['weight_kg'] / person['height_m'] ** 2:.1f} kg/m²")
    return ", ".join(told) or "age not told"


def _figure(value: Any, form: str, unknown: str = "unknown") -> str:
    return unknown if value is None else form.format(float(value))


def _exposure(device: Json, plan: Json, record: Json) -> list[tuple[str, str]]:
    placement = plan.get("placement") or {}
    distance = placement.get("distance_m")
    irradiance = plan.get("irradiance_w_m2")
    light = "unknown"
    if irradiance is not None:
        basis = str(device.get("irradiance_basis", "modelled"))
        light = f"{irradiance:.0f} W/m² ({units.mw_cm2(irradiance):.1f} mW/cm², {basis})"
    held = "in contact" if device.get("contact") else _figure(distance and distance * 100, "{:.0f} cm")
    limit = plan.get("limit") or {}
    return [
        ("Device", str(device.get("name", "unknown"))),
        ("Distance", held),
        ("On the skin", light),
        ("Heat, actual", f"{record['heat_s'] / 60:.1f} min"),
        ("Heat, planned", f"{record['order']['heat_s'] / 60:g} min ({limit.get('text', 'limit unknown')})"),
        ("Skin peak, predicted", _figure(plan.get("skin_peak_c"), "{:.1f} °C (97.5th percentile)")),
        ("Skin peak, measured", _figure(record.get("skin_peak_c"), "{:.1f} °C", "not measured")),
        ("Muscle, predicted", _figure(plan.get("muscle_rise_c"), "+{:.1f} °C (median)")),
        ("CEM43, predicted", _figure(plan.get("cem43_min"), "{:.2f} min (97.5th percentile)")),
        ("CEM43, measured", f"{record['cem43_min']:.2f} min" if record.get("skin_peak_c") else "not measured"),
    ]


def _response(record: Json) -> list[tuple[str, str]]:
    before, after = record.get("pain_before_0_10"), record.get("pain_after_0_10")
    change = (
        "unknown"
        if before is None or after is None
        else f"{after - before:+g} points (2 or more matter to most people)".replace("-", "\N{MINUS SIGN}")
    )
    return [
        ("Pain before, 0-10", _figure(before, "{:g}", "not told")),
        ("Pain after, 0-10", _figure(after, "{:g}", "not told")),
        ("Change", change),
        ("Skin afterwards", SKIN.get(str(record.get("skin_check")), "not told")),
        ("Stretching", f"{record['stretch_s'] / 60:.1f} min"),
        ("Massage", f"{record['massage_s'] / 60:.1f} min" if record["massage_s"] else "none"),
        ("Note", str(record.get("note") or "none")[:160]),
    ]


def _screening(verdict: Json) -> list[str]:
    out = [f"Decision: {str(verdict.get('decision', 'unknown')).replace('_', ' ')}"]
    out += [f"Cleared by a clinician: {r['text']}" for r in verdict.get("cleared", ())][:3]
    out += [f"Take care: {r['text']}" for r in verdict.get("precautions", ())][:4]
    return out if len(out) > 1 else [*out, "No condition was named that asks for care."]


def _questions(verdict: Json, record: Json, progress_sentence: str) -> list[str]:
    out = []
    if record.get("skin_check") == "marks":
        out.append("Marks on the skin after heat: should heat at this site stop for good?")
    before, after = record.get("pain_before_0_10"), record.get("pain_after_0_10")
    if before is not None and after is not None and after - before >= 2:
        out.append("Pain rose by 2 points or more during the session: what should change?")
    if record.get("ended") not in ("completed", "stopped", "never_started"):
        out.append(f"The session ended early: {record.get('ended_text')}")
    out += [f"Still right to use heat with: {r['text']}" for r in verdict.get("cleared", ())][:2]
    out.append("Is heat at home, with stretching, right for this person, and for how long?")
    if progress_sentence:
        out.append(f"Plan: {progress_sentence}")
    return out
