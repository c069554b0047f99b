/**
 * Seeded worlds made by arithmetic from the scene number: any page can be produced without holding the library in memory,
 * and the truth of every scene is known.
 *
 * @typedef {'realistic' | 'scene-mp4' | 'thousand-names' | 'unicode' | 'all-missing' | 'all-ambiguous'} Shape
 * @typedef {{ seed: number, scenes: number, shape: Shape, bare?: number }} WorldSetup with `bare`, every scene has an item, and that share of them has no metadata
 * @typedef {'matched' | 'empty' | 'missing' | 'ambiguous'} Truth
 */

const STUDIOS = ['Acme Clips', 'Sunday Films', 'Back Garden Pictures', 'Harbour Light', 'Quiet Hours', 'Meadow & Sons'];
const WORDS =
  'morning harbour garden mountain kitchen station lake market meadow workshop beach train baking bees rowing snow'
    .split(' ')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1));
const FILES_PER_DIRECTORY = 30;
/** Every 200th scene has its file twice in Plex. */
const AMBIGUOUS_EVERY = 200;
const UPDATED_AT = Date.UTC(2025, 0, 1) / 1000;
const DETAILS =
  'Filmed on a quiet day with nothing much going on, which is rather the point of it. The light changes, somebody ' +
  'walks by, and the kettle boils in the background; then it is over and the next one begins. ';

/** Whether a question asks for a field of scenes. @param {string} body @param {string} name */
const asksFor = (body, name) => new RegExp(`[{ ]${name}[ {}]`).test(body.slice(body.indexOf('scenes{')));

/** A world. @param {WorldSetup} setup */
export function makeWorld({ seed, scenes, shape, bare }) {
  const isMixed = shape === 'realistic' && bare === undefined;
  const duplicates = shape === 'all-ambiguous' ? scenes : isMixed ? Math.floor(scenes / AMBIGUOUS_EVERY) : 0;
  const items = scenes + duplicates;
  // Plex lists in an order of its own: an affine permutation with a multiplier prime to every size used here.
  const multiplier = 7_368_787;
  const shift = seed * 7919;

  /** @param {number} n @param {number} salt a number in [0, 1) */
  const random = (n, salt) => {
    let h = Math.imul(n ^ Math.imul(seed + salt, 0x9e3779b1), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35);
    return ((h ^ (h >>> 13)) >>> 0) / 4294967296;
  };
  /** @template T @param {readonly T[]} list @param {number} n @param {number} salt @returns {T} */
  const pick = (list, n, salt) => /** @type {T} */ (list[Math.floor(random(n, salt) * list.length)]);

  /** @param {number} n scene number, from 1 @returns {Truth} */
  function truth(n) {
    if (shape === 'all-missing') return 'missing';
    if (shape === 'all-ambiguous') return 'ambiguous';
    if (isMixed && n % AMBIGUOUS_EVERY === 0) return 'ambiguous';
    const share = random(n, 1);
    if (isMixed && share < 0.1) return 'missing';
    return share < (bare ?? 0.3) ? 'empty' : 'matched';
  }

  /** @param {number} n */
  const title = (n) => `${pick(WORDS, n, 2)} ${pick(WORDS, n, 3)} ${pick(WORDS, n, 4)} ${String(n).padStart(7, '0')}`;

  /** Directory and name of a scene's file, below the roots. @param {number} n */
  function filePath(n) {
    const studio = pick(STUDIOS, Math.floor(n / 600), 5);
    const group = Math.floor(n / FILES_PER_DIRECTORY);
    const folder = `/${studio}/20${10 + (group % 15)}/${pick(WORDS, group, 6)} and ${pick(WORDS, group, 7)} ${group}`;
    if (shape === 'scene-mp4') return `${folder}/${title(n)}/scene.mp4`;
    if (shape === 'thousand-names') return `${folder}/${title(n)}/clip number ${n % 1000}.mp4`;
    if (shape === 'unicode')
      return `${folder}/Très long été à la plage où l’on s’ennuie 長い名前のビデオ ${title(n)} ${'ü'.repeat(20)}.mp4`;
    const accent = n % 50 === 0 ? ' é' : '';
    return `${folder}/${title(n)}${accent} - a clip of the day [1080p].mp4`;
  }

  const size = (/** @type {number} */ n) => 1_000_000 + n * 3;
  const duration = (/** @type {number} */ n) => 20 + (n % 3600);

  /** The row of a scene with the fields that are asked for. @param {number} n @param {string} [body] the question; all by default */
  function sceneRow(n, body) {
    const row = fullRow(n);
    if (body === undefined) return JSON.stringify(row);
    return JSON.stringify(Object.fromEntries(Object.entries(row).filter(([name]) => asksFor(body, name))));
  }

  /** @param {number} n */
  function fullRow(n) {
    const path = `/data/stash/media/clips${filePath(n)}`;
    const count = 2 + (n % 3);
    return {
      id: String(n),
      title: title(n),
      details: DETAILS.slice(0, 100 + (n % 100)),
      date: `2024-0${1 + (n % 9)}-1${n % 10}`,
      updated_at: updatedAt(n),
      studio: { name: pick(STUDIOS, n, 5) },
      performers: Array.from({ length: count }, (_, i) => ({
        name: `${pick(WORDS, n, 10 + i)} Example ${(n + i) % 977}`,
      })),
      tags: Array.from({ length: count + 1 }, (_, i) => ({ name: pick(WORDS, n, 20 + i) })),
      files: [{ path: shape === 'unicode' ? path.normalize('NFD') : path, size: size(n), duration: duration(n) }],
    };
  }

  const updatedAt = (/** @type {number} */ n) =>
    new Date((UPDATED_AT + n) * 1000).toISOString().replace('.000Z', '+01:00');

  /** @param {number} slot place in Plex's own order */
  function itemRow(slot) {
    const k = (slot * multiplier + shift) % items;
    const copy = k >= scenes;
    const n = copy ? (shape === 'all-ambiguous' ? k - scenes + 1 : (k - scenes + 1) * AMBIGUOUS_EVERY) : k + 1;
    const kind = truth(n);
    const unrelated = kind === 'missing';
    const root =
      kind === 'ambiguous' ? (copy ? '/mnt/second/copies' : '/mnt/first/originals') : '/mnt/plexlib/media/clips';
    const own = filePath(n);
    const file = unrelated
      ? `${root}/unrelated/folder ${n % 999}/unrelated ${n}.mp4`
      : kind === 'ambiguous'
        ? root + own.slice(own.lastIndexOf('/'))
        : root + own;
    const filled = kind === 'matched';
    return JSON.stringify({
      ratingKey: String(100_000 + k),
      key: `/library/metadata/${100_000 + k}`,
      guid: `tv.plex.agents.none://${(k * 2654435761) >>> 0}?lang=xn`,
      type: 'movie',
      title: unrelated ? `Unrelated ${n}` : kind === 'ambiguous' ? `Item ${k}` : title(n),
      summary: filled ? DETAILS.slice(0, 100 + (n % 100)) : '',
      ...(filled && { studio: pick(STUDIOS, n, 5) }),
      addedAt: 1_714_600_000 + k,
      updatedAt: 1_714_700_000 + k,
      thumb: `/library/metadata/${100_000 + k}/thumb/1714700000`,
      ...(filled && {
        Genre: [{ tag: pick(WORDS, n, 20) }, { tag: pick(WORDS, n, 21) }],
        Role: [{ tag: 'Ann Example' }],
      }),
      duration: duration(n) * 1000,
      Media: [
        {
          id: k,
          duration: duration(n) * 1000,
          bitrate: 4000,
          width: 1920,
          height: 1080,
          aspectRatio: 1.78,
          audioChannels: 2,
          audioCodec: 'aac',
          videoCodec: 'h264',
          videoResolution: '1080',
          container: 'mp4',
          videoFrameRate: '24p',
          Part: [
            {
              id: k,
              key: `/library/parts/${k}/1714700000/file.mp4`,
              duration: duration(n) * 1000,
              file: shape === 'unicode' ? file.normalize('NFC') : file,
              size: size(n),
              container: 'mp4',
              videoProfile: 'high',
            },
          ],
        },
      ],
    });
  }

  return {
    scenes,
    items,
    truth,
    sceneRow,
    itemRow,
    /** Epoch seconds of a scene's last update. */
    updatedAtSeconds: (/** @type {number} */ n) => UPDATED_AT + n - 3600,
    /** How many scenes have each verdict when nothing was synced. */
    totals() {
      const totals = { matched: 0, empty: 0, missing: 0, ambiguous: 0 };
      for (let n = 1; n <= scenes; n++) totals[truth(n)]++;
      return totals;
    },
  };
}
