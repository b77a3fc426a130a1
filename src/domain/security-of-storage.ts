import { type Layer, plural, type SecurityFacts, sayNames } from "./security-facts";

/** Minutes without a word from the storage node, which speaks every 30 s, after which what it said counts no more. */
const SILENT_MINUTES = 10;

/** What keeps a client from the backups: gate, audit, seal, accounts, code, borg, and what clients let a server do. */
export function layersOfStorage(facts: SecurityFacts): Layer[] {
  return [
    gate(facts),
    audit(facts),
    seal(facts),
    accounts(facts),
    code(facts),
    quota(facts),
    borg(facts),
    policies(facts),
  ];
}

const OF_NODE = { fix: null, state: "off" } as const;

/** What the node said of one of its protections; a node that is silent protects nothing that we know of. */
function protection(facts: SecurityFacts, name: string): Pick<Layer, "state" | "say"> {
  const { node } = facts;
  if (!node)
    return { ...OF_NODE, say: "The storage node has not reported yet. Start the worker and look again." };
  if (isSilent(facts)) return { state: "weak", say: sayOld(node.at) };
  const found = node.protections.find((one) => one.name === name);
  if (!found) return { state: "weak", say: "The storage node does not tell. Update it." };
  return { state: found.on ? "on" : "off", say: found.say };
}

function isSilent({ node, now }: SecurityFacts): boolean {
  return node !== null && now.getTime() - node.at.getTime() > SILENT_MINUTES * 60_000;
}

const sayOld = (at: Date) =>
  `The storage node was last heard of at ${at.toISOString().slice(0, 16).replace("T", " ")} UTC. Look at the worker's log.`;

function gate(facts: SecurityFacts): Layer {
  const about = {
    key: "gate",
    title: "The gate",
    protects:
      "A client's key can only add to its own repository: no shell, no other command, nothing deleted.",
    fix: null,
  };
  const { node } = facts;
  if (!node?.hasForcedCommand)
    return { ...about, state: "off", say: "The storage node has not told which command holds the keys." };
  if (isSilent(facts)) return { ...about, state: "weak", say: sayOld(node.at) };
  return {
    ...about,
    state: "on",
    say: "Every key has one forced command; the line in force stands on this page. The filter behind it refuses every call that is not needed to add an archive.",
  };
}

function audit({ repositories }: SecurityFacts): Layer {
  const { total, held, neverAudited } = repositories;
  const about = {
    key: "audit",
    title: "Audit after every session",
    protects:
      "What a client did to its repository is read again by another account before anything may be deleted.",
    fix: null,
  };
  if (held > 0)
    return {
      ...about,
      state: "weak",
      say: `${plural(held, "repository is", "repositories are")} held: an audit found what no honest client does. Decide what becomes of it.`,
      fix: { label: "Review", href: "/incidents?open=yes" },
    };
  if (neverAudited > 0)
    return {
      ...about,
      state: "weak",
      say: `${plural(neverAudited, "repository has", "repositories have")} not been found clean yet. It happens at the first audit after a backup.`,
      fix: { label: "Repositories", href: "/repositories" },
    };
  return {
    ...about,
    state: "on",
    say:
      total === 0
        ? "There is no repository yet."
        : `All ${plural(total, "repository", "repositories")} audited, none held.`,
  };
}

function seal(facts: SecurityFacts): Layer {
  const about = {
    key: "seal",
    title: "Seal",
    protects:
      "Audited backups belong to an account that no client has, and have a second name out of its reach.",
    fix: null,
  };
  const told = protection(facts, "sealed-segments");
  const { notSealed } = facts.repositories;
  if (told.state === "on" && notSealed > 0)
    return {
      ...about,
      state: "weak",
      say: `${plural(notSealed, "repository has", "repositories have")} no seal. The repository's page says why.`,
      fix: { label: "Repositories", href: "/repositories" },
    };
  return { ...about, ...told };
}

function accounts(facts: SecurityFacts): Layer {
  return {
    key: "accounts",
    title: "An account of its own per client",
    protects: "A hole in borg serve gives an attacker one client's account, not another's files.",
    fix: null,
    ...protection(facts, "separate-accounts"),
  };
}

function code(facts: SecurityFacts): Layer {
  const parts = [protection(facts, "root-owned-keys"), protection(facts, "trusted-code")];
  const worst = parts.find(({ state }) => state === "off") ?? parts.find(({ state }) => state === "weak");
  return {
    key: "code",
    title: "Keys and programs that only root can change",
    protects:
      "No account that serves a client or the console can give itself more rights on the storage server.",
    fix: null,
    ...(worst ?? { state: "on", say: parts.map(({ say }) => say).join(" ") }),
  };
}

function quota(facts: SecurityFacts): Layer {
  return {
    key: "quota",
    title: "Storage quotas",
    protects: "One client cannot fill the storage of all.",
    fix: null,
    ...protection(facts, "quota"),
  };
}

function borg(facts: SecurityFacts): Layer {
  const about = {
    key: "borg",
    title: "borg with its security fixes",
    protects:
      "Archives cannot be forged (CVE-2023-36811, fixed in 1.2.5), on the server and on the machines.",
    fix: null,
  };
  const { oldBorg, total } = facts.clients;
  const server = protection(facts, "borg-patched");
  if (server.state !== "on") return { ...about, ...server };
  if (oldBorg.length === 0)
    return { ...about, state: "on", say: `${server.say} No machine reports an older one.` };
  return {
    ...about,
    state: "weak",
    say: `${server.say} ${oldBorg.length} of ${plural(total, "machine")} ${oldBorg.length === 1 ? "has" : "have"} an older one: ${sayNames(oldBorg)}. Install 1.2.5 or later there.`,
    fix: { label: "Clients", href: oldBorg.length === 1 ? `/clients/${oldBorg[0]?.id}` : "/clients" },
  };
}

function policies({ clients }: SecurityFacts): Layer {
  const { allowTooMuch, total } = clients;
  const about = {
    key: "policies",
    title: "What machines let a server do",
    protects:
      "A hostile server can run nothing on a machine, and restores only where the machine's own policy lets it.",
  };
  const [first] = allowTooMuch;
  if (!first)
    return {
      ...about,
      state: "on",
      say:
        total === 0
          ? "No machine has enrolled yet."
          : `No policy of ${plural(total, "machine")} lets a restore overwrite the system.`,
      fix: null,
    };
  return {
    ...about,
    state: "weak",
    say: `${plural(allowTooMuch.length, "machine allows", "machines allow")} more than a restore needs: ${allowTooMuch
      .slice(0, 3)
      .map(({ name, why }) => `${name} (${why})`)
      .join(
        ", ",
      )}${allowTooMuch.length > 3 ? ` and ${allowTooMuch.length - 3} more` : ""}. Only the machine's own administrator can change its policy file.`,
    fix: {
      label: allowTooMuch.length === 1 ? first.name : "Clients",
      href: allowTooMuch.length === 1 ? `/clients/${first.id}` : "/clients",
    },
  };
}
