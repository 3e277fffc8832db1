"""What would settle it: the size of the missing trial, its power curves, and the texts to begin it with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from irtherapy.edge import cards
from irtherapy.edge import settle as shelf
from irtherapy.edge.records import compared_persons, research
from irtherapy.edge.web.telling import told as tell
from irtherapy.evidence import designs, planner, proposal, registration, self_trials
from irtherapy.values import InputError

KINDS = {
    "parallel": "Each person in one group",
    "crossover": "Each person in both, one after the other",
    "self_trials": "Many self-trials put together",
}
SHAMS = {
    "warm": "Same warmth, no light",
    "cold": "Looks the same, stays cold",
    "none": "Nothing",
}
NUMBERS = (
    ("difference", "Smallest difference that is worthwhile", "points of 10"),
    ("power", "Wanted chance to find it", "0.5 to 0.999"),
    ("loss", "Share of people who leave", "0 to 0.8"),
    ("sd", "Spread of pain between people (SD)", "points"),
    ("correlation", "Correlation within a person", "0 to 0.99"),
    ("effect_sd", "Spread of the true effect (SD)", "points"),
    ("carry_over", "Carried over into the second period", "points"),
    ("blocks", "Pairs of blocks in a self-trial", "1 to 100"),
)
TABLE_STEPS = 8
PASTED_MAX = 200_000
ANSWERS = {
    "less_pain": "The answer is firm: less pain with infrared.",
    "more_pain": "The answer is firm: more pain with infrared.",
    "no_difference_that_matters": "The answer is firm: no difference that matters.",
    "open": "The answer is open.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest) -> HttpResponse:
    """Show the planned trial for what the form tells; a POST puts pasted self-trials together and keeps nothing."""
    told = _told(request)
    context: dict[str, Any] = {"told": told, "kinds": KINDS.items(), "shams": SHAMS.items()}
    context["conditions"] = [(c.id, c.name) for c in designs.CONDITIONS.values()]
    status = 200
    try:
        context |= _page(told)
        context["query"] = request.GET.urlencode()
        if request.method == "POST":
            context["pasted"] = str(request.POST.get("self_trials", ""))[:PASTED_MAX]
            pasted = shelf.self_trials("what was pasted", context["pasted"])
            context["together"] = _together(pasted, context["made"].trial)
    except InputError as error:
        context["pasted_problem" if "made" in context else "problem"] = str(error)
        status = 400
    given = context.get("given", {})
    context["numbers"] = [(name, label, unit, told.get(name) or given.get(name, "")) for name, label, unit in NUMBERS]
    return render(request, "settle/settle.html", context, status=status)


@require_GET
def text(request: HttpRequest) -> HttpResponse:
    """Send the pre-registration of the same trial as Markdown."""
    try:
        of, trial, _ = _trial(_told(request))
        words = registration.text(of, trial, planner.size(trial), timezone.localdate())
    except InputError as error:
        return HttpResponse(f"{error}\n", status=400, content_type="text/plain; charset=utf-8")
    return _file(words, "text/markdown", f"irtherapy-{of.id.replace('_', '-')}.md")


@require_GET
def data_set(request: HttpRequest) -> HttpResponse:
    """Send the sessions of this database without names, true dates or exact ages."""
    return _file(registration.data_set(research.days(), research.key()), "text/csv", "irtherapy-sessions.csv")


@require_GET
def dictionary(request: HttpRequest) -> HttpResponse:
    """Send what the columns of the data set mean."""
    return _file(registration.dictionary(), "text/csv", "irtherapy-sessions-dictionary.csv")


def _told(request: HttpRequest) -> dict[str, str]:
    told = {name: str(request.GET.get(name, "")).strip() for name in ("condition", *shelf.FIELDS)}
    return {**told, "condition": told["condition"] or "neck_pain"}


def _trial(told: dict[str, str]) -> tuple[designs.Condition, planner.Trial, proposal.Known | None]:
    of = designs.condition(told["condition"])
    trial = shelf.trial(told)
    return of, trial, shelf.known(of.id, trial.spread.between_sd)


def _page(told: dict[str, str]) -> dict[str, Any]:
    of, trial, known = _trial(told)
    made = proposal.propose(of, trial, known)
    spread = trial.spread
    people = "people in each group" if trial.kind is planner.Kind.PARALLEL else "people in all"
    return {
        "made": made,
        "people": people,
        "difference": planner.points(trial.difference),
        "power": f"{made.size.power:.0%}",
        "kind": trial.kind.value,
        "sham": trial.sham.value,
        "given": {
            "difference": f"{trial.difference:g}", "power": f"{trial.power:g}", "loss": f"{trial.loss:g}",
            "sd": f"{spread.between_sd:.2f}", "correlation": f"{spread.correlation:g}", "blocks": str(trial.blocks),
            "effect_sd": f"{spread.effect_sd:g}", "carry_over": f"{spread.carry_over:g}",
        },
        "known": [cards.all_cards()[id_] for id_ in of.cards],
        "assurance": proposal.assurance_tells(made),
        "curve": mark_safe(shelf.curve(made, 360, 300, tell)),
        "curve_head": [planner.points(c.difference) for c in made.curves],
        "curve_rows": _rows(made),
        "sizes": [(planner.points(d), f"{p:.0%}", s) for d, p, s in made.sizes],
        "designs": [(KINDS[kind.value], size) for kind, size in made.designs],
        "days": len(research.days()),
        "here": _here(of.id, trial),
    }  # fmt: skip


def _here(condition: str, trial: planner.Trial) -> dict[str, Any]:
    """Return the finished comparisons of this database, put together when they are of two persons or more."""
    here = compared_persons.here(condition)
    together = _together(here.persons, trial) if len(here.persons) > 1 else None
    return {"of": here, "persons": len(here.persons), "together": together}


def _together(found: Sequence[self_trials.SelfTrial], trial: planner.Trial) -> dict[str, Any]:
    known = self_trials.posterior(found, trial.difference)
    firm = self_trials.firmness(found, trial.difference, known)
    return {
        "persons": len(found),
        "answer": ANSWERS[firm.answer],
        "open": firm.answer == "open",
        "more": firm.more,
        "chance": f"{firm.chance:.0%}",
        "mean": f"{known.mean:+.1f}",
        "low": f"{known.low:+.1f}",
        "high": f"{known.high:+.1f}",
        "worthwhile": f"{known.chance_worthwhile:.0%}",
        "next_low": f"{known.next_low:+.1f}",
        "next_high": f"{known.next_high:+.1f}",
        "rows": [
            (
                one.person,
                f"{one.difference:+.1f}",
                f"{mean:+.1f}",
                f"{mean - 1.96 * sd:+.1f}",
                f"{mean + 1.96 * sd:+.1f}",
            )
            for one, (_, mean, sd) in zip(found, known.persons[:200], strict=False)
        ],
    }


def _rows(made: proposal.Proposal) -> list[tuple[int, list[str]]]:
    persons = made.curves[0].persons
    step = max(1, len(persons) // TABLE_STEPS)
    return [(persons[k], [f"{c.power[k]:.0%}" for c in made.curves]) for k in range(0, len(persons), step)]


def _file(text: str, kind: str, name: str) -> HttpResponse:
    return HttpResponse(
        text,
        content_type=f"{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


urlpatterns = [
    path("settle/", settle, name="settle"),
    path("settle/pre-registration.md", text, name="settle-text"),
    path("settle/sessions.csv", data_set, name="settle-data"),
    path("settle/dictionary.csv", dictionary, name="settle-dictionary"),
]
