// A word that starts a command: after a line's start, white space, a separator, a quote, a slash or an opening bracket.
const APT_GET = /(?:^|[\s;&|(){}`'"/=!])(?:apt-get|aptitude)(?=$|[\s;&|)`'"])/;
const APT = new RegExp(
  String.raw`(?:^|[\s;&|(){}\`'"/=!])apt[ \t]+(?:-\S+[ \t]+)*` +
    "(?:update|upgrade|full-upgrade|dist-upgrade|install|reinstall|satisfy|build-dep|source|download)\\b",
);

/**
 * Whether the text of a RUN (the command and its heredoc bodies) runs apt. It looks for the words, so a script that is
 * copied and run is not seen, and `echo apt-get` counts: an identity that depends on the package index once too often
 * rebuilds, once too seldom lies.
 */
export function runsApt(text: string): boolean {
  return text.split("\n").some((line) => !/^\s*#/.test(line) && (APT_GET.test(line) || APT.test(line)));
}
