/** The checks of Plex and its libraries. */
import { ServerError } from '../errors.js';
import type { ServerConnection } from '../http/server-connection.js';
import { formatCount, plural } from '../output/format.js';
import { askSectionSize } from '../plex/read-plex.js';
import { sectionPageRequest } from '../plex/section-page.js';
import { listSections, selectSections, type PlexSection } from '../plex/sections.js';
import { member } from '../stash/ask.js';
import { ended, fail, failed, notChecked, pass, warn, type CheckId, type Finding } from './check.js';

/** The checks that only Plex can answer. */
type PlexCheck = Extract<CheckId, 'plex' | 'plex_token' | 'plex_paths' | 'libraries'>;

/** A file as Plex lists it. */
export interface ListedFile {
  readonly path: string;
  readonly size: number | undefined;
}

/** What was found, and what the comparison of paths needs. */
export interface PlexFindings {
  readonly findings: Record<PlexCheck, Finding>;
  readonly sections: readonly PlexSection[];
  readonly files: readonly ListedFile[];
}

/** Asks all of them; without an answer the others say so. */
export async function checkPlex(plex: ServerConnection, names: readonly string[] | undefined): Promise<PlexFindings> {
  const reached = await checkReach(plex);
  if (reached.status === 'fail') return plexUnanswered(reached, 'Plex gave no answer');
  try {
    const all = await listSections(plex);
    const token = pass(
      `Plex takes the token: it sees ${plural(all.length, 'movie or show library').replace('librarys', 'libraries')}`,
    );
    return await checkSections(plex, { plex: reached, plex_token: token }, all, names);
  } catch (error: unknown) {
    const refused = failed(error);
    const unknown = notChecked('Plex did not list its libraries', 'plex_token');
    const findings = { plex: reached, plex_token: refused, plex_paths: unknown, libraries: unknown };
    return { findings, sections: [], files: [] };
  }
}

/** What the checks say when Plex could not be asked. */
export function plexUnanswered(finding: Finding, reason: string): PlexFindings {
  const unknown = notChecked(reason, 'plex');
  return {
    findings: { plex: finding, plex_token: unknown, plex_paths: unknown, libraries: unknown },
    sections: [],
    files: [],
  };
}

async function checkReach(plex: ServerConnection): Promise<Finding> {
  const began = performance.now();
  try {
    const { body } = await plex.read({ path: '/identity' });
    const version = member(member(parse(body), 'MediaContainer'), 'version');
    const name = typeof version === 'string' ? `Plex ${version}` : 'Plex';
    return pass(`${name} at ${plex.urlOf('')} answered in ${Math.round(performance.now() - began)} ms`);
  } catch (error: unknown) {
    const isHidden = error instanceof ServerError && error.code === 'plex_refused' && error.status === 404;
    if (isHidden) return warn(`Plex at ${plex.urlOf('')} does not say who it is`, 'Let the proxy pass /identity.');
    return failed(error);
  }
}

async function checkSections(
  plex: ServerConnection,
  reached: Pick<PlexFindings['findings'], 'plex' | 'plex_token'>,
  all: readonly PlexSection[],
  names: readonly string[] | undefined,
): Promise<PlexFindings> {
  let sections: PlexSection[] = [];
  const libraries = await ended(async () => {
    sections = selectSections(all, names);
    return librariesFinding(await countItems(plex, sections));
  });
  const files: ListedFile[] = [];
  const paths = await ended(async () => {
    if (sections.length === 0) return notChecked('no library is known', 'libraries');
    const seen = { items: 0, withFile: 0 };
    for (const section of sections) await sampleSection(plex, section, seen, files);
    return pathsFinding(seen);
  });
  return { findings: { ...reached, plex_paths: paths, libraries }, sections, files };
}

interface CountedSection extends PlexSection {
  readonly items: number | undefined;
}

async function countItems(plex: ServerConnection, sections: readonly PlexSection[]): Promise<CountedSection[]> {
  const counted: CountedSection[] = [];
  for (const section of sections) counted.push({ ...section, items: await askSectionSize(plex, section) });
  return counted;
}

function librariesFinding(sections: readonly CountedSection[]): Finding {
  const message = sections
    .map(({ title, key, items, locations }) => {
      const count = items === undefined ? 'an unknown number of' : formatCount(items);
      return `"${title}" (key ${key}): ${count} items in ${locations.join(', ') || 'places Plex does not name'}`;
    })
    .join('; ');
  const empty = sections.filter(({ items }) => items === 0).map(({ title }) => `"${title}"`);
  if (empty.length === 0) return pass(message);
  return warn(`${empty.join(', ')} empty; ${message}`, 'Scan the library in Plex, or leave it out with --library.');
}

async function sampleSection(
  plex: ServerConnection,
  section: PlexSection,
  seen: { items: number; withFile: number },
  files: ListedFile[],
): Promise<void> {
  const { body } = await plex.read(sectionPageRequest(section, 0, SAMPLE_ROWS));
  for (const item of listOf(member(member(parse(body), 'MediaContainer'), 'Metadata'))) {
    const parts = listOf(member(item, 'Media')).flatMap((media) => listOf(member(media, 'Part')));
    const found = parts.flatMap((part): ListedFile[] => {
      const [path, size] = [member(part, 'file'), member(part, 'size')];
      return typeof path === 'string' && path !== ''
        ? [{ path, size: typeof size === 'number' ? size : undefined }]
        : [];
    });
    seen.items++;
    if (found.length > 0) seen.withFile++;
    files.push(...found);
  }
}

const SAMPLE_ROWS = 200;

function pathsFinding({ items, withFile }: { readonly items: number; readonly withFile: number }): Finding {
  if (items === 0) return notChecked('the libraries hold no items', 'libraries');
  const message = `The token sees the files of ${withFile} of ${items} sampled items`;
  const fix = 'Use a token of an account that may see where files lie, such as the owner of the server.';
  if (withFile === 0) return fail(message, fix);
  return withFile * 2 < items ? warn(message, fix) : pass(message);
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);
