/** What a person is told about a failed request. */
export interface Problem {
  /** A refusal's code, or `fault`, or `unreachable`. */
  code: string;
  title: string;
  say: string;
  reference: string | null;
  /** Everything worth pasting into a message to whoever helps. */
  details: string;
}

/** Reads a tRPC or browser error. A refusal speaks for itself; a fault gives its reference; no answer at all is said to be that. */
export function problemOf(error: unknown): Problem {
  const refusal = refusalOf(error);
  const data = recordOf(recordOf(error).data);
  const reference = textOf(data.reference) ?? textOf(recordOf(error).digest);
  const message = error instanceof Error ? error.message : String(error);
  const details = [
    `Problem: ${message}`,
    refusal ? `Code: ${refusal.code}` : null,
    textOf(data.path) ? `Request: ${textOf(data.path)}` : null,
    reference ? `Reference: ${reference}` : null,
  ]
    .filter(Boolean)
    .join("\n");
  if (refusal) {
    const title = TITLES[refusal.code] ?? "That was not done";
    return { code: refusal.code, title, say: refusal.say, reference, details };
  }
  if (/fetch|network|load failed/i.test(message)) {
    const say =
      "The server did not answer. Check that it runs and that this machine reaches it, then try again.";
    return { code: "unreachable", title: "No answer from the server", say, reference, details };
  }
  const say = "Something on the server is broken. The server's log has the cause under this reference.";
  return { code: "fault", title: "This went wrong on our side", say, reference, details };
}

const TITLES: Record<string, string> = {
  forbidden: "You may not see this",
  "not-found": "There is no such thing here",
  "not-signed-in": "You are signed out",
  "database-away": "The database is away",
};

function refusalOf(error: unknown): { code: string; say: string } | null {
  const refusal = recordOf(recordOf(recordOf(error).data).refusal);
  const code = textOf(refusal.code);
  const say = textOf(refusal.say);
  return code && say ? { code, say } : null;
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? { ...value, ...pick(value) } : {};
}

/** `message` and `data` of an Error may be getters or not enumerable. */
function pick(value: object): Record<string, unknown> {
  return { data: Reflect.get(value, "data"), digest: Reflect.get(value, "digest") };
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
