import { encode } from "uqr";

/** Blank modules around it, which readers need (ISO 18004 wants four; phones do with two). */
const BORDER = 3;

/** A QR code as one path of SVG, always dark on white: readers fail on inverted ones. No markup is parsed, so no policy minds it. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { data, size } = encode(text, { ecc: "M", border: BORDER });
  const path = data.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-48 rounded-md bg-white"
    >
      <title>{label}</title>
      <path d={path} fill="#000" />
    </svg>
  );
}
