import { allows, parseSpecifiers } from "../../advisory/pep440/specifier.ts";
import { parseVersion } from "../../advisory/pep440/version.ts";
import type { FileTree } from "../../audit/image/file-tree.ts";
import type { Distribution, PythonEnvironment } from "../../audit/python/environment.ts";
import { type AskedExtras, requirementsOf } from "./distribution-requirements.ts";
import type { Mismatch } from "./image-audit.ts";
import { misfitOf, type WheelTarget } from "./wheel-tag.ts";

const MAX_NAMED = 5;
/** More than any minor version of Python has. */
const RELEASES = 40;

/** What of the image, and of who made it, distributions depend on. */
export interface InstallTarget extends Omit<WheelTarget, "version"> {
  readonly asked: AskedExtras;
}

/** What of the distributions of an environment contradicts the interpreter, the image, each other, or their own records. */
export function distributionMismatches(
  tree: FileTree,
  environment: PythonEnvironment,
  target: InstallTarget,
): readonly Mismatch[] {
  return [
    ...wheelMismatches(environment, target),
    ...interpreterMismatches(environment),
    ...requirementMismatches(environment, target),
    ...sharedFiles(environment),
    ...recordMismatches(tree, environment),
  ];
}

function wheelMismatches(
  { distributions, version }: PythonEnvironment,
  target: InstallTarget,
): readonly Mismatch[] {
  return distributions.flatMap(({ name, version: release, tags }): Mismatch[] => {
    const misfits = tags.map((tag) => misfitOf(tag, { ...target, version }));
    const [first] = misfits;
    if (first === undefined || misfits.includes(undefined)) return [];
    return [
      {
        rule: "wheel-misfit",
        subject: `${name} ${release}`,
        message: `the wheel does not fit: ${first}`,
        severity: "error",
      },
    ];
  });
}

/** Only the first two numbers of the interpreter are known: what accepts any release of those counts as met. */
function interpreterMismatches({ distributions, version }: PythonEnvironment): readonly Mismatch[] {
  const { major, minor } = version;
  const releases = Array.from({ length: RELEASES }, (_, last) =>
    parseVersion(`${major}.${minor}.${last}`),
  ).filter((each) => each !== undefined);
  return distributions.flatMap(({ name, version: release, requiresPython = "" }): Mismatch[] => {
    const asked = parseSpecifiers(requiresPython);
    if (asked === undefined || releases.some((each) => allows(asked, each))) return [];
    return [
      {
        rule: "requires-python",
        subject: `${name} ${release}`,
        message: `it requires Python ${requiresPython}, and the interpreter is Python ${major}.${minor}`,
        severity: "warning",
      },
    ];
  });
}

function requirementMismatches(environment: PythonEnvironment, target: InstallTarget): readonly Mismatch[] {
  return requirementsOf(environment, target).flatMap(({ from, text, by, accepts }): Mismatch[] => {
    const subject = `${from.name} ${from.version}`;
    if (by === undefined)
      return [
        {
          rule: "requirement-missing",
          subject,
          message: `it requires ${text}, which is not installed`,
          severity: "warning",
        },
      ];
    return accepts
      ? []
      : [
          {
            rule: "requirement-version",
            subject,
            message: `it requires ${text}, and ${by.name} ${by.version} is installed`,
            severity: "warning",
          },
        ];
  });
}

/** Whichever was installed last is there, and removing one breaks the other. */
function sharedFiles({ distributions }: PythonEnvironment): readonly Mismatch[] {
  const owners = new Map<string, { readonly by: Distribution; readonly sha256: string | undefined }>();
  const shared = new Map<string, string[]>();
  for (const by of distributions) {
    for (const { path, sha256 } of by.files) {
      const other = owners.get(path);
      if (other === undefined) owners.set(path, { by, sha256 });
      // Parts of one namespace bring the same `__init__.py`, which is one file whoever was last.
      else if (other.by !== by && (sha256 === undefined || sha256 !== other.sha256))
        push(shared, bothOf(other.by, by), path);
    }
  }
  return [...shared].map(([subject, paths]) => ({
    rule: "file-of-two",
    subject,
    message: `both install ${named(paths)}, each with its own content`,
    severity: "warning",
  }));
}

/** Two versions of one, the records of both left, are told apart by them. */
function bothOf(one: Distribution, other: Distribution): string {
  return one.name === other.name
    ? `${one.name} ${one.version} and ${other.name} ${other.version}`
    : `${one.name} and ${other.name}`;
}

/** Bytecode is left out: who builds an image may leave it away, or make it anew. What is of a package, dpkg answers for. */
function recordMismatches(tree: FileTree, { distributions }: PythonEnvironment): readonly Mismatch[] {
  return distributions.flatMap(({ name, version, files, package: owner }): Mismatch[] => {
    if (owner !== undefined) return [];
    const recorded = files.filter(({ path }) => !path.endsWith(".pyc"));
    const absent = recorded.filter(({ path }) => tree.at(path) === undefined);
    const changed = recorded.filter(({ path, size }) => {
      const file = tree.at(path);
      return file?.type === "file" && size !== undefined && file.size !== size;
    });
    const subject = `${name} ${version}`;
    return [
      ...(absent.length === 0
        ? []
        : [
            {
              rule: "record-absent",
              subject,
              message: `RECORD names what is not there: ${named(absent.map(({ path }) => path))}`,
              severity: "warning",
            } as const,
          ]),
      ...(changed.length === 0
        ? []
        : [
            {
              rule: "record-size",
              subject,
              message: `files are of another size than RECORD says: ${named(changed.map(({ path }) => path))}`,
              severity: "warning",
            } as const,
          ]),
    ];
  });
}

function named(paths: readonly string[]): string {
  const shown = paths
    .slice(0, MAX_NAMED)
    .map((path) => `/${path}`)
    .join(", ");
  return paths.length > MAX_NAMED ? `${shown} and ${paths.length - MAX_NAMED} more` : shown;
}

function push(map: Map<string, string[]>, key: string, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
