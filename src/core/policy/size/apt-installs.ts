import { readShellCommands } from "../locks/shell-commands.ts";

const APT = /(?:^|\/)(?:apt-get|apt|aptitude)$/;
const PACKAGE = /^[a-z0-9][a-z0-9+.-]+(?::[a-z0-9-]+)?(?:[=/][^\s]+)?$/;
/** Options of apt-get that take the next word. */
const WITH_VALUE = new Set([
  "-o",
  "--option",
  "-t",
  "--target-release",
  "--default-release",
  "-c",
  "--config-file",
]);

/** The packages that a shell text asks apt to install, as they are written; what only the shell could say is left out. */
export function readAptInstalls(shell: string): readonly string[] {
  return readShellCommands(shell).flatMap((words): string[] => {
    const apt = words.findIndex(({ text }) => APT.test(text));
    const install = words.findIndex(({ text }, index) => index > apt && text === "install");
    if (apt < 0 || install < 0) return [];
    return words
      .slice(install + 1)
      .filter(({ text, known }, index, rest) => {
        const before = rest[index - 1]?.text ?? "";
        return known && PACKAGE.test(text) && !WITH_VALUE.has(before);
      })
      .map(({ text }) => text);
  });
}
