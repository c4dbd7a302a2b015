import type { GateFinding, ScanReport, WaiverUse } from "../../src/core/policy/gates/gate.ts";
import * as finding from "./scan-findings.ts";
import { CANARIES, type MadeImage, SOURCES, scannedImage, scanReport } from "./scan-report.ts";
import { createRandom, pick, type Random } from "./seeded-random.ts";

const CHAIN = ["base-cpu-pydeps", "base-utils", "base-python"];
const GPU = ["base-gpu-cu121", "base-utils", "base-python"];

/** A fleet in which nothing is wrong. */
export function greenFleet(): ScanReport {
  return scanReport([
    scannedImage({ name: "base-python", compressed: 51e6 }),
    scannedImage({ name: "base-utils", ancestors: ["base-python"], compressed: 58e6 }),
  ]);
}

/** Every outcome once, every kind of waiver, a dead canary, a source that is not known, an image that was not read. */
export function smallFleet(): ScanReport {
  const inherited = [finding.CRITICAL, finding.HIGH, finding.LOW];
  const images: readonly MadeImage[] = [
    { name: "base-python", compressed: 51e6, found: { vulnerabilities: inherited } },
    {
      name: "base-utils",
      ancestors: ["base-python"],
      compressed: 58e6,
      found: { vulnerabilities: [...inherited, finding.UNRATED] },
    },
    {
      name: "base-cpu-pydeps",
      ancestors: CHAIN.slice(1),
      found: { vulnerabilities: [...inherited, finding.UNRATED] },
    },
    {
      name: "service_registry",
      ancestors: ["family-web", ...CHAIN],
      found: { vulnerabilities: [...inherited, finding.UNRATED], secrets: [finding.SECRET] },
    },
    { name: "family-web", ancestors: CHAIN, found: { vulnerabilities: [finding.WAIVED] } },
    {
      name: "family-torch-cu121",
      ancestors: GPU,
      tier: "gpu",
      compressed: 3.1e9,
      found: { vulnerabilities: [...inherited, finding.UNFIXED], budget: [finding.OVER_BUDGET] },
    },
    {
      name: "base-gpu-cu121",
      ancestors: GPU.slice(1),
      tier: "gpu",
      compressed: 2.4e9,
      found: { secrets: [finding.UNREAD] },
    },
    { name: "memory_fusion_hub", ancestors: CHAIN, blockedBy: "base-cpu-pydeps" },
    { name: "legacy-py310-cpu", compressed: 63e6, found: { vulnerabilities: [finding.NO_PACKAGES] } },
    {
      name: "intention_validator_agent",
      ancestors: ["legacy-py310-cpu"],
      found: { user: [finding.ROOT_USER] },
    },
    { name: "legacy-tools", compressed: 44e6 },
  ];
  return scanReport(images.map(scannedImage), {
    pinned: true,
    left: [
      {
        name: "vision_processing_agent",
        why: "its root cuda-12.1 is not to be had here, by lapstrake.lock",
        asked: true,
      },
      { name: "speech_synthesis_agent", why: "not in release 20241010-4f0c2ab", asked: false },
      { name: "emotion_core_agent", why: "not in release 20241010-4f0c2ab", asked: false },
    ],
    canaries: [
      ...CANARIES.slice(0, 4),
      { ...CANARIES[4]!, alive: false, found: "passed", reason: "0 of 0 packages are missing" },
    ],
    waivers: WAIVERS,
    sources: SOURCES,
    off: [{ gate: "reduction", why: "no baseline is recorded before the services move" }],
  });
}

const WAIVERS: readonly WaiverUse[] = [
  waiver({ id: "CVE-2024-5535", image: "family-web", component: finding.OPENSSL, count: 1 }),
  waiver({
    id: "CVE-2023-50782",
    image: "*",
    until: "2024-10-01",
    state: "expired",
    why: "no fixed wheel for 3.10 yet",
  }),
  waiver({
    gate: "files",
    id: "setuid",
    image: "base-utils",
    state: "unused",
    why: "fusermount3 is gone next week",
  }),
  waiver({
    gate: "secrets",
    id: "private-key",
    image: "base-utils",
    from: "2024-11-01",
    state: "pending",
    why: "a key of a test, from the next image on",
  }),
];

function waiver(about: Partial<WaiverUse>): WaiverUse {
  return {
    gate: "vulnerabilities",
    id: "",
    image: "*",
    state: "used",
    count: 0,
    from: "2024-09-01",
    ...finding.WAIVER,
    ...about,
  };
}

/** 74 images as the guide has them: nine that others stand on, and 65 services; most of what is found is inherited. */
export function bigFleet(): ScanReport {
  const random = createRandom(74);
  const bases: MadeImage[] = [
    { name: "base-python", found: { vulnerabilities: ownOf("base-python", 22, random) } },
    base("base-utils", ["base-python"], 14),
    base("base-cpu-pydeps", CHAIN.slice(1), 9),
    base("family-web", CHAIN, 4),
    base("base-gpu-cu121", GPU.slice(1), 12, "gpu"),
    base("family-torch-cu121", GPU, 31, "gpu"),
    base("family-llm-cu121", ["family-torch-cu121", ...GPU], 18, "gpu"),
    base("family-vision-cu121", GPU, 6, "gpu"),
    base("legacy-py310-cpu", [], 0),
  ];
  const known = new Map(bases.map((each) => [each.name, each]));
  const services = Array.from({ length: 65 }, (_, index) => service(index, [...known.values()], random));
  const images = [...bases, ...services].map((made) =>
    scannedImage({ ...made, found: withInherited(made, known) }),
  );
  return scanReport(images, { waivers: WAIVERS, sources: SOURCES, pinned: true });

  function base(
    name: string,
    ancestors: readonly string[],
    count: number,
    tier: "cpu" | "gpu" = "cpu",
  ): MadeImage {
    const compressed = tier === "gpu" ? 2.1e9 : 6e7 + count * 4e6;
    return { name, ancestors, tier, compressed, found: { vulnerabilities: ownOf(name, count, random) } };
  }
}

const WORDS = [
  "audio",
  "vision",
  "memory",
  "intent",
  "speech",
  "model",
  "sensor",
  "dialog",
  "emotion",
  "vector",
] as const;
const ROLES = ["agent", "coordinator", "bridge", "indexer", "watchdog", "gateway", "planner"] as const;

function service(index: number, bases: readonly MadeImage[], random: Random): MadeImage {
  // A service may stand on any of the families, the old one among them.
  const parent = bases[2 + random(7)]!;
  const name = `${WORDS[index % 10]}_${ROLES[Math.floor(index / 10)]}`;
  return {
    name,
    ancestors: [parent.name, ...(parent.ancestors ?? [])],
    tier: parent.tier ?? "cpu",
    compressed: (parent.compressed ?? 92e6) + 1e6 * (1 + random(80)),
    found: {
      vulnerabilities: ownOf(name, random(3), random),
      ...(index % 23 === 5 ? { secrets: [{ ...finding.SECRET, owner: name }] } : {}),
      ...(index % 17 === 3 ? { budget: [finding.OVER_BUDGET] } : {}),
      ...(index % 29 === 7
        ? { health: [{ ...finding.UNREAD, id: "config-unread", message: "its config is not JSON" }] }
        : {}),
    },
  };
}

function withInherited(
  { ancestors = [], found }: MadeImage,
  known: ReadonlyMap<string, MadeImage>,
): NonNullable<MadeImage["found"]> {
  const above = ancestors.flatMap((name) => known.get(name)?.found?.vulnerabilities ?? []);
  return { ...found, vulnerabilities: [...above, ...(found?.vulnerabilities ?? [])] };
}

const SEVERITIES = ["critical", "high", "high", "medium", "low", "unknown"] as const;
const PACKAGES = [
  "openssl",
  "libexpat1",
  "zlib1g",
  "libc6",
  "krb5",
  "libxml2",
  "curl",
  "perl-base",
  "systemd",
  "glib2.0",
] as const;
const WHEELS = [
  "requests",
  "urllib3",
  "jinja2",
  "aiohttp",
  "pillow",
  "transformers",
  "cryptography",
  "starlette",
] as const;

function ownOf(owner: string, count: number, random: Random): readonly GateFinding[] {
  return Array.from({ length: count }, (_, index): GateFinding => {
    const isDebian = owner.startsWith("base-python") || random(3) === 0;
    const version = `${1 + random(9)}.${random(30)}.${random(9)}`;
    const component = isDebian
      ? `pkg:deb/debian/${pick(random, PACKAGES)}@${version}-${1 + random(4)}?arch=amd64&distro=debian-12`
      : `pkg:pypi/${pick(random, WHEELS)}@${version}`;
    const severity = pick(random, SEVERITIES);
    const isDenied = severity !== "medium" && severity !== "low";
    return finding.vulnerability(`CVE-2024-${1000 + random(48_000)}`, component, {
      severity,
      level: isDenied ? "deny" : "note",
      owner,
      fixed: random(6) === 0 ? [] : [isDebian ? `${version}-1+deb12u${index % 5}` : `${version}.post1`],
      at: { file: `docker/${owner}/Dockerfile`, line: 5 + random(40), column: 1 },
      ...(isDenied && random(11) === 0 ? { waiver: finding.WAIVER } : {}),
    });
  });
}

/** As many findings as 74 images with 2,000 each can have, every one another: what a page must bear. */
export function hugeFleet(images = 74, each = 2000): ScanReport {
  const random = createRandom(2000);
  const made = Array.from({ length: images }, (_, index) => {
    const name = `image-${String(index).padStart(2, "0")}`;
    return scannedImage({ name, found: { vulnerabilities: ownOf(name, each, random) } });
  });
  return scanReport(made);
}

/** What takes a page, a comment or a terminal over, if anything does. */
export const HOSTILE =
  "</script><img src=x onerror=alert(1)>'\"`&[a](javascript:b){0}|\n# x\n@everyone #1 www.example.org\u202egnp.exe\u001b[2J";

/** Every text in it that comes from an image, an advisory or a file made hostile. */
export function hostileFleet(): ScanReport {
  const spoil = (value: unknown, key: string): unknown => {
    if (typeof value === "string") return SPOILT.has(key) ? `${value}${HOSTILE}` : value;
    if (Array.isArray(value)) return value.map((each) => spoil(each, key));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, spoil(each, name)]));
  };
  // The same shape: only texts are others.
  return spoil(smallFleet(), "") as ScanReport;
}

const SPOILT: ReadonlySet<string> = new Set(
  (
    "id message component path aliases fixed owner instruction hint file why who fleet name release repository ancestors " +
    "image blockedBy reason planted tool from updatedAt"
  ).split(" "),
);
