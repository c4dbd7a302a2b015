/** What `git status --porcelain=v2 --branch -z` says. Paths are relative to the top of the repository. */
export interface StatusFacts {
  /** Undefined before the first commit. */
  readonly head: string | undefined;
  /** Changed, staged or untracked. */
  readonly paths: readonly string[];
  /** Only where the status was asked for them. */
  readonly ignored: readonly string[];
}

/** Fields before the path in each kind of record (git-status(1), "Porcelain Format Version 2"). */
const FIELDS_BEFORE_PATH: Readonly<Record<string, number>> = { "1": 8, "2": 9, u: 10, "?": 1, "!": 1 };

export function parseStatus(text: string): StatusFacts {
  let head: string | undefined;
  const paths: string[] = [];
  const ignored: string[] = [];
  const records = text.split("\0");
  for (let index = 0; index < records.length; index++) {
    const record = records[index] ?? "";
    const oid = /^# branch\.oid ([0-9a-f]{40,64})$/.exec(record)?.[1];
    if (oid !== undefined) head = oid;
    const before = FIELDS_BEFORE_PATH[record[0] ?? ""];
    if (before === undefined) continue;
    (record[0] === "!" ? ignored : paths).push(afterFields(record, before));
    // A rename is followed by the path that it had.
    if (record[0] === "2") paths.push(records[++index] ?? "");
  }
  return { head, paths, ignored };
}

function afterFields(record: string, count: number): string {
  let at = 0;
  for (let field = 0; field < count; field++) at = record.indexOf(" ", at) + 1;
  return record.slice(at);
}
