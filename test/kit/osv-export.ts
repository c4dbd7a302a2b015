import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { Json } from "../../src/core/base/json.ts";
import { createRandom, pick, type Random } from "./seeded-random.ts";

export interface ExportShape {
  readonly records: number;
  readonly seed: number;
  /** Packages that every export has advisories of, so that a fleet's own are among them. */
  readonly pypi?: readonly string[];
  readonly sources?: readonly string[];
}

/**
 * Writes a public export in small: half of PyPI, half of Debian with a range for each of three releases, texts of some hundred
 * letters, vectors of all versions, lists of versions, one in fifty withdrawn. Gzipped JSON lines; the same for a seed.
 */
export async function writeExport(path: string, shape: ExportShape): Promise<void> {
  await pipeline(Readable.from(lines(shape)), createGzip({ level: 1 }), createWriteStream(path));
}

function* lines({ records, seed, pypi = [], sources = [] }: ExportShape): Generator<string> {
  const random = createRandom(seed);
  let chunk = "";
  for (let number = 0; number < records; number++) {
    const isPypi = number % 2 === 0;
    const known = isPypi ? pypi : sources;
    const own = known[random(known.length * 20 + 1)];
    const name = own ?? (isPypi ? `generated-${random(30_000)}` : `source-${random(15_000)}`);
    chunk += `${JSON.stringify(isPypi ? pypiRecord(random, number, name) : debianRecord(random, number, name))}\n`;
    if (chunk.length < 1 << 20) continue;
    yield chunk;
    chunk = "";
  }
  yield chunk;
}

function pypiRecord(random: Random, number: number, name: string): Json {
  const major = random(6);
  const versions = Array.from({ length: random(40) }, (_, index) => `${major}.${index}.${random(9)}`);
  return {
    ...about(random, number, `GHSA-${number.toString(36).padStart(12, "0")}`),
    aliases: [cveOf(number), `PYSEC-${2015 + random(11)}-${number}`],
    severity: severityOf(random),
    database_specific: { severity: pick(random, ["LOW", "MODERATE", "HIGH", "CRITICAL"]) },
    affected: [
      {
        package: { ecosystem: "PyPI", name, purl: `pkg:pypi/${name}` },
        ranges: [
          {
            type: "ECOSYSTEM",
            events: [
              { introduced: pick(random, ["0", `${major}.0`]) },
              { fixed: `${major}.${random(40)}.1` },
            ],
          },
        ],
        versions,
      },
    ],
  };
}

function debianRecord(random: Random, number: number, name: string): Json {
  const upstream = `${random(4)}.${random(30)}`;
  return {
    ...about(random, number, `DEBIAN-${cveOf(number)}`),
    upstream: [cveOf(number)],
    affected: ["11", "12", "13"].map((release) => ({
      package: { ecosystem: `Debian:${release}`, name, purl: `pkg:deb/debian/${name}?arch=source` },
      ranges: [
        {
          type: "ECOSYSTEM",
          events: [
            { introduced: "0" },
            ...(random(3) === 0 ? [] : [{ fixed: `${upstream}-${random(9)}+deb${release}u1` }]),
          ],
        },
      ],
      ecosystem_specific: { urgency: pick(random, ["not yet assigned", "low", "medium", "unimportant"]) },
    })),
  };
}

function about(random: Random, number: number, id: string): { readonly [key: string]: Json } {
  const day = (year: number): string =>
    `${year}-${String(1 + random(12)).padStart(2, "0")}-${String(1 + random(28)).padStart(2, "0")}T00:00:00Z`;
  return {
    schema_version: "1.7.0",
    id,
    published: day(2015 + random(10)),
    modified: day(2025),
    ...(random(50) === 0 ? { withdrawn: day(2025) } : {}),
    summary: `Generated flaw ${number}`,
    details: "What nobody wrote, and nobody needs to know. ".repeat(1 + random(12)),
    references: [{ type: "WEB", url: `https://advisories.example/${number}` }],
  };
}

function cveOf(number: number): string {
  return `CVE-${2015 + (number % 10)}-${10_000 + number}`;
}

function severityOf(random: Random): Json {
  const impact = (): string => pick(random, ["H", "L", "N"]);
  const [c, i, a] = [impact(), impact(), impact()];
  const reach = `AV:${pick(random, ["N", "A", "L", "P"])}/AC:${pick(random, ["L", "H"])}`;
  const v3 = `CVSS:3.1/${reach}/PR:${impact()}/UI:${pick(random, ["N", "R"])}/S:U/C:${c}/I:${i}/A:${a}`;
  const v4 = `CVSS:4.0/${reach}/AT:N/PR:N/UI:${pick(random, ["N", "P"])}/VC:${c}/VI:${i}/VA:${a}/SC:N/SI:N/SA:N`;
  switch (random(4)) {
    case 0:
      return [];
    case 1:
      return [{ type: "CVSS_V4", score: v4 }];
    default:
      return [{ type: "CVSS_V3", score: v3 }];
  }
}
