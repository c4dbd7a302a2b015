import { type CvssVersion, METRICS } from "./metrics.ts";

/** The base metrics of a CVSS vector. */
export interface CvssVector {
  readonly version: CvssVersion;
  /** In the order of the specification, with the prefix that its version has: `CVSS:3.1/AV:N/…`. */
  readonly base: string;
}

const PREFIX = /^CVSS:(3\.0|3\.1|4\.0)\//;
/** All metrics of version 4.0 have fewer letters. */
const LONGEST = 400;

/**
 * A vector; undefined where a base metric is missing, one stands there twice, or one is not of its version: the library that
 * scores takes such vectors too, and makes something of them.
 */
export function parseVector(text: string): CvssVector | undefined {
  if (text.length > LONGEST) return undefined;
  const prefix = PREFIX.exec(text);
  const version = versionOf(prefix?.[1]);
  const { base, optional } = METRICS[version];
  const given = new Map<string, string>();
  for (const part of text.slice(prefix?.[0].length ?? 0).split("/")) {
    const colon = part.indexOf(":");
    const [metric, value] = [part.slice(0, colon), part.slice(colon + 1)];
    const values = valuesOf(base, metric) ?? valuesOf(optional, metric);
    if (values?.includes(value) !== true || given.has(metric)) return undefined;
    given.set(metric, value);
  }
  const metrics = Object.keys(base);
  if (!metrics.every((metric) => given.has(metric))) return undefined;
  const written = metrics.map((metric) => `${metric}:${given.get(metric) ?? ""}`).join("/");
  return { version, base: version === "2.0" ? written : `CVSS:${version}/${written}` };
}

/** Version 2.0 has no prefix. */
function versionOf(text: string | undefined): CvssVersion {
  return text === "3.0" || text === "3.1" || text === "4.0" ? text : "2.0";
}

function valuesOf(
  metrics: Readonly<Record<string, readonly string[]>>,
  metric: string,
): readonly string[] | undefined {
  return Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
}
