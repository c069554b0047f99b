/** What a scan of the whole library would do with one scene now, and why. Writes nothing. */
import { NONE } from '../../shared/index/format.js';
import { decodePickle, type PickleValue } from '../queue/pickle-decode.js';
import type { MissingScene, ReportItem, ReportLine } from '../../shared/report-line.js';
import { describeStrength } from '../../shared/strength.js';
import { GAP_ACTIONS, type GapAction } from '../../shared/verdicts.js';
import type { ExplainedFile, GateFields } from './explain-scene.js';
import { ConfigError } from '../errors.js';
import { directoryOf } from '../missing/directory-of.js';
import { describeFinding, findingIn } from '../missing/missing-scenes.js';
import { describeItem } from './describe-item.js';
import { commitGaps } from '../queue/commit.js';
import { readDeadLetters, type DeadLetter } from '../queue/dead-letters.js';
import { inspectQueue, type QueueRow } from '../queue/inspect.js';
import { GapStage } from '../queue/stage.js';
import { IndexBuilder } from '../plex-index/builder.js';
import { connect, type Connected } from '../scan/connect.js';
import { buildIndex, describeScan } from '../scan/judge-library.js';
import { readOnly } from '../scan/read-only.js';
import { repeatRules } from '../scan/write-jobs.js';
import type { ScanOptions } from '../scan-types.js';
import type { ClaimColumns } from '../state/last-scan.js';
import { findScene } from './find-scene.js';
import { judgeScene, readScene, type JudgedScene, type SceneRow } from './scene-page.js';
import { readWholeScan, recallOrRead, recallWholeScan, type WholeScan } from './whole-scan.js';

/** Which scene is meant: by id or path, or by the item it is. */
export type Subject = { readonly scene: string } | { readonly ratingKey: string };

/** A scene that claims an item. */
export interface ExplainedClaim {
  readonly sceneId: number;
  /** In what it agrees, in words. */
  readonly evidence: string;
  /** Whether the item is its. */
  readonly stands: boolean;
}

/** All that is known of a scene. */
export interface Explanation {
  /** Null where no scene is the item that was asked about. */
  readonly scene: (Pick<ReportLine, 'title' | 'path' | 'updatedAt'> & { readonly id: number }) | null;
  /** Epoch seconds; null when it was never synced. */
  readonly syncedAt: number | null;
  readonly files: readonly ExplainedFile[];
  readonly item: ReportItem | null;
  readonly gate: { readonly scene: GateFields; readonly item: GateFields | null } | null;
  /** Of its item, by whichever scene. */
  readonly claims: readonly ExplainedClaim[];
  /** Its rows, in the order they were inserted. */
  readonly queue: readonly QueueRow[];
  readonly deadLetters: readonly DeadLetter[];
  /** The job a scan would write; null for none. */
  readonly job: unknown;
  readonly verdict: ReportLine['verdict'] | null;
  readonly code: ReportLine['code'] | null;
  readonly reason: string;
  readonly missing: MissingScene | null;
  readonly action: GapAction | null;
}

/** Explains. @throws GapscanError; ConfigError where there is no such scene or item */
export function explainScene(options: ScanOptions, subject: Subject): Promise<Explanation> {
  return readOnly({ ...options, audit: false, reports: undefined, force: true }, async (setup) => {
    const connected = await connect({ ...setup, isPlexDeferred: true, isPlexWhole: 'ratingKey' in subject });
    if ('ratingKey' in subject) return explainItem(connected, subject.ratingKey);
    return explainById(connected, await findScene(connected.stash, subject.scene), undefined);
  });
}

async function explainItem(connected: Connected, ratingKey: string): Promise<Explanation> {
  // What a scan left may hold only the items its few scenes could be.
  for (const find of [recallWholeScan, readWholeScan]) {
    const found = await find(connected);
    const item = found?.index.itemByKey(ratingKey) ?? NONE;
    if (found === undefined || item === NONE) continue;
    const id = sceneOf(found, item);
    return id === undefined ? nobodys(connected, found, item) : explainById(connected, id, found);
  }
  throw unknownItem(ratingKey);
}

function unknownItem(ratingKey: string): ConfigError {
  const hint =
    'Give the rating key of a movie, clip or episode of a library that is scanned, as in its address in Plex.';
  return new ConfigError(`Plex lists no item with the rating key ${ratingKey}`, { code: 'item_not_found', hint });
}

/** Whose an item is: of the claims that stand, else of all, the first; else who held it in an earlier run. */
function sceneOf({ claims, fallen, known, index }: WholeScan, item: number): number | undefined {
  const sceneIds = [...claimsFor(claims, item)].map(({ sceneId }) => sceneId).sort((a, b) => a - b);
  const standing = sceneIds.find((sceneId) => !fallen.some((one) => one.sceneId === sceneId));
  const holder = known?.ratingKeys.indexOf(index.ratingKeyNumber(item)) ?? -1;
  return standing ?? sceneIds[0] ?? (holder < 0 ? undefined : known?.scenes[holder]);
}

function nobodys({ inputs }: Connected, { index, context }: WholeScan, item: number): Explanation {
  const [first, end] = index.partsOf(item);
  const described = describeItem(index, context.links, item, first < end ? first : NONE);
  const unless = inputs.syncTimestamps.ids.length > 0 ? ', unless it is one in sync: of those nobody asks' : '';
  return { ...NOTHING_KNOWN, item: described, reason: `No scene of Stash is this item${unless}` };
}

const NOTHING_KNOWN: Explanation = {
  scene: null,
  syncedAt: null,
  files: [],
  item: null,
  gate: null,
  claims: [],
  queue: [],
  deadLetters: [],
  job: null,
  verdict: null,
  code: null,
  reason: '',
  missing: null,
  action: null,
};

/** @param everything what a scan of everything says, if it is known already */
async function explainById(connected: Connected, id: number, everything: WholeScan | undefined): Promise<Explanation> {
  const { stash, local, paths, run } = connected;
  const row = await readScene(stash, local, id);
  const rows = await inspectQueue(paths.queueFile, run.signal, (queue) => [...queue.rows({ sceneId: id })]);
  const { byScene } = await readDeadLetters(paths.deadLetters, run.signal);
  const letter = byScene.get(id);
  const kept = { queue: rows, deadLetters: letter ? [letter] : [] };
  if (row.kind === 'undeliverable') {
    const scene = { id, title: '', path: null, updatedAt: null };
    const reason = `Stash cannot deliver it: ${row.message}`;
    return { ...NOTHING_KNOWN, ...kept, scene, verdict: 'unreadable', code: 'undeliverable', reason };
  }
  const alone = everything === undefined ? judgeAlone(connected, row) : undefined;
  if (alone !== undefined) return said(connected, id, alone, kept);
  const found = everything ?? (await recallOrRead(connected));
  const fallen = found.fallen.find(({ sceneId }) => sceneId === id);
  const judged = judgeScene(local, found.context, row, fallen);
  const finding = findingIn(found.missing, id);
  const directory = directoryOf(judged.line.path ?? '');
  return {
    ...(await said(connected, id, judged, kept)),
    claims: claimsOf(found, judged.part),
    missing: finding === undefined ? null : describeFinding(found.index, finding, directory),
  };
}

/** What is said first of all says itself without Plex: that it is in sync, is ignored, or has no file; undefined for all else. */
function judgeAlone(connected: Connected, row: SceneRow & { readonly kind: 'read' }): JudgedScene | undefined {
  const { context } = buildIndex(connected, describeScan(connected), new IndexBuilder());
  const alone = judgeScene(connected.local, context, row, undefined);
  return alone.line.verdict === 'missing' || alone.line.verdict === 'stale' ? undefined : alone;
}

async function said(
  connected: Connected,
  id: number,
  judged: JudgedScene,
  kept: Pick<Explanation, 'queue' | 'deadLetters'>,
): Promise<Explanation> {
  const { line, files, gate, syncedAt, job } = judged;
  const { title, path, updatedAt, item, verdict, code, reason } = line;
  const action = await actionOf(connected, id, judged, kept.queue);
  const isWritten = action === 'enqueued' || action === 'refreshed';
  return {
    ...NOTHING_KNOWN,
    ...kept,
    scene: { id, title, path, updatedAt },
    syncedAt: Number.isNaN(syncedAt) ? null : syncedAt,
    files,
    item,
    gate,
    job: job === undefined || !isWritten ? null : jobAsJson(job),
    verdict,
    code,
    reason,
    action,
  };
}

/** What the queue would make of it. @param rows those of the scene */
async function actionOf(
  { run, options, paths }: Connected,
  id: number,
  judged: JudgedScene,
  rows: readonly QueueRow[],
): Promise<GapAction | null> {
  const { action } = judged.line;
  if (!judged.isGap || action === null) return null;
  const refusal = action === 'not_selected' || action === 'withheld' || action === 'unsafe_name' ? action : undefined;
  const stage = run.own(new GapStage());
  stage.addAll([{ sceneId: id, updatedAt: judged.updatedAt, refusal, job: judged.job }]);
  const { counts } = await commitGaps(stage, {
    queueFile: paths.queueFile,
    dryRun: true,
    ...repeatRules(options),
    now: Date.now() / 1000,
    rowIds: rows.map((row) => row.id),
    signal: run.signal,
  });
  return GAP_ACTIONS.find((name) => counts[name] > 0) ?? null;
}

function claimsOf({ claims, fallen, index }: WholeScan, part: number | undefined): ExplainedClaim[] {
  if (part === undefined) return [];
  const item = index.itemOf(part);
  const explained = [...claimsFor(claims, item)].map(({ sceneId, strength }) => ({
    sceneId,
    evidence: describeStrength(strength),
    stands: !fallen.some((one) => one.sceneId === sceneId),
  }));
  const holders = fallen.filter(({ why, part: held }) => why === 'held' && index.itemOf(held) === item);
  return [
    ...explained,
    ...holders.map(({ holder }) => ({ sceneId: holder, evidence: 'proven in an earlier run', stands: true })),
  ].sort((a, b) => a.sceneId - b.sceneId);
}

function* claimsFor({ items, scenes, strengths }: ClaimColumns, item: number) {
  for (let claim = items.indexOf(item); claim >= 0; claim = items.indexOf(item, claim + 1)) {
    yield { sceneId: scenes[claim] ?? 0, strength: strengths[claim] ?? 0 };
  }
}

/** A job as an object of JSON; jobs of our own hold nothing else. */
function jobAsJson(job: Uint8Array): unknown {
  const read = decodePickle(job);
  if (!read.ok) throw new Error(`Internal error: a job cannot be read: ${read.reason}`);
  return plain(read.value);
}

function plain(value: PickleValue): unknown {
  if (value instanceof Map)
    return Object.fromEntries(
      [...value].flatMap(([key, inner]) => (typeof key === 'string' ? [[key, plain(inner)]] : [])),
    );
  return Array.isArray(value) ? value.map(plain) : value;
}
