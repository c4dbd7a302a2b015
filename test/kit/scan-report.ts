import { digestOf } from "../../src/core/base/digest.ts";
import {
  type CanaryResult,
  GATES,
  type GateFinding,
  type GateName,
  type GateOutcome,
  type GateVerdict,
  type ScannedImage,
  type ScanReport,
  type UsedSource,
} from "../../src/core/policy/gates/gate.ts";

/** What a made image is, beside its verdicts. */
export interface MadeImage {
  readonly name: string;
  readonly ancestors?: readonly string[];
  readonly tier?: "cpu" | "gpu";
  /** Bytes. */
  readonly compressed?: number;
  /** By gate; the gates that are not named here pass. */
  readonly found?: Partial<Record<GateName, readonly GateFinding[]>>;
  /** Verdicts that are what they are whatever was found. */
  readonly verdicts?: Partial<Record<GateName, { readonly outcome: GateOutcome; readonly reason: string }>>;
  readonly blockedBy?: string;
}

const WORST: readonly GateOutcome[] = ["denied", "error", "unknown", "waived", "passed"];

export function worst(outcomes: readonly GateOutcome[]): GateOutcome {
  return WORST.find((outcome) => outcomes.includes(outcome)) ?? "unknown";
}

export function scannedImage(made: MadeImage): ScannedImage {
  const { name, ancestors = [], tier = "cpu", compressed = 92e6, blockedBy } = made;
  const verdicts = GATES.map((gate) => verdict(made, gate));
  return {
    name,
    repository: `registry.example/voice/${name}`,
    digest: digestOf(name),
    tier,
    ancestors,
    size: { compressed, unpacked: Math.round(compressed * 2.6) },
    components: { deb: 104, pypi: tier === "gpu" ? 141 : 17 },
    outcome: worst(verdicts.map(({ outcome }) => outcome)),
    verdicts,
    ...(blockedBy === undefined ? {} : { blockedBy }),
  };
}

function verdict({ name, found, verdicts }: MadeImage, gate: GateName): GateVerdict {
  const findings = found?.[gate] ?? [];
  return {
    gate,
    image: name,
    digest: digestOf(name),
    ...(verdicts?.[gate] ?? judged(gate, findings)),
    findings,
    inputs: [{ name: "manifest", digest: digestOf(name) }],
  };
}

function judged(gate: GateName, findings: readonly GateFinding[]): Pick<GateVerdict, "outcome" | "reason"> {
  const open = findings.filter(({ waiver }) => waiver === undefined);
  const of = (level: GateFinding["level"]) => open.filter((finding) => finding.level === level);
  const [denied, unknown, error] = [of("deny"), of("unknown"), of("error")];
  const waived = findings.length - open.length;
  if (error[0] !== undefined) return { outcome: "error", reason: error[0].message };
  if (denied.length > 0) return { outcome: "denied", reason: deniedReason(gate, denied) };
  if (unknown[0] !== undefined) return { outcome: "unknown", reason: unknown[0].message };
  if (waived > 0) return { outcome: "waived", reason: `${waived} of ${waived} are waived` };
  return { outcome: "passed", reason: PASSED[gate] };
}

function deniedReason(gate: GateName, [first, ...more]: readonly GateFinding[]): string {
  if (first === undefined) return "";
  if (gate !== "vulnerabilities")
    return `${first.message}${more.length === 0 ? "" : ` and ${more.length} more`}`;
  const all = [first, ...more];
  const counts = (["critical", "high", "unknown"] as const).flatMap((severity) => {
    const count = all.filter((finding) => finding.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  return `${counts.join(", ")}: ${first.id} in ${first.component?.replace(/^pkg:[^/]*\/|\?.*$/g, "")}${more.length === 0 ? "" : ` and ${more.length} more`}`;
}

const PASSED: Readonly<Record<GateName, string>> = {
  vulnerabilities: "121 components, none with a vulnerability of high or worse",
  secrets: "no secret in 3 new layers, the config and the history",
  files: "no setuid file beyond the eight of Debian, none that all may write",
  user: "runs as 10001:10001",
  init: "/usr/bin/tini is first",
  health: "has a health check",
  labels: "all labels that the policy asks for",
  budget: "within both budgets",
  reduction: "58 % below the baseline",
  sbom: "all 121 packages stand in the SBOM",
  base: "built on the newest release of its base",
  tags: "its tag is of the scheme and free",
};

export const CANARIES: readonly CanaryResult[] = [
  canary("vulnerabilities", "urllib3 1.26.4 in opt/venv", "CVE-2021-33503 in urllib3 1.26.4"),
  canary("secrets", "a GitHub token in app/settings.py", "github-token in app/settings.py"),
  canary("user", "user root", "runs as root"),
  canary("budget", "a layer of 4 MB over a budget of 1 MB", "4.2 MB compressed, 1 MB allowed"),
  canary("sbom", "an SBOM that lists nothing", "104 packages of the image are not in its SBOM"),
];

function canary(gate: GateName, planted: string, reason: string): CanaryResult {
  return { gate, planted, alive: true, found: "denied", reason };
}

export const SOURCES: readonly UsedSource[] = [
  {
    source: "osv",
    tool: "lapstrake 0.1.0",
    state: "scanned",
    database: {
      digest: digestOf("osv"),
      updatedAt: "2024-10-09T22:14:05Z",
      ageDays: 1,
      records: 2661,
      from: "docs/security/pypi-advisories-2024-10.osv.jsonl.gz",
    },
  },
  {
    source: "suite",
    tool: "apt 2.6.1",
    state: "scanned",
    database: {
      digest: digestOf("suite"),
      updatedAt: "2024-10-10T03:00:00Z",
      ageDays: 0,
      from: "bookworm-security",
    },
  },
  {
    source: "trivy",
    tool: "trivy",
    state: "unknown",
    why: "there is no trivy on this machine, nor its image",
  },
];

export function scanReport(images: readonly ScannedImage[], more: Partial<ScanReport> = {}): ScanReport {
  return {
    version: 1,
    fleet: "voice-assistant",
    release: "20241010-4f0c2ab",
    asOf: "2024-10-10",
    pinned: false,
    policy: { deny: "high", unknownSeverity: "high" },
    images,
    left: [],
    canaries: CANARIES,
    waivers: [],
    sources: SOURCES.slice(0, 2),
    off: [],
    outcome: worst(images.map(({ outcome }) => outcome)),
    ...more,
  };
}
