/** What a judgement stands on beside the facts: the scan's settings, the index, and the engine to ask for more facts. */
import { openIndex, type PlexIndex } from '../../shared/index/reader.js';
import type { ScanContext } from '../../shared/messages.js';
import type { PageEngine } from '../pages/page-engine.js';

/** The bench of one scan on one thread. */
export interface Bench {
  readonly context: ScanContext;
  readonly index: PlexIndex;
  readonly engine: PageEngine;
}

let last: Bench | undefined;

/** The bench for a scan; that of the last task is kept. */
export function benchFor(engine: PageEngine, context: ScanContext): Bench {
  if (last?.context.id !== context.id || last.engine !== engine) {
    const opened = openIndex(context.index);
    if (!opened.ok) throw new Error(`Internal error: the Plex index cannot be opened: ${opened.reason}`);
    last = { context, index: opened.index, engine };
  }
  engine.useContext(context.engineContextAt);
  return last;
}
