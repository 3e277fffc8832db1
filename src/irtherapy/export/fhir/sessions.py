"""A session as FHIR: the procedure and its parts, the device, what was measured, what went wrong, and who says so."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

from irtherapy.export.fhir.elements import (
    LOINC,
    OWN,
    Json,
    Resource,
    body_site,
    coded,
    concept,
    own_id,
    quantity,
    reference,
)

OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
SERIOUSNESS = "http://terminology.hl7.org/CodeSystem/adverse-event-seriousness"
SEVERITY = "http://terminology.hl7.org/CodeSystem/adverse-event-severity"
PROVENANCE = "http://terminology.hl7.org/CodeSystem/provenance-participant-type"
PAIN = ("72514-3", "Pain severity - 0-10 verbal numeric rating [Score] - Reported")
NOT_STARTED = ("never_started", "not_started")
GRADES = {1: ("mild", "Mild"), 2: ("moderate", "Moderate"), 3: ("severe", "Severe")}


def later(started_at: str, seconds: float) -> str:
    """Return the instant so many seconds after an ISO time, in milliseconds."""
    moment = datetime.datetime.fromisoformat(started_at) + datetime.timedelta(seconds=seconds)
    return moment.isoformat(timespec="milliseconds")


def device(chosen: Json) -> Resource:
    """Return a device of the catalogue or of the person as a resource."""
    out: Resource = {
        "resourceType": "Device",
        "id": own_id("Device", str(chosen["id"])),
        "status": "active",
        "deviceName": [{"name": str(chosen["name"]), "type": "user-friendly-name"}],
        "type": {"text": str(chosen["kind"]).replace("_", " ")},
    }
    if chosen.get("maker"):
        out["manufacturer"] = str(chosen["maker"])
    if chosen.get("note"):
        out["note"] = [{"text": str(chosen["note"])}]
    return out


def program(version: str) -> Resource:
    """Return irtherapy itself, which times, guides and records."""
    return {
        "resourceType": "Device",
        "id": own_id("Device", f"irtherapy {version}"),
        "status": "active",
        "deviceName": [{"name": "irtherapy", "type": "model-name"}],
        "version": [{"value": version}],
        "type": {"text": "software that times, guides, records and explains"},
    }


class SessionResources:
    """The resources of one session of ``patient``, told by ``software``."""

    def __init__(self, session: Json, patient: Resource, software: Resource, plan: Resource | None) -> None:
        self.session, self.patient, self.software, self.plan = session, patient, software, plan
        self.record: Json = session["record"]
        self.key = str(session["id"])
        self.begun = str(self.record.get("started_at") or session["created"])
        self.site = self._site()
        zero = next((e["at_s"] for e in self.record.get("events", ()) if e["kind"] == "start"), 0.0)
        self.events = [(e["at_s"] - zero, e["kind"], e.get("data") or {}) for e in self.record.get("events", ())]
        self.last_s = max((at for at, _, _ in self.events), default=0.0)
        self.parent = self._parent()

    def all(self) -> Iterator[Resource]:
        """Yield the procedure, its parts, observations, issues and what vouches for them."""
        yield self.parent
        parts = list(self._parts())
        yield from parts
        seen = list(self._observations())
        yield from seen
        issues = list(self._issues())
        yield from issues
        yield self._provenance([self.parent, *parts, *seen, *issues])

    def _site(self) -> Json:
        region = self.record.get("order", {}).get("region")
        sites = self.session.get("sites") or [{}]
        return next((s for s in sites if s.get("region") == region), sites[0])

    def _status(self) -> str:
        if self.record.get("ended") == "completed":
            return "completed"
        return "stopped" if self.record.get("started_at") else "not-done"

    def _procedure(self, code: str, key: str) -> Resource:
        return {
            "resourceType": "Procedure",
            "id": own_id("Procedure", key),
            "status": self._status(),
            "code": concept(code),
            "subject": reference(self.patient),
        }

    def _parent(self) -> Resource:
        out = self._procedure("session", self.key)
        if out["status"] != "completed":
            out["statusReason"] = concept("ended", str(self.record.get("ended_text") or self.record.get("ended")))
        if self.plan is not None:
            out["basedOn"] = [reference(self.plan)]
        if out["status"] == "not-done":
            out["performedDateTime"] = self.begun
        else:
            out["performedPeriod"] = {"start": self.begun, "end": later(self.begun, self.last_s)}
        out["bodySite"] = [body_site(self.site)]
        chosen = self.session.get("device")
        if chosen:
            out["usedReference"] = [{"reference": f"Device/{own_id('Device', str(chosen['id']))}"}]
        if self.record.get("note"):
            out["note"] = [{"text": str(self.record["note"])}]
        return out

    def _span(self, begins: tuple[str, str | None], ends: tuple[str, str | None]) -> tuple[float, float] | None:
        def at(wanted: tuple[str, str | None]) -> list[float]:
            kind, phase = wanted
            return [t for t, k, d in self.events if k == kind and (phase is None or d.get("phase") == phase)]

        first = at(begins)
        if not first:
            return None
        last = [t for t in at(ends) if t >= first[0]]
        return first[0], last[-1] if last else self.last_s

    def _parts(self) -> Iterator[Resource]:
        spans = {
            "heat": self._span(("heat_on", None), ("heat_off", None)),
            "massage": self._span(("massage_start", None), ("massage_end", None)),
            "stretch": self._span(("phase", "stretching"), ("phase", "rating")),
        }
        planned = {"heat": True, "massage": False, "stretch": bool(self.record.get("order", {}).get("stretch"))}
        for code, span in spans.items():
            out = {**self._procedure(code, f"{self.key}:{code}"), "partOf": [reference(self.parent)]}
            if span is not None:
                seconds = float(self.record.get(f"{code}_s") or 0.0)
                whole = code != "heat" or seconds >= float(self.record["order"]["heat_s"]) - 1.0
                reached = code != "stretch" or self._status() == "completed"
                out["status"] = "completed" if whole and reached else "stopped"
                out["performedPeriod"] = {"start": later(self.begun, span[0]), "end": later(self.begun, span[1])}
            elif planned[code]:
                out["status"] = "not-done"
            else:
                continue
            if out["status"] != "completed":
                out["statusReason"] = concept("ended", str(self.record.get("ended_text") or "not reached"))
            yield out

    def _observation(self, name: str, code: dict[str, Any], at: str, category: str, **value: Any) -> Resource:
        return {
            "resourceType": "Observation",
            "id": own_id("Observation", f"{self.key}:{name}"),
            "status": "final",
            "category": [coded(OBSERVATION_CATEGORY, category)],
            "code": code,
            "subject": reference(self.patient),
            "effectiveDateTime": at,
            "partOf": [reference(self.parent)],
            **value,
        }

    def _measured(self, code: str, value: float | None) -> Iterator[Resource]:
        if value is not None:
            yield self._observation(
                code,
                concept(code),
                later(self.begun, self.last_s),
                "procedure",
                valueQuantity=quantity(value, OWN[code][1]),
            )

    def _observations(self) -> Iterator[Resource]:
        record, planned = self.record, self.session.get("plan") or {}
        if self._status() != "not-done":
            yield from self._measured("heat-duration", float(record["heat_s"]) / 60.0)
            yield from self._measured("skin-peak", record.get("skin_peak_c"))
            yield from self._measured("cem43", record.get("cem43_min"))
            yield from self._measured("irradiance", planned.get("irradiance_w_m2"))
            yield from self._measured("muscle-rise", planned.get("muscle_rise_c"))
            distance = (self.session.get("placement") or {}).get("distance_m")
            yield from self._measured("distance", None if distance is None else 100.0 * distance)
        for name, at in (("pain_before", self.begun), ("pain_after", later(self.begun, self.last_s))):
            value = self.session.get(name)
            if value is not None:
                yield pain(self._observation(name, {}, at, "survey"), self.site, float(value))
        if self.session.get("skin_check"):
            yield self._observation(
                "skin-check",
                concept("skin-check"),
                later(self.begun, self.last_s),
                "exam",
                valueCodeableConcept=concept(str(self.session["skin_check"])),
                bodySite=body_site(self.site),
            )

    def _issues(self) -> Iterator[Resource]:
        for number, (at, kind, data) in enumerate(self.events):
            if kind != "guard":
                continue
            moment = later(self.begun, at)
            off = {"action": {"text": "Heat switched off by the program"}, "date": moment}
            yield {
                "resourceType": "DetectedIssue",
                "id": own_id("DetectedIssue", f"{self.key}:{number}"),
                "status": "final",
                "code": concept("guard", str(data.get("name", "guard")).replace("_", " ")),
                "severity": "high",
                "patient": reference(self.patient),
                "identifiedDateTime": moment,
                "author": reference(self.software),
                "implicated": [reference(self.parent)],
                "detail": str(data.get("text") or data.get("name") or "A guard ended the heat."),
                "mitigation": [off],
            }
        if self.session.get("skin_check") == "marks":
            yield adverse_event(
                {"id": f"{self.key}:marks", "at": later(self.begun, self.last_s), "text": OWN["marks"][0], "grade": 2},
                self.patient,
                self.parent,
                self.session.get("device"),
            )

    def _provenance(self, told: list[Resource]) -> Resource:
        return provenance(self.key, told, later(self.begun, self.last_s), self.software)


def provenance(
    key: str, told: list[Resource], recorded: str, software: Resource, by: Resource | None = None
) -> Resource:
    """Return who vouches for what was told at an instant: the program put it together, ``by`` somebody who said it."""
    agents = [{"type": coded(PROVENANCE, "assembler", "Assembler"), "who": reference(software)}]
    if by is not None:
        agents.append({"type": coded(PROVENANCE, "author", "Author"), "who": reference(by)})
    return {
        "resourceType": "Provenance",
        "id": own_id("Provenance", key),
        "target": [reference(r) for r in told],
        "recorded": recorded,
        "agent": agents,
    }


def pain(out: Resource, site: Json, value: float) -> Resource:
    """Return ``out`` made an observation of pain on a scale of 0 to 10 (LOINC 72514-3)."""
    code = coded(LOINC, *PAIN, text="Pain, 0 to 10")
    return {**out, "code": code, "valueQuantity": quantity(value, "{score}"), "bodySite": body_site(site)}


def adverse_event(effect: Json, patient: Resource, session: Resource | None, chosen: Json | None) -> Resource:
    """Return a side effect; grade 3 is serious."""
    grade = int(effect["grade"])
    serious = ("serious", "Serious") if grade >= max(GRADES) else ("non-serious", "Non-serious")
    out: Resource = {
        "resourceType": "AdverseEvent",
        "id": own_id("AdverseEvent", str(effect["id"])),
        "actuality": "actual",
        "event": {"text": str(effect["text"])},
        "subject": reference(patient),
        "date": str(effect["at"]),
        "seriousness": coded(SERIOUSNESS, *serious),
        "severity": coded(SEVERITY, *GRADES[grade]),
    }
    suspects = [] if session is None else [{"instance": reference(session)}]
    if chosen:
        suspects.append({"instance": {"reference": f"Device/{own_id('Device', str(chosen['id']))}"}})
    if suspects:
        out["suspectEntity"] = suspects
    return out
