"""Whoever says whether a FHIR resource is right: three validators that are not ours, and a rule none of them has."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fhir.resources.R4B import get_fhir_model_class
from pydantic import ValidationError

TOOL = Path(__file__).parents[2] / "tools" / "fhir_check"


def problems(folder: Path, **resources: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what each judge finds wrong, "judge: message", by the name of the resource."""
    node = shutil.which("node")
    assert node, "The judges of FHIR need Node.js: apt-get install nodejs npm"
    assert (TOOL / "node_modules").is_dir(), "The judges are not installed: make test does it (npm ci)."
    paths = {name: folder / f"{name}.json" for name in resources}
    for name, path in paths.items():
        path.write_text(json.dumps(resources[name]), encoding="utf-8")
    ran = subprocess.run(
        [node, str(TOOL / "check.mjs"), *map(str, paths.values())], capture_output=True, text=True, timeout=120
    )
    assert ran.returncode == 0, ran.stderr[-2000:]
    lines = [json.loads(line) for line in ran.stdout.splitlines()]
    found = {
        name: [f"{p['judge']}: {p['resource']} {p['message']}" for p in line["problems"]]
        for name, line in zip(paths, lines, strict=True)
    }
    for name, resource in resources.items():
        for one in (resource, *(entry["resource"] for entry in resource.get("entry", ()))):
            found[name] += [f"fhir.resources: {text}" for text in by_model(one)]
            found[name] += [f"own: {text}" for text in codes_without_system(one, one.get("resourceType", "?"))]
    return found


def by_model(resource: Mapping[str, Any]) -> list[str]:
    try:
        get_fhir_model_class(resource["resourceType"]).model_validate(dict(resource))
    except ValidationError as error:
        return [f"{resource['resourceType']} {e['loc']} {e['msg']}" for e in error.errors()]
    except (KeyError, LookupError) as error:
        return [f"{resource.get('resourceType')}: {error}"]
    return []


def codes_without_system(part: object, where: str) -> Iterator[str]:
    """Yield each quantity that has a code and no system (invariant qty-3), and units of time that are none.

    No validator here tells either.
    """
    if isinstance(part, Mapping):
        if "value" in part and "code" in part and "system" not in part:
            yield f"{where}: qty-3"
        for key in ("periodUnit", "durationUnit"):
            if part.get(key, "min") not in ("s", "min", "h", "d", "wk", "mo", "a"):
                yield f"{where}: {key}"
        for key, value in part.items():
            yield from codes_without_system(value, f"{where}.{key}")
    elif isinstance(part, list):
        for value in part:
            yield from codes_without_system(value, where)
