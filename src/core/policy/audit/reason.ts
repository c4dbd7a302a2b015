/**
 * Why something is in use: one step of a chain that ends at what the image is for. Chains share their ends, so a thousand
 * files that one import leads to cost a thousand steps.
 */
export interface Reason {
  readonly what: ReasonKind;
  /** A module, a path from the image's root, a name of a library, distribution or package. */
  readonly name: string;
  /** Where that is written, in the image: `app/app.py:12`. */
  readonly at?: string;
  readonly because?: Reason;
}

export type ReasonKind =
  /** What the image starts with. */
  | "entrypoint"
  | "healthcheck"
  /** An image that nothing is started in: whatever was asked for is to be imported. */
  | "installed"
  /** An image built on this one uses it. */
  | "child"
  /** A RUN of an image built on this one. */
  | "build"
  | "interpreter"
  | "import"
  /** An entry point of a group that something asks for. */
  | "plugin"
  | "extension"
  | "library"
  /** By dlopen, of a literal name. */
  | "opens"
  /** By subprocess or a script, of a literal name. */
  | "starts"
  | "script"
  | "distribution"
  | "depends"
  /** Nothing names it, and things break without it. */
  | "kept";

/** From what the image is for to the thing itself. */
export function chainOf(reason: Reason): readonly Omit<Reason, "because">[] {
  const chain: Omit<Reason, "because">[] = [];
  for (let each: Reason | undefined = reason; each !== undefined; each = each.because) {
    const { because: _, ...step } = each;
    chain.push(step);
  }
  return chain.reverse();
}
