import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Secrets that a test has put into a running server, by what they are, and where text of that server came out. */
export class PlantedSecrets {
  private readonly byKind = new Map<string, string[]>();
  private readonly outlets = new Map<string, () => string | Promise<string>>();

  /** Remembers secrets of a kind. Refuses what is too short to be told from other text. */
  plant(kind: string, ...secrets: (string | undefined)[]): void {
    for (const secret of secrets) {
      if (!secret || secret.length < 10) throw new Error(`a ${kind} to plant is missing or too short`);
      this.byKind.set(kind, [...(this.byKind.get(kind) ?? []), secret]);
    }
  }

  /** A place where nothing of it may be. Read when it is searched. */
  watch(outlet: string, read: () => string | Promise<string>): void {
    this.outlets.set(outlet, read);
  }

  /** One secret of a kind, to use it. */
  first(kind: string): string {
    const [secret] = this.byKind.get(kind) ?? [];
    if (!secret) throw new Error(`no ${kind} was planted`);
    return secret;
  }

  get kinds(): string[] {
    return [...this.byKind.keys()];
  }

  /** Where secrets of this kind came out: `outlet: what stands round it, masked`. Empty: nowhere. */
  async findings(kind: string): Promise<string[]> {
    const secrets = this.byKind.get(kind);
    if (!secrets) throw new Error(`no ${kind} was planted`);
    const found: string[] = [];
    for (const [outlet, read] of this.outlets) {
      const text = await read();
      for (const form of secrets.flatMap(formsOf)) {
        const at = text.indexOf(form);
        if (at < 0) continue;
        const around = text.slice(Math.max(0, at - 200), at + form.length + 80);
        found.push(`${outlet}: ${around.replaceAll(form, "[the secret]")}`);
      }
    }
    return [...new Set(found)];
  }
}

/** As it is, and as addresses, JSON, headers and dumps would show it. */
function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString("base64").replace(/=+$/, "");
  return [
    ...new Set([
      secret,
      encodeURIComponent(secret),
      JSON.stringify(secret).slice(1, -1),
      base64.slice(0, -2),
      Buffer.from(secret).toString("hex"),
    ]),
  ];
}

/** Every file of a folder and below, one after the other. */
export function everyFile(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}
