"""Pain, questionnaires and range of motion outside of sessions, as FHIR."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from irtherapy.export.chart import Chart
from irtherapy.export.fhir.elements import (
    BASE,
    LOINC,
    Json,
    Resource,
    coded,
    concept,
    own_id,
    quantity,
    reference,
    rounded,
)
from irtherapy.export.fhir.sessions import OBSERVATION_CATEGORY, pain

# Total scores with a LOINC code of their own; the others keep ours.
SCORES = {
    "peg": ("91147-9", "Pain intensity, Enjoyment of life, General activity (PEG) mean score"),
    "odi": ("97908-8", "Oswestry disability index score"),
    "ndi": ("82237-9", "Neck disability index total score"),
}


def _observation(patient: Resource, key: str, at: str, category: str, code: dict[str, Any]) -> Resource:
    return {
        "resourceType": "Observation",
        "id": own_id("Observation", key),
        "status": "final",
        "category": [coded(OBSERVATION_CATEGORY, category)],
        "code": code,
        "subject": reference(patient),
        "effectiveDateTime": at,
    }


def _item(item: Json) -> dict[str, Any]:
    value = item.get("value")
    out: dict[str, Any] = {"linkId": str(item["id"])}
    if item.get("text"):
        out["text"] = str(item["text"])
    if isinstance(value, bool):
        out["answer"] = [{"valueBoolean": value}]
    elif isinstance(value, (int, float)):
        short = rounded(value)
        out["answer"] = [{"valueInteger": short} if isinstance(short, int) else {"valueDecimal": short}]
    elif value is not None:
        out["answer"] = [{"valueString": str(value)}]
    return out


def questionnaire(answer: Json, patient: Resource) -> Iterator[Resource]:
    """Yield the response, where its items are ours to pass on, and the score it gives."""
    measure, key, at = str(answer["measure"]), str(answer["id"]), str(answer["at"])
    response: Resource | None = None
    if answer.get("items"):
        version = f"|{answer['version']}" if answer.get("version") else ""
        response = {
            "resourceType": "QuestionnaireResponse",
            "id": own_id("QuestionnaireResponse", key),
            "questionnaire": f"{BASE}/Questionnaire/{measure}{version}",
            "status": "completed",
            "subject": reference(patient),
            "authored": at,
            "item": [_item(item) for item in answer["items"]],
        }
        yield response
    if answer.get("score") is not None:
        name = measure.upper().replace("_", " ")
        code = coded(LOINC, *SCORES[measure], text=f"{name} score") if measure in SCORES else concept("score", name)
        out = _observation(patient, f"score:{key}", at, "survey", code)
        out["valueQuantity"] = quantity(float(answer["score"]), "{score}")
        if response is not None:
            out["derivedFrom"] = [reference(response)]
        yield out


def told(chart: Chart, patient: Resource) -> Iterator[Resource]:
    """Yield what a person told outside of sessions."""
    for one in chart.pains:
        out = _observation(patient, f"pain:{one['id']}", str(one["at"]), "survey", {})
        out = pain(out, one.get("site") or {}, float(one["value"]))
        if one.get("when"):
            out["note"] = [{"text": str(one["when"]).replace("_", " ")}]
        yield out
    for answer in chart.answers:
        yield from questionnaire(answer, patient)
    for one in chart.motions:
        out = _observation(
            patient, f"motion:{one['id']}", str(one["at"]), "exam", concept("range-of-motion", str(one["name"]))
        )
        out["valueQuantity"] = quantity(float(one["value"]), str(one["unit"]))
        if one.get("of_first") is not None:
            out["note"] = [{"text": f"{100 * float(one['of_first']):.0f} % of the first measurement."}]
        yield out


def last_told(chart: Chart) -> str:
    """Return the instant of the newest thing that was told outside of sessions; a day alone counts from its start."""
    times = [str(one["at"]) for part in (chart.pains, chart.answers, chart.motions, chart.effects) for one in part]
    whole = [at if len(at) > 10 else f"{at}T00:00:00+00:00" for at in times]
    return max(whole, key=datetime.datetime.fromisoformat)
