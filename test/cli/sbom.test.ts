import { beforeAll, describe, expect, it } from "vitest";
import { pushStored } from "../kit/stored-image.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { call } from "./call.ts";

const AT = { host: "registry.example", repository: "demo/app" };

let machine: TestMachine;
let digest: string;
beforeAll(async () => {
  machine = await createTestMachine();
  digest = await pushStored(
    machine.registry,
    { ...AT, tag: "v1" },
    {
      layers: [[{ path: "etc/os-release", content: "ID=debian\nVERSION_ID=12\n" }]],
      history: ["RUN a"],
    },
  );
});

describe("sbom", () => {
  it("prints one image, and refuses to print several", async () => {
    const { exit, out } = await call(machine, ["sbom", `${AT.host}/${AT.repository}:v1`]);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ bomFormat: "CycloneDX", components: [{ name: "debian" }] });
    const all = await call(machine, ["sbom"]);
    expect([all.exit, all.err]).toEqual([2, expect.stringContaining("expected one image")]);
  });

  it("attaches to an image that is named by a tag, and leaves the tag on the image", async () => {
    const { exit, out } = await call(machine, [
      "sbom",
      `${AT.host}/${AT.repository}:v1`,
      "--attach",
      "--json",
    ]);
    expect(exit).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      images: [{ digest, attached: [{ isNew: true }, { isNew: true }] }],
    });
    expect((await machine.registry.resolve({ ...AT, tag: "v1" }))?.digest).toBe(digest);
  });

  it("writes a file for an image, in the format that was asked for", async () => {
    const { exit } = await call(machine, [
      "sbom",
      `${AT.host}/${AT.repository}:v1`,
      "--format",
      "spdx",
      "--output",
      "out",
    ]);
    expect(exit).toBe(0);
    const name = Object.keys(machine.files).find((path) => path.startsWith("out/")) ?? "";
    expect(name).toMatch(/\.spdx\.json$/);
    expect(JSON.parse(String(machine.files[name]))).toMatchObject({ spdxVersion: "SPDX-2.3" });
  });
});
