import parse from "spdx-expression-parse";
import type { Licence } from "./sbom.ts";

const LONGEST = 1000;

/** Licences as somebody wrote them, each once: SPDX expressions where they are some, or are some in Debian's short names. */
export function licencesOf(texts: readonly string[]): readonly Licence[] {
  const licences = texts.map(licenceOf);
  return [...new Map(licences.map((each) => ["name" in each ? each.name : each.expression, each])).values()];
}

function licenceOf(text: string): Licence {
  const written = text.replace(/\s+/g, " ").trim();
  // Debian's names first: `LGPL-2.1+` is an expression as well, of an identifier that is no longer to be used.
  const expression = [ofDebian(written), written].find(isExpression);
  return expression === undefined ? { name: written.slice(0, LONGEST) } : { expression };
}

function isExpression(text: string): boolean {
  if (text.length > LONGEST) return false;
  try {
    parse(text);
    return true;
  } catch {
    // That is how the library says no.
    return false;
  }
}

/** Short names of "Machine-readable debian/copyright file 1.0", section 7.1. Those that SPDX has no certain name for stay. */
function ofDebian(text: string): string {
  return text
    .split(/,? (and|or) /)
    .map((part) => (part === "and" || part === "or" ? part.toUpperCase() : shortName(part)))
    .join(" ");
}

function shortName(name: string): string {
  const [, family, version, plus] = /^(A?GPL|LGPL|GFDL)-([0-9]+(?:\.[0-9]+)?)(\+?)$/.exec(name) ?? [];
  if (family === undefined || version === undefined) return SAME.get(name.toLowerCase()) ?? name;
  const point = version.includes(".") ? version : `${version}.0`;
  return `${family}-${point}-${plus === "+" ? "or-later" : "only"}`;
}

const SAME: ReadonlyMap<string, string> = new Map([
  ["expat", "MIT"],
  ["bsd-2-clause", "BSD-2-Clause"],
  ["bsd-3-clause", "BSD-3-Clause"],
  ["bsd-4-clause", "BSD-4-Clause"],
  ["bsd-4-clause-uc", "BSD-4-Clause-UC"],
  ["zlib", "Zlib"],
  ["isc", "ISC"],
  ["apache-2", "Apache-2.0"],
  ["cc0-1.0", "CC0-1.0"],
  ["artistic-2", "Artistic-2.0"],
]);
