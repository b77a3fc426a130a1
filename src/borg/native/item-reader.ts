import { ID_BYTES } from "../segment";
import { fileMode } from "./file-mode";
import type { ItemFields } from "./item-fields";
import { keyAt, NEEDED, PART } from "./item-keys";
import { microsecondsOf } from "./item-time";
import { NotUnderstood } from "./not-understood";
import { asPythonPrints } from "./python-text";
import { isRaw, OUT_OF_DATA, Unpack } from "./unpack";

/** One item is never longer: a file of some terabytes, whose chunks it lists. */
const MOST_ITEM_BYTES = 64 * 1024 * 1024;
const FIRST_BYTES = 2 * 1024 * 1024;
/** No system has longer paths or names of owners. */
const MOST_PATH_BYTES = 16 * 1024;
const MOST_OWNER_BYTES = 1024;
const NOTHING = new Uint8Array(0);

/** Where a text lies in the bytes that are read; `from` -1: it is not there, or null. */
interface Text {
  from: number;
  to: number;
}

/**
 * Reads the items of an archive from its chunks, as they come, and writes of each what `borg list` prints (ItemFormatter), through ItemFields.
 * Every key must be known and every value of the type that borg gives it; each key once. Memory: the longest item.
 */
export class ItemReader {
  items = 0;
  readonly #out: ItemFields;
  #held = Buffer.allocUnsafeSlow(FIRST_BYTES);
  #length = 0;
  /** Before so much is there it is not looked at again: an item that fills many chunks is not read from its beginning at each. */
  #wanted = 0;
  readonly #unpack = new Unpack(NOTHING);
  readonly #modes = new Map<number, Uint8Array>();

  #path: Text = { from: -1, to: 0 };
  #source: Text = { from: -1, to: 0 };
  #user: Text = { from: -1, to: 0 };
  #group: Text = { from: -1, to: 0 };
  #mode = -1;
  #uid = -1;
  #gid = -1;
  #size = -1;
  #sizeOfChunks = 0;
  #mtime = 0;
  #seen = 0;

  constructor(out: ItemFields) {
    this.#out = out;
  }

  push(content: Uint8Array): void {
    this.#hold(content);
    if (this.#length < this.#wanted) return;
    const unpack = this.#unpack;
    unpack.reset(this.#held, this.#length);
    let read = 0;
    try {
      while (unpack.at < this.#length) {
        this.#item();
        read = unpack.at;
      }
    } catch (error) {
      if (error !== OUT_OF_DATA) throw error;
    }
    this.#held.copyWithin(0, read, this.#length);
    this.#length -= read;
    this.#wanted = this.#length * 2;
  }

  /** Throws when the last item is not whole. */
  end(): void {
    if (this.#length === 0) return;
    this.#wanted = 0;
    this.push(NOTHING);
    if (this.#length > 0) throw new NotUnderstood("the items end in the middle of one");
  }

  #hold(content: Uint8Array) {
    const length = this.#length + content.length;
    if (length > MOST_ITEM_BYTES) throw new NotUnderstood("an item is longer than borg's are");
    if (length > this.#held.length) {
      const longer = Buffer.allocUnsafeSlow(length * 2);
      this.#held.copy(longer, 0, 0, this.#length);
      this.#held = longer;
    }
    this.#held.set(content, this.#length);
    this.#length = length;
  }

  #item() {
    const unpack = this.#unpack;
    this.#forget();
    for (let left = unpack.mapSize(); left > 0; left--) {
      const length = unpack.raw();
      const from = unpack.at - length;
      const key = keyAt(this.#held, from, unpack.at);
      if (!key) {
        const found = this.#held.toString("latin1", from, Math.min(unpack.at, from + 40));
        throw new NotUnderstood(`an item has a key that is not known: ${found}`);
      }
      if ((this.#seen & key.bit) !== 0) throw new NotUnderstood(`an item has ${key.name} twice`);
      this.#seen |= key.bit;
      this.#value(key.name);
    }
    this.#write();
  }

  #forget() {
    for (const text of [this.#path, this.#source, this.#user, this.#group]) text.from = -1;
    this.#seen = 0;
    this.#mode = this.#uid = this.#gid = this.#size = -1;
    this.#sizeOfChunks = 0;
    this.#mtime = -1;
  }

  #value(key: string) {
    const unpack = this.#unpack;
    switch (key) {
      case "path":
        return this.#text(this.#path, MOST_PATH_BYTES);
      case "source":
        return this.#text(this.#source, MOST_PATH_BYTES);
      case "user":
        return this.#name(this.#user);
      case "group":
        return this.#name(this.#group);
      case "mode":
        this.#mode = unpack.integer();
        return;
      case "uid":
        this.#uid = unpack.integer();
        return;
      case "gid":
        this.#gid = unpack.integer();
        return;
      case "size":
        this.#size = unpack.integer();
        if (this.#size < 0) throw new NotUnderstood("an item has a negative size");
        return;
      case "mtime":
        this.#mtime = Math.max(0, unpack.integer());
        return;
      case "chunks":
        this.#sizeOfChunks = this.#chunks();
        return;
      case "chunks_healthy":
        if (unpack.peek() === 0xc0) unpack.at++;
        else this.#chunks();
        return;
      case "atime":
      case "ctime":
      case "birthtime":
      case "rdev":
      case "bsdflags":
      case "part":
        unpack.integer();
        return;
      case "hardlink_master":
        unpack.boolean();
        return;
      case "xattrs":
        this.#xattrs();
        return;
      default:
        unpack.raw();
    }
  }

  #text(text: Text, most: number) {
    const length = this.#unpack.raw();
    text.to = this.#unpack.at;
    text.from = text.to - length;
    if (length > most) throw new NotUnderstood("an item has a path or an owner that is too long");
  }

  #name(text: Text) {
    if (this.#unpack.peek() === 0xc0) this.#unpack.at++;
    else this.#text(text, MOST_OWNER_BYTES);
  }

  /** Each is an id, a size and a compressed size. The sum of the sizes. */
  #chunks(): number {
    const unpack = this.#unpack;
    let sum = 0;
    for (let left = unpack.arraySize(); left > 0; left--) {
      if (unpack.arraySize() !== 3 || unpack.raw() !== ID_BYTES)
        throw new NotUnderstood("a chunk of an item is not as borg writes it");
      const size = unpack.integer();
      if (size < 0 || unpack.integer() < 0) throw new NotUnderstood("a chunk of an item has a negative size");
      sum += size;
    }
    return sum;
  }

  #xattrs() {
    const unpack = this.#unpack;
    for (let left = unpack.mapSize(); left > 0; left--) {
      unpack.raw();
      if (isRaw(unpack.peek())) unpack.raw();
      else if (unpack.peek() === 0xc0) unpack.at++;
      else throw new NotUnderstood("an extended attribute is not bytes");
    }
  }

  #write() {
    const has = this.#seen;
    if ((has & NEEDED) !== NEEDED) throw new NotUnderstood("an item lacks what each has");
    // Parts of a file whose backup was interrupted: borg does not list them.
    if ((has & PART) !== 0) return;
    const source = this.#source;
    const target = source.from < 0 ? NOTHING : this.#held.subarray(source.from, source.to);
    const { characters, printed } = asPythonPrints(target);
    const mode = this.#modeOf(this.#mode);
    const out = this.#out;
    const isLink = mode[0] === LINK;
    if (isLink && source.from < 0) throw new NotUnderstood("a symlink points nowhere");
    if (target.length > 0 && !isLink) out.field(FURTHER_NAME, 0, 1);
    else out.field(mode, 0, 1);
    out.field(mode, 1, mode.length);
    out.number(this.#size >= 0 ? this.#size : isLink ? characters : this.#sizeOfChunks);
    out.number(microsecondsOf(this.#mtime));
    this.#owner(this.#user, this.#uid);
    this.#owner(this.#group, this.#gid);
    out.field(printed, 0, printed.length);
    out.field(this.#held, this.#path.from, this.#path.to);
    this.items++;
  }

  #owner(name: Text, number: number) {
    if (number < 0) throw new NotUnderstood("an item has a negative owner");
    if (name.from >= 0 && name.from < name.to) this.#out.field(this.#held, name.from, name.to);
    else this.#out.number(number);
  }

  #modeOf(mode: number): Uint8Array {
    const known = this.#modes.get(mode);
    if (known) return known;
    const text = fileMode(mode);
    if (text === null) throw new NotUnderstood(`an item has the mode ${mode}`);
    const bytes = Buffer.from(text);
    this.#modes.set(mode, bytes);
    return bytes;
  }
}

const LINK = 0x6c;
const FURTHER_NAME = Buffer.from("h");
