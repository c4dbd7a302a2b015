import { describe, expect, it } from "vitest";
import { DockerfileError } from "../../src/core/dockerfile/error.ts";
import { resolveText } from "./resolve-text.ts";

describe("reach", () => {
  it("keeps what FROM, COPY --from and mounts lead to, and nothing else", () => {
    const resolved = resolveText([
      "FROM one AS unused",
      "FROM two AS tools",
      "FROM three AS base",
      "FROM base",
      "COPY --from=tools /t /t",
      "RUN --mount=from=four,target=/m x",
      "COPY --from=five:1 /a /b",
    ]);
    expect(resolved.stages.map(({ name }) => name)).toEqual(["tools", "base", undefined]);
    expect(resolved.stages[2]?.base).toEqual({ kind: "stage", index: 2 });
    expect(resolved.externals.map(({ ref, via, at }) => [ref, via, at.line])).toEqual([
      ["two", "FROM", 2],
      ["three", "FROM", 3],
      ["four", "RUN --mount", 6],
      ["five:1", "COPY --from", 7],
    ]);
  });

  it("builds the target, whatever its case", () => {
    const lines = ["FROM a AS One", "FROM b AS two"];
    expect(resolveText(lines, { target: "ONE" }).externals.map(({ ref }) => ref)).toEqual(["a"]);
    expect(() => resolveText(lines, { target: "three" })).toThrow(DockerfileError);
  });

  it("runs ONBUILD in the stage that builds on it, once, and follows what it needs", () => {
    const { stages, secrets } = resolveText([
      "FROM scratch AS tools",
      "FROM scratch AS base",
      "ONBUILD COPY --from=tools /t /t",
      "ONBUILD RUN --mount=type=secret,id=s x",
      "FROM base AS child",
      "FROM child",
    ]);
    expect(
      stages.map(({ name, instructions }) => [name, instructions.filter(({ onbuild }) => onbuild).length]),
    ).toEqual([
      ["tools", 0],
      ["base", 0],
      ["child", 2],
      [undefined, 0],
    ]);
    expect(secrets).toMatchObject([{ id: "s", at: { line: 4 } }]);
  });

  it("refuses a stage that is read before it is defined, and a circle", () => {
    expect(() => resolveText(["FROM a AS x", "COPY --from=y a b", "FROM c AS y", "FROM x"])).toThrow(
      DockerfileError,
    );
    expect(() =>
      resolveText(["FROM a AS x", "COPY --from=y a b", "FROM a AS y", "COPY --from=x a b"]),
    ).toThrow(DockerfileError);
  });

  it("does not let a name of a stage decide anything", () => {
    const of = (name: string) =>
      resolveText([`FROM a AS ${name}`, "FROM b", `COPY --from=${name} /x /y`]).stages.map(
        ({ instructions }) => instructions.map(({ canonical }) => canonical),
      );
    expect(of("one")).toEqual(of("two"));
  });
});

describe("named contexts", () => {
  it("answers to the base's reference, in any of its forms", () => {
    const { externals } = resolveText(["FROM docker.io/library/base-utils:latest"], {
      contexts: ["base-utils"],
    });
    expect(externals).toMatchObject([{ ref: "docker.io/library/base-utils:latest", named: true }]);
    expect(resolveText(["FROM base-utils:2"], { contexts: ["base-utils"] }).externals).toMatchObject([
      { named: false },
    ]);
  });

  it("replaces a stage of its name, with all that the stage would need", () => {
    const { stages, externals } = resolveText(
      ["FROM big AS tools", "RUN x", "FROM scratch", "COPY --from=tools a b"],
      {
        contexts: ["tools"],
      },
    );
    expect(stages[0]).toMatchObject({ replaced: true, base: { kind: "image", ref: "tools" } });
    expect(stages[0]?.instructions).toHaveLength(1);
    expect(externals.map(({ ref }) => ref)).toEqual(["tools"]);
  });

  it("is a source where COPY or a mount reads from it", () => {
    const lines = [
      "FROM scratch",
      "COPY --from=shared lib /lib",
      "RUN --mount=from=shared,source=x,target=/y z",
    ];
    expect(resolveText(lines, { contexts: ["shared"] }).sources).toMatchObject([
      { kind: "copy", patterns: ["lib"], from: "shared" },
      { kind: "bind", patterns: ["x"], from: "shared" },
    ]);
    expect(resolveText(lines).sources).toEqual([]);
  });
});

describe("what is read and used", () => {
  it("lists sources of the context, and fetched ones apart", () => {
    const { sources, remotes } = resolveText([
      "FROM scratch",
      "ARG D=src",
      "COPY --exclude=*.md --link ${D}/*.py other /dst/",
      "ADD a.tgz https://example.com/b.tgz https://github.com/moby/buildkit.git#v1 git@host:x /",
      "RUN --mount=type=bind,target=/ctx --mount=type=cache,target=/c --mount=type=tmpfs,target=/t x",
      "COPY <<EOF /inline",
      "x",
      "EOF",
    ]);
    expect(sources).toMatchObject([
      { kind: "copy", patterns: ["src/*.py", "other"], exclude: ["*.md"], at: { line: 3 } },
      { kind: "add", patterns: ["a.tgz"] },
      { kind: "bind", patterns: ["."] },
    ]);
    expect(remotes.map(({ kind, url }) => [kind, url])).toEqual([
      ["http", "https://example.com/b.tgz"],
      ["git", "https://github.com/moby/buildkit.git#v1"],
      ["git", "git@host:x"],
    ]);
  });

  it("lists secrets and ssh keys; one required use makes a secret required", () => {
    const { secrets, ssh } = resolveText([
      "FROM scratch",
      "RUN --mount=type=secret,target=/etc/ca.pem --mount=type=secret,id=t x",
      "RUN --mount=type=secret,id=t,required --mount=type=ssh --mount=type=ssh,id=k x",
    ]);
    expect(secrets.map(({ id, required, at }) => [id, required, at.line])).toEqual([
      ["ca.pem", false, 2],
      ["t", true, 2],
    ]);
    expect(ssh.map(({ id }) => id)).toEqual(["default", "k"]);
  });

  it("does not move by comments, positions and white space between instructions", () => {
    const canonical = (lines: readonly string[]) =>
      resolveText(lines).stages.map(({ instructions }) => instructions.map((found) => found.canonical));
    const plain = canonical(["FROM a", "RUN x && y"]);
    expect(canonical(["# hello", "FROM a", "", "RUN x && \\", "# why", "y"])).toEqual(plain);
    expect(canonical(["FROM a", "RUN x && z"])).not.toEqual(plain);
  });

  it.each([
    ["RUN apt-get update && apt-get install -y x", true],
    ["RUN DEBIAN_FRONTEND=noninteractive apt install x", true],
    ['RUN ["/usr/bin/apt-get", "install", "x"]', true],
    ["RUN <<EOF\n  aptitude install x\nEOF", true],
    ["RUN <<EOF\n# apt-get install x\ntrue\nEOF", false],
    ["RUN rm -rf /var/lib/apt/lists", false],
    ["RUN pip install apt-thing", false],
    ["RUN echo adapt-get it", false],
  ])("%j runs apt: %s", (line, uses) => {
    expect(resolveText(["FROM a", line]).usesApt).toBe(uses);
  });

  it("sees apt only in stages that are reached", () => {
    expect(resolveText(["FROM a AS no", "RUN apt-get update", "FROM b"]).usesApt).toBe(false);
  });
});

describe("findings", () => {
  it("says that the engine's own frontend refuses labs flags, unless another frontend is named", () => {
    const lines = ["FROM a", "COPY --parents x /y", "RUN --security=insecure z"];
    expect(resolveText(lines).findings).toMatchObject([
      { rule: "dockerfile-frontend-refuses", severity: "error", at: { line: 2 } },
      { rule: "dockerfile-frontend-refuses", severity: "error", at: { line: 3 } },
    ]);
    const named = resolveText(["# syntax=docker/dockerfile:1-labs", ...lines]);
    expect(named.findings).toMatchObject([
      { rule: "dockerfile-needs-frontend", at: { line: 1 } },
      { rule: "dockerfile-frontend-by-tag", at: { line: 1 } },
    ]);
    const pinned = resolveText([`# syntax=docker/dockerfile:1-labs@sha256:${"0".repeat(64)}`, ...lines]);
    expect(pinned.findings.map(({ rule }) => rule)).toEqual(["dockerfile-needs-frontend"]);
    expect(named.needsFrontend?.ref).toBe("docker/dockerfile:1-labs");
  });

  it("warns of two stages with one name and of empty lines in continuations", () => {
    const { findings } = resolveText(["FROM a AS x", "FROM b AS x", "RUN a \\", "", " b"]);
    expect(findings.map(({ rule, at }) => [rule, at.line])).toEqual([
      ["dockerfile-duplicate-stage", 2],
      ["dockerfile-empty-continuation", 4],
    ]);
  });
});
