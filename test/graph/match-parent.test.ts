import { describe, expect, it } from "vitest";
import { matchParent, type ParentCandidates } from "../../src/core/graph/match-parent.ts";
import { parseImageRef } from "../../src/core/oci/reference.ts";

const D1 = `sha256:${"1".repeat(64)}`;
const D2 = `sha256:${"2".repeat(64)}`;
const root = (name: string, image: string) => ({
  name,
  image: parseImageRef(image),
  mirrors: [],
  at: { file: "lapstrake.yaml", line: 1, column: 1 },
});
const candidates: ParentCandidates = {
  images: new Set(["base", "team.web", "python"]),
  roots: [
    root("debian", "debian:12"),
    root("pinned", `quay.io/x/y:1@${D1}`),
    root("untagged", "quay.io/x/untagged"),
  ],
  hosts: ["local", "ghcr.io", "127.0.0.1:5000"],
  namespace: "org/fleet",
};

describe("matchParent", () => {
  it.each([
    ["base", "image base"],
    ["ghcr.io/org/fleet/base:20200101-abcdef0", "image base"],
    ["ghcr.io/org/fleet/base", "image base"],
    [`ghcr.io/org/fleet/base@${D2}`, "image base"],
    ["127.0.0.1:5000/org/fleet/team.web:x", "image team.web"],
    ["local/org/fleet/base:x", "image base"],
    // An image of the fleet wins over Docker Hub's of the same name.
    ["python", "image python"],
    ["debian", "root debian"],
    ["debian:12", "root debian"],
    ["docker.io/library/debian:12", "root debian"],
    ["index.docker.io/library/debian:12", "root debian"],
    [`debian:12@${D1}`, "root debian"],
    [`quay.io/x/y@${D1}`, "root pinned"],
    ["quay.io/x/y:1", "root pinned"],
    ["quay.io/x/untagged:latest", "root untagged"],
  ])("%s is the %s", (text, expected) => {
    const match = matchParent(text, candidates);
    expect(match.kind === "unknown" ? match.why : `${match.kind} ${match.name}`).toBe(expected);
  });

  it.each([
    "debian:13",
    "quay.io/debian:12",
    `quay.io/x/y:1@${D2}`,
    "quay.io/x/untagged:1",
    "ghcr.io/org/base",
    "ghcr.io/other/fleet/base",
    "ghcr.io/org/fleet/bas",
    "other.io/org/fleet/base",
    "base:latest",
    "",
    "UPPER",
    "a b",
    "base@sha256:12",
  ])("%j is unknown, with a reason", (text) => {
    expect(matchParent(text, candidates)).toEqual({ kind: "unknown", why: expect.stringMatching(/./) });
  });

  it("without a namespace takes the repository itself", () => {
    const flat = { ...candidates, namespace: undefined };
    expect(matchParent("ghcr.io/base:1", flat)).toEqual({ kind: "image", name: "base" });
    expect(matchParent("ghcr.io/org/base:1", flat).kind).toBe("unknown");
  });
});
