/**
 * Results on their way between threads: packed by msgpackr into one buffer that is transferred. Structured cloning of the
 * same objects costs the coordinator a deserialisation of every string and blob, on the thread that must not wait.
 */
import { Packr } from 'msgpackr';

// Typed arrays keep their type; records would only pay when the shapes were shared between both sides.
const packr = new Packr({ structuredClone: true, useRecords: false, mapsAsObjects: true });

/** Packs a result into memory of its own. */
export function packResult(result: unknown): Uint8Array {
  // The packer reuses its buffer: transferring a view of it would take the next result's memory away.
  return new Uint8Array(packr.pack(result));
}

/** Unpacks what {@link packResult} packed; byte arrays are views of the input. */
export function unpackResult(bytes: Uint8Array): unknown {
  return packr.unpack(bytes);
}
