import { isDigest } from "../../base/digest.ts";
import type { DocumentFinding } from "../phase-state.ts";
import type { Place } from "./arrange.ts";
import { type CopySource, copySources, judgementWords } from "./copy-sources.ts";
import type { Section } from "./document-form.ts";
import { saidIn } from "./human-text.ts";
import { placeholderIn } from "./placeholder.ts";
import { finding, placeOf, show, type Verification } from "./verification.ts";
import { countWords, isCopy, runsOf, SENTENCE_WORDS } from "./words.ts";

/** Each place for people is there once, in its section, and holds a judgement of its own. */
export function checkHuman(verification: Verification): readonly DocumentFinding[] {
  const { form, found } = verification;
  const sources = copySources(verification);
  const findings: DocumentFinding[] = [];
  for (const section of form.sections) {
    if (section.human === undefined) continue;
    const place = placeOf(found, section.human.id);
    if (place === undefined) findings.push(missingPlace(verification, section));
    else {
      findings.push(...judgePlace(place, sources), ...citations(verification, place));
      sources.push({ from: `the place "${place.id}"`, runs: runsOf(judgementWords(place)) });
    }
  }
  return [...findings, ...strayPlaces(verification)];
}

function missingPlace({ found }: Verification, { heading, human }: Section): DocumentFinding {
  const part = found.parts.find((each) => each.heading?.text === heading);
  return finding(
    "human-missing",
    part?.line ?? 1,
    `the place for people "${human?.id ?? ""}" is missing in the section "${heading}"`,
    "drafting anew brings it back",
  );
}

/** Places that are unknown here, are there twice, or stand in another section. */
function strayPlaces({ form, found }: Verification): readonly DocumentFinding[] {
  const homes = new Map<string, string | undefined>(
    form.sections.map(({ human, heading }) => [human?.id ?? "", heading]),
  );
  const seen = new Set<string>();
  return found.parts.flatMap(({ heading, places }) =>
    places.flatMap(({ id, line }) => {
      const isTwice = seen.has(id);
      seen.add(id);
      const home = homes.get(id);
      if (isTwice) return [finding("marker", line, `the place "${show(id)}" is there twice`)];
      if (id === "kept" || home === heading?.text) return [];
      const message =
        home === undefined
          ? `this document has no place "${show(id)}"`
          : `the place "${id}" belongs into the section "${home}"`;
      return [finding("marker", line, message, "drafting anew puts the text where it belongs")];
    }),
  );
}

function judgePlace(place: Place, sources: readonly CopySource[]): readonly DocumentFinding[] {
  const said = saidIn(place, { code: "drop" });
  const hidden = [...rawHtml(place), ...turned(said)];
  const left = said.flatMap(({ line, text }) => {
    const found = placeholderIn(text);
    return found === undefined ? [] : [{ line, found }];
  });
  const [first] = left;
  if (first !== undefined) {
    const message = `the place "${place.id}" still has a placeholder: ${show(first.found)}`;
    const hint = "write it in your own words; a word that is meant as such goes between backticks";
    return [...hidden, finding("placeholder", first.line, message, hint)];
  }
  return [...hidden, ...judgeWords(place, sources)];
}

function judgeWords(place: Place, sources: readonly CopySource[]): readonly DocumentFinding[] {
  const words = judgementWords(place);
  const count = countWords(words);
  if (count === 0) return [finding("human-empty", place.line, `nobody wrote in the place "${place.id}"`)];
  if (count < SENTENCE_WORDS) {
    const message = `the place "${place.id}" has ${count} different words; a sentence has at least ${SENTENCE_WORDS}`;
    return [finding("human-short", place.line, message)];
  }
  const runs = runsOf(words);
  const source = sources.find((each) => isCopy(runs, each.runs));
  if (source === undefined) return [];
  return [
    finding("human-copied", place.line, `the text of the place "${place.id}" is a copy of ${source.from}`),
  ];
}

/** People may cite the ledger as well, in the form of the table: `12 sha256:…`. */
function citations({ entry }: Verification, place: Place): readonly DocumentFinding[] {
  return saidIn(place, { code: "keep" }).flatMap(({ line, text }) =>
    Array.from(text.matchAll(/\b\d{1,15} (sha256:[0-9a-f]{64})/g), ([, hash = ""]) => hash)
      .filter((hash) => !isDigest(hash) || entry(hash) === undefined)
      .map((hash) =>
        finding("entry-unknown", line, `the ledger has no entry ${hash}: it was never written there`),
      ),
  );
}

/** Tags can hide words from whoever reads the page. */
function rawHtml({ blocks }: Place): readonly DocumentFinding[] {
  return blocks
    .filter(({ kind }) => kind === "html")
    .map(({ line }) =>
      finding("raw-html", line, "raw HTML can hide words from readers", "write it as Markdown"),
    );
}

/** Characters that turn the direction of text show other words than there are (CVE-2021-42574). */
function turned(
  said: readonly { readonly line: number; readonly text: string }[],
): readonly DocumentFinding[] {
  return said
    .filter(({ text }) => /[\u202a-\u202e\u2066-\u2069]/.test(text))
    .map(({ line }) =>
      finding(
        "hidden-character",
        line,
        "a character turns the direction of the text, so that other words are read",
      ),
    );
}
