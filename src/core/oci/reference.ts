import { type Digest, parseDigest } from "../base/digest.ts";
import { OciError } from "./error.ts";

/** Where an image lives: host (with port), repository path, and a tag, a digest, both or neither. */
export interface ImageRef {
  readonly host: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: Digest;
}

const DOCKER_HUB = "docker.io";
// distribution/reference: components of lower-case letters and digits, separated by one of . _ __ or dashes.
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;
const MAX_REPOSITORY = 255;

/**
 * Reads a reference as Docker's clients do: `python:3.11` means `docker.io/library/python:3.11`. No default tag is
 * added. Throws OciError OCI_REFERENCE that names the part that is wrong.
 */
export function parseImageRef(text: string): ImageRef {
  const [name = "", digestText, ...more] = text.split("@");
  const digest = digestText === undefined ? undefined : parseDigest(digestText);
  if (more.length > 0 || (digestText !== undefined && digest === undefined)) {
    throw invalid(text, "the part after @ must be sha256: and 64 hex digits");
  }
  const { host, path } = splitHost(name);
  const colon = path.lastIndexOf(":");
  const tag = colon < 0 ? undefined : path.slice(colon + 1);
  const repository = colon < 0 ? path : path.slice(0, colon);
  if (tag !== undefined && !TAG.test(tag)) throw invalid(text, `"${tag}" is no tag`);
  if (!HOST.test(host)) throw invalid(text, `"${host}" is no registry host`);
  if (!isRepository(repository))
    throw invalid(text, `"${repository}" is no repository (lower case, digits, . _ - /)`);
  return {
    host,
    repository,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
  };
}

export function isRepository(text: string): boolean {
  return text.length <= MAX_REPOSITORY && text.split("/").every((component) => COMPONENT.test(component));
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

export function formatImageRef(ref: ImageRef): string {
  const tag = ref.tag === undefined ? "" : `:${ref.tag}`;
  const digest = ref.digest === undefined ? "" : `@${ref.digest}`;
  return `${ref.host}/${ref.repository}${tag}${digest}`;
}

/**
 * The first component is a host where it has a dot, a port or a capital, or is localhost; else the image is Docker
 * Hub's (distribution/reference, splitDockerDomain).
 */
function splitHost(name: string): { host: string; path: string } {
  const slash = name.indexOf("/");
  const first = slash < 0 ? "" : name.slice(0, slash);
  if (/[.:A-Z]/.test(first) || first === "localhost") {
    return { host: first === "index.docker.io" ? DOCKER_HUB : first, path: name.slice(slash + 1) };
  }
  return { host: DOCKER_HUB, path: slash < 0 ? `library/${name}` : name };
}

function invalid(text: string, why: string): OciError {
  return new OciError("OCI_REFERENCE", `"${text.slice(0, 300)}" is no image reference: ${why}`);
}
