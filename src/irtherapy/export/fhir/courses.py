"""A programme and a course of it as FHIR: what is prescribed, for whom, when, and what was not done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from irtherapy.export.fhir.elements import BASE, Json, Resource, coded, concept, own_id, reference

PLAN_TYPE = "http://terminology.hl7.org/CodeSystem/plan-definition-type"
STATUS = {"active": "in-progress", "on-hold": "on-hold", "completed": "completed", "revoked": "cancelled"}


def _weekly(programme: Json) -> dict[str, Any]:
    """Return how often, and how long the heat of a session is."""
    repeat: dict[str, Any] = {"frequency": int(programme["per_week"]), "period": 1, "periodUnit": "wk"}
    if programme.get("heat_min"):
        repeat |= {"duration": programme["heat_min"], "durationUnit": "min"}
    return {"repeat": repeat}


def _canonical(kind: str, programme: Json) -> str:
    return f"{BASE}/{kind}/{programme['id']}"


def programme_resources(programme: Json) -> tuple[Resource, Resource]:
    """Return the plan definition of a programme and the activity definition of its session."""
    version, title = str(programme["version"]), str(programme["title"])
    name = "".join(part.capitalize() for part in str(programme["id"]).replace("_", "-").replace("/", "-").split("-"))
    shared = {"version": version, "name": name, "title": title, "status": "active"}
    activity: Resource = {
        "resourceType": "ActivityDefinition",
        "id": own_id("ActivityDefinition", f"{programme['id']}|{version}"),
        "url": _canonical("ActivityDefinition", programme),
        **shared,
        "kind": "ServiceRequest",
        "code": concept("session", title),
        "timingTiming": _weekly(programme),
    }
    plan: Resource = {
        "resourceType": "PlanDefinition",
        "id": own_id("PlanDefinition", f"{programme['id']}|{version}"),
        "url": _canonical("PlanDefinition", programme),
        **shared,
        "type": coded(PLAN_TYPE, "clinical-protocol", "Clinical Protocol"),
        "action": [
            {
                "title": title,
                "definitionCanonical": f"{activity['url']}|{version}",
                "action": [{"title": str(part)} for part in programme.get("parts", ())],
            }
        ],
    }
    if not plan["action"][0]["action"]:
        del plan["action"][0]["action"]
    if programme.get("source"):
        plan["relatedArtifact"] = [{"type": "derived-from", "display": str(programme["source"])}]
    return plan, activity


def care_plan(course: Json, patient: Resource) -> Resource:
    """Return a course of a programme as the person's care plan."""
    programme = course["programme"]
    period = {"start": str(course["started_on"]), **({"end": str(course["ends_on"])} if course.get("ends_on") else {})}
    timing = _weekly(programme)
    timing["repeat"] |= {"boundsPeriod": period, "count": max(1, len(course.get("planned", ())))}
    out: Resource = {
        "resourceType": "CarePlan",
        "id": own_id("CarePlan", str(course["id"])),
        "instantiatesCanonical": [f"{_canonical('PlanDefinition', programme)}|{programme['version']}"],
        "status": str(course["status"]),
        "intent": "plan",
        "title": str(programme["title"]),
        "subject": reference(patient),
        "period": period,
        "activity": [
            {
                "detail": {
                    "kind": "ServiceRequest",
                    "instantiatesCanonical": [f"{_canonical('ActivityDefinition', programme)}|{programme['version']}"],
                    "code": concept("session", str(programme["title"])),
                    "status": STATUS[str(course["status"])],
                    "scheduledTiming": timing,
                }
            }
        ],
    }
    notes = [str(course["note"])] if course.get("note") else []
    notes += [_pause(one) for one in course.get("pauses", ())]
    if notes:
        out["note"] = [{"text": text} for text in notes]
    return out


def _pause(one: Json) -> str:
    reason = str(one.get("reason") or "no reason was told")
    if one.get("until"):
        return f"No sessions from {one['from']} to {one['until']}: {reason}"
    return f"No sessions since {one['from']}: {reason}"


def missed(course: Json, patient: Resource, plan: Resource) -> Iterator[Resource]:
    """Yield the sessions of a course that were planned and not done, with the reason where one was told."""
    for one in course.get("missed", ()):
        yield {
            "resourceType": "Procedure",
            "id": own_id("Procedure", f"{course['id']}:missed:{one['on']}"),
            "basedOn": [reference(plan)],
            "status": "not-done",
            "statusReason": concept("ended", str(one.get("reason") or "No reason was told.")),
            "code": concept("session"),
            "subject": reference(patient),
            "performedDateTime": str(one["on"]),
        }


def breaks(course: Json, patient: Resource, plan: Resource, software: Resource) -> Iterator[Resource]:
    """Yield each time a rule of the program paused a course: what was seen, and what it advised."""
    for one in course.get("breaks", ()):
        out: Resource = {
            "resourceType": "DetectedIssue",
            "id": own_id("DetectedIssue", str(one["id"])),
            "status": "final",
            "code": concept("break-rule", str(one["rule"]).replace("_", " ")),
            "severity": "moderate",
            "patient": reference(patient),
            "identifiedDateTime": str(one["at"]),
            "author": reference(software),
            "implicated": [reference(plan)],
            "detail": str(one["text"]),
        }
        if one.get("advice"):
            out["mitigation"] = [{"action": {"text": str(one["advice"])}, "date": str(one["at"])}]
        yield out
