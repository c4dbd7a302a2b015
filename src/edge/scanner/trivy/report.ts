import { z } from "zod";

/** Twice what the largest images with all their packages have. */
export const MAX_REPORT = 64 * 1024 * 1024;

/** Go leaves empty lists out, or writes null. */
const list = <Item extends z.ZodType>(item: Item, max: number) =>
  z
    .array(item)
    .max(max)
    .nullish()
    .transform((found) => found ?? []);

/** Ids of all databases that Trivy has, `RHSA-2024:0001` among them; they go into tables and into waivers. */
const Id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:+/-]{0,199}$/, "is no id");
/** One line without what a terminal obeys. */
const Word = z
  .string()
  .max(2000)
  .regex(/^[^\p{C}]*$/u, "has characters that are not shown");
const Name = Word.min(1);
const Purl = z.object({ PURL: Word.optional() }).nullish();

const Package = z.object({
  Name,
  Version: Word.default(""),
  Release: Word.default(""),
  Epoch: z.number().int().nonnegative().default(0),
  Arch: Word.default(""),
  FilePath: Word.optional(),
});

const Vulnerability = z.object({
  VulnerabilityID: Id,
  VendorIDs: list(Id, 200),
  PkgName: Name,
  PkgPath: Word.optional(),
  PkgIdentifier: Purl,
  InstalledVersion: Word.default(""),
  FixedVersion: Word.default(""),
  Status: Word.optional(),
  Severity: Word.optional(),
  SeveritySource: Word.optional(),
  Title: z.string().max(20_000).optional(),
  Description: z.string().max(500_000).optional(),
});

const Result = z.object({
  Target: z.string().max(20_000),
  Class: Word.optional(),
  Type: Word.optional(),
  Packages: list(Package, 200_000),
  Vulnerabilities: list(Vulnerability, 200_000),
  /** What a rule took out of the findings. None was given, so there must be none. */
  ExperimentalModifiedFindings: list(z.unknown(), 200_000),
});

/** What `trivy image --format json --list-all-pkgs` prints, as far as it is used; other members are let through. */
const TrivyReport = z.object({
  SchemaVersion: z.literal(2),
  ArtifactType: z.literal("container_image"),
  Metadata: z.object({
    OS: z.object({ Family: Word, Name: Word.default(""), EOSL: z.boolean().default(false) }).nullish(),
    DiffIDs: list(Word, 2000),
  }),
  Results: list(Result, 20_000),
});

export type TrivyReport = z.infer<typeof TrivyReport>;
export type TrivyResult = TrivyReport["Results"][number];
export type TrivyVulnerability = TrivyResult["Vulnerabilities"][number];
export type TrivyPackage = TrivyResult["Packages"][number];

/** The report, or why it is none: with the place in it where there is one. Throws nothing. */
export function parseTrivyReport(bytes: Uint8Array): TrivyReport | { readonly why: string } {
  if (bytes.length > MAX_REPORT) return { why: `its report has more than ${MAX_REPORT} bytes` };
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return { why: "its report is no text in UTF-8" };
  }
  const start = text.trimStart().charAt(0);
  if (start === "") return { why: "it printed no report" };
  if (start === "<") return { why: "it printed HTML in place of a report" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { why: `its report is no JSON${placeOf(error, text)}` };
  }
  const parsed = TrivyReport.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue?.path.map(String).join(".") || "the whole";
  return {
    why: `its report is not of the form that is known: ${place}: ${issue?.message ?? ""}`.slice(0, 300),
  };
}

/** V8 names the offset, but for a text that ends too early. */
function placeOf(error: unknown, text: string): string {
  const at = /position ([0-9]+)/.exec(String(error))?.[1];
  const offset = at === undefined ? text.length : Number(at);
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const column = offset - before.lastIndexOf("\n");
  return ` (line ${line}, column ${column})`;
}
