import { readFile, stat } from "node:fs/promises";
import { Secret } from "../../../core/base/secret.ts";
import { RegistryError } from "../error.ts";
import type { Credential } from "./credential.ts";

/** What of Docker's `config.json` says how to log in. Keys are hosts as images name them. */
export interface DockerConfig {
  /** Where it was read, for people. */
  readonly place: string;
  readonly auths: ReadonlyMap<string, Credential>;
  readonly helpers: ReadonlyMap<string, string>;
  readonly store: string | undefined;
}

const MAX_BYTES = 4 * 1024 * 1024;
const HUB_KEYS = new Set(["index.docker.io", "registry-1.docker.io", "docker.io"]);

/** Reads a config file; undefined where there is none. RegistryError REGISTRY_CREDENTIALS where it cannot be read. */
export async function readDockerConfig(path: string): Promise<DockerConfig | undefined> {
  let text: string;
  try {
    if ((await stat(path)).size > MAX_BYTES) throw new Error(`more than ${MAX_BYTES} bytes`);
    text = await readFile(path, "utf8");
  } catch (cause) {
    // A system error, or our own above, which has no code.
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new RegistryError("REGISTRY_CREDENTIALS", `${path} cannot be read`, { cause });
  }
  return parseDockerConfig(text, path);
}

/** Throws RegistryError REGISTRY_CREDENTIALS, without a word of the text, which holds passwords. */
export function parseDockerConfig(text: string, place: string): DockerConfig {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RegistryError("REGISTRY_CREDENTIALS", `${place} is no JSON`, {
      hint: `mend ${place}, or log in again with docker login`,
    });
  }
  const config = objectOf(value);
  const auths = Object.entries(objectOf(config["auths"])).flatMap(([key, entry]) => {
    const host = hostOfKey(key);
    const credential = credentialOf(objectOf(entry));
    return host === undefined || credential === undefined ? [] : [[host, credential] as const];
  });
  const helpers = Object.entries(objectOf(config["credHelpers"])).flatMap(([key, name]) => {
    const host = hostOfKey(key);
    return host === undefined || typeof name !== "string" || name === "" ? [] : [[host, name] as const];
  });
  const store = config["credsStore"];
  return {
    place,
    auths: new Map(auths),
    helpers: new Map(helpers),
    store: typeof store === "string" && store !== "" ? store : undefined,
  };
}

/**
 * The host that a key stands for: `ghcr.io`, `https://ghcr.io`, `https://index.docker.io/v1/`. A key with a path of its
 * own (Podman's per-namespace logins) is for that namespace alone, and so for no host.
 */
function hostOfKey(key: string): string | undefined {
  const found = /^(?:https?:\/\/)?([^/]+)(?:\/(?:v[12]\/?)?)?$/.exec(key.trim());
  const host = found?.[1]?.toLowerCase();
  return host !== undefined && HUB_KEYS.has(host) ? "docker.io" : host;
}

function credentialOf(entry: Readonly<Record<string, unknown>>): Credential | undefined {
  const identity = entry["identitytoken"];
  if (typeof identity === "string" && identity !== "")
    return { kind: "identity", token: new Secret(identity) };
  const bearer = entry["registrytoken"];
  if (typeof bearer === "string" && bearer !== "") return { kind: "bearer", token: new Secret(bearer) };
  const { auth, username, password } = entry;
  if (typeof auth === "string" && auth !== "") {
    const plain = Buffer.from(auth, "base64").toString("utf8");
    // At the first colon: passwords may hold more. Docker pads some with NUL.
    const colon = plain.indexOf(":");
    if (colon <= 0) return undefined;
    const secret = plain.slice(colon + 1).split("\0", 1)[0] ?? "";
    return { kind: "password", user: plain.slice(0, colon), password: new Secret(secret) };
  }
  if (typeof username !== "string" || typeof password !== "string" || username === "") return undefined;
  return { kind: "password", user: username, password: new Secret(password) };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  // Arrays and null have no members that are asked for.
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
