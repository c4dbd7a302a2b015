import { describe, expect, it } from "vitest";
import { DEBIAN, draw } from "./draw.ts";

const COMMIT = "0123456789012345678901234567890123456789";
const SUM = `sha256:${"0".repeat(64)}`;

function rulesOf(dockerfile: string, child = "FROM scratch\n"): readonly string[] {
  const { findings } = draw({ head: DEBIAN, images: { base: { dockerfile }, child: { dockerfile: child } } });
  return findings
    .filter(({ rule }) => rule !== "unused-root")
    .map(({ rule, level, at }) => `${rule} ${level} ${at?.file}:${at?.line}`);
}

describe("content behind a URL", () => {
  it.each([
    ["ADD https://example.org/a.tar /", "unpinned-remote warning base/Dockerfile:2"],
    ["ADD https://example.org/r.git /r", "unpinned-remote warning base/Dockerfile:2"],
    ["ADD https://example.org/r.git#main /r", "unpinned-remote warning base/Dockerfile:2"],
    [`ADD https://example.org/r.git#v${COMMIT} /r`, "unpinned-remote warning base/Dockerfile:2"],
  ])("%s is told: the identity does not see it", (line, finding) => {
    expect(rulesOf(`FROM debian\n${line}\n`)).toEqual([finding]);
  });

  it.each([
    [`ADD --checksum=${SUM} https://example.org/a.tar /`],
    [`ADD https://example.org/r.git#${COMMIT} /r`],
    [`ADD https://example.org/r.git#${COMMIT}:sub /r`],
    ["ADD a.tar /"],
  ])("%s is pinned", (line) => {
    expect(rulesOf(`FROM debian\n${line}\n`)).toEqual([]);
  });
});

describe("a trigger of a parent in the fleet", () => {
  it.each([
    ["ONBUILD COPY . /app"],
    ["ONBUILD ADD app.tar /"],
    ["ONBUILD RUN --mount=type=bind,target=/src make"],
    ["ONBUILD RUN --mount=target=/src make"],
  ])("that reads files (%s) is an error where an image stands on it", (line) => {
    expect(rulesOf(`FROM debian\n${line}\n`, "FROM base\n")).toEqual([
      "onbuild-reads-context error base/Dockerfile:2",
    ]);
    expect(rulesOf(`FROM debian\n${line}\n`)).toEqual([]);
  });

  it("is seen where only a stage of the child stands on it", () => {
    expect(
      rulesOf(
        "FROM debian\nONBUILD COPY . /app\n",
        "FROM base AS made\nFROM scratch\nCOPY --from=made /app /\n",
      ),
    ).toEqual(["onbuild-reads-context error base/Dockerfile:2"]);
  });

  it.each([
    ["ONBUILD RUN make"],
    ["ONBUILD RUN --mount=type=cache,target=/c make"],
    ["ONBUILD ENV A=b"],
    ["ONBUILD COPY --from=debian /etc/os-release /"],
  ])("that reads none (%s) is none", (line) => {
    expect(rulesOf(`FROM debian\n${line}\n`, "FROM base\n")).toEqual([]);
  });
});
