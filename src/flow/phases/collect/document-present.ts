import { digestOf } from "../../../core/base/digest.ts";
import type { DocumentPresentFacts } from "../../../core/phases/rules/document-present.ts";
import type { Collector } from "../collectors.ts";
import { readFileOf } from "../read-files.ts";
import { asFacts } from "./as-facts.ts";

export const collectDocumentPresent: Collector<"document-present"> = async ({ open, check }) => {
  const bytes = await readFileOf(open.fleet, check.path);
  const facts: DocumentPresentFacts = {
    path: check.path,
    digest: bytes === undefined ? null : digestOf(bytes),
    bytes: bytes?.length ?? 0,
  };
  return { facts: asFacts(facts) };
};
