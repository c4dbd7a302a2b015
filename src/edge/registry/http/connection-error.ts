import { messageOf } from "../../../core/base/error.ts";
import { RegistryError } from "../error.ts";

// A connection that stood and was cut, and a name server that says "try again", may pass. A refused connection or an
// unknown name will not within our patience, and the person at the terminal should hear of it at once.
const TEMPORARY = new Set(["ECONNRESET", "EPIPE", "ETIMEDOUT", "EAI_AGAIN", "ERR_STREAM_PREMATURE_CLOSE"]);
// Node's names for what OpenSSL found wrong with the peer's certificate.
const CERTIFICATE =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_|ERR_SSL_|EPROTO$|HOSTNAME_MISMATCH)/;

/** What Node says about a connection, as our own error. A RegistryError stays as it is. */
export function connectionError(thrown: unknown, url: URL): Error {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  if (error instanceof RegistryError) return error;
  const code = codeOf(error);
  if (code !== undefined && CERTIFICATE.test(code)) {
    return new RegistryError("REGISTRY_TLS", `${url.host}: TLS failed: ${messageOf(error)}`, {
      cause: error,
      hint: "give the authority that signed its certificate (SSL_CERT_FILE), or list the host as insecure",
    });
  }
  // Without a code it is Node's "aborted" or "socket hang up" of an answer that ended early, or a bad HTTP message.
  const temporary = code === undefined || TEMPORARY.has(code);
  return new RegistryError(
    code?.startsWith("HPE_") === true ? "REGISTRY_PROTOCOL" : "REGISTRY_UNREACHABLE",
    `${url.host} cannot be reached: ${code ?? messageOf(error)}`,
    { cause: error, temporary },
  );
}

function codeOf(error: Error): string | undefined {
  // Node puts a code on its system errors; an AggregateError (two addresses tried) has it too.
  const code = (error as NodeJS.ErrnoException).code;
  return typeof code === "string" ? code : undefined;
}

export function timedOut(url: URL, why: string): RegistryError {
  return new RegistryError("REGISTRY_UNREACHABLE", `${url.host}: ${why}`);
}

/** Why a signal was aborted. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  return signal?.reason instanceof Error ? signal.reason : new Error("cancelled");
}
