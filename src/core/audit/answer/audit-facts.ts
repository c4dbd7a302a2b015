import type { ImageConfig } from "../../oci/manifest.ts";
import type { PackageDatabase } from "../dpkg/package-database.ts";
import type { FileNote } from "../image/file-note.ts";
import type { LoaderImage } from "../loader/load-trace.ts";
import type { PythonEnvironment } from "../python/environment.ts";
import type { SourceAt } from "../reach/reach-modules.ts";

/** All that is known of an image before it is asked what of it is in use. */
export interface AuditFacts extends LoaderImage {
  readonly config: ImageConfig["config"];
  readonly sourceAt: SourceAt;
  /** The program of the `#!` line of a script, with its arguments as one text. */
  scriptAt(path: string): string | undefined;
  /** Undefined in an image without dpkg. */
  readonly packages: PackageDatabase | undefined;
  readonly environments: readonly PythonEnvironment[];
  readonly unread: readonly Extract<FileNote, { readonly kind: "elf-invalid" }>[];
}
