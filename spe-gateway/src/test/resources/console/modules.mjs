// The modules under test, in a Node that may not have WebCrypto as a global yet.
import { webcrypto } from 'node:crypto';
import { pathToFileURL } from 'node:url';

globalThis.crypto ??= webcrypto;

export const crypto = globalThis.crypto;
export const load = (name) => import(pathToFileURL(`${process.env.CONSOLE}/${name}.mjs`));
export const vector = (path) => `${process.env.VECTORS}/${path}`;
