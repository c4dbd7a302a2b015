import { describe, expect, test } from "vitest";
import { indexLdCache } from "../../src/core/audit/loader/ld-cache-index.ts";
import type { LoadTrace } from "../../src/core/audit/loader/load-trace.ts";
import { resolveRoot } from "../../src/core/audit/loader/resolve-root.ts";
import { modelSearches, onDisk, realSearches } from "../kit/loader-edges.ts";
import { folderImage, processorHere } from "../kit/loader-image.ts";
import { LOADER, realLoader } from "../kit/real-loader.ts";

/** All programs and libraries of the machine, in some minutes; without it every fourth of those in its usual folders. */
const ALL = process.env["LAPSTRAKE_LOADER_ALL"] === "1";
const EVERY = ALL ? 1 : 4;
const LEFT = /^(?:proc|sys|dev|tmp|root|run|home|work|opt|var|boot|mnt|srv|usr\/(?:share|include|src))$/;
const LEFT_TOO =
  /^usr\/(?:local|lib\/(?:python3.*|jvm|google-cloud-sdk|gcc|llvm.*|debug|go.*|node.*|locale))$/;

describe("edges of the model and of the real loader on this machine", () => {
  const { image, elf } = folderImage("/", (path) => LEFT.test(path) || (!ALL && LEFT_TOO.test(path)));
  const cache = indexLdCache(image);
  const here = processorHere();

  function modelled(program: string): LoadTrace {
    return resolveRoot(
      image,
      { program, opened: [], libraryPath: undefined, preload: [], cwd: "/", ...here },
      cache,
    );
  }

  test("are the same, with all paths that were tried, for programs and libraries", () => {
    const roots = [...elf].filter(
      ([path, { class: bits, machine, dynamic, type, interpreter }]) =>
        bits === 64 &&
        machine === 62 &&
        dynamic &&
        (type === "shared" || interpreter === LOADER) &&
        /^usr\/(?:local\/)?(?:s?bin|lib)\//.test(path),
    );
    expect(roots.length).toBeGreaterThan(500);
    let [compared, edges] = [0, 0];
    for (const [index, [path]] of roots.entries()) {
      if (index % EVERY !== 0) continue;
      const real = realLoader({ root: "/", program: `/${path}` });
      const model = modelled(path);
      if (model.loader === "none") continue;
      expect(modelSearches(model, onDisk({ tree: image.tree, root: "/" })), path).toEqual(
        realSearches(real, onDisk({ tree: image.tree, root: "/" })),
      );
      compared++;
      edges += real.edges.length;
    }
    console.info(`compared ${compared} of ${roots.length} roots, ${edges} searches`);
    expect(compared).toBeGreaterThan(roots.length / EVERY / 2);
  }, 1_200_000);

  test("differ where a library is hidden from the model (canary)", () => {
    const hidden = {
      ...image,
      elfAt: (path: string) => (/libtinfo/.test(path) ? undefined : image.elfAt(path)),
    };
    const root = {
      program: "usr/bin/bash",
      opened: [],
      libraryPath: undefined,
      preload: [],
      cwd: "/",
      ...here,
    };
    const model = resolveRoot(hidden, root, cache);
    expect(modelSearches(model, onDisk({ tree: image.tree, root: "/" }))).not.toEqual(
      realSearches(
        realLoader({ root: "/", program: "/usr/bin/bash" }),
        onDisk({ tree: image.tree, root: "/" }),
      ),
    );
  });
});
