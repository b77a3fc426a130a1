/** How the wall clock of one zone stands to UTC. Instants are UTC milliseconds; a "local" is what the wall clock shows, written as if it were UTC. */
export interface WallClock {
  /** Milliseconds that the wall clock is ahead of UTC. */
  offsetAt(at: number): number;
  /** What the wall clock shows at an instant. */
  localAt(at: number): number;
  /** When the wall clock shows `local`: for the first time if twice; if never (the clock was put forward over it), the first moment after the gap. */
  instantOf(local: number): number;
  /** When it shows `local` for the second time, because the clock was put back; null: it does not. */
  secondInstantOf(local: number): number | null;
}

const DAY = 86_400_000;
/** Zones that changed twice within a week and back do not occur in the time zone database since 1970. */
const SPAN = 7 * DAY;
/** More are not needed at once; what is forgotten is asked again. */
const MOST_ZONES = 700;
const MOST_SPANS = 4000;

const clocks = new Map<string, WallClock>();

/**
 * The wall clock of an IANA zone, shared by all callers: asking Intl costs microseconds, so it is asked once per zone and week, and once
 * more for each change of the clock. Throws RangeError for an unknown zone.
 */
export function wallClock(zone: string): WallClock {
  let clock = clocks.get(zone);
  if (!clock) {
    clock = makeClock(zone);
    if (clocks.size >= MOST_ZONES) clocks.clear();
    clocks.set(zone, clock);
  }
  return clock;
}

function makeClock(zone: string): WallClock {
  const offsetAt = offsetsOf(zone);
  /** The offsets that may hold at `local`: one before a change of the clock, one after it. Zones are at most 14 hours ahead, 12 behind. */
  const around = (local: number) => ({ before: offsetAt(local - DAY), after: offsetAt(local + DAY) });
  return {
    offsetAt,
    localAt: (at) => at + offsetAt(at),
    instantOf(local) {
      const { before, after } = around(local);
      const first = local - before;
      if (before === after || offsetAt(first) === before) return first;
      const second = local - after;
      if (offsetAt(second) === after) return second;
      return changeBetween(offsetAt, local - DAY, local + DAY);
    },
    secondInstantOf(local) {
      const { before, after } = around(local);
      if (before <= after || offsetAt(local - before) !== before) return null;
      return offsetAt(local - after) === after ? local - after : null;
    },
  };
}

function offsetsOf(zone: string): (at: number) => number {
  const exactly = offsetReader(zone);
  const atEdge = remembered((span) => exactly(span * SPAN));
  const changeIn = remembered((span) => changeBetween(exactly, span * SPAN, (span + 1) * SPAN));
  return (at) => {
    const span = Math.floor(at / SPAN);
    const atStart = atEdge(span);
    const atEnd = atEdge(span + 1);
    return atStart === atEnd || at < changeIn(span) ? atStart : atEnd;
  };
}

/** The first instant after `from` with another offset than there; `to` has it. */
function changeBetween(offsetAt: (at: number) => number, from: number, to: number): number {
  const before = offsetAt(from);
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

/** Milliseconds that a zone's wall clock is ahead of UTC at an instant, as Intl says. */
function offsetReader(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
  return (at) => {
    // `11/23/2026, GMT+05:30`; `GMT` alone is zero.
    const match = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(at));
    const [, sign, hours, minutes] = match ?? [];
    if (!sign) return 0;
    return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  };
}

function remembered(read: (key: number) => number): (key: number) => number {
  const known = new Map<number, number>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = read(key);
      if (known.size >= MOST_SPANS) known.clear();
      known.set(key, value);
    }
    return value;
  };
}
