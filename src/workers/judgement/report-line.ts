/**
 * A scene's report line, read off its judgement and written as JSON: its head by the engine, from bytes to bytes, since texts
 * that become strings on the way cost four times as much; its end when the run knows it.
 */
import type { Span } from '../../shared/engine/memory.js';
import type { PlexIndex } from '../../shared/index/reader.js';
import type { LineHead, ReportItem, ReportLinks } from '../../shared/report-line.js';
import { describeStrength } from '../../shared/strength.js';
import type { PageEngine, Room } from '../pages/page-engine.js';
import type { SceneRecord } from '../pages/scene-record.js';
import type { PageFacts } from './facts.js';
import type { Judgement } from './judge.js';
import { describeReason } from './reasons.js';

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

/** Writes a value. */
type Put<Source> = (source: Source) => void;
/** Writes the value of each member, in the order in which they stand. */
type Members<T, Source> = { readonly [K in keyof T]-?: Put<Source> };

const HEAD: Members<LineHead, SceneSource> = {
  sceneId: number(({ id }) => id),
  verdict: word(({ judgement }) => judgement.verdict),
  code: word(({ judgement }) => judgement.code),
  reason: json(({ scene, judgement }) => describeReason(scene, judgement)),
  title: text(({ scene }) => scene.spanOf('title')),
  url: link(
    ({ links }) => links.scene,
    number(({ id }) => id),
  ),
  path: textOrNull(({ scene }) => (scene.fileCount === 0 ? undefined : scene.pathSpan(0))),
  updatedAt: textOrNull(({ scene }) => scene.spanOf('updatedAt')),
  studio: textOrNull(({ scene }) => scene.spanOf('studio')),
  date: textOrNull(({ scene }) => scene.spanOf('date')),
  item: putMatch,
  evidence: word(({ judgement: { match } }) => (match.kind === 'matched' ? describeStrength(match.strength) : null)),
  candidates: putCandidates,
};

const ITEM: Members<ReportItem, ItemSource> = {
  ratingKey: text(({ index, item }) => index.ratingKeySpan(item)),
  title: text(({ index, item }) => index.titleSpan(item)),
  section: word(({ index, item }) => index.section(item).title),
  path: ({ engine, part }) => {
    engine.putPartPath(part);
  },
  url: link(({ links }) => links.item, putKeyInLink),
};

const HEAD_MEMBERS = Object.entries(HEAD).map(toMember);
const ITEM_MEMBERS = Object.entries(ITEM).map(toMember);

interface Member<Source> {
  /** Its name, with what stands in front of it and behind it. */
  readonly key: string;
  readonly put: Put<Source>;
}

function toMember<S>([name, put]: [string, Put<S>], i: number): Member<S> {
  return { key: `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`, put };
}

function putMembers<S extends LineSetting>(members: readonly Member<S>[], source: S): void {
  for (const { key, put } of members) {
    source.engine.putKnownJson(key);
    put(source);
  }
}

/** Writes the head of the line of the scene the facts are at, an object that is left open, and says where it lies. */
export function writeLineHead(setting: LineSetting, facts: PageFacts, judgement: Judgement): Room {
  const { engine, index, links } = setting;
  const at = engine.jsonTop();
  const source = { engine, index, links, id: facts.id, scene: facts.scene, judgement };
  putMembers(HEAD_MEMBERS, source);
  return { at, bytes: engine.jsonTop() - at };
}

function putItem({ engine, index, links }: LineSetting, part: number): void {
  if (index === undefined) throw new Error('Internal error: a line names an item before Plex has been read');
  putMembers(ITEM_MEMBERS, { engine, index, links, item: index.itemOf(part), part });
  engine.putKnownJson('}');
}

function putMatch(source: SceneSource): void {
  const { match } = source.judgement;
  if (match.kind === 'matched') putItem(source, match.part);
  else putNull(source);
}

function putCandidates(source: SceneSource): void {
  const { engine, judgement } = source;
  const parts = judgement.match.kind === 'ambiguous' ? judgement.match.parts : judgement.couldHit;
  engine.putKnownJson('[');
  for (const [i, part] of parts.entries()) {
    if (i > 0) engine.putKnownJson(',');
    putItem(source, part);
  }
  engine.putKnownJson(']');
}

/** On every server seen it is a number, which stands in a link as it is. */
function putKeyInLink({ engine, index, item }: ItemSource): void {
  if (Number.isNaN(index.ratingKeyNumber(item))) engine.putJson(encodeURIComponent(index.ratingKey(item)));
  else {
    const { at, length } = index.ratingKeySpan(item);
    engine.putEscaped(at, length);
  }
}

function putNull({ engine }: LineSetting): void {
  engine.putKnownJson('null');
}

function number<S extends LineSetting>(of: (source: S) => number): Put<S> {
  return (source) => {
    source.engine.putNumber(of(source));
  };
}

/** A text that is made for the line. */
function json<S extends LineSetting>(of: (source: S) => string): Put<S> {
  return (source) => {
    source.engine.putJson(JSON.stringify(of(source)));
  };
}

/** A text of the memory. */
function text<S extends LineSetting>(of: (source: S) => Span): Put<S> {
  return (source) => {
    const { at, length } = of(source);
    source.engine.putString(at, length);
  };
}

/** The same; null where it is empty or missing. */
function textOrNull<S extends LineSetting>(of: (source: S) => Span | undefined): Put<S> {
  return (source) => {
    const { at, length } = of(source) ?? NO_TEXT;
    if (length === 0) putNull(source);
    else source.engine.putString(at, length);
  };
}

const NO_TEXT: Span = { at: 0, length: 0 };

/** One of a few texts, or null. */
function word<S extends LineSetting>(of: (source: S) => string | null): Put<S> {
  const known = new Map<string, string>();
  return (source) => {
    const text = of(source);
    if (text === null) {
      putNull(source);
      return;
    }
    let written = known.get(text);
    if (written === undefined) {
      written = JSON.stringify(text);
      known.set(text, written);
    }
    source.engine.putKnownJson(written);
  };
}

/** A link; null where there is nothing for it to begin with. */
function link<S extends LineSetting>(baseOf: (source: S) => string | null, putRest: Put<S>): Put<S> {
  return (source) => {
    const { engine } = source;
    const base = baseOf(source);
    if (base === null) {
      putNull(source);
      return;
    }
    engine.putKnownJson('"');
    engine.putKnownText(base);
    putRest(source);
    engine.putKnownJson('"');
  };
}
