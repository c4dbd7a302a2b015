const SENTENCES: Readonly<Record<string, string>> = {
  risks: "The driver was looked at on both machines, and it is new enough.",
  review: "Two of us ran every image by hand and read the log of each.",
  actions: "Ada scans on Monday, Ben mends on Tuesday, both look at the result.",
  prerequisites: "The registry has room, and the scanner has its database since yesterday.",
  decision: "Decision: approved\n\nNothing is open, and whoever doubts can repeat each command.",
};

/** A draft with the words of people in it: each place has a sentence, each box is ticked. */
export function filled(text: string): string {
  const ticked = text.replaceAll(/^- \[ \] (?=D\d)/gm, "- [x] ");
  return Object.entries(SENTENCES).reduce(
    (filled, [id, words]) => (inPlace(filled, id) === undefined ? filled : writeIn(filled, id, words)),
    ticked,
  );
}

/** What stands in a place. */
export function inPlace(text: string, id: string): string | undefined {
  const found = new RegExp(`<!-- human: ${id} -->\\n([^]*?)<!-- /human -->`).exec(text);
  return found?.[1]?.trim();
}

/** Puts other words into a place. */
export function writeIn(text: string, id: string, words: string): string {
  return text.replace(
    new RegExp(`(<!-- human: ${id} -->\\n)[^]*?(?=<!-- /human -->)`),
    (_, open: string) => `${open}\n${words}\n\n`,
  );
}
