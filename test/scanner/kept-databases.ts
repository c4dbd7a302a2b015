import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Json } from "../../src/core/base/json.ts";
import { createMemoryKey } from "../../src/edge/ledger/signing-key.ts";
import type { Download } from "../../src/edge/scanner/database/fetch-source.ts";
import { openDatabases } from "../../src/edge/scanner/database/open-databases.ts";
import { writeFileAtomic } from "../../src/edge/tree/write-file-atomic.ts";
import { scratch } from "../tree/scratch.ts";

const NO_NETWORK: Download = () => {
  throw new Error("this test has no network");
};

/** Databases in a folder that goes away with the test, and a place for exports. */
export function keptDatabases({ download = NO_NETWORK }: { readonly download?: Download } = {}) {
  const root = scratch();
  const folder = join(root, "advisories");
  const key = createMemoryKey();
  const time = { now: Date.UTC(2026, 0, 1) };
  let working = 0;
  const open = (own = key, clock = (): number => time.now) =>
    openDatabases({
      folder,
      clock,
      version: "1.2.3",
      key: own,
      download,
      write: writeFileAtomic,
      async exclusive(work) {
        if (working++ > 0) throw new Error("two at a time");
        try {
          return await work();
        } finally {
          working--;
        }
      },
    });
  mkdirSync(folder);
  return {
    folder,
    time,
    open,
    databases: open(),
    /** Writes an export of these records as JSON lines, and gives its path. */
    put(name: string, records: readonly Json[]): string {
      const path = join(root, name);
      writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(""));
      return path;
    },
    path: (name: string): string => join(root, name),
  };
}
