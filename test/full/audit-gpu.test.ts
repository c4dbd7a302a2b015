import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { importModules } from "../../src/flow/audit/proof/import-modules.ts";
import { requireEngine } from "../kit/engine.ts";
import { requirePeer } from "../kit/peer-program.ts";
import { ReleasedFleet } from "../kit/released-fleet.ts";
import { comparedWithSyft } from "../kit/syft.ts";

const engine = await requireEngine();
const IMAGES = ["family-torch-cu121", "family-vision-cu121", "family-llm-cu121"] as const;
const PYTHON = "opt/venv/bin/python";

/** Names that Python itself can tell of what is installed; some metadata name modules that are nowhere. */
const TOP_LEVEL =
  "import importlib.metadata as m, importlib.util as u; print(*sorted(n for n in m.packages_distributions() if n.isidentifier() and u.find_spec(n)))";

interface Step {
  readonly what: string;
  readonly name: string;
}

interface AuditedImage {
  readonly missing: readonly {
    readonly what: string;
    readonly name: string;
    readonly level: string;
    readonly chain: readonly Step[];
  }[];
  readonly mismatches: readonly {
    readonly rule: string;
    readonly subject: string;
    readonly message: string;
  }[];
}

/** Modules that an audit says cannot be imported, by the top-level name. */
function saidToFail({ missing, mismatches }: AuditedImage): ReadonlySet<string> {
  const top = (name: string): string => name.split(".")[0] ?? "";
  const required = missing.filter(({ level }) => level === "required");
  const imports = required.flatMap(({ chain }) => chain.filter(({ what }) => what === "import").slice(0, 1));
  const alone = mismatches.filter(({ rule }) => rule === "only-after");
  return new Set([
    ...imports.map(({ name }) => top(name)),
    ...alone.map(({ subject }) => top(subject.replace(/^.*site-packages\//, "").replace(/[./].*$/, ""))),
  ]);
}

describe.skipIf(engine === undefined)("the audit of the reference fleet's GPU images", () => {
  if (engine === undefined) return;
  const fleet = new ReleasedFleet(engine);

  beforeAll(() => fleet.releaseAll(), 60 * 60_000);
  afterAll(() => fleet.cleanUp());

  it.each(IMAGES)(
    "%s: names nothing missing that imports fine, and misses nothing that fails",
    async (name) => {
      const names = (await fleet.output(name, `/${PYTHON} -c '${TOP_LEVEL}'`)).trim().split(" ");
      expect(names.length).toBeGreaterThan(10);
      const { host, repository, digest } = fleet.refOf(name);
      const run = await importModules({ kill: new AbortController().signal }, fleet.docker, {
        image: `${host}/${repository}@${digest}`,
        modules: new Map([[PYTHON, names]]),
      });
      if (run.state !== "ran") throw new Error(run.why);
      const failing = [...run.modules].flatMap(([module, { failure }]) =>
        failure === undefined ? [] : [module],
      );
      const { images } = JSON.parse(await fleet.lapstrake("audit", name, "--alone", "--json")) as {
        readonly images: readonly AuditedImage[];
      };
      const [audited] = images;
      if (audited === undefined) throw new Error("no audit");
      console.log(`${name}: ${names.length} modules imported, ${failing.length} fail: ${failing.join(" ")}`);
      expect([...saidToFail(audited)].sort()).toEqual(failing.sort());
    },
    20 * 60_000,
  );

  it("proves that an image is smaller without what nothing uses, and runs and imports as before", async () => {
    const text = await fleet.lapstrake(
      "audit",
      "base-utils",
      "--prove",
      "--tier",
      "cpu",
      "--json",
      "--wait",
      "600",
    );
    const { images, patches } = JSON.parse(text) as {
      readonly patches: readonly { readonly removed: readonly string[] }[];
      readonly images: readonly {
        readonly name: string;
        readonly outcome: string;
        readonly imported: number;
        readonly saved: { readonly compressed: number; readonly unpacked: number };
      }[];
    };
    expect(patches.flatMap(({ removed }) => removed)).toEqual(["dumb-init", "gosu"]);
    expect(images.map(({ outcome }) => outcome)).toEqual(images.map(() => "proven"));
    for (const { saved } of images)
      expect(Math.min(saved.compressed, saved.unpacked)).toBeGreaterThan(500_000);
    expect(images.find(({ name }) => name === "service_registry")?.imported).toBeGreaterThan(10);
  });

  it.each(IMAGES)("%s has an SBOM with all that syft names", async (name) => {
    const syft = requirePeer("syft");
    if (syft === undefined) throw new Error("syft is wanted for this");
    const ours = await fleet.lapstrake("sbom", name);
    const { missing, more, same } = comparedWithSyft(syft, fleet.refOf(name), ours);
    console.log(`${name}: ${same} components have the same package URL`);
    expect({ missing, more }).toEqual({ missing: [], more: [] });
    expect(same).toBeGreaterThan(150);
  });
});
