/** Offsets of a word where it stands alone, not as a part of a longer name; of no word, none: the parser makes such names up. */
export function* wordsIn(text: string, word: string, from = 0, to = text.length): Generator<number> {
  if (word === "") return;
  for (let at = text.indexOf(word, from); at !== -1 && at < to; at = text.indexOf(word, at + word.length))
    if (!isNameSign(text, at - 1) && !isNameSign(text, at + word.length)) yield at;
}

function isNameSign(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code >= 128) return /\p{ID_Continue}/u.test(text[at] ?? "");
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95
  );
}
