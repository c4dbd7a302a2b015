import type { FileTree } from "./file-tree.ts";

/** What an image says of itself, by os-release(5): the file in `/etc` goes before that in `/usr/lib`. */
export function osReleaseText(tree: FileTree): string | undefined {
  const content = (tree.resolve("etc/os-release") ?? tree.resolve("usr/lib/os-release"))?.file.content;
  return content && new TextDecoder().decode(content);
}
