import { messageOf } from "../../../core/base/error.ts";
import { systemCode } from "../../../core/base/system-code.ts";
import { RegistryError } from "../error.ts";

/** No such image, as far as the place can tell. */
export function unknownImage(message: string, hint?: string): RegistryError {
  return new RegistryError("MANIFEST_UNKNOWN", message, hint === undefined ? {} : { hint });
}

/** What the file system says of a place, as an error that names it; anything else as it was thrown. */
export function placeFailure(path: string, thrown: unknown): unknown {
  const code = systemCode(thrown);
  if (code === undefined) return thrown;
  if (code === "ENOENT") return unknownImage(`there is no ${path}`);
  if (code === "EISDIR") return unknownImage(`${path} is a folder`);
  if (code === "ENOTDIR") return unknownImage(`${path} is no folder`);
  return new RegistryError("REGISTRY_UNREACHABLE", `${path} cannot be read: ${messageOf(thrown)}`, {
    cause: thrown,
  });
}
