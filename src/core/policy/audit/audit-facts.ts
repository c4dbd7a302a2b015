import type { PackageDatabase } from "../../audit/dpkg/package-database.ts";
import type { GpuFacts } from "../../audit/elf/elf-facts.ts";
import type { FileNote } from "../../audit/image/file-note.ts";
import type { LoaderImage } from "../../audit/loader/load-trace.ts";
import type { PythonEnvironment } from "../../audit/python/environment.ts";
import type { PythonSource } from "../../audit/python/python-source.ts";
import type { SourceAt } from "../../audit/reach/reach-modules.ts";
import type { ImageConfig } from "../../oci/manifest.ts";

/** All that is known of an image before it is asked what of it is in use. */
export interface AuditFacts extends LoaderImage {
  readonly config: ImageConfig["config"];
  readonly sourceAt: SourceAt;
  /** Python source that stands on a command line; undefined where nobody here reads such, or can. */
  codeOf(text: string): PythonSource | undefined;
  /** The text of a script of a shell; undefined where it was not kept. */
  shellAt(path: string): string | undefined;
  /** The program of the `#!` line of a script, with its arguments as one text. */
  scriptAt(path: string): string | undefined;
  /** Undefined in an image without dpkg. */
  readonly packages: PackageDatabase | undefined;
  /** By plain path, of the files that carry code for GPUs. Hard links share one value. */
  readonly gpu: ReadonlyMap<string, GpuFacts>;
  readonly environments: readonly PythonEnvironment[];
  readonly unread: readonly Extract<FileNote, { readonly kind: "unread" }>[];
}
