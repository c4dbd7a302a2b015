import type { SourcePosition } from "../../core/base/error.ts";
import type {
  DistributionUse,
  Mismatch,
  Missing,
  PackageUse,
  Uncertainty,
} from "../../core/policy/audit/image-audit.ts";
import type { InstructionPlace } from "../../core/policy/audit/layer-origins.ts";
import type { Reason } from "../../core/policy/audit/reason.ts";
import type { AuditedView, AuditView } from "./audit-view.ts";
import { chainText, megabytes } from "./audit-view.ts";
import { renderSarif, type SarifNotice, type SarifPlace, type SarifResult, type SarifRule } from "./sarif.ts";

export interface AuditSarif {
  readonly report: AuditView;
  /** Of Lapstrake. */
  readonly version: string;
  /** The fleet's folder within its repository, "" for the top. */
  readonly prefix: string;
  /** By image of the fleet, where it is declared: what no line brought in stands there. */
  readonly declaredAt?: ReadonlyMap<string, SourcePosition>;
}

/** The findings of an audit, each where its Dockerfile brought it in, as far as that is known. */
export function auditSarif({ report, version, prefix, declaredAt }: AuditSarif): string {
  const audited = new Set(report.images.map(({ name }) => name));
  const results = report.images.flatMap((image) =>
    imageResults(image, { audited, declared: lineOf(declaredAt?.get(image.name)) }),
  );
  const known = new Set(RULES.map(({ id }) => id));
  // Another rule may come before somebody describes it here.
  const others = [...new Set(results.map(({ rule }) => rule))].filter((id) => !known.has(id)).sort();
  return renderSarif({
    command: "audit",
    version,
    rules: [...RULES, ...others.map((id): SarifRule => ({ id, text: id, level: "warning" }))],
    results: results.map(({ place, ...rest }) => ({
      ...rest,
      place: place && { ...place, file: prefix === "" ? place.file : `${prefix}/${place.file}` },
    })),
    notices: noticesOf(report),
  });
}

/** Each finding of the audit; a test holds this against the rules of `core/policy/audit`. */
export const RULES: readonly SarifRule[] = [
  rule("missing-library", "error", "A library that something in the image links to or opens is not there."),
  rule("missing-module", "error", "A module that is imported is not installed."),
  rule("missing-program", "error", "A program that the image starts is not there."),
  rule("unused-package", "warning", "A package that nothing in the image, nor in what is built on it, uses."),
  rule("unused-distribution", "warning", "A distribution that nothing imports, links to or requires."),
  rule("wheel-misfit", "error", "A wheel was made for another interpreter, platform or C library."),
  rule("requires-python", "warning", "A distribution requires another version of Python than runs it."),
  rule("requirement-missing", "warning", "A distribution requires another, which is not installed."),
  rule("requirement-version", "warning", "A distribution requires another version than is installed."),
  rule("file-of-two", "warning", "Two distributions install one file, each with its own content."),
  rule("record-absent", "warning", "A file that a distribution's RECORD names is not there."),
  rule("record-size", "warning", "A file is of another size than its distribution's RECORD says."),
  rule("source-error", "warning", "A Python source that is imported has an error in it."),
  rule(
    "relative-import",
    "error",
    "A relative import leads out of the package that its file is in, or there is none.",
  ),
  rule("import-name", "error", "A name is imported from a module that does not have it."),
  rule("symbol-version", "error", "A library was found, and lacks a symbol version that is asked of it."),
  rule(
    "loader-limit",
    "error",
    "The search for libraries was ended: no loader of a real image looks so long.",
  ),
  rule("one-child", "warning", "A package that is used by one image built on this one alone belongs there."),
  rule(
    "only-after",
    "warning",
    "An extension finds its libraries only where something else was imported before.",
  ),
  rule("uncertain-import", "note", "A module is imported by a name that is made at run time."),
  rule(
    "uncertain-library",
    "note",
    "A library is opened that the image does not have, or whose search nobody can foresee.",
  ),
  rule("uncertain-program", "note", "A program is started by a name that is made at run time."),
  rule("uncertain-dlopen", "note", "A file that opens libraries holds names of some that are there."),
];

function rule(id: string, level: SarifRule["level"], text: string): SarifRule {
  return { id, level, text };
}

type Found = Pick<SarifResult, "rule" | "level" | "message" | "identity"> & {
  readonly instruction?: InstructionPlace | undefined;
};

interface Surroundings {
  readonly audited: ReadonlySet<string>;
  /** Where the image is declared. */
  readonly declared: SarifPlace | undefined;
}

function lineOf(at: SourcePosition | undefined): SarifPlace | undefined {
  return at && { file: at.file, line: at.line, endLine: at.line };
}

function imageResults(
  { name, digest, audit }: AuditedView,
  { audited, declared }: Surroundings,
): readonly SarifResult[] {
  const about = { kind: "image", name, fullName: digest === undefined ? name : `${name}@${digest}` };
  const originOf = new Map(audit.packages.map((each) => [each.name, each.instruction]));
  const found: readonly Found[] = [
    ...audit.missing.map(missingFound),
    ...audit.mismatches.map((each) => mismatchFound(each, originOf)),
    ...audit.packages.flatMap((each) => packageFound(each, { name, audited })),
    ...audit.distributions.filter(({ use }) => use === "unused").map(distributionFound),
    ...audit.uncertain.map(uncertainFound),
  ];
  return found.map(
    ({ instruction, message, ...rest }): SarifResult => ({
      ...rest,
      message: `${name}: ${message}`,
      about,
      place: instruction ?? declared,
    }),
  );
}

function missingFound({ what, name, level, reason, suppliers }: Missing): Found {
  const from =
    suppliers === undefined || suppliers.length === 0 ? "" : `, which ${suppliers.join(" or ")} would bring`;
  const when =
    level === "required" ? "" : level === "deferred" ? " when some function is called" : " on some way";
  return {
    rule: `missing-${what}`,
    // The others may never happen, and most never do.
    level: level === "required" ? "error" : "note",
    message: `there is no ${what} ${name}${from}, and it is wanted${when}${becauseOf(reason)}`,
    identity: [name, level],
  };
}

function mismatchFound(
  { rule: id, subject, message, severity, reason }: Mismatch,
  originOf: ReadonlyMap<string, InstructionPlace | undefined>,
): Found {
  return {
    rule: id,
    level: severity,
    message: `${subject}: ${message}${becauseOf(reason)}`,
    identity: [subject.split(" ")[0] ?? subject],
    instruction: originOf.get(subject),
  };
}

/** What a base brought is told once: of the base, which counts what all that is built on it uses. */
function packageFound(
  { name, version, use, bytes, instruction, alsoRemoved }: PackageUse,
  image: { readonly name: string; readonly audited: ReadonlySet<string> },
): readonly Found[] {
  const isOwn = instruction === undefined || instruction.image === image.name;
  if (use !== "unused" || (!isOwn && image.audited.has(instruction.image))) return [];
  const also =
    alsoRemoved.length === 0
      ? ""
      : `; with it would go ${alsoRemoved.map((id) => id.replace(/:.*/, "")).join(", ")}`;
  const whose = isOwn ? "" : `; ${instruction.image} brought it, and others may use it`;
  return [
    {
      rule: "unused-package",
      // What a root has, and what others share, no line of this Dockerfile takes out.
      level: instruction?.image === image.name ? "warning" : "note",
      message: `nothing uses package ${name} ${version} (${megabytes(bytes)})${also}${whose}`,
      identity: [name],
      instruction,
    },
  ];
}

function distributionFound({ name, version, environment, bytes }: DistributionUse): Found {
  return {
    rule: "unused-distribution",
    level: "warning",
    message: `nothing uses distribution ${name} ${version} of /${environment} (${megabytes(bytes)})`,
    identity: [environment, name],
  };
}

function uncertainFound({ what, path, line, text, packages }: Uncertainty): Found {
  const at = line === undefined ? `/${path}` : `/${path}:${line}`;
  const may = packages.length === 0 ? "" : `; it may want ${packages.join(", ")}`;
  return {
    rule: `uncertain-${what}`,
    level: "note",
    message: `${at}: what this ${VERB[what]} is not known before it runs: ${text}${may}`,
    identity: [path, text],
  };
}

const VERB: Readonly<Record<Uncertainty["what"], string>> = {
  import: "imports",
  library: "opens",
  program: "starts",
  dlopen: "opens",
};

function becauseOf(reason: Reason | undefined): string {
  return reason === undefined ? "" : `: ${chainText(reason)}`;
}

function noticesOf({ images, left }: AuditView): readonly SarifNotice[] {
  return [
    ...left.map(
      ({ name, why }): SarifNotice => ({ level: "error", message: `${name} was not audited: ${why}` }),
    ),
    ...images.flatMap(({ name, unasked, audit }) => [
      ...(unasked === undefined
        ? []
        : [
            {
              level: "note" as const,
              message: `${name}: which packages have what is missing is not known: ${unasked}`,
            },
          ]),
      ...audit.unread.map(
        ({ path, why }): SarifNotice => ({
          level: "warning",
          message: `${name}: /${path} was not read: ${why}`,
        }),
      ),
    ]),
  ];
}
