import { beforeEach, describe, expect, it } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { makeEntry, parseEntry, serializeEntry } from "../../src/core/record/entry.ts";
import type { ReleaseBody } from "../../src/core/record/kinds.ts";
import { parseReleaseRecord } from "../../src/core/record/release-artifact.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import type { KnownRelease } from "../../src/flow/tags/known-releases.ts";
import { predecessorsOf } from "../../src/flow/tags/previous-tags.ts";
import { renderPlain } from "../../src/views/render/progress-plain.ts";
import { codeOf, released, tagsOf } from "../flow/run.ts";
import { pushImage } from "../kit/memory-image.ts";
import { commitNamed, HOST, NAMESPACE, SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { releaseBody } from "../record/sample.ts";
import { change, restart } from "./machine.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
});

const tag = (word: string) => `20260304-${commitNamed(word).slice(0, 7)}`;
const at = (name: string, tag: string) => ({ host: HOST, repository: `${NAMESPACE}/${name}`, tag });
const stands = async (name: string, tag: string) => (await machine.registry.resolve(at(name, tag)))?.digest;
const digestIn = (body: ReleaseBody, name: string) =>
  body.images.find((image) => image.name === name)?.digest;

describe("a release", () => {
  it("that is the first has no predecessor and no -prev tag", async () => {
    const body = await released(machine);
    expect(body).not.toHaveProperty("previous");
    expect(await tagsOf(machine)).toEqual(
      Object.fromEntries(SAMPLE_IMAGES.map((name) => [name, [tag("one")]])),
    );
  });

  it("puts TAG-prev on what stood before, image by image, and records it", async () => {
    const first = await released(machine);
    change(machine, "two");
    const second = await released(machine);
    for (const name of SAMPLE_IMAGES) {
      expect(await stands(name, `${tag("two")}-prev`)).toBe(digestIn(first, name));
      expect(await stands(name, tag("two"))).toBe(digestIn(second, name));
    }
    // The canary: something did change, and something did not.
    expect(digestIn(second, "web")).not.toBe(digestIn(first, "web"));
    expect(digestIn(second, "cpu")).toBe(digestIn(first, "cpu"));
    expect(second.previous?.map(({ name, release }) => [name, release])).toEqual(
      SAMPLE_IMAGES.map((name) => [name, tag("one")]),
    );
    expect((await machine.state.ledger.verify()).ok).toBe(true);
    expect((await machine.state.ledger.last("release"))?.body.previous).toEqual(second.previous);
  });

  it("puts the way back before its own tags", async () => {
    await released(machine);
    change(machine, "two");
    machine.takeCalls();
    await released(machine);
    const puts = machine
      .takeCalls()
      .filter((each) => each.startsWith("PUT") && each.includes(`:${tag("two")}`));
    const last = puts.findLastIndex((each) => each.endsWith("-prev"));
    const first = puts.findIndex((each) => !each.endsWith("-prev") && !each.includes("/releases:"));
    expect(last).toBeGreaterThan(-1);
    expect(first).toBeGreaterThan(last);
  });

  it("has one line of progress an image, and one for all -prev tags", async () => {
    await released(machine);
    change(machine, "two");
    machine.events.splice(0);
    await released(machine);
    const lines = machine.events.flatMap(
      (event) =>
        renderPlain(event, 0)
          ?.trim()
          .replace(/^0\.0s +/, "") ?? [],
    );
    const of = (word: string) => lines.filter((line) => line.includes(tag(word)));
    expect(of("two").toSorted()).toEqual(
      [
        `${tag("two")}-prev keeps what stood before, of 4 images`,
        ...SAMPLE_IMAGES.map((name) => `${name}: tagged ${tag("two")}`),
      ].toSorted(),
    );
    // Programs are told of each.
    expect(machine.events.filter(({ type }) => type === "tagged-previous")).toHaveLength(
      SAMPLE_IMAGES.length,
    );
  });

  it("of another machine counts as a predecessor", async () => {
    const first = await released(machine);
    const other = await createTestMachine({ registry: machine.registry });
    change(other, "two");
    const second = await released(other);
    expect(second.previous?.map(({ digest }) => digest)).toEqual(first.images.map(({ digest }) => digest));
  });

  it("that was interrupted is gone on with: what was put stays, whoever released since", async () => {
    const first = await released(machine);
    change(machine, "two");
    machine.faults = {
      putManifest: async (ref, bytes, type, options) => {
        if (ref.tag === tag("two")) throw new RegistryError("REGISTRY_UNREACHABLE", "gone");
        return machine.registry.putManifest(ref, bytes, type, options);
      },
    };
    expect(await codeOf(released(machine))).toBe("REGISTRY_UNREACHABLE");
    expect(await stands("web", `${tag("two")}-prev`)).toBe(digestIn(first, "web"));
    expect(await stands("web", tag("two"))).toBeUndefined();
    const other = await createTestMachine({ registry: machine.registry });
    change(other, "three");
    other.now += 1000;
    await released(other);
    machine.faults = {};
    restart(machine);
    machine.now += 2000;
    const second = await released(machine);
    expect(await stands("web", `${tag("two")}-prev`)).toBe(digestIn(first, "web"));
    expect(second.previous?.find(({ name }) => name === "web")).toMatchObject({
      digest: digestIn(first, "web"),
    });
  });

  it("stops where a stranger stands under TAG-prev, before any tag is touched", async () => {
    await released(machine);
    change(machine, "two");
    const stranger = await pushImage(machine.registry, at("web", `${tag("two")}-prev`), {
      layers: ["stranger"],
    });
    expect(await codeOf(released(machine))).toBe("TAG_MOVED");
    expect(await stands("web", `${tag("two")}-prev`)).toBe(stranger);
    expect(Object.values(await tagsOf(machine)).flat()).not.toContain(tag("two"));
    expect(await stands("base", `${tag("two")}-prev`)).toBeUndefined();
  });

  it("says what is gone from the registry, and goes on without it", async () => {
    await released(machine);
    change(machine, "two");
    const gone = digestIn((await machine.state.ledger.last("release"))!.body, "web")!;
    machine.faults = {
      resolve: async (ref, options) =>
        ref.digest === gone ? undefined : machine.registry.resolve(ref, options),
    };
    const second = await released(machine);
    expect(second.previous?.map(({ name }) => name)).toEqual(["base", "cpu", "api"]);
    expect(await stands("web", `${tag("two")}-prev`)).toBeUndefined();
    expect(machine.events).toContainEqual(expect.objectContaining({ type: "note", level: "warning" }));
  });

  it("never moves a tag that another machine put between our look and our PUT", async () => {
    let stranger: string | undefined;
    let looked = false;
    const isOurs = (ref: { repository: string; tag?: string }) =>
      ref.repository.endsWith("/web") && ref.tag === tag("one");
    machine.faults = {
      resolve: async (ref, options) => {
        looked ||= isOurs(ref);
        return machine.registry.resolve(ref, options);
      },
      // Contents are read after all tags were looked at, and before the first is put.
      readManifest: async (ref, options) => {
        if (looked)
          stranger ??= await pushImage(machine.registry, at("web", tag("one")), { layers: ["stranger"] });
        return machine.registry.readManifest(ref, options);
      },
    };
    expect(await codeOf(released(machine))).toBe("TAG_MOVED");
    expect(stranger).toBeDefined();
    expect(await stands("web", tag("one"))).toBe(stranger);
  });

  it("is put again where the registry took a tag and lost it, and fails where it always does", async () => {
    let lost = 0;
    const losing = (times: number): void => {
      lost = 0;
      machine.faults = {
        putManifest: async (ref, bytes, type, options) => {
          const isTag = ref.tag === tag("one") && ref.repository.endsWith("/web");
          if (!isTag || lost++ >= times) return machine.registry.putManifest(ref, bytes, type, options);
          return { mediaType: type, digest: digestOf(bytes), size: bytes.length };
        },
      };
    };
    losing(Number.POSITIVE_INFINITY);
    expect(await codeOf(released(machine))).toBe("TAG_LOST");
    expect(await machine.state.ledger.last("release")).toBeUndefined();
    losing(1);
    await released(machine);
    expect(lost).toBe(2);
    expect(await stands("web", tag("one"))).toBeDefined();
  });
});

describe("the predecessor of an image", () => {
  const release = (
    tag: string,
    images: readonly string[],
    over: Partial<ReleaseBody> = {},
  ): KnownRelease => ({
    ...releaseBody(tag),
    time: "2026-01-01T00:00:00.000Z",
    images: images.map((name) => ({
      name,
      repository: `f/${name}`,
      identity: digestOf(name),
      digest: digestOf(`${tag}/${name}`),
      kind: "built",
    })),
    gates: [],
    ...over,
  });
  const names = (found: ReturnType<typeof predecessorsOf>) =>
    Object.fromEntries(found.map(({ name, release }) => [name, release]));

  it("is of the newest release that held it, also where releases are parts", () => {
    const known = [release("a", ["cpu", "gpu"]), release("b", ["cpu"])];
    expect(names(predecessorsOf(release("c", ["cpu", "gpu", "new"]), known))).toEqual({ cpu: "b", gpu: "a" });
  });

  it("is never of the same tag", () => {
    const known = [release("a", ["cpu"]), release("b", ["cpu"])];
    expect(names(predecessorsOf(release("b", ["cpu"]), known))).toEqual({ cpu: "a" });
  });

  it("is never of a release that a gate denied; a waived gate is passed", () => {
    const gate = (outcome: "denied" | "waived") => ({ gates: [{ name: "g", outcome, reason: "" }] });
    const known = [release("a", ["cpu"], gate("waived")), release("b", ["cpu"], gate("denied"))];
    expect(names(predecessorsOf(release("c", ["cpu"]), known))).toEqual({ cpu: "a" });
  });
});

describe("a record of before", () => {
  it("has no predecessors, and stays valid in the ledger and in the registry", () => {
    const entry = makeEntry(undefined, { time: 0, kind: "release", body: releaseBody() });
    expect(parseEntry(serializeEntry(entry))).toEqual(entry);
    const { artifact: _, ...content } = releaseBody();
    const record = { version: 1, fleet: "f", time: "2026-01-01T00:00:00.000Z", ...content };
    expect(parseReleaseRecord(JSON.stringify(record))).toEqual(record);
  });

  it("that names predecessors names them wholly", () => {
    const previous = { name: "a", repository: "f/a", digest: digestOf("a"), release: "t" };
    const make = (each: object) =>
      makeEntry(undefined, {
        time: 0,
        kind: "release",
        body: { ...releaseBody(), previous: [each as typeof previous] },
      });
    expect(parseEntry(serializeEntry(make(previous)))).toEqual(make(previous));
    for (const member of ["name", "repository", "digest", "release"]) {
      expect(() => make({ ...previous, [member]: 1 })).toThrowError(
        expect.objectContaining({ code: "RECORD_SHAPE" }),
      );
    }
  });
});
