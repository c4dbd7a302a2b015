import { collectBytes } from "../core/base/collect-bytes.ts";
import { OciError } from "../core/oci/error.ts";
import type { Descriptor, ImageConfig } from "../core/oci/manifest.ts";
import { MAX_CONFIG_BYTES, parseImageConfig } from "../core/oci/parse-config.ts";
import type { CallOptions, Registry, Repository } from "../edge/registry/port.ts";

/** The image configuration behind a manifest's `config`. Throws RegistryError, or OciError OCI_CONFIG where it is none. */
export async function readConfig(
  registry: Registry,
  at: Repository,
  config: Descriptor,
  options: CallOptions = {},
): Promise<ImageConfig> {
  if (config.size > MAX_CONFIG_BYTES) {
    throw new OciError(
      "OCI_CONFIG",
      `the config ${config.digest} has ${config.size} bytes, which is no image config`,
    );
  }
  return parseImageConfig(await collectBytes(registry.readBlob(at, config, options)));
}
