import { readFile } from "node:fs/promises";
import { rootCertificates } from "node:tls";
import { RegistryError } from "../error.ts";

/** Go's list of places (crypto/x509 root_linux.go, root_bsd.go), since Docker's own tools look there. */
export const SYSTEM_BUNDLES: readonly string[] = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** What SSL_CERT_FILE and NODE_EXTRA_CA_CERTS name, as PEM texts. RegistryError REGISTRY_TLS where one cannot be read. */
export async function authoritiesFromEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Promise<readonly string[]> {
  const paths = ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"]
    .map((name) => env[name] ?? "")
    .filter((path) => path !== "");
  return Promise.all(
    paths.map((path) =>
      readFile(path, "utf8").catch((cause: unknown) => {
        throw new RegistryError("REGISTRY_TLS", `the certificates of ${path} cannot be read`, { cause });
      }),
    ),
  );
}

/**
 * The certificates to trust, as PEM texts: Node's own, the system's bundle (where companies put the authority of their
 * TLS-inspecting proxy), and the given ones.
 */
export async function readAuthorities(given: readonly string[]): Promise<readonly string[]> {
  for (const path of SYSTEM_BUNDLES) {
    const bundle = await readFile(path, "utf8").catch(() => undefined);
    if (bundle !== undefined) return [...rootCertificates, bundle, ...given];
  }
  return [...rootCertificates, ...given];
}
