/** One scan in a fresh process, through the public door. Prints {"seconds", "peakBytes", "summary"}. */
import { scan } from '../dist/main/index.js';

const options = JSON.parse(process.argv[2] ?? '{}');
const started = performance.now();
const summary = await scan(options);
const seconds = (performance.now() - started) / 1000;
process.stdout.write(JSON.stringify({ seconds, peakBytes: process.resourceUsage().maxRSS * 1024, summary }));
