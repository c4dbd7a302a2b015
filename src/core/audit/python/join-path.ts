/** A path from within a folder, both plain, as the kernel would take `folder/path`; undefined where it leads above the root. */
export function joinPath(folder: string, path: string): string | undefined {
  const parts = path.startsWith("/") || folder === "" ? [] : folder.split("/");
  for (const part of path.split("/")) {
    if (part === "..") {
      if (parts.pop() === undefined) return undefined;
    } else if (part !== "" && part !== ".") parts.push(part);
  }
  return parts.join("/");
}
