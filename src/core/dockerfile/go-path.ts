/** path.Clean of Go: `.` and `..` resolved, slashes single, none at the end; `.` for nothing. */
export function cleanPath(path: string): string {
  const rooted = path.startsWith("/");
  const out: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") out.push(part);
    else if (out.length > 0 && out.at(-1) !== "..") out.pop();
    else if (!rooted) out.push(part);
  }
  const joined = out.join("/");
  if (rooted) return `/${joined}`;
  return joined === "" ? "." : joined;
}

/** A path inside the context: no way leads above its root. `.` is the root. */
export function contextPath(path: string): string {
  const clean = cleanPath(`/${path}`).slice(1);
  return clean === "" ? "." : clean;
}
