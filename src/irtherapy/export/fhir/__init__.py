"""A person's course as an HL7 FHIR R4 bundle, written piece by piece so that a clinic's years fit into little memory.

Ids are made from ours, so the same thing has the same id in every export. A bundle of the type collection, whose
references are relative to its full addresses. docs/howto/export.md has the table of resources.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from irtherapy.export.chart import Chart
from irtherapy.export.fhir import answers, courses, sessions
from irtherapy.export.fhir.elements import BASE, Json, Resource, code_system, own_id

__all__ = ["bundle", "bundle_text", "resources"]


def resources(charts: Iterable[Chart], version: str) -> Iterator[Resource]:
    """Yield every resource of some persons, each once; what several share comes before it is spoken of."""
    software = sessions.program(version)
    yield code_system(version)
    yield software
    known = {software["id"]}

    def once(*shared: Resource) -> Iterator[Resource]:
        for one in shared:
            if one["id"] not in known:
                known.add(one["id"])
                yield one

    for chart in charts:
        patient: Resource = {"resourceType": "Patient", "id": own_id("Patient", chart.person_id), "active": True}
        yield patient
        plans: dict[str, Resource] = {}
        for course in chart.courses:
            yield from once(*courses.programme_resources(course["programme"]))
            plan = plans[str(course["id"])] = courses.care_plan(course, patient)
            stated = [plan, *courses.missed(course, patient, plan), *courses.breaks(course, patient, plan, software)]
            yield from stated
            if course.get("created"):
                yield sessions.provenance(str(course["id"]), stated, str(course["created"]), software)
        done: dict[str, tuple[Resource | None, Json | None]] = {}
        for session in chart.sessions:
            chosen = session.get("device")
            if chosen:
                yield from once(sessions.device(chosen))
            made = sessions.SessionResources(session, patient, software, plans.get(str(session.get("course"))))
            done[str(session["id"])] = made.parent, chosen
            yield from made.all()
        told = list(answers.told(chart, patient))
        for effect in chart.effects:
            parent, chosen = done.get(str(effect.get("session")), (None, None))
            told.append(sessions.adverse_event(effect, patient, parent, chosen))
        yield from told
        if told:
            yield sessions.provenance(f"{chart.person_id}:told", told, answers.last_told(chart), software, patient)


def bundle_text(charts: Iterable[Chart], version: str) -> Iterator[str]:
    """Yield the text of the bundle in pieces, one resource a line."""
    yield '{"resourceType": "Bundle", "type": "collection", "entry": ['
    separator = "\n"
    for one in resources(charts, version):
        entry = {"fullUrl": f"{BASE}/{one['resourceType']}/{one['id']}", "resource": one}
        yield separator + json.dumps(entry, ensure_ascii=False, allow_nan=False)
        separator = ",\n"
    yield "\n]}\n"


def bundle(charts: Iterable[Chart], version: str) -> Resource:
    """Return the whole bundle as data; for a few persons."""
    found: Resource = json.loads("".join(bundle_text(charts, version)))
    return found
