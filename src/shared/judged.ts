/** What travels between threads as numbers, back in words. */
import { Job } from './engine/layout.js';

const JOBS = [Job.NoGap, Job.Written, Job.NotSelected, Job.Withheld, Job.UnsafeName] as const;

/** What became of a scene's job, from the number in a judged record. */
export const jobOf = (number: number): Job => JOBS[number] ?? Job.NoGap;
