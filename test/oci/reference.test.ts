import { describe, expect, it } from "vitest";
import { formatImageRef, parseImageRef } from "../../src/core/oci/reference.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

describe("an image reference", () => {
  it.each([
    ["python", "docker.io/library/python"],
    ["python:3.11", "docker.io/library/python:3.11"],
    ["team/app", "docker.io/team/app"],
    ["localhost/app", "localhost/app"],
    ["localhost:5000/app:1", "localhost:5000/app:1"],
    ["ghcr.io/team/app:1", "ghcr.io/team/app:1"],
    ["index.docker.io/library/python", "docker.io/library/python"],
    // distribution takes a first component with a capital for a host.
    ["Registry/app", "Registry/app"],
    ["[::1]:5000/app", "[::1]:5000/app"],
    [`app@${DIGEST}`, `docker.io/library/app@${DIGEST}`],
    [`ghcr.io/team/app:1@${DIGEST}`, `ghcr.io/team/app:1@${DIGEST}`],
  ])("%s is %s", (text, full) => {
    expect(formatImageRef(parseImageRef(text))).toBe(full);
  });

  it.each([
    "",
    ":1",
    "app:",
    "app:-x",
    "App",
    "team//app",
    "app@sha256:12",
    "app@md5:abc",
    "a@b@c",
    "ghcr.io/",
    "-bad.host/app",
    "x".repeat(300),
  ])("%j is none", (text) => {
    expect(() => parseImageRef(text)).toThrow(expect.objectContaining({ code: "OCI_REFERENCE" }));
  });
});
