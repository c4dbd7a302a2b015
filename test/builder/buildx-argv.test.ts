import { describe, expect, it } from "vitest";
import { buildxArgv, buildxEnv } from "../../src/edge/builder/buildx-argv.ts";
import { requestOf } from "./request.ts";

const engine = {
  dockerHost: "unix:///run/lapstrake/docker.sock",
  buildx: ["docker", "buildx"],
  buildxConfig: "/state/buildx",
} as const;

describe("the command line of a build", () => {
  it("of a plain image", () => {
    expect(buildxArgv(engine, requestOf(), "/tmp/m.json")).toEqual([
      "docker",
      "buildx",
      "build",
      "--builder=default",
      "--progress=rawjson",
      "--file=/srv/docker/base-utils/Dockerfile",
      "--output=type=image,name=127.0.0.1:5000/fleet/base-utils:in-0123456789ab,push=true,store=false," +
        "oci-mediatypes=true,rewrite-timestamp=true,compression=gzip",
      "--provenance=false",
      "--sbom=false",
      "--build-arg",
      "SOURCE_DATE_EPOCH=1700000000",
      "--metadata-file=/tmp/m.json",
      "/srv/docker/base-utils",
    ]);
  });

  it("of an image that uses everything, in an order that follows from the values alone", () => {
    const request = requestOf({
      target: "runtime",
      platforms: ["linux/amd64", "linux/arm64"],
      args: { ZED: "1", BASE_IMAGE: "base-python", SOURCE_DATE_EPOCH: "5" },
      contexts: { "base-python": `docker-image://127.0.0.1:5000/fleet/base-python@sha256:${"a".repeat(64)}` },
      secrets: [
        { id: "ca", source: { file: "/etc/ssl/certs/ca.pem" } },
        { id: "token", source: { env: "GH_TOKEN" } },
      ],
      labels: { "org.opencontainers.image.title": 'a, "b"' },
      annotations: { "org.opencontainers.image.revision": "abc,def" },
      compression: "zstd",
      cacheFrom: ["type=registry,ref=r.example/c:x"],
      cacheTo: ["type=registry,ref=r.example/c:x,mode=max"],
      noCache: true,
    });
    expect(buildxArgv(engine, request, "/tmp/m.json").slice(6)).toEqual([
      "--target=runtime",
      "--platform=linux/amd64,linux/arm64",
      "--output=type=image,name=127.0.0.1:5000/fleet/base-utils:in-0123456789ab,push=true,store=false," +
        "oci-mediatypes=true,rewrite-timestamp=true,compression=zstd",
      "--provenance=false",
      "--sbom=false",
      "--build-arg",
      "BASE_IMAGE=base-python",
      "--build-arg",
      "SOURCE_DATE_EPOCH=1700000000",
      "--build-arg",
      "ZED=1",
      "--build-context",
      `base-python=docker-image://127.0.0.1:5000/fleet/base-python@sha256:${"a".repeat(64)}`,
      "--secret",
      "id=ca,src=/etc/ssl/certs/ca.pem",
      "--secret",
      "id=token,env=GH_TOKEN",
      "--label",
      'org.opencontainers.image.title=a, "b"',
      "--annotation",
      "manifest:org.opencontainers.image.revision=abc,def",
      "--cache-from",
      "type=registry,ref=r.example/c:x",
      "--cache-to",
      "type=registry,ref=r.example/c:x,mode=max,ignore-error=true",
      "--no-cache",
      "--metadata-file=/tmp/m.json",
      "/srv/docker/base-utils",
    ]);
  });

  it("quotes what CSV would split", () => {
    const secrets = [{ id: "k", source: { file: '/srv/a, "b".pem' } }];
    const argv = buildxArgv(engine, requestOf({ secrets }), "/tmp/m.json");
    expect(argv).toContain('id=k,"src=/srv/a, ""b"".pem"');
  });

  it("never recompresses the parents' layers", () => {
    for (const compression of ["gzip", "zstd"] as const) {
      expect(buildxArgv(engine, requestOf({ compression }), "/m").join(" ")).not.toContain(
        "force-compression",
      );
    }
  });

  it("leaves a cache target alone that says what errors mean, or has no such option", () => {
    const cacheTo = ["type=registry,ref=a/b,ignore-error=false", "type=inline", "a/b:cache"];
    const argv = buildxArgv(engine, requestOf({ cacheTo }), "/m");
    expect(argv.filter((_, index) => argv[index - 1] === "--cache-to")).toEqual(cacheTo);
  });
});

describe("the environment of a build", () => {
  it("names the engine and takes out what a shell may hold", () => {
    const env = buildxEnv(engine);
    expect(env).toMatchObject({
      DOCKER_HOST: "unix:///run/lapstrake/docker.sock",
      BUILDX_CONFIG: "/state/buildx",
      BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
    });
    const removed = Object.keys(env).filter((name) => env[name] === undefined);
    expect(removed).toEqual(
      expect.arrayContaining([
        "BUILDX_BUILDER",
        "DOCKER_CONTEXT",
        "DOCKER_DEFAULT_PLATFORM",
        "DOCKER_TLS_VERIFY",
        "SOURCE_DATE_EPOCH",
      ]),
    );
  });

  it("keeps the certificates of an engine that is reached by TCP", () => {
    const env = buildxEnv({ ...engine, dockerHost: "tcp://engine.example:2376" });
    expect(Object.hasOwn(env, "DOCKER_TLS_VERIFY")).toBe(false);
  });
});
