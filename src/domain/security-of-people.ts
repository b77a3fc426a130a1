import { type Layer, plural, type SecurityFacts, sayNames } from "./security-facts";

/** What keeps strangers out of the console: TLS, sign-in, second factor, tokens, rate limits. */
export function layersOfPeople(facts: SecurityFacts): Layer[] {
  return [tls(facts), secondFactor(facts), signIn(facts), tokens(facts), rateLimits(facts)];
}

const TLS_WORDS: Record<SecurityFacts["tls"], string> = {
  "self-signed": "Our own certificate. Agents pin its fingerprint when they enrol; browsers warn once.",
  given: "The certificate that TLS_CERT names.",
  proxy: "A proxy in front of this server ends it. Agents rely on its certificate.",
  none: "",
};

function tls({ tls: kind, isLoopback }: SecurityFacts): Layer {
  const about = {
    key: "tls",
    title: "TLS",
    protects: "Nobody between a browser or a machine and this server can read or change what they say.",
    fix: null,
  };
  if (kind !== "none") return { ...about, state: "on", say: TLS_WORDS[kind] };
  return isLoopback
    ? { ...about, state: "weak", say: "Plain http, on this machine only. Set APP_URL to an https address." }
    : {
        ...about,
        state: "off",
        say: "Plain http. Passwords can be read on the way: set APP_URL to an https address.",
      };
}

function secondFactor({ people, signIn: { requireSecondFactor } }: SecurityFacts): Layer {
  const about = {
    key: "second-factor",
    title: "Second factor",
    protects: "A password that was guessed, read along or used elsewhere does not let anybody in.",
  };
  const { withoutSecondFactor, total } = people;
  const fix = {
    label: requireSecondFactor ? "People" : "Require it",
    href: requireSecondFactor ? "/people" : "/settings/sign-in",
  };
  if (withoutSecondFactor.length === 0)
    return requireSecondFactor
      ? { ...about, state: "on", say: "Everybody has one, and everybody must.", fix: null }
      : { ...about, state: "on", say: "Everybody has one. It is not required of people to come.", fix };
  const admins = withoutSecondFactor.filter(({ admin }) => admin);
  const who = `${withoutSecondFactor.length} of ${plural(total, "person", "people")} ${withoutSecondFactor.length === 1 ? "has" : "have"} none: ${sayNames(withoutSecondFactor)}.`;
  if (requireSecondFactor)
    return { ...about, state: "weak", say: `${who} They can do nothing before they have set one up.`, fix };
  return admins.length > 0
    ? {
        ...about,
        state: "off",
        say: `${who} ${plural(admins.length, "admin")} among them. Set yours up under Account, then require it of all.`,
        fix,
      }
    : { ...about, state: "weak", say: `${who} Require it of all.`, fix };
}

function signIn({ signIn: { local, oidc, letsStrangersIn } }: SecurityFacts): Layer {
  const about = {
    key: "sign-in",
    title: "Who may sign in",
    protects: "Only people whom an admin knows have an account.",
  };
  if (oidc && letsStrangersIn)
    return {
      ...about,
      state: "weak",
      say: "Whoever the OpenID Connect provider vouches for is let in without an admin being asked.",
      fix: { label: "Sign-in settings", href: "/settings/sign-in" },
    };
  const ways = [local ? "password or passkey" : "", oidc ? "OpenID Connect" : ""]
    .filter(Boolean)
    .join(", and ");
  return {
    ...about,
    state: "on",
    say: `By ${ways || "nothing"}. New people are invited or let in by an admin.`,
    fix: null,
  };
}

function tokens({ tokens: { total, neverEnd, unused } }: SecurityFacts): Layer {
  const about = {
    key: "tokens",
    title: "API tokens",
    protects: "A token that leaks is of use for a while only, and for no more than it is needed for.",
  };
  if (neverEnd + unused === 0)
    return {
      ...about,
      state: "on",
      say:
        total === 0 ? "There are none." : `All ${plural(total, "token")} end by themselves and are in use.`,
      fix: null,
    };
  const wrong = [
    neverEnd > 0 ? `${plural(neverEnd, "token never ends", "tokens never end")}` : "",
    unused > 0 ? `${plural(unused, "was", "were")} not used for 90 days` : "",
  ].filter(Boolean);
  return {
    ...about,
    state: "weak",
    say: `Of ${plural(total, "token")}, ${wrong.join(" and ")}. Revoke what nobody needs; their owners do it, or a disabled account ends them.`,
    fix: { label: "Tokens", href: "/settings/tokens" },
  };
}

const STORES: Record<SecurityFacts["rateLimitStore"], string> = {
  postgresql: "PostgreSQL",
  redis: "the Redis of REDIS_URL",
  upstash: "Upstash",
};

function rateLimits({ rateLimitStore }: SecurityFacts): Layer {
  return {
    key: "rate-limits",
    title: "Rate limits",
    protects: "Passwords, codes, keys and tokens cannot be guessed by trying.",
    state: "on",
    say: `By address and by account, counted in ${STORES[rateLimitStore]} for all replicas together. When it does not answer, nobody is let in.`,
    fix: null,
  };
}
