import type { ReadOptions } from "../../core/audit/python/imports/read-imports.ts";
import type { PythonSource } from "../../core/audit/python/python-source.ts";

/** Reads Python source by a real grammar. One at a time: a read is synchronous, and the tree lives no longer than it. */
export interface PythonGrammar {
  /**
   * What a `.py` file asks for by name. Broken source is read as far as it goes, with the lines in `errors`.
   * Throws AuditError PYTHON_SOURCE_LIMIT for more than 4 MiB, and for what costs the grammar more than source does.
   */
  read(bytes: Uint8Array, options?: ReadOptions): PythonSource;
  /** The same for text that was decoded already, such as the code of a notebook. */
  readText(text: string, options?: ReadOptions): PythonSource;
}
