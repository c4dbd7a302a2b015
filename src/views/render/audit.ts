import { isDigest, shortDigest } from "../../core/base/digest.ts";
import type { DistributionUse, Missing, PackageUse } from "../../core/policy/audit/image-audit.ts";
import { chainOf, type Reason } from "../../core/policy/audit/reason.ts";
import { type AuditedView, type AuditView, megabytes, placeOf, stepText, sumBytes } from "./audit-view.ts";
import { gpuLines } from "./gpu-lines.ts";
import { renderLoadTrees } from "./load-tree.ts";
import { printable } from "./printable.ts";
import { renderTable } from "./table.ts";

/** For each image a summary, what is wrong, and what nothing uses. */
export function renderAudit({ images, left }: AuditView): string {
  const parts = images.map(renderImage);
  const unread = left.map(({ name, why }) => `${name}: not audited: ${why}`).join("\n");
  return `${[...parts, unread].filter((part) => part !== "").join("\n\n")}\n`;
}

const USES: readonly PackageUse["use"][] = [
  "needed",
  "tool",
  "base",
  "depends",
  "kept",
  "uncertain",
  "unused",
];

function renderImage({ name, digest, source, audit, unasked }: AuditedView): string {
  const short = digest !== undefined && isDigest(digest) ? ` ${shortDigest(digest)}` : "";
  const head = `${name}${short} (${source})`;
  const counts = USES.flatMap((use) => {
    const those = audit.packages.filter((each) => each.use === use);
    return those.length === 0 ? [] : [`${those.length} ${use}`];
  });
  const failing = audit.missing.filter(({ level }) => level === "required");
  const maybe = audit.missing.filter(({ level }) => level !== "required");
  const lines = [
    head,
    `  packages: ${counts.join(", ") || "none that dpkg knows of"}`,
    ...(audit.distributions.length === 0 ? [] : [`  distributions: ${summaryOf(audit.distributions)}`]),
    ...failing.map((each) => `  MISSING ${missingLine(each)}`),
    ...(unasked === undefined ? [] : [`  which packages have them is not known: ${unasked}`]),
    ...audit.mismatches.map(
      ({ severity, subject, message, rule }) =>
        `  ${severity === "error" ? "ERROR" : "warning"} ${subject}: ${message} [${rule}]`,
    ),
    ...(audit.host.length === 0
      ? []
      : [`  supplied by the host: ${audit.host.map((each) => each.name).join(", ")}`]),
    ...(audit.gpu === undefined ? [] : gpuLines(audit.gpu)),
    ...(maybe.length === 0
      ? []
      : [`  absent, and only wanted on some way: ${listOf(maybe.map((each) => each.name))}`]),
    ...(audit.unread.length === 0
      ? []
      : [`  not read: ${listOf(audit.unread.map(({ path, why }) => `/${path} (${why})`))}`]),
  ];
  const unused = audit.packages.filter(({ use }) => use === "unused").sort((a, b) => b.bytes - a.bytes);
  const table = unused.map((each) => [
    `  ${each.name}`,
    megabytes(each.bytes),
    placeOf(each),
    each.alsoRemoved.length === 0
      ? ""
      : `with it ${listOf(each.alsoRemoved.map((key) => key.replace(/:.*/, "")))}`,
  ]);
  const waste =
    table.length === 0
      ? []
      : [`  used by nothing (${megabytes(sumBytes(unused))}):`, renderTable(table).trimEnd()];
  return printable([...lines, ...waste].join("\n"));
}

function summaryOf(distributions: readonly DistributionUse[]): string {
  const uses = ["imported", "linked", "required", "uncertain", "unused"] as const;
  const counts = uses.flatMap((use) => {
    const those = distributions.filter((each) => each.use === use);
    return those.length === 0 ? [] : [`${those.length} ${use} (${megabytes(sumBytes(those))})`];
  });
  return counts.join(", ");
}

function missingLine({ what, name, reason, suppliers, tried = [] }: Missing): string {
  const chain = chainOf(reason).slice(0, -1);
  const short = chain.length > 4 ? [...chain.slice(0, 1), undefined, ...chain.slice(-3)] : chain;
  const text = short.map((step) => (step === undefined ? "…" : stepText(step))).join(" > ");
  const from =
    suppliers === undefined
      ? ""
      : suppliers.length === 0
        ? " (no package of its release has it)"
        : ` (in ${listOf(suppliers)})`;
  // Of a library there are dozens, which --why tells.
  const misfits = what === "module" && tried.length > 0 ? ` (${listOf(tried)})` : "";
  return `${what} ${name}${from}${misfits}${text === "" ? "" : `: ${text}`}`;
}

/** The whole chain of everything that is called so; of a library, by name or path, all that each loader tried for it. */
export function renderAuditWhy({ images }: AuditView, name: string): string {
  const parts = images.flatMap(({ name: image, audit }) => {
    const found: readonly {
      readonly title: string;
      readonly reason: Reason | undefined;
    }[] = [
      ...audit.packages
        .filter((each) => each.name === name)
        .map((each) => ({ title: `package ${each.name} ${each.version}: ${each.use}`, reason: each.reason })),
      ...audit.distributions
        .filter((each) => each.name === name)
        .map((each) => ({
          title: `distribution ${each.name} ${each.version}: ${each.use}`,
          reason: each.reason,
        })),
      ...audit.missing
        .filter((each) => each.name === name)
        .map((each) => ({
          title: `${each.what} ${each.name}: missing (${each.level})`,
          reason: each.reason,
        })),
    ];
    const chains = found.map(({ title, reason }) =>
      [
        `${image}: ${title}`,
        ...(reason === undefined
          ? ["  nothing leads to it"]
          : chainOf(reason).map((step, depth) => `${"  ".repeat(depth + 1)}${stepText(step)}`)),
      ].join("\n"),
    );
    return [...chains, ...renderLoadTrees(audit.loads, name).map((tree) => `${image}: ${tree}`)];
  });
  return printable(
    parts.length === 0 ? `nothing in these images is called ${name}\n` : `${parts.join("\n\n")}\n`,
  );
}

/** All that a chain may be asked for by name. */
export function namesToAsk({ images }: AuditView): ReadonlySet<string> {
  return new Set(
    images.flatMap(({ audit: { packages, distributions, missing, host, loads } }) => [
      ...[...packages, ...distributions, ...missing, ...host].map(({ name }) => name),
      ...loads.flatMap(({ edges }) =>
        edges.flatMap(({ needed, outcome }) => {
          const path = "path" in outcome ? outcome.path : needed;
          return [needed, path, `/${path}`, ...[needed, path].map((each) => each.replace(/^.*\//, ""))];
        }),
      ),
    ]),
  );
}

function listOf(names: readonly string[]): string {
  return names.length > 8 ? `${names.slice(0, 8).join(", ")} and ${names.length - 8} more` : names.join(", ");
}

/** What a patch takes out, and what it leaves. */
export function renderPatchNotes(
  patches: readonly {
    readonly file: string;
    readonly removed: readonly string[];
    readonly kept: readonly { readonly name: string; readonly why: string }[];
  }[],
): string {
  const lines = patches.flatMap(({ file, removed, kept }) => [
    ...(removed.length === 0 ? [] : [`${file}: takes out ${removed.join(", ")}`]),
    ...kept.map(({ name, why }) => `${file}: leaves ${name}: ${why}`),
  ]);
  return `${lines.length === 0 ? "no Dockerfile installs what nothing uses" : printable(lines.join("\n"))}\n`;
}
