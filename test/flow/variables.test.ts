import { beforeEach, describe, expect, it } from "vitest";
import { commitNamed, HOST, NAMESPACE, SAMPLE_BLUEPRINT } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { codeOf, released, run } from "./run.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
});

const SHA = commitNamed("one").slice(0, 7);
const requestOf = (image: string) => machine.builder.requests.find((each) => each.image === image);

describe("the guide's variables", () => {
  it.each([
    [{ DATE: "20250102" }, `20250102-${SHA}`],
    [{ SHA: "abcdef1" }, "20260304-abcdef1"],
    [{ DATE: "20250102", SHA: "abcdef1" }, "20250102-abcdef1"],
    [{ TAG: "20250102-0123456" }, "20250102-0123456"],
    [{ TAG: "", DATE: "", SHA: "" }, `20260304-${SHA}`],
  ])("%j make the tag %s", async (env, tag) => {
    Object.assign(machine.env, env);
    expect((await released(machine)).tag).toBe(tag);
  });

  it.each([
    [{ TAG: "latest" }],
    [{ TAG: "v1.2" }],
    [{ TAG: "20250102-0123456-more" }],
    [{ DATE: "2025-01-02" }],
    [{ SHA: "HEAD" }],
    [{ SHA: "ABCDEF1" }],
  ])("%j outside the scheme are refused before anything is built", async (env) => {
    Object.assign(machine.env, env);
    expect(await codeOf(run(machine))).toBe("TAG_INVALID");
    expect(machine.takeBuilt()).toEqual([]);
  });

  it.each([
    [{ ORG: "Upper Case" }],
    [{ ORG: "../../v2/other" }],
    [{ ORG: "a//b" }],
    [{ PLATFORM: "windows" }],
    [{ PLATFORM: "linux/amd64, linux/arm64" }],
    [{ PLATFORM: "linux/amd64/v2/x" }],
  ])("%j are refused before any registry is asked", async (env) => {
    Object.assign(machine.env, env);
    machine.takeCalls();
    expect(await codeOf(run(machine))).toBe("VARIABLE_INVALID");
    expect(machine.takeCalls()).toEqual([]);
  });

  it("a scheme of the blueprint's own is what counts", async () => {
    machine.files["lapstrake.yaml"] = `${SAMPLE_BLUEPRINT}tag: "r.{sha}+x"\n`.replace("+x", "-x");
    expect((await released(machine)).tag).toBe(`r.${SHA}-x`);
    machine.commit("two");
    machine.env["TAG"] = `rX${SHA}-x`;
    expect(await codeOf(run(machine))).toBe("TAG_INVALID");
  });

  it("TAG is made although the same content is released under another", async () => {
    await released(machine);
    machine.env["TAG"] = "20250102-0123456";
    expect(await run(machine)).toMatchObject({
      state: "released",
      built: 0,
      release: { tag: "20250102-0123456" },
    });
    expect(await run(machine)).toMatchObject({ state: "unchanged" });
  });

  it("outside git SHA must be given", async () => {
    machine.git = { kind: "none", why: "not-a-repository" };
    expect(await codeOf(run(machine))).toBe("NO_GIT");
    machine.env["SHA"] = "0123456";
    const body = await released(machine);
    expect(body).toMatchObject({ tag: "20260304-0123456", sha: null, dirty: false });
    expect(await run(machine)).toMatchObject({ state: "unchanged" });
  });

  it("ORG is the namespace of everything", async () => {
    machine.env["ORG"] = "other";
    machine.files["api/Dockerfile"] = `FROM ${HOST}/other/web:any\nCOPY run.sh /\n`;
    const body = await released(machine);
    expect(body.images.map(({ repository }) => repository)).toEqual([
      "other/base",
      "other/web",
      "other/cpu",
      "other/api",
    ]);
    expect(requestOf("web")?.contexts["base"]).toContain(`${HOST}/other/base@`);
    expect(await machine.registry.listTags({ host: HOST, repository: "other/releases" })).toEqual([body.tag]);
    expect(await machine.registry.listTags({ host: HOST, repository: `${NAMESPACE}/base` })).toEqual([]);
  });

  it("PLATFORM is what is built for, and part of the identity", async () => {
    const first = await released(machine);
    machine.env["PLATFORM"] = "linux/arm64";
    machine.env["TAG"] = "20250102-0123456";
    machine.takeBuilt();
    const second = await released(machine);
    expect(machine.takeBuilt()).toHaveLength(4);
    expect(machine.builder.requests.at(-1)?.platforms).toEqual(["linux/arm64"]);
    expect(second.images[0]?.identity).not.toBe(first.images[0]?.identity);
  });

  it("CACHE_FROM and CACHE_TO replace the blueprint's caches, one reference an image", async () => {
    machine.env["CACHE_FROM"] = "type=registry,ref=cache.example/all";
    machine.env["CACHE_TO"] = "cache.example/all";
    await released(machine);
    expect(requestOf("web")).toMatchObject({
      cacheFrom: ["type=registry,ref=cache.example/all:web"],
      cacheTo: ["type=registry,ref=cache.example/all:web"],
    });
  });

  it("CACHE_FROM keeps a tag that it names, and what is no registry cache", async () => {
    machine.env["CACHE_FROM"] = "type=registry,ref=cache.example:5000/all:main";
    machine.env["CACHE_TO"] = "type=gha,mode=max";
    await released(machine);
    expect(requestOf("web")).toMatchObject({
      cacheFrom: ["type=registry,ref=cache.example:5000/all:main"],
      cacheTo: ["type=gha,mode=max"],
    });
  });

  it("without them each image has its own cache beside it, which may fail", async () => {
    machine.files["lapstrake.yaml"] = SAMPLE_BLUEPRINT.replace("build:\n", "build:\n  cache: max\n");
    await released(machine);
    const ref = `${HOST}/${NAMESPACE}/web:build-cache`;
    expect(requestOf("web")?.cacheFrom).toEqual([`type=registry,ref=${ref}`]);
    expect(requestOf("web")?.cacheTo[0]).toContain("mode=max");
    expect(requestOf("web")?.cacheTo[0]).toContain("ignore-error=true");
  });
});
