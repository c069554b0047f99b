/** The engine of the coordinator's own thread, and the memory it shares with those of the workers. */
import { readFile } from 'node:fs/promises';
import { EngineMemory } from '../../shared/engine/memory.js';
import { PageEngine } from '../../workers/pages/page-engine.js';
import { PageMemory } from './page-memory.js';

/** One engine, ready to work. */
export interface LocalEngine {
  /** The compiled engine, for other threads. */
  readonly module: WebAssembly.Module;
  readonly memory: EngineMemory;
  readonly engine: PageEngine;
  /** Where pages are to be read into. */
  readonly pages: PageMemory;
}

/** Beside the workers of the built package, also when this runs from the sources. */
const ENGINE_FILE = new URL('../../../dist/engine/engine.wasm', import.meta.url);

/** Starts an engine in memory of its own. */
export async function loadEngine(): Promise<LocalEngine> {
  const module = await WebAssembly.compile(await readFile(ENGINE_FILE));
  const memory = new EngineMemory();
  return { module, memory, engine: new PageEngine(module, memory), pages: new PageMemory(memory) };
}
