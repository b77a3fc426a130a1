/**
 * What search reads: names in lower case, one a line, so that one index entry of three letters stands for some hundred names. A line that
 * is FOLDER alone: what follows lies in the next of `folders`. `spelled` holds the bytes of names that are written otherwise.
 */
export interface NamesPage {
  folders: number[];
  names: string;
  spelled: Buffer;
}

const FOLDER = "\u0002";
/** Characters of a page. PostgreSQL compresses rows from 2 kB on; a larger page is found too often and read too long. */
const PAGE_CHARACTERS = 4096;

/** As search compares: any spelling of letters, composed or not; what is no text is a replacement character. Never a line break. */
export function searchText(binary: string): string {
  return (
    Buffer.from(binary, "latin1")
      .toString("utf8")
      .normalize("NFC")
      .toLowerCase()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they would break lines and pages
      .replace(/[\x00-\x1f\x7f]/g, "\ufffd")
  );
}

/** Fills pages with names, folder after folder. */
export function namesPages(onPage: (page: NamesPage) => void) {
  let folders: number[] = [];
  let lines: string[] = [];
  let spelled: Buffer[] = [];
  let characters = 0;
  const finish = () => {
    if (lines.length === 0) return;
    onPage({ folders, names: `\n${lines.join("\n")}\n`, spelled: Buffer.concat(spelled) });
    folders = [];
    lines = [];
    spelled = [];
    characters = 0;
  };
  return {
    finish,
    add(folder: number, name: string) {
      if (characters > PAGE_CHARACTERS) finish();
      if (folders.at(-1) !== folder) {
        if (folders.length > 0) lines.push(FOLDER);
        folders.push(folder);
      }
      const line = searchText(name);
      if (Buffer.from(line, "utf8").toString("latin1") !== name) {
        const bytes = Buffer.from(name, "latin1");
        const head = Buffer.alloc(4);
        head.writeUInt16BE(lines.length, 0);
        head.writeUInt16BE(bytes.length, 2);
        spelled.push(head, bytes);
      }
      lines.push(line);
      characters += line.length + 1;
    },
  };
}

/** Takes a page apart again: each name as it is searched, as it is spelled (binary string), and its folder. */
export function readNamesPage(page: NamesPage): { line: string; name: string; folder: number }[] {
  const spelling = new Map<number, string>();
  for (let at = 0; at + 4 <= page.spelled.length; ) {
    const length = page.spelled.readUInt16BE(at + 2);
    spelling.set(page.spelled.readUInt16BE(at), page.spelled.toString("latin1", at + 4, at + 4 + length));
    at += 4 + length;
  }
  const found: { line: string; name: string; folder: number }[] = [];
  let folder = 0;
  for (const [at, line] of page.names.slice(1, -1).split("\n").entries()) {
    if (line === FOLDER) folder++;
    else {
      const name = spelling.get(at) ?? Buffer.from(line, "utf8").toString("latin1");
      found.push({ line, name, folder: page.folders[folder] ?? 0 });
    }
  }
  return found;
}
