import type { Environment } from "./inputs.ts";

const GHCR = "ghcr.io";
/** GitHub looks at the token alone, but the form of a login needs a name. */
const ANY_USER = "token";

/**
 * The guide's GH_USERNAME and GH_TOKEN as buildx takes a login: DOCKER_AUTH_CONFIG, beside what it says already (Docker's
 * own files still count for other hosts). It is in the environment of that process alone, never in argv or a file.
 */
export function registryLogin(env: Environment): Readonly<Record<string, string>> {
  const token = env["GH_TOKEN"] ?? "";
  const known = authsOf(env["DOCKER_AUTH_CONFIG"] ?? "");
  // buildx itself says what is wrong with one that cannot be read.
  if (token === "" || known === undefined) return {};
  const user = env["GH_USERNAME"] ?? "";
  const auth = Buffer.from(`${user === "" ? ANY_USER : user}:${token}`).toString("base64");
  return { DOCKER_AUTH_CONFIG: JSON.stringify({ auths: { ...known, [GHCR]: { auth } } }) };
}

function authsOf(text: string): object | undefined {
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    const auths: unknown = Object.getOwnPropertyDescriptor(Object(value), "auths")?.value ?? {};
    return typeof auths === "object" && auths !== null ? auths : undefined;
  } catch {
    return undefined;
  }
}
