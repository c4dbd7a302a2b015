import { pattern } from "./leaf.ts";

const RESERVED: ReadonlySet<string> = new Set([
  // The repository of release records.
  "releases",
  // The one lower-case name that each JavaScript object answers to.
  "constructor",
]);

/** A component of an OCI repository (distribution specification, "Pulling manifests"): names end up in references. */
export const NameShape = pattern(
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/,
  "a name in lower case: letters and digits, with . _ or - between them",
)
  .max(128, { error: "a name of at most 128 characters" })
  .refine((name) => !RESERVED.has(name), { error: "another name: this one is reserved" });

/** The name of a build argument, an environment variable, or a profile key. */
export const VariableShape = pattern(
  /^[A-Za-z_][A-Za-z0-9_]*$/,
  "a variable name: letters, digits and _, not starting with a digit",
);
