import { Secret } from "../../../core/base/secret.ts";
import type { ProcessRunner } from "../../process/port.ts";
import { RegistryError } from "../error.ts";
import type { Credential } from "./credential.ts";

// The name becomes a program's name; nothing else may come of it.
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
// docker-credential-helpers, credentials/error.go. It goes to stdout, with a non-zero exit.
const NOT_FOUND = "credentials not found in native keychain";
// The user name that says: the secret is an identity token.
const TOKEN_USER = "<token>";
const PATIENCE_MS = 15_000;

export interface HelperCall {
  readonly runner: ProcessRunner;
  readonly name: string;
  readonly host: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Asks `docker-credential-NAME get` (docker-credential-helpers). Undefined where it says that it knows nothing;
 * RegistryError REGISTRY_CREDENTIALS where it hangs, crashes, is missing or prints garbage. What it prints is never
 * shown: it may hold the secret.
 */
export async function askHelper({ runner, name, host, signal }: HelperCall): Promise<Credential | undefined> {
  const program = `docker-credential-${name}`;
  if (!NAME.test(name)) {
    throw new RegistryError(
      "REGISTRY_CREDENTIALS",
      `"${name.slice(0, 80)}" is no name of a credential helper`,
    );
  }
  const record = await runner.run({
    argv: [program, "get"],
    stdin: host === "docker.io" ? "https://index.docker.io/v1/" : host,
    timeout: PATIENCE_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  if (record.outcome === "cancelled") signal?.throwIfAborted();
  if (record.outcome === "ok") return readAnswer(record.stdout, program);
  if (record.outcome === "failed" && record.stdout.trim() === NOT_FOUND) return undefined;
  const why =
    record.outcome === "failed" ? `failed with exit code ${record.exitCode ?? "?"}` : record.outcome;
  throw new RegistryError("REGISTRY_CREDENTIALS", `the credential helper ${program} for ${host}: ${why}`, {
    hint: `try: echo ${host} | ${program} get`,
  });
}

function readAnswer(stdout: string, program: string): Credential | undefined {
  let value: unknown;
  try {
    value = JSON.parse(stdout);
  } catch {
    value = undefined;
  }
  // Both members are checked before use.
  const { Username: user, Secret: secret } = (value ?? {}) as { Username?: unknown; Secret?: unknown };
  if (typeof user !== "string" || typeof secret !== "string") {
    throw new RegistryError(
      "REGISTRY_CREDENTIALS",
      `the credential helper ${program} gave no login that can be read`,
    );
  }
  // Some stores answer an unknown host with empty strings.
  if (secret === "") return undefined;
  if (user === TOKEN_USER) return { kind: "identity", token: new Secret(secret) };
  return { kind: "password", user, password: new Secret(secret) };
}
