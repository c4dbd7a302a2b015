import { afterEach, describe, expect, it } from "vitest";
import { isKind } from "../../src/core/record/entry.ts";
import type { PromotionBody, ReleaseBody } from "../../src/core/record/kinds.ts";
import { type PromoteFlags, type PromoteReport, promote } from "../../src/flow/tags/promote.ts";
import { codeOf, released } from "../flow/run.ts";
import { pushImage } from "../kit/memory-image.ts";
import { cutBefore, status } from "../kit/memory-registry-faults.ts";
import type { Asked } from "../kit/memory-registry-store.ts";
import { NAMESPACE, SAMPLE_IMAGES } from "../kit/sample-fleet.ts";
import type { TestMachine } from "../kit/world.ts";
import { change, edit, type HttpMachine, httpMachine, restart } from "./machine.ts";

let under: HttpMachine;
afterEach(() => under.server.close());

/** Three releases over real HTTP. */
async function threeReleases(): Promise<readonly [ReleaseBody, ReleaseBody, ReleaseBody]> {
  under = await httpMachine();
  const { machine } = under;
  const first = await released(machine);
  change(machine, "two");
  const second = await released(machine);
  machine.files["base/etc/motd"] = "everything changes\n";
  machine.commit("three");
  return [first, second, await released(machine)];
}

const run = (
  machine: TestMachine,
  release: string,
  flags: Partial<PromoteFlags> = {},
): Promise<PromoteReport> =>
  promote(machine.world(), {
    release,
    channel: "stable",
    partial: false,
    wait: 0,
    command: "lapstrake promote",
    ...flags,
  });

const channel = async (tag = "stable"): Promise<Readonly<Record<string, string | undefined>>> => {
  const entries = SAMPLE_IMAGES.map(async (name) => {
    const ref = { host: under.server.host, repository: `${NAMESPACE}/${name}`, tag };
    return [name, (await under.registry.resolve(ref))?.digest] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
};
const digests = ({ images }: ReleaseBody) =>
  Object.fromEntries(images.map(({ name, digest }) => [name, digest]));
const promotions = async (machine: TestMachine): Promise<readonly PromotionBody[]> =>
  (await machine.state.ledger.read()).filter((entry) => isKind(entry, "promotion")).map(({ body }) => body);
const isPut =
  (name: string, tag = "stable") =>
  ({ method, url }: Asked) =>
    method === "PUT" && url.pathname.endsWith(`/${name}/manifests/${tag}`);

describe("a promotion", () => {
  it("moves the channel of all images together, and the ledger knows what was there", async () => {
    const [first, second] = await threeReleases();
    const { machine } = under;
    expect(await run(machine, first.tag)).toMatchObject({ state: "promoted", exit: 0, left: [] });
    expect(await channel()).toEqual(digests(first));
    expect(await channel("stable-prev")).toEqual({});
    const report = await run(machine, second.tag);
    expect(await channel()).toEqual(digests(second));
    expect(report.images.map(({ state }) => state)).toEqual(["stood", "moved", "stood", "moved"]);
    // Only what moved has something before it.
    expect((await channel("stable-prev"))["web"]).toBe(digests(first)["web"]);
    expect((await channel("stable-prev"))["cpu"]).toBeUndefined();
    const all = await promotions(machine);
    expect(all.map(({ state, release }) => [state, release])).toEqual([
      ["started", first.tag],
      ["done", first.tag],
      ["started", second.tag],
      ["done", second.tag],
    ]);
    expect(Object.fromEntries(all[3]!.images.map(({ name, before }) => [name, before]))).toEqual(
      digests(first),
    );
    expect(all[1]!.images.every(({ before }) => before === null)).toBe(true);
    expect((await machine.state.ledger.verify()).ok).toBe(true);
  });

  it("goes back as it goes forward, and does nothing the second time", async () => {
    const [first, , third] = await threeReleases();
    const { machine, server } = under;
    await run(machine, "last");
    expect(await channel()).toEqual(digests(third));
    await run(machine, first.tag);
    expect(await channel()).toEqual(digests(first));
    expect(await channel("stable-prev")).toEqual(digests(third));
    const head = await machine.state.ledger.head();
    server.forget();
    expect(await run(machine, first.tag)).toMatchObject({ state: "unchanged", exit: 0 });
    expect(server.kinds().filter((kind) => kind.startsWith("PUT"))).toEqual([]);
    expect(await machine.state.ledger.head()).toEqual(head);
  });

  it("never touches another tag", async () => {
    const [first, second] = await threeReleases();
    const { machine, server } = under;
    await run(machine, first.tag);
    server.forget();
    await run(machine, second.tag);
    const puts = server.asked.filter(({ method }) => method === "PUT").map(({ url }) => url.pathname);
    expect(puts.length).toBeGreaterThan(0);
    expect(puts.every((path) => /\/manifests\/stable(-prev)?$/.test(path))).toBe(true);
    expect(await channel("canary")).toEqual({});
  });
});

describe("what is refused before anything moves", () => {
  it("is a channel that the blueprint does not declare", async () => {
    const [first] = await threeReleases();
    expect(await codeOf(run(under.machine, first.tag, { channel: "stabel" }))).toBe("CHANNEL_UNKNOWN");
    expect(await codeOf(run(under.machine, first.tag, { channel: second(first.tag) }))).toBe(
      "CHANNEL_UNKNOWN",
    );
    edit(under.machine.files, "canary", "deadbeef");
    edit(under.machine.files, "roots:", 'tag: "{sha}"\nroots:');
    expect(await codeOf(run(under.machine, first.tag, { channel: "deadbeef" }))).toBe("FLEET_INVALID");
    expect(await promotions(under.machine)).toEqual([]);
  });

  it("is a release that nobody knows", async () => {
    await threeReleases();
    expect(await codeOf(run(under.machine, "20200101-0000000"))).toBe("RELEASE_UNKNOWN");
  });

  it("is a partial release, unless it is asked for", async () => {
    under = await httpMachine();
    const { machine } = under;
    edit(machine.files, "    context: web\n", "    context: web\n    tier: gpu\n");
    const whole = await released(machine);
    await run(machine, whole.tag);
    machine.files["cpu/lib.so"] = "other\n";
    machine.commit("cpu");
    // api needs web, so a part without both is base and cpu, by what is released.
    edit(machine.files, "    context: api\n", "    context: api\n    tier: gpu\n");
    const part = await released(machine, { tier: "cpu" });
    expect(part.partial).toBe(true);
    expect(await codeOf(run(machine, part.tag))).toBe("RELEASE_PARTIAL");
    expect(await channel()).toEqual(digests(whole));
    const report = await run(machine, part.tag, { partial: true });
    expect(report).toMatchObject({ state: "promoted", left: ["web", "api"] });
    expect(await channel()).toEqual({ ...digests(whole), ...digests(part) });
  });

  it("is a release whose own tag was moved behind our back", async () => {
    const [first] = await threeReleases();
    await pushImage(
      under.registry,
      { host: under.server.host, repository: `${NAMESPACE}/web`, tag: first.tag },
      { layers: ["stranger"] },
    );
    expect(await codeOf(run(under.machine, first.tag))).toBe("TAG_MOVED");
    expect(await channel()).toEqual({});
    expect(await promotions(under.machine)).toEqual([]);
  });

  it("is a promotion while another command holds the fleet", async () => {
    const [first] = await threeReleases();
    const lock = await under.machine.state.lock({ command: "other" });
    expect(await codeOf(run(under.machine, first.tag))).toBe("LOCK_HELD");
    await lock.release();
  });
});

describe("an interrupted promotion", () => {
  it("says which images moved (exit 4); the rerun moves the rest and still knows what was there", async () => {
    const [first, , third] = await threeReleases();
    const { machine, server } = under;
    await run(machine, first.tag);
    server.fault(status({ when: isPut("cpu") }, 403));
    const report = await run(machine, third.tag);
    expect(report).toMatchObject({ state: "partly", exit: 4 });
    expect(report.images.map(({ name, state }) => [name, state])).toEqual([
      ["base", "moved"],
      ["web", "moved"],
      ["cpu", "failed"],
      ["api", "moved"],
    ]);
    expect(await channel()).toEqual({ ...digests(third), cpu: digests(first)["cpu"] });
    server.clearFaults();
    restart(machine);
    expect(await run(machine, third.tag)).toMatchObject({ state: "promoted", exit: 0 });
    expect(await channel()).toEqual(digests(third));
    expect(await channel("stable-prev")).toEqual(digests(first));
    const last = (await promotions(machine)).at(-1)!;
    expect(last.state).toBe("done");
    expect(Object.fromEntries(last.images.map(({ name, before }) => [name, before]))).toEqual(digests(first));
  });

  it("by a kill at any PUT leaves old or new tags only, and never loses the way back", async () => {
    const [first, , third] = await threeReleases();
    const { machine, server } = under;
    await run(machine, first.tag);
    for (let at = 1; at <= 8; at++) {
      restart(machine);
      await run(machine, first.tag);
      let puts = 0;
      server.fault({
        when: ({ method }) => method === "PUT" && ++puts === at,
        times: 1,
        // Dies in the middle of it: the answer never comes to a program that still runs.
        instead: () => {
          machine.kill.abort();
          return "silence";
        },
      });
      await expect(
        run(machine, third.tag).then(
          ({ exit }) => exit,
          () => 130,
        ),
      ).resolves.toBe(130);
      server.clearFaults();
      restart(machine);
      const now = await channel();
      for (const name of SAMPLE_IMAGES)
        expect([digests(first)[name], digests(third)[name]]).toContain(now[name]);
      expect(await run(machine, third.tag)).toMatchObject({ exit: 0 });
      expect(await channel()).toEqual(digests(third));
      expect(await channel("stable-prev")).toEqual(digests(first));
    }
  });

  it("that goes on with another release goes back to what was whole before", async () => {
    const [first, second, third] = await threeReleases();
    const { machine, server } = under;
    await run(machine, first.tag);
    server.fault(status({ when: isPut("cpu") }, 403));
    expect((await run(machine, third.tag)).state).toBe("partly");
    server.clearFaults();
    await run(machine, second.tag);
    expect(await channel()).toEqual(digests(second));
    const last = (await promotions(machine)).at(-1)!;
    expect(Object.fromEntries(last.images.map(({ name, before }) => [name, before]))).toEqual(digests(first));
  });

  it("before the first tag is an error, not a half promotion", async () => {
    const [first] = await threeReleases();
    under.server.fault(cutBefore({ when: ({ method }) => method === "PUT" }));
    expect(await codeOf(run(under.machine, first.tag))).toBe("REGISTRY_UNREACHABLE");
    expect(await channel()).toEqual({});
  });
});

describe("a registry that takes a PUT and loses it", () => {
  const lost = (when: (asked: Asked) => boolean, times?: number) => ({
    when,
    ...(times === undefined ? {} : { times }),
    instead: () => ({ status: 201, headers: {}, body: Buffer.alloc(0) }),
  });

  it("once is asked again", async () => {
    const [first, , third] = await threeReleases();
    await run(under.machine, first.tag);
    under.server.fault(lost(isPut("web"), 1));
    expect(await run(under.machine, third.tag)).toMatchObject({ state: "promoted", exit: 0 });
    expect(await channel()).toEqual(digests(third));
  });

  it("always is said of that image, and the promotion is not called done", async () => {
    const [first, , third] = await threeReleases();
    await run(under.machine, first.tag);
    under.server.fault(lost(isPut("web")));
    const report = await run(under.machine, third.tag);
    expect(report).toMatchObject({ state: "partly", exit: 4 });
    expect(report.images.filter(({ state }) => state === "failed").map(({ name }) => name)).toEqual(["web"]);
    expect((await promotions(under.machine)).at(-1)).toMatchObject({ state: "started" });
  });
});

function second(tag: string): string {
  return `${tag}-prev`;
}
