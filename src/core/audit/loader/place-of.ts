/** A path from the image's root: relative ones begin at the working directory. */
export function placeOf(path: string, cwd: string): string {
  return (path.startsWith("/") ? path : `${cwd}/${path}`).replace(/^\/+/, "");
}
