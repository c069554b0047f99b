/** The made-up worlds the sample servers show: what Stash holds, what Plex lists, what was synced. */

/** A video file of a scene. */
export interface SampleFile {
  readonly path: string;
  readonly size: number;
  /** Seconds. */
  readonly duration: number;
}

/** A scene as Stash holds it. */
export interface SampleScene {
  readonly id: number;
  readonly title: string;
  readonly details: string;
  readonly date: string | null;
  readonly rating100?: number | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly studio: { readonly name: string } | null;
  readonly performers: readonly { readonly name: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly files: readonly SampleFile[];
  /** Its files cannot be resolved: like the real server, the sample then fails the whole answer. */
  readonly broken?: boolean;
}

/** A file of a Plex item. */
export interface SamplePart {
  readonly file: string;
  readonly size?: number;
  /** Milliseconds. */
  readonly duration?: number;
}

/** An item as Plex lists it. */
export interface SampleItem {
  readonly ratingKey: string;
  readonly title: string;
  /** Default: one of the none-scheme. */
  readonly guid?: string;
  /** Default: what the section's type lists. */
  readonly type?: string;
  readonly summary?: string;
  readonly studio?: string;
  readonly year?: number;
  readonly originallyAvailableAt?: string;
  readonly genres?: readonly string[];
  readonly roles?: readonly string[];
  /** Its picture; null for none. Default: one, as Plex makes it from the video. */
  readonly thumb?: string | null;
  /** Versions of parts; `proxyType` 42 marks an optimised version. */
  readonly media: readonly { readonly proxyType?: number; readonly parts: readonly SamplePart[] }[];
}

/** A Plex library. */
export interface SampleSection {
  readonly key: string;
  readonly type: 'movie' | 'show';
  readonly title: string;
  readonly agent: string;
  /** Moves with the items too. */
  readonly contentChangedAt: number;
  /** Default: the server does not say, and then nothing it lists is kept. */
  readonly uuid?: string;
  /** Its directories. Default: one below /media, named after it. */
  readonly locations?: readonly string[];
  readonly items: readonly SampleItem[];
}

/** Both servers and the sync timestamps between them. */
export interface SampleWorld {
  readonly scenes: readonly SampleScene[];
  readonly sections: readonly SampleSection[];
  /** Scene id -> epoch seconds. */
  readonly syncTimestamps: Readonly<Record<string, number>>;
}

/** A scene with everything it is not told left empty. */
export function sampleScene(scene: Partial<SampleScene> & { readonly id: number }): SampleScene {
  return {
    title: '',
    details: '',
    date: null,
    created_at: '2025-01-01T10:00:00+01:00',
    updated_at: '2025-06-01T10:00:00+02:00',
    studio: null,
    performers: [],
    tags: [],
    files: [],
    ...scene,
  };
}

/** An item with one version of one or more parts. */
export function sampleItem(
  item: Omit<SampleItem, 'media' | 'title'> & { readonly title?: string; readonly parts: readonly SamplePart[] },
): SampleItem {
  const { parts, ...rest } = item;
  return { title: `item ${item.ratingKey}`, ...rest, media: [{ parts }] };
}

/** A library of clips without a metadata agent ("Other Videos"). */
export function sampleSection(section: Partial<SampleSection>): SampleSection {
  return {
    key: '1',
    type: 'movie',
    title: 'Clips',
    agent: 'tv.plex.agents.movie',
    contentChangedAt: 1,
    items: [],
    ...section,
  };
}
