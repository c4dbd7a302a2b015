import { digestOf } from "../../src/core/base/digest.ts";
import { formatLock } from "../../src/core/blueprint/format-lock.ts";
import type { Lock } from "../../src/core/blueprint/lock.ts";
import type { MemoryFile } from "../../src/edge/tree/memory-tree.ts";
import { ROOT_HOST, rootDigest } from "./memory-image.ts";

/** The registry of the sample fleet, and its namespace. */
export const HOST = "registry.example";
export const NAMESPACE = "demo";

/**
 * Files of a small fleet: base on a root; web and cpu on base; api on web, which also copies a file out of cpu. Change
 * the record to change the tree.
 */
export function sampleFiles(): Record<string, MemoryFile> {
  return {
    "lapstrake.yaml": SAMPLE_BLUEPRINT,
    "lapstrake.lock": formatLock(sampleLock()),
    "base/Dockerfile": "FROM debian\nCOPY etc/ /etc/\n",
    "base/etc/motd": "hello\n",
    "base/unused.txt": "nobody copies it\n",
    "web/Dockerfile": "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY app/ /app/\n",
    "web/app/main.py": "print('web')\n",
    "cpu/Dockerfile": "FROM base\nCOPY lib.so /lib/\n",
    "cpu/lib.so": "elf\n",
    "api/Dockerfile": `FROM ${HOST}/${NAMESPACE}/web:20200101-abcdef0\nCOPY --from=cpu /lib/lib.so /lib/\nCOPY run.sh /\n`,
    "api/run.sh": { content: "#!/bin/sh\n", mode: 0o755 },
  };
}

/** The same files, or others that name it, with this registry in the place of the sample's. */
export function filesAt(host: string, files = sampleFiles()): Record<string, MemoryFile> {
  const moved = Object.entries(files).map(
    ([path, file]) => [path, typeof file === "string" ? file.replaceAll(HOST, host) : file] as const,
  );
  return Object.fromEntries(moved);
}

export const SAMPLE_BLUEPRINT = `version: 1
fleet: sample
registry: ${HOST}/${NAMESPACE}
roots:
  debian:
    image: ${ROOT_HOST}/debian:12
images:
  base:
    dockerfile: base/Dockerfile
    context: base
  web:
    dockerfile: web/Dockerfile
    context: web
    args: { BASE_IMAGE: base }
  cpu:
    dockerfile: cpu/Dockerfile
    context: cpu
  api:
    dockerfile: api/Dockerfile
    context: api
build:
  parallelism: 2
`;

/** Each after its parents. */
export const SAMPLE_IMAGES = ["base", "web", "cpu", "api"] as const;

export function sampleLock(roots: Lock["roots"] = {}): Lock {
  return {
    version: 1,
    roots: {
      debian: {
        image: `${ROOT_HOST}/debian:12`,
        source: "registry",
        from: `${ROOT_HOST}/debian:12`,
        digest: rootDigest("debian"),
        created: 1_600_000_000,
      },
      ...roots,
    },
    index: {},
  };
}

/** A commit's name that follows from a word. */
export function commitNamed(word: string): string {
  return digestOf(word).slice("sha256:".length, "sha256:".length + 40);
}
