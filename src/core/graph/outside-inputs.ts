import type { Finding } from "../base/finding.ts";
import type { DeclaredImage } from "../blueprint/blueprint.ts";
import type { ResolvedDockerfile } from "../dockerfile/resolved.ts";
import type { ParentEdge } from "./image-graph.ts";

interface Built {
  readonly name: string;
  readonly declared: DeclaredImage;
  readonly dockerfile: ResolvedDockerfile;
  readonly parents: readonly ParentEdge[];
}

/** Findings about what decides a build and is in no identity: content behind a URL, files that a parent's trigger reads. */
export function outsideInputs(images: readonly Built[]): Finding[] {
  return [...images.flatMap(unpinnedRemotes), ...images.flatMap((image) => readingTriggers(image, images))];
}

/** A commit as fragment or query of a repository's URL. */
const COMMIT = /(?:#|[?&](?:commit|ref|checksum)=)[0-9a-f]{40}(?:[0-9a-f]{24})?(?:[:&#]|$)/;

function unpinnedRemotes({ name, dockerfile }: Built): Finding[] {
  return dockerfile.remotes
    .filter(({ kind, url, checksum }) => checksum === undefined && !(kind === "git" && COMMIT.test(url)))
    .map(({ kind, url, at }) => ({
      rule: "unpinned-remote",
      level: "warning",
      message: `${name}: ADD ${url} is not pinned: what it gives may change, and the identity does not`,
      at,
      hint:
        kind === "git" ? "name a commit: URL#COMMIT" : "say which content is meant: ADD --checksum=sha256:…",
    }));
}

/** COPY and ADD that take from the context, and bind mounts of it; bind is what a mount is without `type`. */
const READS =
  /^(?:(?:COPY|ADD)\b(?!.*--from=)|RUN\b[\s\S]*--mount=(?!\S*(?:type=(?:cache|secret|ssh|tmpfs)|from=)))/i;

/**
 * ONBUILD runs in the builds of the children, on the children's context. What is no file (ENV, RUN) follows from the
 * parent's digest; files of another image's context are in nobody's identity.
 */
function readingTriggers({ name, dockerfile }: Built, images: readonly Built[]): Finding[] {
  const children = images.filter(({ parents }) =>
    parents.some((edge) => edge.kind === "image" && edge.name === name && edge.via === "FROM"),
  );
  const target = dockerfile.stages.find(({ index }) => index === dockerfile.target);
  if (children.length === 0 || target === undefined) return [];
  return target.instructions.filter(isReading).map(({ at }) => ({
    rule: "onbuild-reads-context",
    level: "error",
    message: `${name}: its ONBUILD reads files of the images on it (${children.map((child) => child.name).join(", ")}), whose identities would not see them`,
    at,
    hint: "write the COPY into the Dockerfile of each child",
  }));
}

function isReading({ canonical }: ResolvedDockerfile["stages"][number]["instructions"][number]): boolean {
  if (typeof canonical !== "object" || canonical === null || !("do" in canonical)) return false;
  const { do: word, trigger } = canonical;
  return word === "ONBUILD" && typeof trigger === "string" && READS.test(trigger);
}
