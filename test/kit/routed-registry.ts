import type { Registry } from "../../src/edge/registry/port.ts";

/** One registry for the hosts that are picked, and another for all the rest: as if both were the world's. */
export function routed(
  isPicked: (host: string) => boolean,
  { picked, rest }: { readonly picked: Registry; readonly rest: Registry },
): Registry {
  const of = ({ host }: { readonly host: string }): Registry => (isPicked(host) ? picked : rest);
  return {
    ping: (host, call) => of({ host }).ping(host, call),
    resolve: (ref, call) => of(ref).resolve(ref, call),
    readManifest: (ref, call) => of(ref).readManifest(ref, call),
    putManifest: (ref, bytes, type, call) => of(ref).putManifest(ref, bytes, type, call),
    readBlob: (at, blob, call) => of(at).readBlob(at, blob, call),
    putBlob: (at, blob, call) => of(at).putBlob(at, blob, call),
    listTags: (at, call) => of(at).listTags(at, call),
  };
}
