import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseOsRelease } from "../../core/base/os-release.ts";
import { openSigningKey } from "../../edge/ledger/signing-key.ts";
import { authoritiesFromEnvironment } from "../../edge/registry/http/authorities.ts";
import { mayBePlain } from "../../edge/registry/http/endpoint.ts";
import { DEFAULT_TIMEOUTS } from "../../edge/registry/http/exchange.ts";
import { proxySettings } from "../../edge/registry/http/proxy.ts";
import { realTime } from "../../edge/registry/http/time-source.ts";
import { createTransport } from "../../edge/registry/http/transport.ts";
import type { AdvisoryDatabases } from "../../edge/scanner/database/port.ts";
import type { VulnerabilitySource } from "../../edge/scanner/port.ts";
import { lockTree } from "../../edge/tree/lock-tree.ts";
import { writeFileAtomic } from "../../edge/tree/write-file-atomic.ts";
import { osvChoice } from "../../flow/advisories/osv-choice.ts";
import type { SourcesAsk, World } from "../../flow/world.ts";
import type { WireOptions } from "./wire.ts";

export const NO_HOST = "this host does not say which release it is";

export async function hostRelease() {
  return parseOsRelease(await readFile("/etc/os-release", "utf8").catch(() => ""));
}

/** The sources that a policy names, each loaded when it is asked for. */
export async function connectSources(
  { policy, folder, asOf, settings }: SourcesAsk,
  world: Pick<World, "runner" | "clock" | "env" | "engine" | "advisories"> & { readonly state: string },
): Promise<readonly VulnerabilitySource[]> {
  const { runner, state, clock, env, advisories } = world;
  const sources: VulnerabilitySource[] = [];
  if (policy.osv !== undefined) {
    const databases = await advisories();
    sources.push(databases.source(osvChoice(policy.osv, folder), asOf));
  }
  if (policy.suite !== undefined) {
    const [{ createSuiteIndexes }, { createSuiteSource }] = await Promise.all([
      import("../../edge/packages/suite-index.ts"),
      import("../../edge/scanner/suite/suite-source.ts"),
    ]);
    const host = await hostRelease();
    const read =
      host === undefined
        ? async () => ({ state: "unknown" as const, why: NO_HOST })
        : createSuiteIndexes({ runner, folder: join(state, "suites"), clock, host });
    sources.push(createSuiteSource({ read, clock }));
  }
  if (policy.trivy !== undefined) {
    const { createTrivySource } = await import("../../edge/scanner/trivy/trivy-source.ts");
    const { image, version, digest, database } = policy.trivy;
    sources.push(
      createTrivySource({
        settings: {
          program:
            image === undefined
              ? { kind: "binary", ...(digest === undefined ? {} : { sha256: digest }) }
              : { kind: "container", image, ...dockerOf(world) },
          ...(version === undefined ? {} : { version }),
          ...(database === undefined ? {} : { databaseDigest: database }),
        },
        runner,
        env,
        folder: join(state, "trivy"),
        isInsecure: (host) => mayBePlain(host, settings.insecure),
      }),
    );
  }
  return sources;
}

/** The engine that was set up here, else where Docker listens unless told otherwise. */
function dockerOf({ engine, env }: Pick<World, "engine" | "env">) {
  const own = engine();
  return {
    dockerHost: own?.dockerHost ?? env["DOCKER_HOST"] ?? "unix:///var/run/docker.sock",
    docker: own?.docker ?? (["docker"] as const),
  };
}

/** An import of all public advisories takes a minute or two; nobody is to wait for one that hangs. */
const ADVISORIES_LOCK = { command: "an update of the advisories", wait: 600_000 };

export async function connectAdvisories(
  { env, version }: WireOptions,
  { state, clock }: Pick<World, "clock"> & { readonly state: string },
): Promise<AdvisoryDatabases> {
  const [{ openDatabases }, { download }] = await Promise.all([
    import("../../edge/scanner/database/open-databases.ts"),
    import("../../edge/registry/http/download.ts"),
  ]);
  const folder = join(state, "advisories");
  const transport = createTransport({
    proxy: proxySettings(env),
    authorities: () => authoritiesFromEnvironment(env),
    timeouts: DEFAULT_TIMEOUTS,
  });
  return openDatabases({
    folder,
    clock,
    version,
    key: openSigningKey(join(folder, "key")),
    download: (url, asked) =>
      download(url, { transport, time: realTime, userAgent: `lapstrake/${version}` }, asked),
    write: writeFileAtomic,
    async exclusive(work, { signal }) {
      const lock = await lockTree(folder, {
        ...ADVISORIES_LOCK,
        ...(signal === undefined ? {} : { signal }),
      });
      try {
        return await work();
      } finally {
        await lock.release();
      }
    },
  });
}
