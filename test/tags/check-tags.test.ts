import { beforeEach, describe, expect, it } from "vitest";
import type { Finding } from "../../src/core/base/finding.ts";
import { contentTag } from "../../src/core/graph/identity.ts";
import { checkFleet } from "../../src/flow/check-fleet.ts";
import { promote } from "../../src/flow/tags/promote.ts";
import { call } from "../cli/call.ts";
import { released } from "../flow/run.ts";
import { pushImage } from "../kit/memory-image.ts";
import { commitNamed, HOST, NAMESPACE } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { change, edit, filesFor } from "./machine.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine({ files: filesFor() });
  await released(machine);
  change(machine, "two");
  await released(machine);
});

const tag = (word: string) => `20260304-${commitNamed(word).slice(0, 7)}`;
const tagFindings = async (): Promise<readonly Finding[]> =>
  (await checkFleet(machine.world(), { tags: true })).findings;
const put = (name: string, tag: string) =>
  pushImage(
    machine.registry,
    { host: HOST, repository: `${NAMESPACE}/${name}`, tag },
    { layers: ["stranger"] },
  );
const flags = { channel: "stable", partial: false, wait: 0, command: "promote" };

describe("check --tags", () => {
  it("is clean after releases, promotions, caches and referrers of our own", async () => {
    await promote(machine.world(), { ...flags, release: tag("one") });
    await promote(machine.world(), { ...flags, release: tag("two") });
    for (const known of ["build-cache", "unproven", "canary-prev", `sha256-${"0".repeat(64)}`])
      await put("web", known);
    expect(await tagFindings()).toEqual([]);
  });

  it("asks no registry without the flag", async () => {
    await put("web", "latest");
    machine.takeCalls();
    expect((await checkFleet(machine.world())).findings).toEqual([]);
    expect(machine.takeCalls()).toEqual([]);
  });

  it("finds tags outside the scheme, with the place of their image", async () => {
    await put("web", "latest");
    await put("web", "20250812-latest");
    await put("releases", "nightly");
    await put("cpu", `${tag("one")}-01234567`);
    const found = await tagFindings();
    expect(found.map(({ rule, level }) => [rule, level])).toEqual(
      Array.from({ length: 3 }, () => ["tag-outside-scheme", "warning"]),
    );
    expect(found[0]).toMatchObject({
      at: { file: "lapstrake.yaml" },
      message: expect.stringContaining("latest"),
    });
  });

  it("finds GPU images that do not say their CUDA", async () => {
    edit(machine.files, "    context: web\n", "    context: web\n    tier: gpu\n");
    expect((await tagFindings()).map(({ rule }) => rule)).toEqual(["gpu-suffix"]);
    expect((await checkFleet(machine.world())).findings).toEqual([]);
  });

  it.each([
    ["a release's tag", () => tag("one")],
    ["a -prev tag", () => `${tag("two")}-prev`],
    [
      "a content name",
      async () => {
        const last = await machine.state.ledger.last("release");
        return contentTag(last!.body.images.find(({ name }) => name === "web")!.identity);
      },
    ],
  ])("finds %s that was moved: both digests, when and by which release", async (_what, name) => {
    const was = (await machine.state.ledger.last("release"))!;
    const moved = await put("web", await name());
    const found = (await tagFindings()).filter(({ rule }) => rule === "tag-moved");
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ level: "error" });
    expect(found[0]?.message).toContain(moved);
    expect(found[0]?.message).toContain(was.time.slice(0, 10));
    expect(found[0]?.message).toContain("no release that we know made it");
  });

  it("names the release that made what a tag was moved to", async () => {
    const at = { host: HOST, repository: `${NAMESPACE}/web` };
    const stored = (await machine.registry.readManifest({ ...at, tag: tag("two") }))!;
    await machine.registry.putManifest({ ...at, tag: tag("one") }, stored.bytes, stored.descriptor.mediaType);
    const found = (await tagFindings()).find(({ rule }) => rule === "tag-moved");
    expect(found?.message).toContain(`released as ${tag("two")}`);
  });

  it("finds a record that was moved, and a tag that is gone", async () => {
    await put("releases", tag("one"));
    machine.registry.dropTag({ host: HOST, repository: `${NAMESPACE}/cpu` }, tag("one"));
    const rules = (await tagFindings()).map(({ rule, level }) => [rule, level]);
    expect(rules).toContainEqual(["tag-moved", "error"]);
    expect(rules).toContainEqual(["tag-gone", "warning"]);
    expect(rules).toHaveLength(2);
  });

  it("finds a channel that another hand moved, and a promotion that was interrupted", async () => {
    await promote(machine.world(), { ...flags, release: tag("one") });
    await put("web", "stable");
    expect((await tagFindings()).map(({ rule, level }) => [rule, level])).toEqual([
      ["channel-moved", "warning"],
    ]);
    machine.faults = {
      putManifest: async (ref, ...rest) => {
        if (ref.repository.endsWith("/web") && ref.tag === "stable") throw new Error("cut");
        return machine.registry.putManifest(ref, ...rest);
      },
    };
    await promote(machine.world(), { ...flags, release: tag("two") });
    expect((await tagFindings()).map(({ rule, level }) => [rule, level])).toEqual([
      ["promotion-unfinished", "error"],
    ]);
  });

  it("works on a machine without a ledger, from the records in the registry", async () => {
    await put("web", tag("one"));
    const other = await createTestMachine({ registry: machine.registry, files: filesFor() });
    const { findings } = await checkFleet(other.world(), { tags: true });
    expect(findings.map(({ rule }) => rule)).toEqual(["tag-moved"]);
  });

  it("is never clean where the registry cannot be read", async () => {
    machine.faults = { listTags: () => Promise.reject(new Error("no answer")) };
    await expect(tagFindings()).rejects.toThrow("no answer");
  });
});

describe("the command lines", () => {
  it("check --tags exits 1 for a moved promise, 0 without", async () => {
    expect((await call(machine, ["check", "--tags"])).exit).toBe(0);
    await put("web", tag("one"));
    const answer = await call(machine, ["check", "--tags", "--json"]);
    expect(answer.exit).toBe(1);
    expect(JSON.parse(answer.out)).toMatchObject({ version: 1, findings: [{ rule: "tag-moved" }] });
  });

  it("promote tells each image, and needs --to", async () => {
    const answer = await call(machine, ["promote", "last", "--to", "stable"]);
    expect(answer.exit).toBe(0);
    expect(answer.out).toContain(`stable is now ${tag("two")}: 4 images moved`);
    expect((await call(machine, ["promote", "last"])).exit).toBe(2);
    const again = await call(machine, ["promote", "last", "--to", "stable", "--json"]);
    expect(JSON.parse(again.out)).toMatchObject({
      version: 1,
      state: "unchanged",
      release: tag("two"),
      exit: 0,
    });
    expect((await call(machine, ["ledger", "show"])).out).toContain(
      `stable to ${tag("two")}: 4 images, done`,
    );
  });
});
