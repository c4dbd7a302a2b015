import { rateAffected } from "../cvss/rate-affected.ts";
import type { AdvisedVersions, Advisory, AdvisoryKey } from "./advisory.ts";
import type { OsvRecord } from "./record.ts";
import type { Ecosystem } from "./version-order.ts";
import { withoutCovered } from "./without-covered.ts";

export interface KeyedAdvisory {
  readonly key: AdvisoryKey;
  readonly advisory: Advisory;
}

/** What a record says of packages of Python and Debian, one for each package; the rest is not ours to judge. */
export function advisoriesOf(record: OsvRecord): readonly KeyedAdvisory[] {
  const byKey = new Map<string, { readonly key: AdvisoryKey; readonly affected: AdvisedVersions[] }>();
  for (const each of record.affected) {
    const key = each.package;
    const ecosystem = key === undefined ? undefined : ecosystemOf(key.ecosystem);
    if (key === undefined || ecosystem === undefined) continue;
    const { severity, from } = rateAffected(record, each);
    const advised = {
      ...withoutCovered(each, ecosystem),
      severity,
      ...(from === undefined ? {} : { severityFrom: from }),
    };
    const place = `${key.ecosystem}\0${key.name}`;
    const known = byKey.get(place);
    if (known === undefined) byKey.set(place, { key, affected: [advised] });
    else known.affected.push(advised);
  }
  if (byKey.size === 0) return [];
  const { id, modified, published, withdrawn, summary } = record;
  const about = {
    id,
    names: namesOf(record),
    modified,
    ...(published === undefined ? {} : { published }),
    ...(withdrawn === undefined ? {} : { withdrawn }),
    summary,
  };
  return [...byKey.values()].map(({ key, affected }) => ({ key, advisory: { ...about, affected } }));
}

/** `Debian`, `Debian:12`. */
function ecosystemOf(name: string): Ecosystem | undefined {
  if (name === "PyPI") return "pypi";
  return name === "Debian" || name.startsWith("Debian:") ? "deb" : undefined;
}

const OF_A_DISTRIBUTION = /^(?:DSA|DLA|DTSA|DEBIAN)-/;

/**
 * A record of a distribution lists the vulnerabilities that it is about as `upstream`; earlier exports had them as `aliases`,
 * then as `related`. DEBIAN-CVE-2024-1 is Debian's record of CVE-2024-1.
 */
function namesOf({ id, aliases, upstream, related }: OsvRecord): readonly string[] {
  const inId = /^DEBIAN-(CVE-\d{4}-\d+)$/.exec(id)?.[1];
  const names = [
    ...(inId === undefined ? [] : [inId]),
    ...aliases,
    ...upstream,
    ...(OF_A_DISTRIBUTION.test(id) ? related.filter((each) => each.startsWith("CVE-")) : []),
  ];
  return [...new Set(names)].filter((each) => each !== id);
}
