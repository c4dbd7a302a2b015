const HEAD = 1024;
const UTF8 = new TextDecoder();
const MARKS = [
  { bytes: [0xff, 0xfe], decoder: new TextDecoder("utf-16le") },
  { bytes: [0xfe, 0xff], decoder: new TextDecoder("utf-16be") },
] as const;

/** Programs and archives have zeros at their front; the forms that are looked for are texts. */
export function isText(content: Uint8Array): boolean {
  return markOf(content) !== undefined || !content.subarray(0, HEAD).includes(0);
}

/** In UTF-8, or in UTF-16 where its first two bytes say so. What is neither has replacement characters, and its ASCII. */
export function textOf(content: Uint8Array): string {
  return (markOf(content)?.decoder ?? UTF8).decode(content);
}

function markOf(content: Uint8Array): (typeof MARKS)[number] | undefined {
  return MARKS.find(({ bytes: [first, second] }) => content[0] === first && content[1] === second);
}
