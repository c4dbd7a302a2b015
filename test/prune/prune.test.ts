import { beforeEach, describe, expect, it } from "vitest";
import type { ReleaseBody } from "../../src/core/record/kinds.ts";
import { RegistryError } from "../../src/edge/registry/error.ts";
import type { RestoreList } from "../../src/flow/prune/journal.ts";
import { renderPrune } from "../../src/views/render/prune.ts";
import { codeOf, released } from "../flow/run.ts";
import { HOST, NAMESPACE } from "../kit/sample-fleet.ts";
import { createPrunableMachine, type PrunableMachine, releaseThree } from "./prunable.ts";

let at: PrunableMachine;
let releases: readonly ReleaseBody[];
beforeEach(async () => {
  at = await createPrunableMachine();
  releases = await releaseThree(at);
});

const standing = async (release: ReleaseBody | undefined): Promise<number> => {
  const all = (release?.images ?? []).map(({ name, digest }) => at.stands(name, digest));
  return (await Promise.all(all)).filter(Boolean).length;
};

describe("a plan", () => {
  it("changes nothing, and is the default", async () => {
    const { plan, exit } = await at.run();
    expect([plan.state, plan.unread, exit]).toEqual(["ready", [], 0]);
    expect(at.deletions).toEqual([]);
    expect(at.state).toEqual({});
  });

  it("is refused where an engine does not answer, a tag stands on nothing, or a record cannot be read", async () => {
    at.machine.engines.clear();
    expect(await at.run({ apply: true })).toMatchObject({ plan: { state: "refused" }, exit: 3 });
    at.setEngine({});
    const { listTags, readManifest } = at.machine.faults;
    at.machine.faults.listTags = async (where) => [...((await listTags?.(where)) ?? []), "ghost"];
    expect((await at.run({ apply: true })).plan.unread).not.toEqual([]);
    at.machine.faults = { ...at.machine.faults, ...(listTags && { listTags }) };
    at.machine.faults.readManifest = async (ref) => {
      if (ref.repository.endsWith("/releases")) throw new RegistryError("REGISTRY_UNAVAILABLE", "503");
      return readManifest?.(ref);
    };
    expect((await at.run({ apply: true })).plan.state).toBe("refused");
    expect(at.deletions).toEqual([]);
  });

  it("needs a registry that deletes", async () => {
    at.machine.faults = {};
    expect(await codeOf(at.run())).toBe("PRUNE_UNSUPPORTED");
  });

  it("is told with a reason for each thing, and refusals by name", async () => {
    const text = renderPrune(await at.run());
    expect(text).toContain(releases[0]?.tag);
    expect(text).toMatch(/goes\n(?: {2}demo\/\S+ .+\n)+/);
    at.machine.engines.clear();
    expect(renderPrune(await at.run())).toContain("nobody answers at");
  });
});

describe("with --apply", () => {
  it("the first release goes, the last stays, and a second run has nothing to do", async () => {
    const { applied, exit } = await at.run({ apply: true });
    expect([applied?.outcome, exit]).toEqual(["done", 0]);
    expect(await standing(releases[0])).toBe(0);
    expect(await standing(releases[2])).toBe(4);
    expect(applied?.verified).toBeGreaterThanOrEqual(4);
    expect((await at.run({ apply: true })).plan.state).toBe("clean");
    // The last release is still what this tree makes: nothing is built anew.
    at.machine.takeBuilt();
    expect((await released(at.machine)).tag).toBe(releases[2]?.tag);
    expect(at.machine.takeBuilt()).toEqual([]);
  });

  it("the restore list is written before the first deletion, and brings everything back", async () => {
    let written: string[] = [];
    at.onDelete = (count) => {
      if (count === 1) written = Object.keys(at.state);
    };
    const { applied, plan } = await at.run({ apply: true });
    expect(written).toContain(applied?.restoreFile);
    const list = JSON.parse(at.state[applied?.restoreFile ?? ""] ?? "") as RestoreList;
    expect(list.items).toHaveLength(plan.remove.length);
    const report = await at.restore(applied?.restoreFile ?? "");
    expect([report.exit, report.left]).toEqual([0, []]);
    expect(report.restored).toContain(`${NAMESPACE}/releases:${releases[0]?.tag}`);
    expect(await standing(releases[0])).toBe(4);
  });

  it("a restore moves no tag, and takes only bytes of their digest and lists of this fleet", async () => {
    const { applied } = await at.run({ apply: true });
    const file = applied?.restoreFile ?? "";
    const list = JSON.parse(at.state[file] ?? "") as RestoreList;
    const item = list.items.find(({ repository }) => repository === `${NAMESPACE}/web`)!;
    const newest = releases[2]?.images.find(({ name }) => name === "web");
    const [tag = ""] = item.tags;
    const stored = await at.machine.registry.readManifest({
      host: item.host,
      repository: item.repository,
      digest: newest!.digest,
    });
    const ref = { host: item.host, repository: item.repository, tag };
    await at.machine.faults.putManifest?.(ref, stored!.bytes, stored!.descriptor.mediaType);
    const report = await at.restore(file);
    expect(report.left.map(({ name }) => name)).toEqual([`${item.repository}:${tag}`]);
    expect(report.exit).toBe(4);
    expect((await at.machine.registry.resolve(ref))?.digest).toBe(newest?.digest);
    at.state[file] = JSON.stringify({ ...list, items: [{ ...item, manifest: "e30=" }] });
    expect(await codeOf(at.restore(file))).toBe("PRUNE_JOURNAL");
    at.state[file] = JSON.stringify({ ...list, fleet: "other" });
    expect(await codeOf(at.restore(file))).toBe("PRUNE_JOURNAL");
  });

  it("a tag that was put since the plan was made stops it, before anything of that repository goes", async () => {
    const image = releases[0]?.images[0];
    const ref = { host: HOST, repository: `${NAMESPACE}/${image?.name}` };
    at.onDelete = async (count) => {
      // Records go first: meanwhile somebody promotes an old image.
      if (count !== 1 || image === undefined) return;
      const stored = await at.machine.registry.readManifest({ ...ref, digest: image.digest });
      if (stored === undefined) throw new Error("the image is not there");
      await at.machine.registry.putManifest(
        { ...ref, tag: "stable" },
        stored.bytes,
        stored.descriptor.mediaType,
      );
    };
    const { applied, exit } = await at.run({ apply: true });
    expect([applied?.outcome, exit]).toEqual(["failed", 4]);
    expect(at.deletions.filter((name) => name.startsWith(ref.repository))).toEqual([]);
    at.onDelete = () => {};
    // The next run sees the channel, and keeps what it stands on.
    expect((await at.run({ apply: true })).applied?.outcome).toBe("done");
    expect(await at.stands(image?.name ?? "", image!.digest)).toBe(true);
  });

  it.each([1, 2, 5])("killed at deletion %i, the next run goes on", async (step) => {
    at.onDelete = (count) => {
      if (count === step) throw new RegistryError("REGISTRY_UNREACHABLE", "cut");
    };
    const first = await at.run({ apply: true }).catch((error: unknown) => error);
    // Before anything was deleted it is a plain error; later it is told what was done.
    expect(first instanceof RegistryError).toBe(step === 1);
    at.onDelete = () => {};
    expect((await at.run({ apply: true })).applied?.outcome).toBe("done");
    expect(await standing(releases[0])).toBe(0);
    expect(await standing(releases[2])).toBe(4);
  });

  it("Ctrl-C stops between two deletions", async () => {
    at.onDelete = (count) => {
      if (count === 2) at.machine.drain.abort();
    };
    const { applied, exit } = await at.run({ apply: true });
    expect([applied?.outcome, applied?.deleted, exit]).toEqual(["interrupted", 2, 130]);
  });

  it("children whose index an interrupted run deleted are found by its journal", async () => {
    const child = releases[0]!.images[0]!;
    const step = { host: HOST, repository: `${NAMESPACE}/base`, digest: child.digest };
    const { registry } = at.machine;
    // As if an index had held it: no tag leads to it any more.
    const { listTags } = at.machine.faults;
    at.machine.faults.listTags = async (where) => {
      const tags = (await listTags?.(where)) ?? [];
      const found = await Promise.all(tags.map((tag) => registry.resolve({ ...where, tag })));
      return tags.filter((_, index) => found[index]?.digest !== child.digest);
    };
    at.state["/state/prune/progress.json"] = JSON.stringify({
      version: 1,
      restore: "r.json",
      steps: 1,
      done: 0,
    });
    at.state["/state/prune/r.json"] = JSON.stringify({ version: 1, items: [step] });
    const { plan } = await at.run();
    expect(plan.remove.some(({ digest }) => digest === child.digest)).toBe(true);
    // The canary: a journal that cannot be understood stops the run.
    at.state["/state/prune/r.json"] = "{";
    expect(await codeOf(at.run())).toBe("PRUNE_JOURNAL");
  });
});

describe("engines", () => {
  it("lose images of releases that go; what a container uses stays, there and in the registry", async () => {
    const [base, web] = releases[0]!.images;
    const image = ({ name, digest }: { name: string; digest: string }) => ({
      id: digest,
      repoTags: [`${HOST}/${NAMESPACE}/${name}:${releases[0]?.tag}`],
      repoDigests: [`${HOST}/${NAMESPACE}/${name}@${digest}`],
      sizeBytes: 1,
      created: 0,
      labels: {},
    });
    const container = {
      id: "c",
      name: "old",
      image: "web",
      imageId: web!.digest,
      state: "exited",
      created: 0,
      labels: {},
      ports: [],
    };
    at.setEngine({ images: [image(base!), image(web!)], containers: [container] });
    const { applied } = await at.run({ apply: true });
    expect(applied).toMatchObject({ engineImages: 0 });
    // web was built on base, so the container holds both.
    expect(await at.stands("web", web!.digest)).toBe(true);
    at.setEngine({ images: [image(base!), image(web!)] });
    expect((await at.run({ apply: true })).applied).toMatchObject({ engineImages: 2, inUse: [] });
    expect(at.removedImages.toSorted()).toEqual(
      [base!, web!].flatMap((each) => [...image(each).repoTags, ...image(each).repoDigests]).toSorted(),
    );
  });
});
