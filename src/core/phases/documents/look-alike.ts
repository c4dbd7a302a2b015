/**
 * Letters that most typefaces draw like an ASCII one, each beside it (a part of the confusables of Unicode TR 39; whole
 * alphabets that are only another style of Latin are folded by NFKC).
 */
const PAIRS =
  "аa еe оo рp сc уy хx іi јj ѕs һh ԁd ԛq ԝw ѵv ӏl ԍg кk тt мm нh вb АA ВB ЕE КK МM НH ОO РP СC ТT УY ХX ІI ЈJ ЅS ԌG " +
  "αa οo νv ρp ιi κk υu χx τt γy ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX օo սu հh ոn ɑa ɡg ıi ʟl ǀl " +
  "‐- ‑- ‒- –- —- ―- −- ‘' ’' ‚, “\" ”\" ′' ″\" ׃: ։: ∶: ⁄/ ∕/ ∗* ⩾≥ ⩽≤ ｀` ´` ˋ`";

const FOLDED: ReadonlyMap<string, string> = new Map(
  PAIRS.split(" ").map((pair) => {
    const [from = "", ...to] = pair;
    return [from, to.join("")];
  }),
);

const FOLDABLE = new RegExp(`[${[...FOLDED.keys()].join("")}]`, "gu");

/** What draws nothing: controls, joiners, selectors, fillers. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu;

/** What a text looks like: two texts of one look may differ only in characters that readers cannot tell apart. */
export function lookOf(text: string): string {
  // Twice: NFKC takes some of the pairs apart, and makes others.
  return fold(fold(text.replaceAll(INVISIBLE, "")).normalize("NFKC"));
}

function fold(text: string): string {
  return text.replaceAll(FOLDABLE, (character) => FOLDED.get(character) ?? character);
}

/** A character by its code, and by its alphabet where it is not of ours: `"а" (U+0430, Cyrillic)`. */
export function nameCharacter(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const alphabet = ALPHABETS.find((name) => new RegExp(`\\p{Script=${name}}`, "u").test(character));
  const shown = character.search(INVISIBLE) === -1 ? `"${character}" ` : "an invisible character ";
  return `${shown}(U+${code}${alphabet === undefined ? "" : `, ${alphabet}`})`;
}

const ALPHABETS = ["Cyrillic", "Greek", "Armenian", "Hebrew", "Arabic", "Cherokee", "Lisu"];
