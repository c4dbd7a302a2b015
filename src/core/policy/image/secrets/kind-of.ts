/** What rules call otherwise than a reader would. */
const KINDS: ReadonlyMap<string, string> = new Map([
  ["AWSSecretAccessKey", "aws-secret-key"],
  ["PrivateKeyJSON", "google-service-account-key"],
  ["PackageJSON_xOauthToken", "github-token"],
  ["Npmrc_authToken", "npm-token"],
  ["NPM_ACCESS_TOKEN", "npm-token"],
  ["BasicAuth", "login-in-url"],
  ["IncomingWebhook", "slack-webhook"],
  ["GITLAB_PERSONAL_ACCESS_TOKEN", "gitlab-token"],
  ["HUGGINGFACE_USER_ACCESS_TOKEN", "huggingface-token"],
  ["DOCKER_PERSONAL_ACCESS_TOKEN", "docker-token"],
  ["OPS_TOKEN", "1password-token"],
  ["MongoDBConnection", "login-in-url"],
  ["MySQLConnection", "login-in-url"],
  ["PostgreSQLConnection", "login-in-url"],
]);

/** The kind of a secret by the name of a rule's message: `SLACK_TOKEN` is `slack-token`. */
export function kindOf(messageId: string): string {
  const known = KINDS.get(messageId);
  if (known !== undefined) return known;
  return messageId
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}
