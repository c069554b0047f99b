/** What travels between threads as numbers, back in words. */
import { Job, LEFT_OUT } from './engine/layout.js';
import { REASON_CODES, VERDICTS, type ReasonCode, type Verdict } from './verdicts.js';

const JOBS = [Job.NoGap, Job.Written, Job.NotSelected, Job.Withheld, Job.UnsafeName] as const;

/** The number that says what became of a scene; see JudgedWord.Verdict. */
export function judgedWord(verdict: Verdict, job: Job, code: ReasonCode): number {
  return VERDICTS.indexOf(verdict) | (job << 8) | (REASON_CODES.indexOf(code) << 16);
}

/** Whether the scene is none of the run's. */
export const isLeftOut = (word: number): boolean => (word & 0xff) === LEFT_OUT;

/** The verdict it says. */
export const verdictOf = (word: number): Verdict => VERDICTS[word & 0xff] ?? 'unreadable';

/** What became of the scene's job. */
export const jobOf = (word: number): Job => JOBS[(word >> 8) & 0xff] ?? Job.NoGap;

/** The reason for the verdict. */
export const reasonOf = (word: number): ReasonCode => REASON_CODES[(word >> 16) & 0xff] ?? 'undeliverable';
