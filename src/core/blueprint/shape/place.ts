import { messageOf } from "../../base/error.ts";
import { type ImageRef, isRepository, parseImageRef } from "../../oci/reference.ts";
import type { RegistryPlace } from "../blueprint.ts";
import { type Leaf, leaf, pattern } from "./leaf.ts";

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?$/;

export const HostShape = pattern(HOST, "a host with an optional port, such as registry.example.org:5000");

/** HOST[:PORT][/NAMESPACE], where the host may be `local`. */
export const RegistryShape = leaf(parseRegistry);

/** An image reference with a tag or a digest; short names are Docker Hub's. */
export const ImageShape = leaf(parseImage);

/** HOST/PATH of a repository, without tag and digest. */
export const MirrorShape = leaf(parseMirror);

export const UrlShape = pattern(
  /^https?:\/\/[^\s/@?#]+(?:\/[^\s@?#]*)?$/,
  "an http or https URL without user name",
);

export function parseRegistry(text: string): Leaf<RegistryPlace> {
  const expected = "HOST[:PORT][/NAMESPACE], such as ghcr.io/example, or local/example";
  const slash = text.indexOf("/");
  const host = slash < 0 ? text : text.slice(0, slash);
  const namespace = slash < 0 ? undefined : text.slice(slash + 1);
  if (text.includes("://")) return { expected, hint: "leave the scheme (https://) out" };
  if (!HOST.test(host)) return { expected, hint: "credentials come from docker login, never from this file" };
  if (!isHost(host)) {
    return { expected, hint: `"${host}" is no host: it has no dot and no port; the host comes first` };
  }
  if (namespace === undefined) return { value: { host } };
  if (isRepository(namespace)) return { value: { host, namespace } };
  return { expected, hint: "namespaces are lower case: letters, digits, and . _ - / between them" };
}

// As Docker's clients tell a host from a path (distribution/reference), and our own word for the local registry.
function isHost(host: string): boolean {
  return host === "local" || host === "localhost" || host.includes(".") || host.includes(":");
}

function parseImage(text: string): Leaf<ImageRef> {
  const expected = "an image reference such as docker.io/library/python:3.11-slim-bookworm";
  const read = reference(text);
  if (typeof read === "string") return { expected, hint: read };
  if (read.tag !== undefined || read.digest !== undefined) return { value: read };
  return { expected, hint: "add the tag: without one nobody can say what was meant" };
}

function parseMirror(text: string): Leaf<ImageRef> {
  const expected = "HOST/PATH of a repository, such as mirror.example.org/library/python";
  if (!isHost(text.split("/", 1)[0] ?? "")) return { expected, hint: "the host comes first" };
  const read = reference(text);
  if (typeof read === "string") return { expected, hint: read };
  if (read.tag === undefined && read.digest === undefined) return { value: read };
  return { expected, hint: "leave tag and digest out: they are those of the image" };
}

function reference(text: string): ImageRef | string {
  try {
    return parseImageRef(text);
  } catch (thrown) {
    return messageOf(thrown);
  }
}
