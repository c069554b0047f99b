/** Matches and classifies the scenes of one full Stash page. */
import { NONE } from '../shared/index/format.js';
import { openIndex } from '../shared/index/reader.js';
import { GapColumnsWriter } from '../shared/gap-columns.js';
import { DirectoryCache } from '../shared/matcher/scene-file.js';
import type {
  ClassifiedLine,
  ClassifyResult,
  ClassifyTask,
  PageOutcome,
  ScanContext,
  SettledMatch,
} from '../shared/messages.js';
import { VERDICTS, isGap } from '../shared/verdicts.js';
import { prepareGap } from './gap.js';
import type { Scene } from './read-scene.js';
import { MalformedRow, readScenes } from './scene-row.js';
import { reportLine } from './report-line.js';
import { isBeforeSince } from './since.js';
import { judge, type Judgement, type Workbench } from './verdict.js';

let bench: Workbench | undefined;

/** The opened index and warm directory cache of the scan the task belongs to. */
function workbenchFor(context: ScanContext): Workbench {
  if (bench?.context.id === context.id) return bench;
  const opened = openIndex(context.index, 0, true);
  if (!opened.ok) throw new Error(`Internal error: the Plex index cannot be opened: ${opened.reason}`);
  bench = { context, index: opened.index, directories: new DirectoryCache(context.mappings) };
  return bench;
}

/** Parses, judges and prepares a page. */
export function classifyPage(task: ClassifyTask): PageOutcome<ClassifyResult> {
  const rows = readScenes(task.bytes);
  if (!rows.ok) return rows;
  try {
    return { ok: true, value: classifyRows(task, rows.value) };
  } catch (error: unknown) {
    if (error instanceof MalformedRow) return { ok: false, problem: { kind: 'not_json', detail: error.message } };
    throw error;
  }
}

function classifyRows({ context, asOf, settled }: ClassifyTask, rows: readonly Scene[]): ClassifyResult {
  const results = new ResultWriter(rows.length);
  const here = workbenchFor(context);
  const settledById = new Map(settled.map((match) => [match.sceneId, match]));
  for (const scene of rows) {
    results.lastId = Math.max(results.lastId, scene.id);
    if (!isBeforeSince(context, scene)) classifyScene(here, scene, settledById.get(scene.id), asOf, results);
  }
  return results.finish(rows.length);
}

function classifyScene(
  here: Workbench,
  scene: Scene,
  settled: SettledMatch | undefined,
  asOf: number,
  results: ResultWriter,
): void {
  const judgement = judge(here, scene, settled);
  const { verdict } = judgement;
  results.add(scene, judgement);
  const prepared = isGap(verdict) ? prepareGap(here, scene, verdict, judgement, asOf) : undefined;
  if (prepared) results.gaps.add(prepared.gap);
  const { lines } = here.context;
  if (lines === 'all' || (lines === 'gaps' && prepared)) {
    results.lines.push(reportLine(here.index, scene, judgement, prepared?.couldHit ?? []));
  }
}

const gapColumns = new GapColumnsWriter();

/** Collects the parallel columns of a result. */
class ResultWriter {
  readonly gaps = gapColumns;
  readonly lines: ClassifiedLine[] = [];
  lastId = 0;
  readonly #unreadableTimes: number[] = [];
  readonly #ids: Uint32Array;
  readonly #verdicts: Uint8Array;
  readonly #parts: Uint32Array;
  readonly #evidence: Uint32Array;
  #count = 0;

  constructor(capacity: number) {
    this.gaps.reset();
    this.#ids = new Uint32Array(capacity);
    this.#verdicts = new Uint8Array(capacity);
    this.#parts = new Uint32Array(capacity);
    this.#evidence = new Uint32Array(capacity);
  }

  add({ id, updatedAt }: Scene, { verdict, match }: Judgement): void {
    const at = this.#count++;
    this.#ids[at] = id;
    this.#verdicts[at] = VERDICTS.indexOf(verdict);
    this.#parts[at] = match.kind === 'matched' ? match.part : NONE;
    this.#evidence[at] = match.kind === 'matched' ? match.evidence : 0;
    if (Number.isNaN(updatedAt)) this.#unreadableTimes.push(id);
  }

  finish(rows: number): ClassifyResult {
    const end = this.#count;
    return {
      rows,
      lastId: this.lastId,
      ids: this.#ids.subarray(0, end),
      verdicts: this.#verdicts.subarray(0, end),
      parts: this.#parts.subarray(0, end),
      evidence: this.#evidence.subarray(0, end),
      gaps: this.gaps.finish(),
      lines: this.lines,
      unreadableTimes: this.#unreadableTimes,
    };
  }
}
