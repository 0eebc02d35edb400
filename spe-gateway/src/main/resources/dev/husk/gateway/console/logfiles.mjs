/**
 * The files of the public log (C2SP tlog-tiles), unchecked.
 */
import { HASH, ENTRIES, WIDTH, parseBundle, tilePath } from './merkle.mjs';

/** As many requests as a browser sends to one host over HTTP/1.1. */
const AT_ONCE = 6;

/** A file that is there and is not what its name says. */
export class MalformedFile extends Error {}

export class LogFiles {
  #read;

  /** @param {(path: string) => Promise<Uint8Array|null>} read a file below the log's prefix; null if there is none */
  constructor(read) {
    this.#read = read;
  }

  /**
   * Bundles of the entries of a log of {@code size}, from the left; ends early where one is missing.
   *
   * @returns {AsyncGenerator<Uint8Array[]>}
   * @throws {MalformedFile}
   */
  async *bundles(size) {
    const names = Array.from({ length: Math.ceil(size / WIDTH) }, (_, index) => [index, Math.min(WIDTH, size - index * WIDTH)]);
    for await (const bundle of ahead(names, ([index, width]) => this.#bundle(index, width))) {
      if (bundle === null) {
        return;
      }
      yield bundle;
    }
  }

  /**
   * @param {Iterable<[number, number, number]>} names level, index, width
   * @returns {AsyncGenerator<{name: [number, number, number], path: string, hashes: Uint8Array|null}>}
   */
  tiles(names) {
    return ahead(names, async (name) => {
      const [level, index, width] = name;
      const file = await this.#file(level, index, width);
      const hashes = file?.partial ?? file?.whole.slice(0, width * HASH) ?? null;
      return { name, path: tilePath(level, index, width), hashes };
    });
  }

  async #bundle(index, width) {
    const file = await this.#file(ENTRIES, index, width);
    if (file === null) {
      return null;
    }
    try {
      return file.partial ? parseBundle(file.partial, width) : parseBundle(file.whole, WIDTH).slice(0, width);
    } catch (e) {
      throw new MalformedFile(`${tilePath(ENTRIES, index, width)}: ${e.message}`);
    }
  }

  /** A log may drop a partial file once it has the whole one. */
  async #file(level, index, width) {
    const file = await this.#read(tilePath(level, index, width));
    if (file !== null) {
      return width === WIDTH ? { whole: file } : { partial: file };
    }
    const whole = width === WIDTH ? null : await this.#read(tilePath(level, index, WIDTH));
    return whole === null ? null : { whole };
  }
}

/** Works on a few at a time, and gives what comes of them in their order. */
async function* ahead(names, work) {
  const open = [];
  for (const name of names) {
    const begun = work(name);
    begun.catch(() => {}); // thrown where it is awaited, if it ever is
    open.push(begun);
    if (open.length === AT_ONCE) {
      yield await open.shift();
    }
  }
  while (open.length > 0) {
    yield await open.shift();
  }
}
