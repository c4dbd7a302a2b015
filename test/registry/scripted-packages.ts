import { digestOf } from "../../src/core/base/digest.ts";
import { type GithubRest, type RestVersion, startGithubRest } from "../kit/github-rest.ts";

export interface ScriptedGithub extends GithubRest {
  /** Of each package alike, newest first. */
  readonly script: { versions: RestVersion[] };
}

export function version(id: number, tags: readonly string[] = []): RestVersion {
  return {
    id,
    name: digestOf(`version ${id}`),
    created_at: new Date(Date.UTC(2026, 0, 1) + id * 60_000).toISOString(),
    metadata: { package_type: "container", container: { tags } },
  };
}

/** The packages `web` and `Deep/api` of the organisation `acme`, of `alice` and of `me`, whose token it is. */
export async function startScriptedGithub(count: number): Promise<ScriptedGithub> {
  const names = ["web", "Deep/api"];
  const script = { versions: Array.from({ length: count }, (_, index) => version(count - index)) };
  const github = await startGithubRest({
    owners: { acme: "Organization", alice: "User", me: "User" },
    self: "me",
    source: {
      names: () => names,
      versions: (repository) =>
        names.some((name) => repository.toLowerCase().endsWith(`/${name.toLowerCase()}`))
          ? script.versions
          : undefined,
      remove: (_repository, id) => {
        const found = script.versions.some((each) => each.id === id);
        script.versions = script.versions.filter((each) => each.id !== id);
        return { status: found ? 204 : 404 };
      },
      restore: () => ({ status: 404 }),
    },
  });
  return Object.assign(github, { script });
}
