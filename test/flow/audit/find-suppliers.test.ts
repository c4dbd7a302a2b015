import { expect, it } from "vitest";
import type { Supplier } from "../../../src/core/audit/dpkg/contents-scan.ts";
import type { ImageAudit } from "../../../src/core/policy/audit/image-audit.ts";
import type { ContentsIndex } from "../../../src/edge/packages/contents-port.ts";
import { findSuppliers } from "../../../src/flow/audit/find-suppliers.ts";
import { debianTree } from "../../kit/debian-image.ts";

const OS_RELEASE = { path: "etc/os-release", content: "ID=debian\nVERSION_CODENAME=bookworm\n" };

function auditWithout(names: readonly string[]): ImageAudit {
  const reason = { what: "entrypoint", name: "/app" } as const;
  const missing = names.map((name) => ({ what: "library", name, level: "required", reason }) as const);
  return {
    packages: [],
    distributions: [],
    missing,
    host: [],
    mismatches: [],
    uncertain: [],
    gpu: undefined,
    loads: [],
    unread: [],
  };
}

async function found(suppliers: Readonly<Record<string, readonly Supplier[]>>, cut: readonly string[] = []) {
  const index: ContentsIndex = {
    suppliersOf: async () => ({
      state: "known",
      suppliers: new Map(Object.entries(suppliers)),
      cut,
      indexes: [],
      fetchedAt: 0,
    }),
  };
  const audit = auditWithout(Object.keys(suppliers));
  const tree = debianTree({ packages: {}, files: [OS_RELEASE] });
  const answer = await findSuppliers(index, { audit, tree, architecture: "amd64" }, AbortSignal.any([]));
  return { why: answer.why, suppliers: answer.audit.missing.map((each) => each.suppliers) };
}

const near = { path: "usr/lib/liba.so.1", packages: ["liba1"], onDefaultPath: true };
const far = { path: "opt/a/liba.so.1", packages: ["a-bundle"], onDefaultPath: false };

it("names the packages whose copy a loader finds by itself, and nobody only where none has it", async () => {
  expect(await found({ "liba.so.1": [near, far], "libb.so.1": [] })).toEqual({
    why: undefined,
    suppliers: [["liba1"], []],
  });
});

it("says neither a package nor nobody where the copies lie elsewhere", async () => {
  expect(await found({ "liba.so.1": [far] }, ["liba.so.1"])).toEqual({
    why: "liba.so.1 lies in no folder where a loader looks by itself, but in more than 1 other, as opt/a/liba.so.1 of a-bundle",
    suppliers: [undefined],
  });
});
