import { fileURLToPath } from "node:url";
import ts from "typescript";
import { printType } from "./print-type.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const ENTRY = `${ROOT}/src/api-client/pack-entry.ts`;

/** Text of `index.d.ts`: the client of this router, every type written out, nothing imported. */
export function printClientTypes() {
  const config = ts.getParsedCommandLineOfConfigFile(
    `${ROOT}/tsconfig.json`,
    { incremental: false, noEmit: true },
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: (problem) => fail([problem]) },
  );
  const program = ts.createProgram([ENTRY], config.options);
  const source = program.getSourceFile(ENTRY);
  fail(program.getSemanticDiagnostics(source));
  const checker = program.getTypeChecker();
  const exported = new Map(
    checker
      .getExportsOfModule(checker.getSymbolAtLocation(source))
      .map((symbol) => [symbol.getName(), symbol]),
  );
  const declared = (name) => checker.getDeclaredTypeOfSymbol(exported.get(name));
  return [
    HEADER,
    `export type BbsErrorCode =\n  | ${printType(checker, declared("BbsErrorCode")).replaceAll(" | ", "\n  | ")};\n`,
    FIXED,
    `export interface BbsClient ${printRooms(checker, declared("Procedures"))}\n`,
    "export declare function createBbsClient(options: BbsClientOptions): BbsClient;\n",
  ].join("\n");
}

function printRooms(checker, procedures) {
  const rooms = checker.getPropertiesOfType(procedures).map((room) => {
    const verbs = checker.getPropertiesOfType(checker.getTypeOfSymbol(room)).map((verb) => {
      const shape = checker.getTypeOfSymbol(verb);
      const part = (name) => checker.getTypeOfSymbol(checker.getPropertyOfType(shape, name));
      const text = (name) => printType(checker, part(name), "    ");
      const kind = { query: "Query", mutation: "Mutation", subscription: "Subscription" }[part("type").value];
      return `    ${verb.getName()}: ${kind}<${text("input")}, ${text("output")}>;`;
    });
    return `  ${room.getName()}: {\n${verbs.join("\n")}\n  };`;
  });
  return `{\n${rooms.join("\n")}\n}`;
}

function fail(diagnostics) {
  const problems = diagnostics.map((one) => ts.flattenDiagnosticMessageText(one.messageText, "\n"));
  if (problems.length > 0) throw new Error(`The router does not type-check: ${problems.join("; ")}`);
}

const HEADER = `/**
 * Typed client of a Borg Backup Server. Made from the server's router by src/api-client/pack.mjs; do not edit.
 * Instants are Dates, ids are text, paths inside an archive are base64 of their bytes.
 */
`;

const FIXED = `export interface BbsClientOptions {
  /** Address of the console, e.g. \`https://backup.example.org:3000\`. http is accepted for this machine itself only. */
  url: string;
  /** An API token (\`bbs_...\`), made in the console or with \`bbs token create\`. */
  token: string;
  /** For a server with a self-signed certificate: its SHA-256. Then this one certificate is accepted and no other. */
  fingerprint?: string;
}

/** What every failed call throws. \`say\` is one sentence for a person. */
export declare class BbsError extends Error {
  readonly code: BbsErrorCode;
  readonly say: string;
}

export interface CallOptions {
  signal?: AbortSignal;
}
type Input<I> = undefined extends I ? [input?: I, options?: CallOptions] : [input: I, options?: CallOptions];
export interface Query<I, O> {
  query(...given: Input<I>): Promise<O>;
}
export interface Mutation<I, O> {
  mutate(...given: Input<I>): Promise<O>;
}
export interface Subscription<I, O> {
  subscribe(input: I, watcher: Watcher<O>): { unsubscribe(): void };
}
export interface Watcher<O> {
  signal?: AbortSignal;
  onStarted?: () => void;
  onData?: (value: O) => void;
  onError?: (error: BbsError) => void;
  onStopped?: () => void;
  onComplete?: () => void;
}
`;
