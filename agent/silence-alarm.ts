import { homedir } from "node:os";
import { z } from "zod";
import type { AgentFolder } from "./agent-folder";
import { pause } from "./backoff";
import { readIfThere, writeDurably } from "./durable-file";
import { parseJson } from "./parse-json";
import { type LocalPolicy, readPolicy } from "./policy";
import { runProgram, troubleOf } from "./run-program";
import { readTrusted } from "./trusted-file";

/** Hours of silence after which a machine raises its own alarm, unless its policy says another number. */
export const USUAL_ALARM_HOURS = 24;
/** The server must also have been asked in vain for so long while this machine was awake: a laptop that slept for a week asks first. */
const AWAKE_MS = 10 * 60_000;
const LOOK_EVERY_MS = 60_000;
/** How old the note of the last answer on disk may become. */
const NOTE_EVERY_MS = 5 * 60_000;
const COMMAND_SECONDS = 60;
const HOUR = 3_600_000;

/** What is known about the server's silence; on disk, so that a restart of the machine does not begin to count anew. */
const silence = z.object({ lastAnswerAt: z.string(), alarmSince: z.string().nullable() });
export type Silence = z.infer<typeof silence>;

/** Whether the alarm is due. Both times in milliseconds; `afterHours` 0: never. */
export function isSilent(
  lastAnswerAt: number,
  now: number,
  triedInVainMs: number,
  afterHours: number,
): boolean {
  const after = afterHours * HOUR;
  return after > 0 && now - lastAnswerAt >= after && triedInVainMs >= Math.min(AWAKE_MS, after);
}

/**
 * Raises a local alarm when the server has been silent for too long: one that is down, cut off or does not know this machine any more makes no
 * backups and tells nobody. Says it in the system's log and runs the command of the policy, once per silence, and again when it is over.
 */
export class SilenceAlarm {
  readonly #folder: AgentFolder;
  readonly #server: string;
  readonly #note: (text: string) => void;
  #state: Silence;
  #notedAt = 0;
  #triedInVainMs = 0;
  #lookedAt = performance.now();
  #working = Promise.resolve();

  private constructor(folder: AgentFolder, server: string, state: Silence, note: (text: string) => void) {
    this.#folder = folder;
    this.#server = server;
    this.#state = state;
    this.#note = note;
  }

  /** Counts from the last answer that is known, else from the enrolment. */
  static async load(
    folder: AgentFolder,
    known: { serverUrl: string; enrolledAt: string },
    note: (text: string) => void,
  ): Promise<SilenceAlarm> {
    const parsed = silence.safeParse(parseJson((await readIfThere(folder.silence)) ?? ""));
    const state = parsed.success ? parsed.data : { lastAnswerAt: known.enrolledAt, alarmSince: null };
    return new SilenceAlarm(folder, known.serverUrl, state, note);
  }

  /** Since when the alarm is on; null: it is not. */
  get alarmSince(): string | null {
    return this.#state.alarmSince;
  }

  /** The server has answered. */
  answered(): void {
    this.#triedInVainMs = 0;
    const { alarmSince } = this.#state;
    this.#state = { lastAnswerAt: new Date().toISOString(), alarmSince: null };
    if (alarmSince === null && Date.now() - this.#notedAt < NOTE_EVERY_MS) return;
    this.#notedAt = Date.now();
    this.#then(async () => {
      await writeDurably(this.#folder.silence, JSON.stringify(this.#state));
      if (alarmSince !== null) await this.#tell("over", `The backup server ${this.#server} answers again.`);
    });
  }

  /** Looks from time to time until the signal fires. `inTrouble`: the last question was not answered. */
  watch(inTrouble: () => boolean, signal: AbortSignal): void {
    let every = LOOK_EVERY_MS;
    const look = async () => {
      while (!signal.aborted) {
        this.#then(async () => {
          const after = await this.#look(inTrouble());
          every = after === 0 ? LOOK_EVERY_MS : Math.min(LOOK_EVERY_MS, (after * HOUR) / 4);
        });
        await this.#working;
        await pause(every, signal);
      }
    };
    void look();
  }

  /** Answers the hours of silence that the policy allows. */
  async #look(inTrouble: boolean): Promise<number> {
    // The clock that stands still while the machine sleeps.
    const now = performance.now();
    this.#triedInVainMs = inTrouble ? this.#triedInVainMs + (now - this.#lookedAt) : 0;
    this.#lookedAt = now;
    const { policy } = await readPolicy(this.#folder);
    const after = policy.alarm?.afterHours ?? USUAL_ALARM_HOURS;
    if (this.#state.alarmSince !== null) return after;
    const last = Date.parse(this.#state.lastAnswerAt);
    if (!isSilent(last, Date.now(), this.#triedInVainMs, after)) return after;
    this.#state = { ...this.#state, alarmSince: new Date().toISOString() };
    await writeDurably(this.#folder.silence, JSON.stringify(this.#state));
    const hours = Math.floor((Date.now() - last) / HOUR);
    await this.#tell(
      "silent",
      `No backups: the backup server ${this.#server} has not answered this machine for ${hours} hours (since ${this.#state.lastAnswerAt}). Look whether it runs and can be reached from here.`,
    );
    return after;
  }

  async #tell(state: "silent" | "over", text: string): Promise<void> {
    this.#note(text);
    const level = state === "silent" ? "daemon.alert" : "daemon.notice";
    const logged = troubleOf(
      await runProgram({
        command: "logger",
        args: ["-p", level, "-t", "bbs-agent", "--", text],
        limitSeconds: 20,
      }),
    );
    if (logged !== null) this.#note(`The system's log did not take it. ${logged}`);
    const { policy } = await readPolicy(this.#folder);
    await this.#runCommand(policy, state, text);
  }

  async #runCommand(policy: LocalPolicy, state: string, text: string): Promise<void> {
    const [command, ...args] = policy.alarm?.command ?? [];
    if (command === undefined) return;
    const trusted = await readTrusted(command);
    if (trusted.path === null) return this.#note(`The alarm's command is not run: ${trusted.why}.`);
    const end = await runProgram({
      command: trusted.path,
      args,
      env: { HOME: homedir(), BBS_ALARM: state, BBS_SERVER: this.#server, BBS_TEXT: text },
      limitSeconds: COMMAND_SECONDS,
      onLine: (line) => this.#note(`alarm: ${line}`),
    });
    const trouble = troubleOf(end);
    if (trouble !== null) this.#note(`The alarm's command failed. ${trouble}`);
  }

  #then(work: () => Promise<void>): void {
    this.#working = this.#working.then(work).catch((error: unknown) => {
      this.#note(`The alarm could not be kept: ${error instanceof Error ? error.message : error}`);
    });
  }
}
