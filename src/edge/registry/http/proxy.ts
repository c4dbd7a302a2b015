import { isLoopback } from "./endpoint.ts";

/** The usual variables, as they are; lower case wins, as in curl and Go. */
export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  readonly none?: string;
}

export interface Proxy {
  readonly url: URL;
  /** Proxy-Authorization, where the variable holds a user. */
  readonly headers: Readonly<Record<string, string>>;
}

export function proxySettings(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const http = env["http_proxy"] ?? env["HTTP_PROXY"];
  const https = env["https_proxy"] ?? env["HTTPS_PROXY"];
  const none = env["no_proxy"] ?? env["NO_PROXY"];
  return {
    ...(http === undefined ? {} : { http }),
    ...(https === undefined ? {} : { https }),
    ...(none === undefined ? {} : { none }),
  };
}

/** The proxy for a URL, by the rules of Go's httpproxy (which Docker follows): never for loopback. */
export function proxyFor(target: URL, settings: ProxySettings): Proxy | undefined {
  const given = target.protocol === "https:" ? settings.https : settings.http;
  if (given === undefined || given === "" || isLoopback(target.hostname)) return undefined;
  if (isExempt(target, settings.none ?? "")) return undefined;
  const text = given.includes("://") ? given : `http://${given}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.username === "") return { url, headers: {} };
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { url, headers: { "proxy-authorization": `Basic ${Buffer.from(user).toString("base64")}` } };
}

/** NO_PROXY: comma-separated hosts; `.example` and `example` match the domain and all below, `host:port` that port. */
function isExempt(target: URL, none: string): boolean {
  const port = target.port === "" ? (target.protocol === "https:" ? "443" : "80") : target.port;
  return none
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", wantedPort] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (wantedPort !== undefined && wantedPort !== port) return false;
      const domain = name.replace(/^\*?\.?/, "");
      return target.hostname === domain || target.hostname.endsWith(`.${domain}`);
    });
}
