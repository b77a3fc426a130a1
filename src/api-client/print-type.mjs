import ts from "typescript";

/** Types that every program has; they are named, not taken apart. */
const KNOWN = new Set(["Date", "Uint8Array", "RegExp", "URL"]);

/**
 * Writes a type out in full, so that the text compiles where none of our files exist. Aliases are resolved; branded ids come
 * out as the plain `string` that they are on the wire.
 */
export function printType(checker, type, indent = "") {
  if (type.flags & ts.TypeFlags.Boolean) return "boolean";
  if (type.flags & ts.TypeFlags.EnumLiteral && !type.isUnion()) return JSON.stringify(type.value);
  if (type.isStringLiteral() || type.isNumberLiteral()) return JSON.stringify(type.value);
  if (type.isUnion()) return printUnion(checker, type, indent);
  if (type.isIntersection()) return printIntersection(checker, type, indent);
  if (type.flags & ts.TypeFlags.Object) return printObject(checker, type, indent);
  const text = checker.typeToString(type);
  if (!/^[a-z]+$/.test(text)) throw new Error(`cannot write out the type ${text}`);
  return text;
}

function printUnion(checker, type, indent) {
  const parts = type.types.map((part) => printType(checker, part, indent));
  const both = parts.includes("true") && parts.includes("false");
  const kept = [
    ...new Set(both ? [...parts.filter((p) => p !== "true" && p !== "false"), "boolean"] : parts),
  ];
  return kept.sort((a, b) => rank(a) - rank(b)).join(" | ");
}

/** `null` and `undefined` last, as people write them. */
function rank(text) {
  return text === "undefined" ? 2 : text === "null" ? 1 : 0;
}

function printIntersection(checker, type, indent) {
  const plain = type.types.find(
    (part) => part.flags & (ts.TypeFlags.String | ts.TypeFlags.Number | ts.TypeFlags.StringLiteral),
  );
  return plain ? printType(checker, plain, indent) : printMembers(checker, type, indent);
}

function printObject(checker, type, indent) {
  const name = type.symbol?.getName();
  if (name && KNOWN.has(name)) return name;
  if (checker.isTupleType(type))
    return `[${checker
      .getTypeArguments(type)
      .map((part) => printType(checker, part, indent))
      .join(", ")}]`;
  if (checker.isArrayType(type)) {
    const element = printType(checker, checker.getTypeArguments(type)[0], indent);
    return /[ |&]/.test(element) && !element.startsWith("{") ? `(${element})[]` : `${element}[]`;
  }
  return printMembers(checker, type, indent);
}

function printMembers(checker, type, indent) {
  const deeper = `${indent}  `;
  const lines = checker.getIndexInfosOfType(type).map((info) => {
    const key = printType(checker, info.keyType, deeper);
    return `${deeper}[key: ${key}]: ${printType(checker, info.type, deeper)};`;
  });
  for (const property of checker.getPropertiesOfType(type)) {
    const name = property.getName();
    const optional = Boolean(property.flags & ts.SymbolFlags.Optional);
    const given = checker.getTypeOfSymbol(property);
    const printed = printType(checker, optional ? checker.getNonNullableType(given) : given, deeper);
    const nullable = optional && given.isUnion() && given.types.some((p) => p.flags & ts.TypeFlags.Null);
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
    lines.push(
      `${deeper}${key}${optional ? "?" : ""}: ${printed}${nullable && printed !== "null" ? " | null" : ""};`,
    );
  }
  return lines.length === 0 ? "Record<string, never>" : `{\n${lines.join("\n")}\n${indent}}`;
}
