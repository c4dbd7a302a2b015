import { expect, test } from "vitest";
import { digestOf } from "../../src/core/base/digest.ts";
import { OciError } from "../../src/core/oci/error.ts";
import { MAX_CONFIG_BYTES, parseImageConfig } from "../../src/core/oci/parse-config.ts";

const DIFF_ID = digestOf("layer");
const CONFIG = {
  os: "linux",
  architecture: "amd64",
  created: "2026-01-01T00:00:00Z",
  config: {
    User: "10001:10001",
    Env: ["PATH=/bin", "LANG=C.UTF-8"],
    Entrypoint: ["/usr/bin/tini", "--"],
    Cmd: null,
    Labels: { a: "b" },
    WorkingDir: "/app",
    ExposedPorts: { "8000/tcp": {} },
    Healthcheck: { Test: ["CMD", "true"], Interval: 1 },
    OnBuild: [],
  },
  rootfs: { type: "layers", diff_ids: [DIFF_ID] },
  history: [{ created_by: "RUN x", empty_layer: true, comment: "c" }, { created: "2026-01-01T00:00:00Z" }],
};

function parse(value: unknown) {
  return parseImageConfig(new TextEncoder().encode(JSON.stringify(value)));
}

test("what BuildKit writes", () => {
  expect(parse(CONFIG)).toEqual({
    os: "linux",
    architecture: "amd64",
    created: "2026-01-01T00:00:00Z",
    config: {
      User: "10001:10001",
      Env: ["PATH=/bin", "LANG=C.UTF-8"],
      Entrypoint: ["/usr/bin/tini", "--"],
      Labels: { a: "b" },
      WorkingDir: "/app",
      ExposedPorts: { "8000/tcp": {} },
      Healthcheck: { Test: ["CMD", "true"] },
    },
    rootfs: { diffIds: [DIFF_ID] },
    history: [{ createdBy: "RUN x", emptyLayer: true }, {}],
  });
});

test("the least there is", () => {
  const least = { os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: null } };
  expect(parse(least)).toEqual({
    os: "linux",
    architecture: "amd64",
    config: {},
    rootfs: { diffIds: [] },
    history: [],
  });
});

test.each([
  ["no rootfs", { ...CONFIG, rootfs: undefined }],
  ["no os", { ...CONFIG, os: undefined }],
  ["a diff id that is none", { ...CONFIG, rootfs: { diff_ids: ["sha256:x"] } }],
  ["labels that are no text", { ...CONFIG, config: { Labels: { a: 1 } } }],
  ["an environment that is text", { ...CONFIG, config: { Env: "PATH=/bin" } }],
  ["history that is no list", { ...CONFIG, history: {} }],
  ["a list", [CONFIG]],
  ["more than 8 MiB", { ...CONFIG, padding: "x".repeat(MAX_CONFIG_BYTES) }],
])("refused: %s", (_, value) => {
  expect(() => parse(value)).toThrow(OciError);
});
