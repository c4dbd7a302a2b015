/** What a token must allow, as the token specification writes it (distribution, spec/auth/scope.md). */
export type Scope = string;

export type RepositoryAction = "pull" | "pull,push" | "delete" | "pull,delete";

export function repositoryScope(repository: string, actions: RepositoryAction): Scope {
  return `repository:${repository}:${actions}`;
}

export const CATALOG_SCOPE: Scope = "registry:catalog:*";
