import { describe, expect, test } from "vitest";
import type { GpuFacts } from "../../../src/core/audit/elf/elf-facts.ts";
import { auditDocument } from "../../../src/core/policy/audit/audit-document.ts";
import { auditImage } from "../../../src/core/policy/audit/audit-image.ts";
import { type GpuMachine, gpuCode } from "../../../src/core/policy/audit/gpu-code.ts";
import { renderAudit } from "../../../src/views/render/audit.ts";
import { library } from "../../kit/elf-facts.ts";
import { audited } from "./audited.ts";

const [ADA, AMPERE] = [
  { name: "mainpc", gpu: "RTX 4090", sm: "8.9" },
  { name: "pc2", gpu: "RTX 3060", sm: "8.6" },
];
const facts = (...names: readonly string[]): GpuFacts => ({
  code: names.map((architecture, index) => ({ architecture, bytes: 1_000_000 * (index + 1) })),
});

/** By architecture, the machines that it runs on; "-" for none, "?" where nobody knows. */
function uses(names: readonly string[], machines: readonly GpuMachine[]): readonly string[] {
  const code = gpuCode(new Map([["lib.so", facts(...names)]]), machines);
  return (code?.architectures ?? []).map(
    ({ architecture, use, runsOn }) =>
      `${architecture} ${use === "usable" ? runsOn.join(" ") : use === "unusable" ? "-" : "?"}`,
  );
}

describe("code for GPUs", () => {
  test.each([
    // Machine code: the same generation, not newer than the machine.
    ["sm_80", "8.6", true],
    ["sm_86", "8.6", true],
    ["sm_89", "8.6", false],
    ["sm_75", "8.6", false],
    ["sm_90", "8.9", false],
    ["sm_100", "10.3", true],
    ["sm_100", "12.0", false],
    ["sm_52", "5.0", false],
    // PTX: anything from its architecture on.
    ["compute_50", "8.6", true],
    ["compute_86", "8.6", true],
    ["compute_90", "8.9", false],
    ["compute_90", "12.0", true],
    // Tegra keeps to itself, but for PTX.
    ["sm_87", "8.7", true],
    ["sm_87", "8.9", false],
    ["sm_86", "8.7", false],
    ["compute_86", "8.7", true],
  ])("%s on a GPU of %s: %s", (architecture, sm, runs) => {
    const one = { name: "one", sm };
    expect(uses([architecture], [one])).toEqual([`${architecture} ${runs ? "one" : "-"}`]);
  });

  test("says of each architecture which machines run it, the oldest first", () => {
    expect(uses(["compute_90", "sm_90", "sm_89", "sm_80", "compute_80", "sm_50"], [ADA, AMPERE])).toEqual([
      "sm_50 -",
      "sm_80 mainpc pc2",
      "compute_80 mainpc pc2",
      "sm_89 mainpc",
      "sm_90 -",
      "compute_90 -",
    ]);
  });

  test("is not known to be in vain where a machine does not say what it has, or none has any", () => {
    const silent = { name: "old", gpu: "some GPU" };
    const headless = { name: "headless" };
    expect(uses(["sm_80", "sm_90"], [AMPERE, silent])).toEqual(["sm_80 pc2", "sm_90 ?"]);
    expect(uses(["sm_80"], [])).toEqual(["sm_80 ?"]);
    expect(uses(["sm_80"], [headless])).toEqual(["sm_80 ?"]);
    expect(uses(["sm_90"], [AMPERE, headless])).toEqual(["sm_90 -"]);
    expect(gpuCode(new Map([["lib.so", facts("sm_80")]]), [silent])?.unusable).toBeUndefined();
  });

  test("is summed over files, hard links of one counted once, those with the most first", () => {
    const [shared, other] = [facts("sm_50", "sm_86"), facts("sm_86")];
    const files = new Map([
      ["a/one.so", other],
      ["b/two.so", shared],
      ["c/link.so", shared],
    ]);
    const code = gpuCode(files, [AMPERE]);
    expect(code).toMatchObject({ bytes: 4_000_000, unusable: 1_000_000 });
    expect(code?.files.map(({ path, bytes, unusable }) => [path, bytes, unusable])).toEqual([
      ["b/two.so", 3_000_000, 1_000_000],
      ["a/one.so", 1_000_000, 0],
    ]);
    expect(gpuCode(new Map(), [AMPERE])).toBeUndefined();
  });
});

describe("the audit of an image with code for GPUs", () => {
  const view = (machines: readonly GpuMachine[]) => {
    const elf = { "opt/libkernels.so": library({ gpu: facts("sm_50", "sm_86", "compute_86") }) };
    const surroundings = { machine: "x86_64", children: [], steps: [], name: "image", machines };
    const audit = auditImage(audited({ elf }), { ...surroundings, originOf: () => undefined });
    return {
      release: undefined,
      images: [{ name: "image", digest: undefined, source: "test", audit }],
      left: [],
    };
  };

  test("shows what no machine can run, and where most of it is", () => {
    const text = renderAudit(view([ADA, AMPERE]));
    expect(text).toContain(
      "  code for GPUs: 6.0 MB in 1 file, 1.0 MB (17 %) of it for GPUs that mainpc (8.9) and pc2 (8.6) cannot use\n" +
        "    sm_50           1.0 MB  no machine can run it\n" +
        "    sm_86           2.0 MB  runs on mainpc, pc2\n" +
        "    compute_86      3.0 MB  can be compiled on mainpc, pc2\n" +
        "  most that no machine can run:\n" +
        "    /opt/libkernels.so: 1.0 MB of 6.0 MB\n",
    );
  });

  test("shows unknown as unknown", () => {
    expect(renderAudit(view([]))).toContain("6.0 MB in 1 file, no machine says which it has");
    expect(renderAudit(view([{ name: "old", gpu: "some GPU" }, AMPERE]))).toContain(
      "not known what is for none: old does not say which it has",
    );
    expect(renderAudit(view([]))).toContain("sm_50           1.0 MB  unknown");
  });

  test("is in its JSON, with null for what is not known", () => {
    expect(auditDocument(view([AMPERE])).images[0]?.gpu).toMatchObject({
      machines: [{ name: "pc2", sm: "8.6" }],
      bytes: 6_000_000,
      unusable: 1_000_000,
      files: [{ path: "opt/libkernels.so", unusable: 1_000_000 }],
    });
    expect(auditDocument(view([])).images[0]?.gpu).toMatchObject({
      unusable: null,
      files: [{ unusable: null }],
    });
  });
});
