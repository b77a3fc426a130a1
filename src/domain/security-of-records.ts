import { type Layer, plural, type SecurityFacts } from "./security-facts";

const DAY_MS = 24 * 3_600_000;
/** Older than this, a daily check or anchor was missed. */
const DAILY_MS = 2 * DAY_MS;
const LAB_MS = 90 * DAY_MS;

/** What is kept and told: secrets, database, journal, mail, the attack lab. */
export function layersOfRecords(facts: SecurityFacts): Layer[] {
  return [
    secrets(facts),
    database(facts),
    journalGuard(facts),
    journalCheck(facts),
    anchor(facts),
    mail(facts),
    lab(facts),
  ];
}

const day = (at: Date) => at.toISOString().slice(0, 10);
const older = (at: Date, { now }: SecurityFacts, than: number) => now.getTime() - at.getTime() > than;

function secrets({ secrets: { total, underOldKeys, keyId } }: SecurityFacts): Layer {
  const about = {
    key: "secrets",
    title: "Secrets at rest",
    protects:
      "A copy of the database opens no repository, no mail account and no second factor (AES-256-GCM, bound to its row).",
    fix: null,
  };
  if (underOldKeys > 0)
    return {
      ...about,
      state: "weak",
      say: `${underOldKeys} of ${plural(total, "secret")} still need an old key. Run bbs-admin keys rotate on the server.`,
    };
  return {
    ...about,
    state: "on",
    say: `All ${plural(total, "secret")} are sealed with the newest key, ${keyId}.`,
  };
}

function database({ database: { ownsTables } }: SecurityFacts): Layer {
  return {
    key: "database",
    title: "Database roles",
    protects:
      "The programs cannot change the tables themselves, so a hole in the console cannot take protections away.",
    state: ownsTables ? "weak" : "on",
    say: ownsTables
      ? "The programs use the role that owns the tables: with a PostgreSQL of your own there is one role for all. Triggers stand, grants do not."
      : "The programs use a role that owns nothing; another one makes the tables.",
    fix: null,
  };
}

function journalGuard({ database: { mayChangeJournal, hasJournalTriggers } }: SecurityFacts): Layer {
  const about = {
    key: "journal-guard",
    title: "A journal that only grows",
    protects: "Nobody who holds the console can change or remove what the journal says.",
    fix: null,
  };
  if (!hasJournalTriggers)
    return {
      ...about,
      state: "off",
      say: "A trigger that refuses changes is missing or switched off. Somebody with all rights did that: look at who has the database.",
    };
  return mayChangeJournal
    ? {
        ...about,
        state: "weak",
        say: "Triggers refuse every change; the role of the programs owns the table, so grants do not.",
      }
    : {
        ...about,
        state: "on",
        say: "Refused twice: the programs' role has no right to, and triggers refuse everybody.",
      };
}

function journalCheck(facts: SecurityFacts): Layer {
  const { lastCheck } = facts.journal;
  const about = {
    key: "journal-check",
    title: "Journal verified",
    protects: "An entry that was changed, taken out or put in shows.",
    fix: { label: "Journal", href: "/journal?group=journal" },
  };
  if (!lastCheck)
    return {
      ...about,
      state: "weak",
      say: "Not verified yet. The worker reads the whole chain once a day; bbs-admin journal verify does it now.",
    };
  if (!lastCheck.intact) return { ...about, state: "off", say: lastCheck.say };
  if (older(lastCheck.at, facts, DAILY_MS))
    return {
      ...about,
      state: "weak",
      say: `Last verified on ${day(lastCheck.at)}, though it should be every day. Look at the worker's log.`,
    };
  return { ...about, state: "on", say: lastCheck.say, fix: null };
}

function anchor(facts: SecurityFacts): Layer {
  const { anchorIsSet, lastAnchorAt } = facts.journal;
  const about = {
    key: "journal-anchor",
    title: "Journal anchored elsewhere",
    protects: "Even somebody with the whole database cannot write the journal anew unseen.",
    fix: { label: "Set up", href: "/settings/journal" },
  };
  if (!anchorIsSet)
    return {
      ...about,
      state: "off",
      say: "The newest hash is sent nowhere. Have it mailed or posted once a day.",
    };
  if (!lastAnchorAt || older(lastAnchorAt, facts, DAILY_MS))
    return {
      ...about,
      state: "weak",
      say: `${lastAnchorAt ? `Last sent on ${day(lastAnchorAt)}` : "Not sent yet"}. If it stays so, the worker's log says why.`,
    };
  return { ...about, state: "on", say: `Last sent on ${day(lastAnchorAt)}.`, fix: null };
}

function mail({ mailIsSet }: SecurityFacts): Layer {
  return {
    key: "mail",
    title: "Mail",
    protects:
      "People learn of a new password or sign-in that was not theirs, and forgotten passwords need no admin.",
    state: mailIsSet ? "on" : "off",
    say: mailIsSet ? "A mail server is set." : "No mail server is set, so nothing can be told to anybody.",
    fix: mailIsSet ? null : { label: "Set up", href: "/settings/mail" },
  };
}

function lab(facts: SecurityFacts): Layer {
  const { attackLab } = facts;
  const about = {
    key: "attack-lab",
    title: "Attack lab",
    protects: "Shows on this very machine that a hostile client loses nothing for anybody.",
    fix: { label: "Attack lab", href: "/security/attack-lab" },
  };
  if (!attackLab)
    return {
      ...about,
      state: "off",
      say: "Never run here. npm run attack-lab takes some minutes and touches none of your data.",
    };
  if (attackLab.escaped > 0)
    return { ...about, state: "off", say: `${attackLab.sentence}. Do not rely on this build.` };
  return older(attackLab.at, facts, LAB_MS)
    ? {
        ...about,
        state: "weak",
        say: `Last run on ${day(attackLab.at)}: ${attackLab.sentence}. Run it again after an update.`,
      }
    : { ...about, state: "on", say: `${day(attackLab.at)}: ${attackLab.sentence}.`, fix: null };
}
