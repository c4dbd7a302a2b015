import { digestOf } from "../../../src/core/base/digest.ts";
import { GATES, type GateName } from "../../../src/core/blueprint/gate-policy.ts";
import type { ScanSubject, SourceAnswer, VulnerabilitySource } from "../../../src/edge/scanner/port.ts";
import type { TestMachine } from "../../kit/world.ts";

/** The machine's fleet with these gates alone; `more` are further lines of `gates:`. */
export function gate(machine: TestMachine, on: readonly GateName[], more: readonly string[] = []): void {
  const off = GATES.filter((each) => !on.includes(each)).map((each) => `    ${each}: not now`);
  const blueprint = String(machine.files["lapstrake.yaml"]);
  machine.files["lapstrake.yaml"] = [
    blueprint.trimEnd(),
    "gates:",
    ...(off.length === 0 ? [] : ["  off:", ...off]),
    ...more.map((line) => `  ${line}`),
    "",
  ].join("\n");
}

/** A source that knows what is wrong with old versions of two packages; `meanwhile` happens while it looks. */
export function seeingSource(now: () => number, meanwhile: () => void = () => {}): VulnerabilitySource {
  return {
    name: "osv",
    async scan(subjects) {
      meanwhile();
      return subjects.map((subject) => answerFor(subject, now()));
    },
  };
}

const OLD: ReadonlySet<string> = new Set(["jinja2 2.10", "openssl 1.0.0-1"]);

function answerFor({ sbom }: ScanSubject, updatedAt: number): SourceAnswer {
  const { components } = sbom;
  const debs = components.filter(({ ecosystem }) => ecosystem === "deb").length;
  return {
    state: "scanned",
    facts: {
      source: "osv",
      tool: "scripted",
      database: { digest: digestOf("advisories"), updatedAt, from: "a list" },
    },
    looked: { deb: debs, pypi: components.length - debs },
    vulnerabilities: components
      .filter(({ name, version }) => OLD.has(`${name} ${version}`))
      .map(({ id, ecosystem, name, version, purl }) => ({
        source: "osv",
        id: `OLD-${name}`,
        aliases: [],
        component: { id, ecosystem, name, version, purl },
        severity: "high",
        severityFrom: undefined,
        fixed: [],
        summary: "",
      })),
  };
}
