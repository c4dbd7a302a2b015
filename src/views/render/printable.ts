// C0 but the line feed, C1, and what turns the direction of text or breaks lines (CVE-2021-42574).
const CONTROLS = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** Text of somebody else's file as a terminal may show it: what would move the cursor or hide words is spelt out. */
export function printable(text: string): string {
  return text.replace(CONTROLS, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u{${code}}` : `\\x${code.padStart(2, "0")}`;
  });
}
