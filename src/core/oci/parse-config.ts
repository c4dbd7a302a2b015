import { type Digest, parseDigest } from "../base/digest.ts";
import type { ImageConfig } from "./manifest.ts";
import {
  asList,
  asObject,
  asOptionalText,
  asText,
  asTextMap,
  fault,
  type JsonObject,
  parseJsonObject,
  type Reading,
} from "./parse-json.ts";

/** Configs of real images stay under some hundred KiB (history and labels); the bound is generous. */
export const MAX_CONFIG_BYTES = 8 * 1024 * 1024;

const READING: Reading = { code: "OCI_CONFIG", what: "image config" };

/**
 * Reads an image configuration (OCI image-spec config.md, or Docker's of the same form), as far as Lapstrake uses it.
 * Throws OciError OCI_CONFIG.
 */
export function parseImageConfig(bytes: Uint8Array): ImageConfig {
  const value = parseJsonObject(bytes, MAX_CONFIG_BYTES, READING);
  const rootfs = asObject(value["rootfs"], READING, "rootfs");
  const created = asOptionalText(value["created"], READING, "created");
  return {
    os: asText(value["os"], READING, "os"),
    architecture: asText(value["architecture"], READING, "architecture"),
    ...(created === undefined ? {} : { created }),
    config: readRunConfig(value["config"]),
    rootfs: { diffIds: asList(rootfs["diff_ids"], READING, "rootfs.diff_ids").map(readDiffId) },
    history: asList(value["history"], READING, "history").map(readHistory),
  };
}

function readRunConfig(value: unknown): ImageConfig["config"] {
  if (value === undefined || value === null) return {};
  const config = asObject(value, READING, "config");
  const labels = asTextMap(config["Labels"], READING, "config.Labels");
  const health = config["Healthcheck"];
  const ports = config["ExposedPorts"];
  return {
    ...text(config, "User"),
    ...text(config, "WorkingDir"),
    ...list(config, "Env"),
    ...list(config, "Entrypoint"),
    ...list(config, "Cmd"),
    ...(labels === undefined ? {} : { Labels: labels }),
    ...(ports === undefined || ports === null
      ? {}
      : { ExposedPorts: asObject(ports, READING, "config.ExposedPorts") }),
    ...(health === undefined || health === null
      ? {}
      : { Healthcheck: list(asObject(health, READING, "config.Healthcheck"), "Test") }),
  };
}

type TextKey = "User" | "WorkingDir";
type ListKey = "Env" | "Entrypoint" | "Cmd" | "Test";

function text(from: JsonObject, key: TextKey): { readonly [Key in TextKey]?: string } {
  const found = asOptionalText(from[key], READING, `config.${key}`);
  return found === undefined || found === "" ? {} : { [key]: found };
}

function list(from: JsonObject, key: ListKey): { readonly [Key in ListKey]?: readonly string[] } {
  const value = from[key];
  if (value === undefined || value === null) return {};
  const path = `config.${key}`;
  return { [key]: asList(value, READING, path).map((item) => asText(item, READING, path)) };
}

function readDiffId(value: unknown, index: number): Digest {
  const path = `rootfs.diff_ids[${index}]`;
  const digest = parseDigest(asText(value, READING, path));
  if (digest === undefined) throw fault(READING, path, "must be sha256: and 64 hex digits");
  return digest;
}

function readHistory(value: unknown, index: number): ImageConfig["history"][number] {
  const entry = asObject(value, READING, `history[${index}]`);
  const createdBy = asOptionalText(entry["created_by"], READING, `history[${index}].created_by`);
  return {
    ...(createdBy === undefined ? {} : { createdBy }),
    ...(entry["empty_layer"] === true ? { emptyLayer: true } : {}),
  };
}
