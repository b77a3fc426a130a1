/** borg's own bound of times (helpers/time.py): two days before what 32 bits hold. */
const LAST_NANOSECOND = (2 ** 31 - 1 - 48 * 3600) * 1e9;

/** As borg prints it: through a floating-point number of seconds (Python's fromtimestamp rounds half to even), within borg's own bound. */
export function microsecondsOf(nanoseconds: number): number {
  const seconds = Math.min(nanoseconds, LAST_NANOSECOND) / 1e9;
  const whole = Math.trunc(seconds);
  return whole * 1e6 + roundHalfEven((seconds - whole) * 1e6);
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
