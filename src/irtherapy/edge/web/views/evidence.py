"""The evidence by condition: what trials found, pooled only where light, dose and heat are alike, with every row."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from irtherapy.edge import data
from irtherapy.evidence import answer as room
from irtherapy.evidence import plot, trials, words
from irtherapy.evidence.effect import Effect
from irtherapy.evidence.pool import Pooled

NARROW = 360  # pixels of the drawing: labels stand above their lines, so that it can be read on a telephone
SLUGS = {c.value.replace("_", "-"): c for c in trials.Condition}
MARKS = {"seen": "read in the source", "secondary": "read second-hand", "derived": "read, and worked out further by us"}


@require_GET
def every(request: HttpRequest) -> HttpResponse:
    """List the conditions, each with what is known of each kind of light and heat."""
    found = [(slug, _about(condition)) for slug, condition in SLUGS.items()]
    return render(request, "evidence/conditions.html", {"conditions": found, "looked_on": _latest(found)})


@require_GET
def condition(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one condition: the sentences, the drawing, the pooled figures and a table of every row."""
    return render(request, "evidence/condition.html", _page(SLUGS[slug]))


@require_GET
def drawing(request: HttpRequest, slug: str) -> HttpResponse:
    """Send the forest plot as a file for printing."""
    answer = HttpResponse(plot.forest(_about(SLUGS[slug])), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="irtherapy-{slug}.svg"'
    return answer


@lru_cache(maxsize=len(SLUGS))
def _about(which: trials.Condition) -> room.Answer:
    return room.about(trials.load(data.read(trials.DATA_FILE)), which)


def _latest(found: list[tuple[str, room.Answer]]) -> Any:
    return max(each.looked_on for _, each in found)


@lru_cache(maxsize=len(SLUGS))
def _page(which: trials.Condition) -> dict[str, Any]:
    found = _about(which)
    return {
        "answer": found,
        "slug": which.value.replace("_", "-"),
        "plot": mark_safe(plot.forest(found, NARROW)),
        "questions": [
            {
                "about": q,
                "certainty": q.grade.certainty.text,
                "ours": [remark for remark in q.remarks if words.is_rule(remark)],
                "quoted": [remark for remark in q.remarks if not words.is_rule(remark)],
                "pools": [_pool(p) for p in q.pools],
                "rows": [_row(r) for r in q.rows],
            }
            for q in found.questions
        ],
    }


def _row(row: room.Row) -> dict[str, Any]:
    t = row.trial
    standardised = row.standardised
    return {
        "trial": t,
        "year": t.year or "year not seen",
        "show_year": t.year is None or str(t.year) not in t.study,
        "finding": words.FINDING[t.finding],
        "against": words.against(t),
        "figures": _interval(row.effect.unit, row.effect) if row.effect else "",
        "standardised": _interval("standardised difference", standardised),
        "standardised_derived": standardised.derived if standardised else "",
        "derived": row.effect.derived if row.effect else "",
        "dose": _dose(t),
        "risk": row.risk,
        "risk_reason": row.risk_reason,
        "mark": MARKS[t.mark],
    }


def _interval(unit: str, found: Effect | None) -> str:
    if found is None:
        return ""
    line = plot.Line("", "", found.estimate, found.ci_low, found.ci_high, None, bool(found.derived), "")
    return f"{unit}: {plot.figures(line)}"


def _dose(t: trials.Trial) -> str:
    parts = [
        f"{t.wavelength_nm} nm" if t.wavelength_nm else "",
        f"{t.irradiance_w_m2 / 10:g} mW/cm\u00b2" if t.irradiance_w_m2 else "",
        f"{t.radiant_exposure_j_m2 / 1e4:g} J/cm\u00b2" if t.radiant_exposure_j_m2 else "",
        f"{t.minutes:g} minutes" if t.minutes else "",
        f"{t.sessions} sessions" if t.sessions else "",
        f"{t.weeks:g} {'week' if t.weeks == 1 else 'weeks'}" if t.weeks else "",
    ]
    return ", ".join(p for p in parts if p) or "not seen"


def _pool(p: room.Pool) -> dict[str, Any]:
    return {
        "about": p,
        "methods": [_figures(name, each) for name, each in p.methods],
        "without": [_figures(study, each) for study, each in p.without],
        "small": p.small_study,
    }


def _figures(name: str, p: Pooled) -> dict[str, str]:
    new = ""
    if p.prediction_low is not None and p.prediction_high is not None:
        new = f"{words.plain(p.prediction_low)} to {words.plain(p.prediction_high)}"
    return {"name": name, "effect": words.plain(p.estimate), "spread": f"{p.i2:.0%}", "tau2": f"{p.tau2:.3f}",
            "interval": f"{words.plain(p.ci_low)} to {words.plain(p.ci_high)}", "new": new}  # fmt: skip


ONE = "|".join(SLUGS)
urlpatterns = [
    path("evidence/", every, name="evidence"),
    re_path(rf"^evidence/(?P<slug>{ONE})/$", condition, name="evidence-condition"),
    re_path(rf"^evidence/(?P<slug>{ONE})\.svg$", drawing, name="evidence-drawing"),
]
