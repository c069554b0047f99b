/** The engine and its memory as the product uses them, on this thread. */
import { writeBasis, writeIndex, type EngineSettings } from '../../src/main/engine/context.js';
import { buildIdTable } from '../../src/main/engine/id-table.js';
import { loadEngine } from '../../src/main/engine/local-engine.js';
import { LineSpool } from '../../src/main/report/line-spool.js';
import { JudgedWord, LEFT_OUT, Job } from '../../src/shared/engine/layout.js';
import { jobOf } from '../../src/shared/judged.js';
import { openIndex } from '../../src/shared/index/reader.js';
import type { PageAnswer, ScanContext, SettledMatch, WorkerResults, WorkerTask } from '../../src/shared/messages.js';
import type { ReportLine } from '../../src/shared/report-line.js';
import { VERDICTS } from '../../src/shared/verdicts.js';
import { runTask } from '../../src/workers/run-task.js';

export const local = await loadEngine();
export const { memory, engine, pages } = local;

/** Runs a task on a page and takes what it found before the page's memory is used again. */
export function runOn<K extends WorkerTask['kind'], U>(
  task: Omit<Extract<WorkerTask, { kind: K }>, 'page'> & { kind: K },
  bytes: Uint8Array,
  take: (found: WorkerResults[K]) => U,
): PageAnswer<U> {
  const { page, place } = pages.place(bytes);
  try {
    const { answer, roomAt, roomBytes } = runTask(engine, { ...task, page: place } as unknown as WorkerTask);
    pages.setRoom(page, roomAt, roomBytes);
    return answer.ok ? { ok: true, value: take(answer.value as WorkerResults[K]) } : answer;
  } finally {
    pages.give(page);
  }
}

let contexts = 0;

/** The context of a scan in which nothing was synced before, unless told otherwise. */
export function contextOf(
  index: ScanContext['index'],
  settings: Partial<Omit<ScanContext, 'index' | 'id' | 'engineContextAt'> & EngineSettings> = {},
): ScanContext {
  const opened = openIndex(index);
  if (!opened.ok) throw new Error(opened.reason);
  const { syncTimestamps = buildIdTable(memory, []), pictures, ...rest } = settings;
  const basis = writeBasis(
    memory,
    { syncTimestamps, pictures },
    {
      id: `test ${contexts++}`,
      now: 1_750_000_000,
      mappings: [],
      since: undefined,
      audit: undefined,
      gaps: ['empty', 'stale', 'missing'],
      allowUnsafeNames: false,
      plexDate: 'auto',
      locations: [],
      ignore: { paths: [], tags: [], studios: [] },
      lines: 'none',
      links: { scene: 'http://stash/scenes/', item: null },
      ...rest,
    },
  );
  return writeIndex(memory, basis, index, opened.index);
}

/** What was said of one scene of a page. */
export interface JudgedScene {
  readonly id: number;
  readonly verdict: string;
  readonly job: Job;
  readonly part: number;
  readonly strength: number;
  readonly bytes: Uint8Array | undefined;
}

/** Judges the scenes of a page. */
export function judgeOn(
  bytes: Uint8Array,
  context: ScanContext,
  settled: readonly SettledMatch[] = [],
): PageAnswer<{ scenes: JudgedScene[]; texts: string[]; lines: ReportLine[] }> {
  return runOn(
    { kind: 'judge', rows: { kind: 'full' }, context, asOf: 1_750_000_000, keptVerdicts: 0, settled },
    bytes,
    ({ rows, judgedAt, lines }) => {
      const words = memory.words(judgedAt, rows * JudgedWord.Words);
      const scenes = Array.from({ length: rows }, (_, i): JudgedScene => {
        const at = i * JudgedWord.Words;
        const code = words[at + JudgedWord.Verdict]!;
        const job = jobOf(code);
        const isLeftOut = (code & 0xff) === LEFT_OUT;
        const jobBytes = memory.bytes(words[at + JudgedWord.JobAt]!, words[at + JudgedWord.JobBytes]!).slice();
        return {
          id: words[at + JudgedWord.Id]!,
          verdict: isLeftOut ? 'left out' : VERDICTS[code & 0xff]!,
          job: isLeftOut ? Job.NoGap : job,
          part: words[at + JudgedWord.Part]!,
          strength: words[at + JudgedWord.Strength]!,
          bytes: !isLeftOut && job === Job.Written ? jobBytes : undefined,
        };
      });
      const spool = new LineSpool();
      if (lines !== undefined) spool.add(memory, lines, words);
      const texts = [...spool.texts([])];
      spool.close();
      return { scenes, texts, lines: texts.map((line) => JSON.parse(line) as ReportLine) };
    },
  );
}
