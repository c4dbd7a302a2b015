import type { Digest } from "../../base/digest.ts";
import type { ElfFacts } from "../elf/elf-facts.ts";
import type { PythonSource } from "../python/python-source.ts";

/** What was learnt of a file's content while its layer passed by. Plain values: they are kept as JSON under the layer's diffID. */
export type FileNote =
  | { readonly kind: "elf"; readonly path: string; readonly elf: ElfFacts }
  | { readonly kind: "python"; readonly path: string; readonly source: PythonSource }
  /** It begins as ELF does, or is named as Python is, and is none that could be read. */
  | { readonly kind: "unread"; readonly path: string; readonly why: string }
  /** The program of a `#!` line: of scripts on PATH. */
  | { readonly kind: "script"; readonly path: string; readonly interpreter: string }
  /** A script of a shell, whole: of those that somebody wrote for the image. */
  | { readonly kind: "shell"; readonly path: string; readonly text: string }
  /** Of a `copyright` file of Debian, as it writes them. */
  | { readonly kind: "licences"; readonly path: string; readonly names: readonly string[] }
  /** Of its whole content. */
  | { readonly kind: "digest"; readonly path: string; readonly digest: Digest }
  /** Something that a rule looks for, by its line in a text. Counts from 1; 0 of a file that is no text. */
  | { readonly kind: "mark"; readonly path: string; readonly mark: string; readonly line: number };
