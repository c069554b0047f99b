/**
 * A scene's report line, read off its judgement and written as JSON: its head by the engine, from bytes to bytes, since texts
 * that become strings on the way cost four times as much; its end when the run knows it.
 */
import { Job } from '../../shared/engine/layout.js';
import type { Span } from '../../shared/engine/memory.js';
import { NONE } from '../../shared/index/format.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { LineEnd, LineHead, ReportItem, ReportLine, ReportLinks } from '../../shared/report-line.js';
import { describeStrength } from '../../shared/strength.js';
import { unreachable } from '../../shared/unreachable.js';
import type { GapAction, ReasonCode, Verdict } from '../../shared/verdicts.js';
import type { PageEngine, Room } from '../pages/page-engine.js';
import type { SceneRecord } from '../pages/scene-record.js';
import type { PageFacts } from './facts.js';
import type { Judgement } from './judge.js';
import { describeReason, nextStepOf } from './reasons.js';

/** What lines are written with. */
export interface LineSetting {
  readonly engine: PageEngine;
  /** Undefined before Plex has been read; then no line may be of a scene with an item. */
  readonly index: PlexIndex | undefined;
  readonly links: ReportLinks;
}

interface SceneSource extends LineSetting {
  readonly id: number;
  readonly scene: SceneRecord;
  readonly judgement: Judgement;
}

interface ItemSource extends LineSetting {
  readonly index: PlexIndex;
  readonly item: number;
  readonly part: number;
}

/** Writes the value of each member, in the order in which they stand. */
type Members<T, Source> = { readonly [K in keyof T]-?: (source: Source) => void };

const HEAD: Members<LineHead, SceneSource> = {
  sceneId: ({ engine, id }) => {
    engine.putNumber(id);
  },
  verdict: ({ engine, judgement }) => {
    putWord(engine, judgement.verdict);
  },
  code: ({ engine, judgement }) => {
    putWord(engine, judgement.code);
  },
  reason: ({ engine, scene, judgement }) => {
    engine.putJson(JSON.stringify(describeReason(scene, judgement)));
  },
  title: ({ engine, scene }) => {
    putText(engine, scene.spanOf('title'));
  },
  url: ({ engine, links, id }) => {
    putLink(engine, links.scene, () => {
      engine.putNumber(id);
    });
  },
  path: ({ engine, scene }) => {
    putTextOrNull(engine, scene.fileCount === 0 ? undefined : scene.pathSpan(0));
  },
  updatedAt: ({ engine, scene }) => {
    putTextOrNull(engine, scene.spanOf('updatedAt'));
  },
  studio: ({ engine, scene }) => {
    putTextOrNull(engine, scene.spanOf('studio'));
  },
  date: ({ engine, scene }) => {
    putTextOrNull(engine, scene.spanOf('date'));
  },
  item: (source) => {
    const { engine, judgement } = source;
    if (judgement.match.kind === 'matched') putItem(source, judgement.match.part);
    else engine.putKnownJson('null');
  },
  evidence: ({ engine, judgement: { match } }) => {
    putWord(engine, match.kind === 'matched' ? describeStrength(match.strength) : null);
  },
  candidates: (source) => {
    const { engine, judgement } = source;
    const parts = judgement.match.kind === 'ambiguous' ? judgement.match.parts : judgement.couldHit;
    engine.putKnownJson('[');
    for (const [i, part] of parts.entries()) {
      if (i > 0) engine.putKnownJson(',');
      putItem(source, part);
    }
    engine.putKnownJson(']');
  },
};

const ITEM: Members<ReportItem, ItemSource> = {
  ratingKey: ({ engine, index, item }) => {
    putText(engine, index.ratingKeySpan(item));
  },
  title: ({ engine, index, item }) => {
    putText(engine, index.titleSpan(item));
  },
  section: ({ engine, index, item }) => {
    putWord(engine, index.section(item).title);
  },
  path: ({ engine, part }) => {
    if (part === NONE) engine.putKnownJson('""');
    else engine.putPartPath(part);
  },
  url: ({ engine, index, links, item }) => {
    const { item: link } = links;
    if (link === null) engine.putKnownJson('null');
    else {
      putLink(engine, link, () => {
        putKeyInLink(engine, index, item);
      });
    }
  },
};

const HEAD_MEMBERS = Object.entries(HEAD).map(toMember);
const ITEM_MEMBERS = Object.entries(ITEM).map(toMember);

function toMember<W>([name, write]: [string, W], i: number): { readonly key: string; readonly write: W } {
  return { key: `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`, write };
}

/** Writes the head of the line of the scene the facts are at, an object that is left open, and says where it lies. */
export function writeLineHead(setting: LineSetting, facts: PageFacts, judgement: Judgement): Room {
  const { engine, index, links } = setting;
  const at = engine.jsonTop();
  const source = { engine, index, links, id: facts.id, scene: facts.scene, judgement };
  for (const { key, write } of HEAD_MEMBERS) {
    engine.putKnownJson(key);
    write(source);
  }
  return { at, bytes: engine.jsonTop() - at };
}

/** The end of a line, which closes the object. */
export function lineEnd({ action, nextStep, missing }: LineEnd): string {
  return `,"action":${JSON.stringify(action)},"nextStep":${JSON.stringify(nextStep)},"missing":${JSON.stringify(missing)}}`;
}

/** What becomes of a scene, unless it is missing and more can be said. */
export function endOf(verdict: Verdict, code: ReasonCode, action: GapAction | null): LineEnd {
  return { action, nextStep: nextStepOf({ verdict, code, action }), missing: null };
}

/** The line of the scene the facts are at, as an object; its job is taken to be enqueued. */
export function reportLine(setting: LineSetting, facts: PageFacts, judgement: Judgement): ReportLine {
  const { at, bytes } = writeLineHead(setting, facts, judgement);
  const { verdict, code, job } = judgement;
  return JSON.parse(setting.engine.memory.text(at, bytes) + lineEnd(endOf(verdict, code, actionOf(job)))) as ReportLine;
}

/** What becomes of a gap that is staged so, unless the queue decides otherwise. */
export function actionOf(job: Job): GapAction | null {
  switch (job) {
    case Job.NoGap:
      return null;
    case Job.Written:
      return 'enqueued';
    case Job.NotSelected:
      return 'not_selected';
    case Job.Withheld:
      return 'withheld';
    case Job.UnsafeName:
      return 'unsafe_name';
    default:
      return unreachable(job);
  }
}

function putItem({ engine, index, links }: LineSetting, part: number): void {
  if (index === undefined) throw new Error('Internal error: a line names an item before Plex has been read');
  const source = { engine, index, links, item: index.itemOf(part), part };
  for (const { key, write } of ITEM_MEMBERS) {
    engine.putKnownJson(key);
    write(source);
  }
  engine.putKnownJson('}');
}

function putText(engine: PageEngine, { at, length }: Span): void {
  engine.putString(at, length);
}

function putTextOrNull(engine: PageEngine, text: Span | undefined): void {
  if (text === undefined || text.length === 0) engine.putKnownJson('null');
  else putText(engine, text);
}

const words = new Map<string, string>();

/** Writes one of a few texts. */
function putWord(engine: PageEngine, word: string | null): void {
  if (word === null) engine.putKnownJson('null');
  else {
    const json = words.get(word) ?? JSON.stringify(word);
    words.set(word, json);
    engine.putKnownJson(json);
  }
}

function putLink(engine: PageEngine, base: string, putRest: () => void): void {
  engine.putKnownJson('"');
  engine.putKnownText(base);
  putRest();
  engine.putKnownJson('"');
}

/** On every server seen it is a number, which stands in a link as it is. */
function putKeyInLink(engine: PageEngine, index: PlexIndex, item: number): void {
  if (Number.isNaN(index.ratingKeyNumber(item))) engine.putJson(encodeURIComponent(index.ratingKey(item)));
  else {
    const { at, length } = index.ratingKeySpan(item);
    engine.putEscaped(at, length);
  }
}
