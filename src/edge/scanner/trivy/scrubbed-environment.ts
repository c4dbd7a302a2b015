import { join } from "node:path";

export type Environment = Readonly<Record<string, string | undefined>>;

/** The way to programs and registries; all else stays behind. Proxies are read in both spellings. */
const NEEDED = [
  "PATH",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "no_proxy",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
];

/**
 * The environment of a scan, as it is laid over ours: undefined takes a name out of it. A scanner was taken over by
 * attackers before (aquasecurity/trivy-action#541), so it is given no secret; and each of its own variables (`TRIVY_…`)
 * could change what it finds. Its home is an empty folder, since modules that change findings are loaded from there.
 * Logins are those of Docker's configuration.
 */
export function scrubbedEnvironment(env: Environment, home: string): Environment {
  const dockerConfig = env["DOCKER_CONFIG"] || (env["HOME"] ? join(env["HOME"], ".docker") : undefined);
  return {
    ...Object.fromEntries(Object.keys(env).map((name) => [name, undefined])),
    ...Object.fromEntries(NEEDED.map((name) => [name, env[name]])),
    DOCKER_CONFIG: dockerConfig,
    HOME: home,
    TMPDIR: join(home, "tmp"),
    LC_ALL: "C",
    // What its flags say as well: a version without these flags may know the variables.
    TRIVY_DISABLE_TELEMETRY: "true",
    TRIVY_SKIP_VERSION_CHECK: "true",
  };
}
