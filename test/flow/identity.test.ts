import { beforeEach, describe, expect, it } from "vitest";
import { formatLock } from "../../src/core/blueprint/format-lock.ts";
import { planFleet } from "../../src/flow/plan-fleet.ts";
import { SAMPLE_BLUEPRINT, sampleLock } from "../kit/sample-fleet.ts";
import { createTestMachine, type TestMachine } from "../kit/world.ts";
import { released } from "./run.ts";

let machine: TestMachine;
beforeEach(async () => {
  machine = await createTestMachine();
  machine.files["base/Dockerfile"] = BASE;
  machine.files["base/.dockerignore"] = "**/*.tmp\n";
  machine.files["base/etc/link"] = { target: "motd" };
});

const BASE = [
  "ARG VERSION=1",
  "FROM debian AS build",
  "ARG VERSION",
  "RUN --mount=type=secret,id=token make \\",
  "  all",
  "FROM debian AS final",
  "COPY etc/ /etc/",
  "COPY --from=build /out /out",
  "",
].join("\n");

const dockerfile =
  (from: string, to: string) =>
  ({ files }: TestMachine): void => {
    expect(BASE).toContain(from);
    files["base/Dockerfile"] = BASE.replace(from, to);
  };
const blueprint =
  (from: string, to: string) =>
  ({ files }: TestMachine): void => {
    expect(SAMPLE_BLUEPRINT).toContain(from);
    files["lapstrake.yaml"] = SAMPLE_BLUEPRINT.replace(from, to);
  };
const put =
  (path: string, file: TestMachine["files"][string]) =>
  ({ files }: TestMachine): void => {
    files[path] = file;
  };

async function identityOf(of: string): Promise<string | undefined> {
  return (await planFleet(machine.world())).plan.images.find(({ name }) => name === of)?.identity;
}

describe("the identity of an image stays where", () => {
  it.each<[string, (on: TestMachine) => void]>([
    ["a comment comes", dockerfile("ARG VERSION=1", "# why\nARG VERSION=1")],
    ["a comment comes into a continuation", dockerfile("make \\\n", "make \\\n# why\n")],
    ["the case of an instruction changes", dockerfile("COPY etc/", "copy etc/")],
    [
      "a stage gets another name",
      (on) => {
        on.files["base/Dockerfile"] = BASE.replace("AS build", "AS made").replace(
          "--from=build",
          "--from=made",
        );
      },
    ],
    [
      "a stage comes that nothing uses",
      dockerfile("FROM debian AS final", "FROM debian AS other\nFROM debian AS final"),
    ],
    ["a file changes that nothing copies", put("base/unused.txt", "changed")],
    ["a file comes that is ignored", put("base/etc/x.tmp", "new")],
    ["a file of another image changes", put("web/app/main.py", "changed")],
    ["the fleet is built with more at once", blueprint("parallelism: 2", "parallelism: 9")],
    [
      "its weight or tier changes",
      blueprint("context: base\n", "context: base\n    weight: 3\n    tier: gpu\n"),
    ],
    ["its cache changes", blueprint("context: base\n", "context: base\n    cache: none\n")],
    [
      "a secret comes from elsewhere",
      blueprint("context: base\n", "context: base\n    secrets: { token: { env: OTHER } }\n"),
    ],
    ["the tag scheme changes", blueprint("registry:", 'tag: "v-{sha}"\nregistry:')],
    [
      "the lock says when and where, but the same digest",
      (on) => {
        const lock = sampleLock();
        const root = {
          ...lock.roots["debian"]!,
          created: 1,
          source: "mirror",
          from: "mirror.example/debian:12",
        } as const;
        on.files["lapstrake.lock"] = formatLock({ ...lock, roots: { debian: root } });
      },
    ],
    ["the commit changes", (on) => on.commit("another")],
    [
      "the variables of a release change",
      (on) => void Object.assign(on.env, { DATE: "20200101", CACHE_FROM: "x" }),
    ],
  ])("%s", async (_what, change) => {
    const before = await identityOf("base");
    change(machine);
    expect(await identityOf("base")).toBe(before);
  });
});

describe("the identity of an image moves where", () => {
  it.each<[string, (on: TestMachine) => void, string]>([
    ["an instruction comes", dockerfile("COPY --from", "ENV A=1\nCOPY --from"), "instruction added: ENV A 1"],
    ["a command changes", dockerfile("make", "gmake"), "instruction removed: RUN"],
    ["the default of an argument changes", dockerfile("VERSION=1", "VERSION=2"), "argument VERSION: 1 -> 2"],
    [
      "an argument is passed",
      blueprint("context: base\n", 'context: base\n    args: { VERSION: "3" }\n'),
      "argument VERSION: 1 -> 3",
    ],
    ["a secret gets another id", dockerfile("id=token", "id=other"), "secretIds: token -> other"],
    ["a copied file changes", put("base/etc/motd", "changed"), "file etc/motd changed"],
    [
      "only its mode does",
      put("base/etc/motd", { content: "hello\n", mode: 0o600 }),
      "file etc/motd changed its mode",
    ],
    ["a copied link points elsewhere", put("base/etc/link", { target: "other" }), "file etc/link changed"],
    ["a file comes into a copied folder", put("base/etc/new", ""), "file etc/new is new"],
    ["an empty folder comes into it", put("base/etc/empty", { directory: true }), "file etc/empty is new"],
    ["a file goes", (on) => void delete on.files["base/etc/link"], "file etc/link is gone"],
    [
      "ignored files are let in",
      (on) => {
        on.files["base/etc/x.tmp"] = "x";
        on.files["base/.dockerignore"] = "";
      },
      "file etc/x.tmp is new",
    ],
    [
      "another stage is built",
      blueprint("context: base\n", "context: base\n    target: build\n"),
      "target: (none) -> build",
    ],
    [
      "the compression changes",
      blueprint("context: base\n", "context: base\n    compression: zstd\n"),
      "compression: gzip -> zstd",
    ],
    [
      "the platform changes",
      blueprint("registry:", "platforms: [linux/arm64]\nregistry:"),
      "platforms: linux/amd64 -> linux/arm64",
    ],
  ])("%s", async (_what, change, reason) => {
    const before = await identityOf("base");
    await released(machine);
    change(machine);
    expect(await identityOf("base")).not.toBe(before);
    const { formatReason } = await import("../../src/core/plan/reason.ts");
    const [base] = (await planFleet(machine.world())).plan.images;
    expect(base?.reasons.map(formatReason).join("\n")).toContain(reason);
  });

  it("its parent's digest does, and not before the parent is built", async () => {
    await released(machine);
    machine.files["base/etc/motd"] = "changed";
    const { plan } = await planFleet(machine.world());
    expect(plan.images.map(({ action, identity }) => `${action} ${identity === undefined}`)).toEqual([
      "build false",
      "wait true",
      "wait true",
      "wait true",
    ]);
  });
});
