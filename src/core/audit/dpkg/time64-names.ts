/**
 * Debian 13 and Ubuntu 24.04 renamed libraries when time became 64 bits wide: `libssl3` is `libssl3t64` there, under the
 * same soname. What a name had from an earlier rename (`v5`, `ldbl`, `c2a`, a letter) went with it, and a flavour stays at
 * the end: `libcurl3-gnutls` is `libcurl3t64-gnutls`.
 */
const MARK = /t64(?=-[a-z]+$|$)/;
const EARLIER = /^(.*[0-9])(?:v5|ldbl|gf|debian|nc6|c2a?|[a-z])$/;
const FLAVOUR = /^(.*[0-9])(-[a-z]+)$/;
/** No name of a package is longer. */
const MAX_NAME = 200;

/** What a library may be called in a release of the other side, the likeliest first; without the name itself. */
export function time64Names(name: string): readonly string[] {
  if (name.length > MAX_NAME) return [];
  if (MARK.test(name)) {
    const plain = name.replace(MARK, "");
    const flavoured = FLAVOUR.test(plain);
    return [plain, ...(flavoured ? [] : ["v5", "a", "c2a", "ldbl"].map((mark) => `${plain}${mark}`))];
  }
  const earlier = EARLIER.exec(name)?.[1];
  const [, before, flavour] = FLAVOUR.exec(name) ?? [];
  return [
    `${name}t64`,
    ...(earlier === undefined ? [] : [`${earlier}t64`]),
    ...(before === undefined || flavour === undefined ? [] : [`${before}t64${flavour}`]),
  ];
}

/**
 * The name of a package in a release that `has` tells the packages of: its own, or its other one. Undefined where the
 * release has neither: then only the archive's index of files can say who supplies it.
 */
export function nameInRelease(name: string, has: (name: string) => boolean): string | undefined {
  return [name, ...time64Names(name)].find(has);
}
