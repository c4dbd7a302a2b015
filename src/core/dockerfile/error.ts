import { LapstrakeError } from "../base/error.ts";

export type DockerfileErrorCode =
  /** The text is no Dockerfile: an unknown instruction, a bad flag, an unterminated heredoc, a missing argument. */
  | "DOCKERFILE_SYNTAX"
  /** A line or an expansion is longer than BuildKit (or any sane file) allows. */
  | "DOCKERFILE_LIMIT"
  /** A variable form that is malformed, or `${x:?message}` that fired. */
  | "DOCKERFILE_VARIABLE"
  /** A stage that is unknown, later than its use, in a cycle, or a base name that is no image reference. */
  | "DOCKERFILE_STAGE"
  /** An argument that parses but that BuildKit refuses when the stage is built (port, signal, mode, mount, URL). */
  | "DOCKERFILE_VALUE"
  /** A pattern of an ignore file that BuildKit refuses. */
  | "DOCKERIGNORE_PATTERN";

/** A Dockerfile or ignore file that BuildKit would refuse too; `at` says where. */
export class DockerfileError extends LapstrakeError<DockerfileErrorCode> {
  readonly exit = 2;
}
