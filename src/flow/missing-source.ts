import { posix } from "node:path";
import type { Finding } from "../core/base/finding.ts";
import { suggest } from "../core/base/suggest.ts";
import type { IgnoreRules } from "../core/dockerfile/ignore.ts";
import type { ContextFiles } from "../core/dockerfile/match.ts";
import type { ContextSource } from "../core/dockerfile/resolved.ts";
import type { ImageNode } from "../core/graph/image-graph.ts";

export interface MissingSource {
  readonly node: ImageNode;
  readonly source: ContextSource;
  /** As the Dockerfile has it. */
  readonly pattern: string;
  /** Of the context, relative to the fleet's folder. */
  readonly folder: string;
  readonly files: ContextFiles;
  readonly ignore: { readonly file: string; readonly rules: IgnoreRules } | undefined;
}

/** A COPY, ADD or bind mount that finds nothing: BuildKit would fail on it after the steps before it. */
export function missingSource(missing: MissingSource): Finding {
  const { node, source, pattern, folder } = missing;
  const { what, hint } = whyMissing(missing, posix.join(".", pattern.replace(/^\/+/, "")));
  const context = source.from === undefined ? folder : `${source.from} (${folder})`;
  return {
    rule: "missing-source",
    level: "error",
    message: `${node.name}: ${source.kind.toUpperCase()} names ${pattern}, which ${what} the context ${context}`,
    at: source.at,
    hint,
  };
}

function whyMissing(
  { node, files, ignore, folder }: MissingSource,
  path: string,
): { readonly what: string; readonly hint: string } {
  const link = linkOnTheWay(path, files);
  if (link !== undefined) {
    return {
      what: `goes by the link ${link.path} -> ${link.target}, and links lead to nothing outside of`,
      hint: "copy what it points to into the context, or name its folder under contexts: and use COPY --from",
    };
  }
  if (ignore?.rules.ignores(path) === true) {
    return { what: `${ignore.file} keeps out of`, hint: `let it through there with !${path}` };
  }
  const beside = posix.join(posix.relative(folder, posix.dirname(node.declared.dockerfile)), path);
  const names = files.files.map((file) => file.replace(/\/$/, ""));
  const like = names.includes(beside) ? beside : suggest(path, names);
  return {
    what: "is not in",
    hint:
      like === undefined
        ? "paths are relative to the build context, not to the Dockerfile"
        : `paths are relative to the build context; did you mean ${like}?`,
  };
}

function linkOnTheWay(
  path: string,
  { links }: ContextFiles,
): { readonly path: string; readonly target: string } | undefined {
  const parts = path.split("/");
  for (let count = 1; count <= parts.length; count++) {
    const head = parts.slice(0, count).join("/");
    const target = links?.get(head);
    if (target !== undefined) return { path: head, target };
  }
  return undefined;
}
