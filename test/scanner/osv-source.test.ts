import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SbomComponent } from "../../src/core/audit/sbom/sbom.ts";
import type { ScanSubject } from "../../src/edge/scanner/port.ts";
import { affecting, debComponent, osvRecord, pypiComponent } from "../kit/osv-records.ts";
import { keptDatabases } from "./kept-databases.ts";

function subject(...components: readonly SbomComponent[]): ScanSubject {
  const about = { name: "demo", digest: undefined, architecture: "amd64" };
  const system = { id: "debian", version: "12" };
  const sbom = { subject: about, created: undefined, tool: "1", system, components };
  return { name: "demo", at: undefined, platform: "linux/amd64", sbom };
}

const options = () => ({ signal: new AbortController().signal });

describe("OSV as a source of vulnerabilities", () => {
  it("answers for each subject, and says what it stands on", async () => {
    const { databases, put } = keptDatabases();
    const path = put("x", [
      osvRecord({ aliases: ["CVE-2024-1"] }),
      osvRecord({
        id: "DSA-1-1",
        affected: [affecting("Debian:12", "openssl", { introduced: "0" }, { fixed: "2" })],
      }),
    ]);
    const { database } = await databases.update([path]);
    const [one, other] = await databases
      .source({}, "2026-01-01")
      .scan(
        [
          subject(
            pypiComponent("Demo", "1.0"),
            debComponent("libssl3", "1-1", { name: "openssl", version: "1-1" }),
          ),
          subject(pypiComponent("demo", "2"), pypiComponent("demo", "odd")),
        ],
        options(),
      );
    const facts = {
      source: "osv",
      tool: "lapstrake 1.2.3",
      database: { digest: database.digest, updatedAt: Date.UTC(2024, 4, 2), records: 2, from: path },
    };
    expect(one).toMatchObject({
      state: "scanned",
      facts,
      looked: { deb: 1, pypi: 1 },
      undecided: [],
      blind: [],
    });
    expect(one?.state === "scanned" && one.vulnerabilities.map(({ id }) => id)).toEqual([
      "PYSEC-2024-1",
      "DSA-1-1",
    ]);
    expect(other).toMatchObject({
      state: "scanned",
      facts,
      vulnerabilities: [],
      undecided: [{ id: "PYSEC-2024-1", component: { version: "odd" } }],
    });
  });

  it("knows nothing without a database, and says how to get one", async () => {
    const { databases } = keptDatabases();
    expect(await databases.source({}, "2026-01-01").scan([subject(), subject()], options())).toEqual(
      [1, 2].map(() => ({
        state: "unknown",
        facts: undefined,
        why: "expected a database of advisories that was fetched; none is kept here",
        hint: "lapstrake db update fetches one; gates.vulnerabilities.osv.export names a file of the fleet instead",
      })),
    );
  });

  it("is broken where the database is not what was kept, or the export cannot be read", async () => {
    const { databases, put, folder } = keptDatabases();
    await databases.update([put("x", [osvRecord()])]);
    const [name = ""] = readdirSync(join(folder, "packs"));
    rmSync(join(folder, "packs", name), { recursive: true });
    const [gone] = await databases
      .source({}, "2026-01-01")
      .scan([subject(pypiComponent("demo", "1"))], options());
    expect(gone).toMatchObject({ state: "error", hint: expect.stringContaining("db update") });
    const [unread] = await databases
      .source({ export: put("y", [{ id: "Y-1" }]) }, "2026-01-01")
      .scan([subject(pypiComponent("demo", "1"))], options());
    expect(unread).toMatchObject({
      state: "error",
      why: expect.stringContaining("Y-1: expected a time at modified"),
    });
  });

  it("ends with the reason of an abort", async () => {
    const { databases, put } = keptDatabases();
    await databases.update([put("x", [osvRecord()])]);
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(databases.source({}, "2026-01-01").scan([subject()], { signal })).rejects.toThrow("enough");
  });
});
