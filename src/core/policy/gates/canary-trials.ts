import type { MergedVulnerability, UndecidedVulnerability } from "../../advisory/vulnerability.ts";
import { type Digest, digestOf } from "../../base/digest.ts";
import type { GateName } from "../../blueprint/gate-policy.ts";
import type { CanaryTrial } from "./canaries.ts";
import type { CanaryFault } from "./canary-image.ts";
import type { UsedSource } from "./gate.ts";
import type { GateSubject } from "./judge-gates.ts";

/** A canary's image as it was read, or why it could not be. */
export type CanaryContent =
  | (Pick<GateSubject, "sbom" | "verdicts" | "origins" | "size"> & {
      readonly digest: Digest;
      /** What sources of vulnerabilities say of it. */
      readonly sources: readonly UsedSource[];
      readonly vulnerabilities: readonly MergedVulnerability[];
      readonly undecided: readonly UndecidedVulnerability[];
    })
  | { readonly why: string };

/** Images to be planted: `no-sbom` has no fault but that its SBOM is empty. */
export type CanaryKind = CanaryFault | "no-sbom";

const PLANTED: readonly (readonly [CanaryKind, GateName, string])[] = [
  ["secret", "secrets", "a GitHub token in app/settings.ini"],
  ["set-id", "files", "usr/bin/true with set-user-id"],
  ["world-writable", "files", "app/open.txt, which all may write"],
  ["root", "user", "USER 0:0"],
  ["no-init", "init", "no entrypoint"],
  ["no-health", "health", "a service without health check"],
  ["no-labels", "labels", "no labels"],
  ["no-sbom", "sbom", "an empty SBOM of two packages"],
];

export const CANARY_KINDS: readonly CanaryKind[] = ["none", "vulnerable", ...PLANTED.map(([kind]) => kind)];

const PLENTY = { compressed: 1e9, unpacked: 1e9 };
const OTHER = digestOf("another image");

/** Every fault that a gate must see, and one image that all must let pass. */
export function canaryTrials(contents: ReadonlyMap<CanaryKind, CanaryContent>): readonly CanaryTrial[] {
  const subject = (kind: CanaryKind, changes: Partial<GateSubject> = {}): CanaryTrial["subject"] => {
    const content = contents.get(kind) ?? { why: "it was not planted" };
    return "why" in content ? content : { ...CLEAN, ...content, ...changes };
  };
  return [
    { gate: "none", planted: "an image without fault", subject: withoutUncovered(subject("none")) },
    ...vulnerable(contents.get("vulnerable"), subject),
    ...PLANTED.map(([kind, gate, planted]) => ({ gate, planted, subject: subject(kind) })),
    {
      gate: "budget",
      planted: "an image of more bytes than its budget has",
      subject: subject("none", { budget: { compressed: 1, unpacked: 1 } }),
    },
    {
      gate: "base",
      planted: "an image on an older base",
      subject: subject("none", { base: { ...BASE, stands: OTHER } }),
    },
    {
      gate: "base",
      planted: "a root whose tag has moved",
      subject: subject("none", { base: { ...BASE, kind: "root", tag: MOVED } }),
    },
    {
      gate: "tags",
      planted: "a tag that stands on another image",
      subject: subject("none", { tag: { ...TAG, stands: OTHER } }),
    },
    {
      gate: "reduction",
      planted: "services that are no smaller than their baseline",
      subject: subject("none", { reduction: { ...REDUCTION, own: 0, median: 0 } }),
    },
  ];
}

/**
 * Without what every source says that it does not cover: nobody could call that good, here or in the fleet's own images, which
 * say so themselves. Where nothing is left it stays as it is, so that the gate says that nobody knows anything.
 */
function withoutUncovered(subject: CanaryTrial["subject"]): CanaryTrial["subject"] {
  if ("why" in subject || subject.sources.length === 0) return subject;
  const { sbom, sources } = subject;
  const isCovered = (ecosystem: "deb" | "pypi"): boolean =>
    !sources.every(({ blind = [] }) => blind.some((each) => each.ecosystem === ecosystem));
  const components = sbom.components.filter(({ ecosystem }) => isCovered(ecosystem));
  if (components.length === 0) return subject;
  // A distribution without any package would be one whose database was taken away.
  return { ...subject, sbom: { ...sbom, system: isCovered("deb") ? sbom.system : undefined, components } };
}

const OLD = { deb: "openssl 1.0.0", pypi: "jinja2 2.10" } as const;

/**
 * Each source is tried by itself, and in each ecosystem that it looks at: one that sees nothing must not hide behind another.
 * Without any source nobody would see it.
 */
function vulnerable(
  content: CanaryContent | undefined,
  subject: (kind: CanaryKind, changes?: Partial<GateSubject>) => CanaryTrial["subject"],
): readonly CanaryTrial[] {
  const gate = "vulnerabilities";
  const planted = `${OLD.pypi} and ${OLD.deb}`;
  if (content === undefined || "why" in content || content.sources.length === 0)
    return [{ gate, planted, subject: subject("vulnerable") }];
  return content.sources.flatMap((used) => {
    const own = content.vulnerabilities.filter(({ sources }) => sources.includes(used.source));
    const looked = (["deb", "pypi"] as const).filter((ecosystem) => (used.looked?.[ecosystem] ?? 0) > 0);
    if (looked.length === 0)
      return [
        {
          gate,
          planted: `${planted}, for ${used.source}`,
          subject: subject("vulnerable", { sources: [used], vulnerabilities: own }),
        },
      ];
    return looked.map((ecosystem) => ({
      gate,
      planted: `${OLD[ecosystem]}, for ${used.source}`,
      subject: subject("vulnerable", {
        sources: [used],
        vulnerabilities: own.filter(({ component }) => component.ecosystem === ecosystem),
      }),
    }));
  });
}

const BASE = {
  kind: "image",
  name: "base",
  stands: digestOf("base"),
  newest: { digest: digestOf("base"), of: "this run" },
} as const;
const MOVED = { state: "moved", ref: "canary.invalid/root:1", digest: OTHER } as const;
const TAG = {
  repository: "canary",
  tag: "canary",
  inScheme: true,
  stands: undefined,
  released: false,
} as const;
const REDUCTION = { state: "measured", own: 99, median: 99, wanted: 40, services: 1 } as const;

const CLEAN = {
  name: "canary",
  budget: PLENTY,
  attached: { state: "off" },
  base: BASE,
  tag: TAG,
  reduction: REDUCTION,
} as const;
