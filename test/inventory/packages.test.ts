import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Inventory } from "../../src/core/inventory/inventory.ts";
import { openPageCache } from "../../src/edge/registry/github/page-cache-folder.ts";
import { inventory } from "../../src/flow/inventory/inventory.ts";
import { released } from "../flow/run.ts";
import { createGhcrMachine, type GhcrMachine, type GhcrMachineOptions, TOKEN } from "../kit/ghcr-machine.ts";
import { NAMESPACE, SAMPLE_BLUEPRINT, SAMPLE_IMAGES, sampleFiles } from "../kit/sample-fleet.ts";

const open: GhcrMachine[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

async function ghcr(options: GhcrMachineOptions = {}): Promise<GhcrMachine> {
  const at = await createGhcrMachine(options);
  open.push(at);
  return at;
}

/** As a new process does; what was learnt before is in the caches. */
function look(at: GhcrMachine): Promise<Inventory> {
  at.machine.packages = at.connect();
  return inventory(at.machine.world(), { engines: [], since: undefined });
}

const warnings = ({ machine }: GhcrMachine): readonly string[] =>
  machine.events.flatMap((event) =>
    event.type === "note" && event.level === "warning" ? [event.message] : [],
  );

const drifts = ({ rows }: Inventory) =>
  rows.filter(({ current }) => current).map(({ image, drift }) => [image, drift]);

describe("requests", () => {
  it("cold: one page a package and each content once; warm: 304s, and nothing of the registry", async () => {
    const at = await ghcr();
    await released(at.machine);
    at.takeCounts();
    const cold = await look(at);
    // The owner, its packages, and the versions of four images and of the records. Of the registry: no list, no HEAD, and
    // of five contents each once; the record's words are a blob, images say their dates in annotations.
    expect(at.takeCounts()).toEqual({ "github 200 GET": 7, "GET manifests": 5, "GET blobs": 1 });
    expect(drifts(cold)).toEqual(SAMPLE_IMAGES.map((name) => [name, "in-step"]));
    const warm = await look(at);
    expect(at.takeCounts()).toEqual({ "github 304 GET": 7 });
    expect(warm).toEqual(cold);
    expect(warnings(at)).toEqual([]);
  });

  it("sixty packages of eleven tags: 63, where tag by tag takes 722", async () => {
    const at = await ghcr({ files: wideFleet(60) });
    const { images } = await released(at.machine);
    for (const { repository, digest } of images) {
      const { tags } = at.server.store.repo(repository);
      for (let n = tags.size; n < 11; n++) tags.set(`t${n}`, digest);
    }
    await look(at);
    at.takeCounts();
    const warm = await look(at);
    // The owner, its packages, sixty images and the records.
    expect(at.takeCounts()).toEqual({ "github 304 GET": 63 });
    // The comparison: the same fleet without the listing, warm as well.
    at.machine.packages = () => undefined;
    const slowly = () => inventory(at.machine.world(), { engines: [], since: undefined });
    await slowly();
    at.takeCounts();
    const slow = await slowly();
    expect(at.takeCounts()).toEqual({ "GET _catalog": 1, "GET tags": 61, "HEAD manifests": 661 });
    // The listing alone knows of what else lies in the namespace: the records.
    expect(slow.rows).toEqual(warm.rows.filter(({ declared }) => declared));
  }, 60_000);

  it("more than a page of versions: each page once, and its two ends again", async () => {
    const at = await ghcr();
    await released(at.machine);
    for (let n = 0; n < 250; n++) {
      at.server.putManifest(`${NAMESPACE}/web`, undefined, { ...PLAIN, annotations: { n: String(n) } });
    }
    await look(at);
    at.takeCounts();
    await look(at);
    expect(at.takeCounts()).toEqual({ "github 304 GET": 6 + 3 + 2 });
  });
});

const PLAIN = {
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.index.v1+json",
  manifests: [],
};

describe("the listing's word", () => {
  it("a tag that was moved by hand is seen, at the price of the new content", async () => {
    const at = await ghcr();
    const { tag } = await released(at.machine);
    await look(at);
    const moved = at.server.putManifest(`${NAMESPACE}/web`, tag, PLAIN);
    at.takeCounts();
    const taken = await look(at);
    expect(taken.rows.find(({ image, current }) => image === "web" && current)).toMatchObject({
      drift: "diverged",
      registry: { digest: moved },
    });
    expect(at.takeCounts()).toMatchObject({ "github 200 GET": 1, "GET manifests": 1 });
  });

  it("that is late is not believed where it lacks what was released", async () => {
    const at = await ghcr();
    const { tag, images } = await released(at.machine);
    const { versions } = at.source;
    const web = images.find(({ name }) => name === "web");
    Object.assign(at.source, {
      versions: (repository: string) =>
        versions(repository)?.filter(({ name }) => !(repository.endsWith("/web") && name === web?.digest)),
    });
    const listed = at.source.versions(`${NAMESPACE}/web`) ?? [];
    expect(listed.flatMap(({ metadata }) => metadata.container.tags)).not.toContain(tag);
    expect(drifts(await look(at))).toContainEqual(["web", "in-step"]);
    // The canary: where the registry has it not either, it is gone.
    at.server.store.repo(`${NAMESPACE}/web`).tags.delete(tag);
    expect(drifts(await look(at))).toContainEqual(["web", "behind"]);
  });

  it("that names a digest which the registry has not is checked against the tag", async () => {
    const at = await ghcr();
    await released(at.machine);
    const { versions } = at.source;
    const ghost = `sha256:${"0".repeat(64)}`;
    Object.assign(at.source, {
      versions: (repository: string) =>
        versions(repository)?.map((each) =>
          repository.endsWith("/api") && each.metadata.container.tags.length > 0
            ? { ...each, name: ghost }
            : each,
        ),
    });
    expect(drifts(await look(at))).toEqual(SAMPLE_IMAGES.map((name) => [name, "in-step"]));
  });

  it("that gives a tag twice leaves it to the registry", async () => {
    const at = await ghcr();
    const { tag } = await released(at.machine);
    const other = at.server.putManifest(`${NAMESPACE}/web`, undefined, PLAIN);
    const { versions } = at.source;
    Object.assign(at.source, {
      versions: (repository: string) =>
        versions(repository)?.map((each) =>
          each.name === other
            ? { ...each, metadata: { ...each.metadata, container: { tags: [tag] } } }
            : each,
        ),
    });
    expect(drifts(await look(at))).toContainEqual(["web", "in-step"]);
  });

  it("that changes between its pages is read again, and nothing is lost", async () => {
    const at = await ghcr();
    const { tag } = await released(at.machine);
    const repository = `${NAMESPACE}/web`;
    for (let n = 0; n < 150; n++) {
      at.server.putManifest(repository, undefined, { ...PLAIN, annotations: { n: String(n) } });
    }
    let pushed = 0;
    at.github.before = (request) => {
      // Something new at the front shifts the rest: the release, the oldest, moves to the page that was not read yet.
      if (
        request.url?.includes("/web/versions") === true &&
        request.url.includes("&page=2") &&
        pushed++ === 0
      ) {
        at.server.putManifest(repository, undefined, { ...PLAIN, annotations: { late: "yes" } });
      }
      return false;
    };
    const taken = await look(at);
    expect(pushed).toBeGreaterThan(1);
    expect(taken.rows.some((row) => row.repository === repository && row.tag === tag && row.current)).toBe(
      true,
    );
    expect(drifts(taken)).toContainEqual(["web", "in-step"]);
  });

  it("packages of the owner that are none of the fleet are foreign, and those of other namespaces are not ours to tell", async () => {
    const at = await ghcr();
    await released(at.machine);
    at.server.putManifest(`${NAMESPACE}/else`, "v1", PLAIN);
    const taken = await look(at);
    expect(taken.rows.filter(({ drift }) => drift === "foreign")).toMatchObject([
      { image: "else", tag: "v1" },
    ]);
  });
});

describe("a listing that refuses is said, and the registry is asked", () => {
  it.each([
    ["401", { login: "expired" }, "GitHub answered 401"],
    ["no login for its host", { login: undefined }, "there is no login"],
  ])("%s: once", async (_what, options, words) => {
    const at = await ghcr(options);
    await released(at.machine);
    at.takeCounts();
    const taken = await look(at);
    expect(drifts(taken)).toEqual(SAMPLE_IMAGES.map((name) => [name, "in-step"]));
    const told = warnings(at);
    expect(told).toHaveLength(1);
    expect(told[0]).toContain(words.replace("GitHub", at.github.host));
    expect(told.join()).not.toContain(TOKEN);
    const counts = at.takeCounts();
    expect(counts["GET tags"]).toBe(5);
    // The owner, and once more for its packages.
    expect(counts["github 401 GET"] ?? 0).toBeLessThanOrEqual(2);
  });

  it.each([
    ["403", 403, {}],
    ["429 for an hour", 429, { "retry-after": "3600" }],
    ["a storm of 503", 503, {}],
    ["a page that is none", 200, { "content-type": "text/html" }],
  ])("%s to the versions", async (_what, status, headers) => {
    const at = await ghcr();
    await released(at.machine);
    at.github.before = (request, response) => {
      if (request.url?.includes("/versions") !== true) return false;
      response.writeHead(status, headers).end("<html>");
      return true;
    };
    at.takeCounts();
    const taken = await look(at);
    expect(drifts(taken)).toEqual(SAMPLE_IMAGES.map((name) => [name, "in-step"]));
    expect(warnings(at).length).toBeGreaterThan(0);
    expect(at.takeCounts()["GET tags"]).toBe(5);
  });

  it("a package that this login may not see: 404 is not taken for empty", async () => {
    const at = await ghcr();
    await released(at.machine);
    at.github.before = (request, response) => {
      if (request.url?.includes("/container/web/") !== true) return false;
      response.writeHead(404).end("{}");
      return true;
    };
    expect(drifts(await look(at))).toEqual(SAMPLE_IMAGES.map((name) => [name, "in-step"]));
  });
});

describe("the login", () => {
  it("is that of the API's own host, and goes nowhere else", async () => {
    const at = await ghcr();
    await released(at.machine);
    await look(at);
    expect([...at.github.logins]).toEqual([`Bearer ${TOKEN}`]);
    const seen = at.server.asked.map(({ headers }) => String(headers["authorization"] ?? ""));
    expect(seen.filter((header) => header.includes(TOKEN))).toEqual([]);
    const other = await ghcr({ login: undefined });
    await released(other.machine);
    await look(other);
    // The registry's login is known, and is not the API's.
    expect([...other.github.logins]).toEqual([]);
  });
});

describe("the pages on the disk", () => {
  it("serve the next process; a damaged one is read anew", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lap-pages-"));
    try {
      const at = await ghcr({ pages: openPageCache(folder) });
      await released(at.machine);
      const cold = await look(at);
      at.takeCounts();
      await look(at);
      expect(at.takeCounts()).toEqual({ "github 304 GET": 7 });
      const isOfWeb = (file: string) => readFileSync(join(folder, file), "utf8").includes("/web/versions");
      const name = readdirSync(folder).find(isOfWeb) ?? "";
      const text = readFileSync(join(folder, name), "utf8");
      writeFileSync(join(folder, name), text.replace(/in-[0-9a-f]/, "in-x"));
      expect(await look(at)).toEqual(cold);
      expect(at.takeCounts()).toEqual({ "github 304 GET": 6, "github 200 GET": 1 });
      expect(readFileSync(join(folder, name), "utf8")).toBe(text);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("that cannot be written cost requests, not truth", async () => {
    const folder = mkdtempSync(join(tmpdir(), "lap-pages-"));
    try {
      writeFileSync(join(folder, "file"), "");
      const at = await ghcr({ pages: openPageCache(join(folder, "file", "below")) });
      await released(at.machine);
      expect(drifts(await look(at))).toEqual(SAMPLE_IMAGES.map((name) => [name, "in-step"]));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

/** A fleet of so many images, side by side. */
function wideFleet(count: number): ReturnType<typeof sampleFiles> {
  const names = Array.from({ length: count }, (_, n) => `image-${n}`);
  const images = names.map(
    (name) => `  ${name}:\n    dockerfile: ${name}/Dockerfile\n    context: ${name}\n`,
  );
  const files = names.map((name) => [`${name}/Dockerfile`, `FROM debian\nLABEL name=${name}\n`] as const);
  return {
    "lapstrake.lock": sampleFiles()["lapstrake.lock"] ?? "",
    "lapstrake.yaml": SAMPLE_BLUEPRINT.replace(/images:\n[\s\S]*build:/, `images:\n${images.join("")}build:`),
    ...Object.fromEntries(files),
  };
}
